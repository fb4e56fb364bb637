//! The platform's state in an SQLite file, written before it is acknowledged.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::analytics::{Key, Traffic, Usage};
use crate::state::{Change, Kept};
use crate::tokens::{Kind, Shelf, Token};

/// "mcem", so that no other program's database is taken for one of these.
const APPLICATION: i64 = 0x6d63_656d;

/// The layout of the tables. One of a later emulator is refused.
const LAYOUT: i64 = 1;

/// What every SQLite file begins with.
const BEGIN: &[u8] = b"SQLite format 3\0";

const NO_DATABASE: &str = "the file is no database";

const TABLES: &str = "
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE token (kind TEXT, id INTEGER, held TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
    CREATE TABLE traffic (
        tracking_id TEXT, stream TEXT, second INTEGER, figures TEXT NOT NULL,
        PRIMARY KEY (tracking_id, stream, second)
    ) WITHOUT ROWID;
";

pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens a file, or makes it; what it kept of an earlier run comes along.
    ///
    /// One emulator holds it at a time: two would each answer from what they remember.
    pub fn open(file: &Path) -> io::Result<(Self, Option<Kept>)> {
        let refuse = |why: String| io::Error::other(format!("cannot keep the state in {}: {why}", file.display()));
        let opened = make_private(file).and_then(|()| Self::connect(file)).and_then(|mut database| {
            let kept = database.begin(file)?;
            Ok((database, kept))
        });
        opened.map_err(|error| refuse(error.to_string()))
    }

    fn connect(file: &Path) -> io::Result<Self> {
        // A file it is, whatever its name: SQLite takes `:memory:` for none, and what begins with `file:` for an address.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(std::path::absolute(file)?, flags).map_err(io::Error::other)?;
        // Who holds it goes on holding it: there is nothing to wait for.
        connection.busy_timeout(Duration::ZERO).map_err(in_words)?;
        // Before anything is read: the first reading takes the lock.
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE;").map_err(in_words)?;
        Ok(Self { connection })
    }

    fn begin(&mut self, file: &Path) -> io::Result<Option<Kept>> {
        let is_new = self.number("SELECT count(*) FROM sqlite_schema")? == 0;
        if !is_new {
            self.check_layout()?;
        }
        keep_private(file)?;
        // Not before it is known to be one of these: another program's file stays as it is.
        self.connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(in_words)?;
        if is_new {
            let begin = format!("BEGIN; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {LAYOUT}; {TABLES} COMMIT;");
            self.connection.execute_batch(&begin).map_err(in_words)?;
            return Ok(None);
        }
        self.read()
    }

    fn check_layout(&self) -> io::Result<()> {
        if self.number("PRAGMA application_id")? != APPLICATION {
            return Err(io::Error::other("the database is another program's"));
        }
        if self.number("PRAGMA user_version")? != LAYOUT {
            return Err(io::Error::other("the database was written by another version of the emulator"));
        }
        Ok(())
    }

    fn number(&self, question: &str) -> io::Result<i64> {
        self.connection.query_row(question, [], |row| row.get(0)).map_err(in_words)
    }

    /// Writes changes in one transaction. `usage` is what there is so far: traffic is kept as its sum.
    pub fn store(&mut self, changes: &[Change], next_id: u64, usage: &Usage) -> io::Result<()> {
        let transaction = self.connection.transaction().map_err(in_words)?;
        let mut added = Usage::default();
        for change in changes {
            match change {
                Change::Publish(token) => put(&transaction, token)?,
                Change::Subscribe(token) => put(&transaction, token)?,
                Change::NoPublish(id) => remove(&transaction, "publish", *id)?,
                Change::NoSubscribe(id) => remove(&transaction, "subscribe", *id)?,
                Change::Used(key, traffic) => added.add(key.clone(), traffic),
                Change::Clock(now) => set(&transaction, "clock", &now.map(|now| now.unix_timestamp()))?,
                Change::Form(form) => set(&transaction, "form", form)?,
            }
        }
        for (key, traffic) in added.iter() {
            put_traffic(&transaction, key, &usage.sum(key, traffic))?;
        }
        set(&transaction, "next_id", &next_id)?;
        transaction.commit().map_err(in_words)
    }

    /// What an earlier run has kept; nothing where it ended before its first change.
    fn read(&self) -> io::Result<Option<Kept>> {
        let Some(next_id) = self.setting("next_id")? else {
            return Ok(None);
        };
        let clock: Option<Option<i64>> = self.setting("clock")?;
        let clock = clock.flatten().map(time::OffsetDateTime::from_unix_timestamp).transpose().map_err(io::Error::other)?;
        let mut usage = self.traffic()?;
        usage.form = self.setting("form")?.unwrap_or_default();
        Ok(Some(Kept { next_id, clock, publish: self.tokens()?, subscribe: self.tokens()?, usage }))
    }

    fn setting<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let question = "SELECT value FROM setting WHERE name = ?1";
        let text: Option<String> = self.connection.query_row(question, [name], |row| row.get(0)).optional().map_err(in_words)?;
        text.map(|text| from_json(&text)).transpose()
    }

    fn tokens<K: Kind>(&self) -> io::Result<Shelf<K>> {
        let mut statement = self.connection.prepare("SELECT held FROM token WHERE kind = ?1 ORDER BY id").map_err(in_words)?;
        let held = statement.query_map([K::NAME], |row| row.get::<_, String>(0)).map_err(in_words)?;
        held.map(|text| from_json::<Token<K>>(&text.map_err(in_words)?)).collect()
    }

    fn traffic(&self) -> io::Result<Usage> {
        let question = "SELECT tracking_id, stream, second, figures FROM traffic";
        let mut statement = self.connection.prepare(question).map_err(in_words)?;
        let rows = statement
            .query_map([], |row| {
                let key = Key { tracking_id: row.get(0)?, stream: row.get(1)?, second: row.get(2)? };
                Ok((key, row.get::<_, String>(3)?))
            })
            .map_err(in_words)?;
        let mut usage = Usage::default();
        for row in rows {
            let (key, figures) = row.map_err(in_words)?;
            usage.add(key, &from_json(&figures)?);
        }
        Ok(usage)
    }
}

fn put<K: Kind>(transaction: &Transaction, token: &Token<K>) -> io::Result<()> {
    let statement = "INSERT OR REPLACE INTO token (kind, id, held) VALUES (?1, ?2, ?3)";
    run(transaction, statement, params![K::NAME, row_id(token.id)?, to_json(token)?])
}

fn remove(transaction: &Transaction, kind: &str, id: u64) -> io::Result<()> {
    run(transaction, "DELETE FROM token WHERE kind = ?1 AND id = ?2", params![kind, row_id(id)?])
}

fn put_traffic(transaction: &Transaction, key: &Key, traffic: &Traffic) -> io::Result<()> {
    let statement = "INSERT OR REPLACE INTO traffic (tracking_id, stream, second, figures) VALUES (?1, ?2, ?3, ?4)";
    run(transaction, statement, params![key.tracking_id, key.stream, key.second, to_json(traffic)?])
}

fn set(transaction: &Transaction, name: &str, value: &impl Serialize) -> io::Result<()> {
    let statement = "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)";
    run(transaction, statement, params![name, to_json(value)?])
}

fn run(transaction: &Transaction, statement: &str, values: impl rusqlite::Params) -> io::Result<()> {
    let mut statement = transaction.prepare_cached(statement).map_err(in_words)?;
    statement.execute(values).map_err(in_words).map(drop)
}

fn row_id(id: u64) -> io::Result<i64> {
    i64::try_from(id).map_err(io::Error::other)
}

fn to_json(value: &impl Serialize) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

/// The parser's words name a type and a place, and may repeat a value: what is kept has secrets in it.
fn from_json<T: DeserializeOwned>(text: &str) -> io::Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let why = if error.is_data() { "an entry is not what this version keeps" } else { "an entry is no JSON" };
        io::Error::other(why)
    })
}

fn in_words(error: rusqlite::Error) -> io::Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy) => io::Error::other("another emulator holds it"),
        Some(rusqlite::ErrorCode::NotADatabase) => io::Error::other(NO_DATABASE),
        _ => io::Error::other(error),
    }
}

/// The file holds token strings: nobody else of the machine may read it. What SQLite puts beside it takes its mode.
#[cfg(unix)]
fn keep_private(file: &Path) -> io::Result<()> {
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_private(_file: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes the file where there is none, and leaves one alone that is no database.
fn make_private(file: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(file)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    // SQLite takes a short file of any kind for an empty database, and writes over it.
    let mut begin = Vec::new();
    file.take(BEGIN.len() as u64).read_to_end(&mut begin)?;
    if begin.is_empty() || begin == BEGIN {
        return Ok(());
    }
    Err(io::Error::other(NO_DATABASE))
}
