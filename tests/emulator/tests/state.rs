//! The state in a file: it outlives a kill at any moment, and is refused where it cannot be kept.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::NOON;
use common::process::{Client, Folder, Process, command, configure, refused};
use serde_json::{Value, json};

const KILLS: u32 = 100;
const WRITERS: usize = 3;

/// How many tokens a writer has before it deletes one.
const MOST_TOKENS: usize = 12;

/// A token as a read answers it, and what only the control endpoints tell of it.
#[derive(Clone)]
struct Held {
    kind: &'static str,
    token: Value,
    live: BTreeSet<String>,
    bound: Vec<String>,
}

impl Held {
    fn id(&self) -> u64 {
        self.token["id"].as_u64().unwrap()
    }

    fn is_active(&self) -> bool {
        self.token["isActive"] == true
    }

    /// The names of what is not the same. Values may be secrets.
    fn differences(&self, other: &Self) -> Vec<String> {
        let (own, others) = (self.token.as_object().unwrap(), other.token.as_object().unwrap());
        let names: BTreeSet<&String> = own.keys().chain(others.keys()).collect();
        let mut found: Vec<String> = names.into_iter().filter(|name| own.get(*name) != others.get(*name)).cloned().collect();
        found.extend((self.kind != other.kind).then(|| "kind".to_owned()));
        found.extend((self.live != other.live).then(|| "live".to_owned()));
        found.extend((self.bound != other.bound).then(|| "bound".to_owned()));
        found
    }
}

/// What one writer's changes have come to. Nobody else changes these.
#[derive(Clone, Default)]
struct Mine {
    tokens: BTreeMap<u64, Held>,
    bytes: i64,
    admissions: i64,
}

/// All that the emulator has.
struct Found {
    tokens: BTreeMap<u64, Held>,
    usage: Value,
    now: i64,
}

impl Found {
    fn of(client: &mut Client) -> Self {
        let mut tokens = BTreeMap::new();
        for kind in ["publish", "subscribe"] {
            let list = client.api("GET", &format!("/api/{kind}_token/list?page=1&itemsOnPage=100"), &Value::Null).unwrap();
            let shown = client.control("GET", &format!("tokens?kind={kind}&page=1&itemsOnPage=100"), &Value::Null).unwrap();
            let (list, shown) = (list.data().as_array().unwrap(), shown.data()["tokens"].as_array().unwrap());
            assert_eq!(list.len(), shown.len());
            for (token, shown) in list.iter().zip(shown) {
                assert_eq!(token["id"], shown["id"]);
                let held =
                    Held { kind, token: token.clone(), live: texts(&shown["live"]).collect(), bound: texts(&shown["bound"]).collect() };
                tokens.insert(held.id(), held);
            }
        }
        let usage = client.control("GET", "usage", &Value::Null).unwrap().data().clone();
        let now = client.control("GET", "clock", &Value::Null).unwrap().data().clone();
        assert_eq!(now["stands"], true);
        Self { tokens, usage, now: now["now"].as_i64().unwrap() }
    }

    /// The bytes and the admissions that are counted for a tracking id.
    fn used(&self, tracking_id: &str) -> (i64, i64) {
        let row = self.usage.as_array().unwrap().iter().find(|row| row["trackingId"] == tracking_id);
        row.map_or((0, 0), |row| (row["bytesIn"].as_i64().unwrap(), row["admissions"].as_i64().unwrap()))
    }
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned())
}

/// Changes what is its own, one request after the other, and knows what has been acknowledged.
struct Writer {
    name: String,
    mine: Mine,
    /// What the change that was not acknowledged would have made of it. A token that is new, or a text that is drawn anew,
    /// is `null` in it.
    doubtful: Option<Mine>,
    /// The kind and the label of a token that may have been made.
    doubtful_create: Option<(&'static str, String)>,
    ever_seen: BTreeSet<u64>,
    random: fastrand::Rng,
    count: u32,
}

impl Writer {
    fn new(name: String, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { name, mine: Mine::default(), doubtful: None, doubtful_create: None, ever_seen: BTreeSet::new(), random, count: 0 }
    }

    fn stream(&self) -> String {
        format!("stream of {}", self.name)
    }

    fn next_label(&mut self) -> String {
        self.count += 1;
        format!("{} {}", self.name, self.count)
    }

    fn pick(&mut self, suits: impl Fn(&Held) -> bool) -> Option<Held> {
        let suitable: Vec<&Held> = self.mine.tokens.values().filter(|held| suits(held)).collect();
        (!suitable.is_empty()).then(|| suitable[self.random.usize(..suitable.len())].clone())
    }

    /// Makes changes until the emulator is gone.
    fn write(&mut self, mut client: Client, acknowledged: &mpsc::Sender<()>) {
        while self.change(&mut client).is_ok() {
            // Nobody counts any longer once the emulator is killed.
            let _ = acknowledged.send(());
        }
    }

    fn change(&mut self, client: &mut Client) -> io::Result<()> {
        if self.mine.tokens.len() > MOST_TOKENS {
            return self.delete(client);
        }
        match self.random.u32(..10) {
            0 | 1 => self.create(client),
            2 => self.delete(client),
            3 => self.disable(client),
            4 => self.enable(client),
            5 => self.go_live(client),
            6 | 7 => self.bind(client),
            8 => self.use_some(client),
            _ => self.update(client),
        }
    }

    /// Sends a change. `after` is what it makes of all.
    fn send(&mut self, client: &mut Client, after: Mine, (method, path): (&str, &str), body: &Value) -> io::Result<Value> {
        self.doubtful = Some(after);
        let answer = if path.starts_with('/') { client.api(method, path, body) } else { client.control(method, path, body) }?;
        self.mine = self.doubtful.take().unwrap();
        Ok(answer.data().clone())
    }

    fn create(&mut self, client: &mut Client) -> io::Result<()> {
        let kind = if self.random.bool() { "publish" } else { "subscribe" };
        let label = self.next_label();
        let origin = format!("{}.example.com", self.count);
        let mut request = json!({ "label": label, "streams": [{ "streamName": self.stream() }], "allowedOrigins": [origin] });
        if kind == "subscribe" {
            request["bindIpsOnUsage"] = json!(1_000_000);
            request["tracking"] = json!({ "trackingId": self.name });
        }
        self.doubtful_create = Some((kind, label));
        let token = client.api("POST", &format!("/api/{kind}_token"), &request)?.data().clone();
        self.doubtful_create = None;
        self.adopt(Held { kind, token, live: BTreeSet::new(), bound: Vec::new() });
        Ok(())
    }

    fn adopt(&mut self, held: Held) {
        assert!(self.ever_seen.insert(held.id()), "the id {} comes a second time", held.id());
        self.mine.tokens.insert(held.id(), held);
    }

    fn delete(&mut self, client: &mut Client) -> io::Result<()> {
        let Some(held) = self.pick(|_| true) else { return Ok(()) };
        let mut after = self.mine.clone();
        after.tokens.remove(&held.id());
        self.send(client, after, ("DELETE", &format!("/api/{}_token/{}", held.kind, held.id())), &Value::Null).map(drop)
    }

    /// Two fields at once, and at times the token's text.
    fn update(&mut self, client: &mut Client) -> io::Result<()> {
        let Some(mut held) = self.pick(|_| true) else { return Ok(()) };
        let label = self.next_label();
        let mut request = json!({ "label": label, "allowedOrigins": [format!("{}.example.com", self.count)] });
        let (id, kind) = (held.id(), held.kind);
        held.token["name"] = request["label"].clone();
        held.token["label"] = request["label"].clone();
        held.token["allowedOrigins"] = request["allowedOrigins"].clone();
        if self.random.bool() {
            request["refreshToken"] = json!(true);
            held.token["token"] = Value::Null;
        }
        let mut after = self.mine.clone();
        after.tokens.insert(id, held);
        let answer = self.send(client, after, ("PUT", &format!("/api/v2/{kind}_token/{id}")), &request)?;
        self.mine.tokens.get_mut(&id).unwrap().token["token"] = answer["token"].clone();
        Ok(())
    }

    /// Several in one request.
    fn disable(&mut self, client: &mut Client) -> io::Result<()> {
        let mut after = self.mine.clone();
        let publish = after.tokens.values_mut().filter(|held| held.kind == "publish");
        let ids: Vec<u64> = publish
            .map(|held| {
                held.token["isActive"] = json!(false);
                held.id()
            })
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        self.send(client, after, ("PATCH", "/api/publish_token/disable"), &json!({ "tokenIds": ids })).map(drop)
    }

    fn enable(&mut self, client: &mut Client) -> io::Result<()> {
        let Some(held) = self.pick(|held| !held.is_active()) else { return Ok(()) };
        let mut after = self.mine.clone();
        after.tokens.get_mut(&held.id()).unwrap().token["isActive"] = json!(true);
        self.send(client, after, ("POST", &format!("token/{}/{}", held.kind, held.id())), &json!({ "isActive": true })).map(drop)
    }

    fn go_live(&mut self, client: &mut Client) -> io::Result<()> {
        let Some(held) = self.pick(|held| held.kind == "publish" && held.is_active()) else { return Ok(()) };
        let (mut after, stream) = (self.mine.clone(), self.stream());
        let live = &mut after.tokens.get_mut(&held.id()).unwrap().live;
        let is_live = live.insert(stream.clone());
        if !is_live {
            live.clear();
        }
        let request = json!({ "tokenId": held.id(), "streamName": stream, "isLive": is_live });
        self.send(client, after, ("POST", "publish"), &request).map(drop)
    }

    /// An admission binds the token and counts for its tracking id, both or neither.
    fn bind(&mut self, client: &mut Client) -> io::Result<()> {
        let Some(held) = self.pick(|held| held.kind == "subscribe" && held.is_active()) else { return Ok(()) };
        self.count += 1;
        let address = format!("10.{}.{}.{}", self.count >> 16 & 255, self.count >> 8 & 255, self.count & 255);
        let mut after = self.mine.clone();
        after.tokens.get_mut(&held.id()).unwrap().bound.push(address.clone());
        after.admissions += 1;
        self.doubtful = Some(after);
        let authorization = format!("Bearer {}", held.token["token"].as_str().unwrap());
        let origin = format!("https://{}", held.token["allowedOrigins"][0].as_str().unwrap());
        let headers = [("Authorization", authorization.as_str()), ("Origin", &origin), ("X-Forwarded-For", &address)];
        client.send("POST", "/api/director/subscribe", &headers, &json!({ "streamName": self.stream() }))?.admitted();
        self.mine = self.doubtful.take().unwrap();
        Ok(())
    }

    fn use_some(&mut self, client: &mut Client) -> io::Result<()> {
        let mut after = self.mine.clone();
        after.bytes += 7;
        let request = json!({ "streamName": self.stream(), "trackingId": self.name, "bytesIn": 7, "time": NOON });
        self.send(client, after, ("POST", "usage"), &request).map(drop)
    }

    /// Finds everything that was acknowledged, and of what was not, all or nothing.
    fn compare(&mut self, found: &Found) {
        let doubtful_create = self.doubtful_create.take();
        let own: BTreeMap<u64, Held> =
            found.tokens.iter().filter(|(_, held)| self.made(held)).map(|(id, held)| (*id, held.clone())).collect();
        let unknown: Vec<Held> = own.values().filter(|held| !self.mine.tokens.contains_key(&held.id())).cloned().collect();
        for held in unknown {
            let (kind, label) = doubtful_create.clone().unwrap_or_else(|| panic!("nobody made token {}", held.id()));
            assert_eq!((held.kind, &held.token["label"]), (kind, &json!(label)));
            assert_eq!(held.token["streams"], json!([{ "streamName": self.stream(), "isRegex": false }]));
            self.adopt(held);
        }
        let (bytes, admissions) = found.used(&self.name);
        let actual = Mine { tokens: own, bytes, admissions };
        let kept = self.mine.without(&actual);
        match self.doubtful.take() {
            _ if kept.is_empty() => {}
            Some(after) => assert_eq!(after.without(&actual), [""; 0], "neither as before, which lacks {kept:?}, nor as after"),
            None => panic!("{} lost {kept:?}", self.name),
        }
        self.mine = actual;
    }

    fn made(&self, held: &Held) -> bool {
        held.token["label"].as_str().unwrap().starts_with(&format!("{} ", self.name))
    }
}

impl Mine {
    /// Where it is not what there is.
    fn without(&self, actual: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let ids: BTreeSet<&u64> = self.tokens.keys().chain(actual.tokens.keys()).collect();
        for id in ids {
            match (self.tokens.get(id), actual.tokens.get(id)) {
                (Some(own), Some(other)) => {
                    let is_drawn_anew = own.token["token"].is_null() && other.token["token"].is_string();
                    let differences = own.differences(other).into_iter().filter(|name| !(is_drawn_anew && name == "token"));
                    found.extend(differences.map(|name| format!("{name} of {id}")));
                }
                (None, None) => {}
                _ => found.push(format!("token {id}")),
            }
        }
        found.extend((self.bytes != actual.bytes).then(|| "bytes".to_owned()));
        found.extend((self.admissions != actual.admissions).then(|| "admissions".to_owned()));
        found
    }
}

#[test]
fn a_kill_at_any_moment_takes_nothing_away_that_was_acknowledged() {
    let folder = Folder::new();
    let state = folder.file("state");
    let arguments = ["--state", state.as_str(), "--trust-forwarded"];
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut writers: Vec<Writer> = (0..WRITERS).map(|number| Writer::new(format!("writer-{number}"), random.u64(..))).collect();
    let mut now = NOON;
    let mut process = Process::start(&[&arguments[..], &["--clock", &NOON.to_string()]].concat());
    for _ in 0..KILLS {
        let (acknowledged, count) = mpsc::channel();
        thread::scope(|scope| {
            for writer in &mut writers {
                let (client, acknowledged) = (process.client(), acknowledged.clone());
                scope.spawn(move || writer.write(client, &acknowledged));
            }
            count.iter().take(random.usize(1..60)).for_each(drop);
            let advanced = process.client().control("POST", "clock", &json!({ "advance": 1 })).unwrap();
            now = advanced.data()["now"].as_i64().unwrap();
            // Any moment after what was waited for, not that at which an answer was just sent.
            thread::sleep(Duration::from_micros(random.u64(..2000)));
            process.kill();
        });
        process = Process::start(&arguments);
        let found = Found::of(&mut process.client());
        assert_eq!(found.now, now);
        writers.iter_mut().for_each(|writer| writer.compare(&found));
        let known: usize = writers.iter().map(|writer| writer.mine.tokens.len()).sum();
        assert_eq!(found.tokens.len(), known, "nobody made some of the tokens");
    }
    let mut ids = BTreeSet::new();
    assert!(writers.iter().flat_map(|writer| &writer.ever_seen).all(|id| ids.insert(id)), "two writers were given one id");
    assert!(writers.iter().all(|writer| writer.mine.bytes > 0 && writer.mine.admissions > 0), "too little was written");
    let (status, said) = process.end();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

fn create(client: &mut Client, label: &str) -> Value {
    let request = json!({ "label": label, "streams": [{ "streamName": "show" }] });
    client.api("POST", "/api/subscribe_token", &request).unwrap().data().clone()
}

fn labels(client: &mut Client) -> Vec<String> {
    let list = client.api("GET", "/api/subscribe_token/list?page=1&itemsOnPage=100", &Value::Null).unwrap();
    list.data().as_array().unwrap().iter().map(|token| token["label"].as_str().unwrap().to_owned()).collect()
}

/// A file that an emulator has kept its state in.
fn kept(folder: &Folder) -> String {
    let file = folder.file("kept");
    let process = Process::start(&["--state", &file]);
    create(&mut process.client(), "kept");
    process.end();
    file
}

/// Writes a number into an SQLite file's header, where it is big-endian.
fn set_in_header(file: &str, place: usize, value: u32) {
    let mut bytes = fs::read(file).unwrap();
    bytes[place..place + 4].copy_from_slice(&value.to_be_bytes());
    fs::write(file, bytes).unwrap();
}

const USER_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;

#[test]
fn a_file_of_a_later_layout_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let file = kept(&folder);
    set_in_header(&file, USER_VERSION, 2);
    let before = fs::read(&file).unwrap();
    let said = refused(command(&["--state", &file]));
    assert!(said.contains(&file) && said.contains("another version"), "{said}");
    assert!(fs::read(&file).unwrap() == before);
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let file = kept(&folder);
    set_in_header(&file, APPLICATION_ID, 0);
    // As most programs have it: no log is written ahead.
    let mut bytes = fs::read(&file).unwrap();
    bytes[18..20].copy_from_slice(&[1, 1]);
    fs::write(&file, &bytes).unwrap();
    let said = refused(command(&["--state", &file]));
    assert!(said.contains("another program"), "{said}");
    assert!(fs::read(&file).unwrap() == bytes);
}

#[test]
fn what_is_no_database_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    for (name, text) in [("short", "x"), ("long", &"no database at all ".repeat(500)), ("json", "{\"publishTokens\":[]}")] {
        let file = folder.written(name, text);
        let said = refused(command(&["--state", &file]));
        assert!(said.contains("cannot keep the state in") && said.contains(&file), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = Folder::new();
    let file = kept(&folder);
    let mut bytes = fs::read(&file).unwrap();
    // Past the header: what is damaged are the entries.
    bytes[100..].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let said = refused(command(&["--state", &file]));
    assert!(said.contains("cannot keep the state in"), "{said}");
}

#[test]
fn a_place_where_no_file_can_be_is_refused() {
    let folder = Folder::new();
    let file = folder.written("file", "");
    let places = [folder.file(""), format!("{file}/state"), folder.file("nowhere/state"), "/dev/full".to_owned(), "/proc/state".to_owned()];
    for place in places {
        let said = refused(command(&["--state", &place]));
        assert!(said.contains("cannot keep the state in"), "{said}");
    }
}

/// A program that is started by somebody whom a file's mode keeps out: it keeps nobody out who may do everything.
fn as_nobody(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    if fs::metadata(folder.path()).unwrap().uid() == 0 {
        // Where the program is, others may not be let in.
        let program = folder.file("millicast-emulator");
        fs::copy(command.get_program(), &program).unwrap();
        command = Command::new(program);
        configure(&mut command, arguments);
        command.uid(65_534).gid(65_534);
    }
    command
}

#[test]
fn a_file_that_may_not_be_read_or_written_is_refused() {
    let folder = Folder::new();
    let file = kept(&folder);
    for mode in [0o000, 0o444] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let said = refused(as_nobody(&folder, &["--state", &file]));
        assert!(said.contains("cannot keep the state in") && said.contains("denied"), "{said}");
    }
}

#[test]
fn a_file_that_another_emulator_holds_is_refused_at_once() {
    let folder = Folder::new();
    let file = folder.file("state");
    let holder = Process::start(&["--state", &file]);
    let said = refused(command(&["--state", &file]));
    assert!(said.contains("another emulator holds it"), "{said}");
    // The one that holds it goes on, and after its end it is free.
    create(&mut holder.client(), "mine");
    holder.end();
    let next = Process::start(&["--state", &file]);
    assert_eq!(labels(&mut next.client()), ["mine"]);
}

#[test]
fn nobody_else_may_read_what_is_kept() {
    let folder = Folder::new();
    let file = folder.file("state");
    let process = Process::start(&["--state", &file]);
    create(&mut process.client(), "secret");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn where_nothing_more_can_be_written_nothing_changes_until_it_can_be_again() {
    let folder = Folder::new();
    let file = folder.file("state");
    // A file that reaches its limit fails to be written, as on a full disk. The signal that comes with it is ignored.
    let script = r#"trap "" XFSZ; ulimit -S -f 400; exec "$0" "$@""#;
    let mut limited = Command::new("sh");
    limited.args(["-c", script, env!("CARGO_BIN_EXE_millicast-emulator")]);
    configure(&mut limited, &["--state", &file]);
    let process = Process::spawn(limited);
    let mut client = process.client();

    let (mut made, full) = (Vec::new(), |client: &mut Client, label: &str| {
        let request = json!({ "label": label, "streams": vec![json!({ "streamName": "x".repeat(128) }); 50] });
        client.api("POST", "/api/subscribe_token", &request).unwrap()
    });
    let refusal = loop {
        let label = format!("{:06}", made.len());
        let answer = full(&mut client, &label);
        if answer.status != 200 {
            break answer;
        }
        made.push(label);
        assert!(made.len() < 1000, "nothing is ever full");
    };
    assert_eq!((refusal.status, &refusal.body["status"], &refusal.body["code"]), (500, &json!("error"), &json!(500)));
    let total = || process.client().control("GET", "status", &Value::Null).unwrap().data()["subscribeTokens"].clone();
    assert_eq!(total(), json!(made.len()), "what could not be kept has not happened");

    let raised = Command::new("prlimit").args(["--pid", &process.id().to_string(), "--fsize=unlimited"]).status().unwrap();
    assert!(raised.success());
    full(&mut client, "more").data();
    client.api("DELETE", "/api/subscribe_token/1000", &Value::Null).unwrap().data();
    let before = labels(&mut client);
    process.kill();
    let process = Process::start(&["--state", &file]);
    assert_eq!(labels(&mut process.client()), before);
}

#[test]
fn a_restart_is_not_seeded_again() {
    let folder = Folder::new();
    let state = folder.file("state");
    let seed = folder.written("seed.json", r#"{"subscribeTokens":[{"id":5000,"label":"seeded","streams":[{"streamName":"a"}]}]}"#);
    let process = Process::start(&["--state", &state, "--seed", &seed, "--clock", &NOON.to_string()]);
    assert_eq!(labels(&mut process.client()), ["seeded"]);
    process.client().api("DELETE", "/api/subscribe_token/5000", &Value::Null).unwrap().data();
    process.kill();
    // Not even read: what was seeded is past.
    fs::write(&seed, "no JSON").unwrap();
    let process = Process::start(&["--state", &state, "--seed", &seed]);
    assert_eq!(labels(&mut process.client()), [""; 0]);
    assert_eq!(create(&mut process.client(), "next")["id"], 5001);
}

#[test]
fn a_state_without_a_change_is_seeded() {
    let folder = Folder::new();
    let state = folder.file("state");
    Process::start(&["--state", &state]).kill();
    let seed = folder.written("seed.json", r#"{"subscribeTokens":[{"label":"seeded","streams":[{"streamName":"a"}]}]}"#);
    let process = Process::start(&["--state", &state, "--seed", &seed]);
    assert_eq!(labels(&mut process.client()), ["seeded"]);
}

#[test]
fn a_clock_that_is_given_takes_the_place_of_the_kept_one() {
    let folder = Folder::new();
    let state = folder.file("state");
    let clock = |process: &Process| process.client().control("GET", "clock", &Value::Null).unwrap().data().clone();
    let process = Process::start(&["--state", &state, "--clock", "1000"]);
    assert_eq!(clock(&process), json!({ "now": 1000, "stands": true }));
    process.kill();
    let process = Process::start(&["--state", &state]);
    assert_eq!(clock(&process), json!({ "now": 1000, "stands": true }));
    process.kill();
    let process = Process::start(&["--state", &state, "--clock", "2000"]);
    assert_eq!(clock(&process)["now"], 2000);
    process.client().control("POST", "clock", &json!({ "now": null })).unwrap().data();
    process.kill();
    let process = Process::start(&["--state", &state]);
    assert_eq!(clock(&process)["stands"], false, "a clock that goes again goes on");
}

#[test]
fn the_first_id_counts_where_it_is_beyond_what_was_kept() {
    let folder = Folder::new();
    let file = kept(&folder);
    let process = Process::start(&["--state", &file, "--first-id", "500"]);
    assert_eq!(create(&mut process.client(), "a")["id"], 1001);
    process.kill();
    let process = Process::start(&["--state", &file, "--first-id", "9000"]);
    assert_eq!(create(&mut process.client(), "b")["id"], 9000);
}

#[test]
fn a_file_is_one_whatever_its_name() {
    let folder = Folder::new();
    for name in [":memory:", "file:x.db", "file:y.db?mode=memory", "a b.db"] {
        let file = folder.file(name);
        // By its name alone, as it is written in the folder itself.
        let start = || {
            let mut command = command(&["--state", name]);
            command.current_dir(folder.file("."));
            Process::spawn(command)
        };
        let process = start();
        let token = create(&mut process.client(), "a");
        process.kill();
        let process = start();
        let read = process.client().api("GET", &format!("/api/subscribe_token/{}", token["id"]), &Value::Null).unwrap();
        assert_eq!(read.data(), &token, "{name}");
        assert!(fs::metadata(&file).unwrap().len() > 0, "{name}");
    }
}

#[test]
fn a_file_that_others_can_read_is_closed_to_them() {
    let folder = Folder::new();
    let file = kept(&folder);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let _process = Process::start(&["--state", &file]);
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
}
