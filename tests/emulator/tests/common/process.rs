//! The program itself, and a client that keeps its connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use super::{Answer, SECRET};

/// Longer than anything takes: a fault ends a test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_millicast-emulator"));
    configure(&mut command, arguments);
    command
}

/// What every start of the program has, whatever it is started by.
pub fn configure(command: &mut Command, arguments: &[&str]) {
    command.args(arguments).env("MILLICAST_EMULATOR_API_SECRET", SECRET);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// A started program that has said where it listens. It does not outlive its test.
pub struct Process {
    child: Option<Child>,
    /// Held open: what is written to it has somewhere to go.
    stdout: BufReader<ChildStdout>,
    pub url: String,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(command(arguments))
    }

    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some(url) = line.strip_prefix("listening on ").map(str::trim_end) else {
            panic!("it did not start: {line:?} {}", String::from_utf8_lossy(&ended(child).stderr));
        };
        let address = url.split_once("://").unwrap().1.parse().unwrap();
        Self { child: Some(child), stdout, url: url.to_owned(), address }
    }

    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub fn client(&self) -> Client {
        Client::to(self.address)
    }

    /// Takes its standard input, for it to end when this does.
    pub fn stdin(&mut self) -> std::process::ChildStdin {
        self.child.as_mut().unwrap().stdin.take().unwrap()
    }

    /// Ends it without a word, as a crash does.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Tells it to end, and says how it did and what it printed since it said where it listens.
    pub fn end(self) -> (ExitStatus, String) {
        self.end_by("-TERM")
    }

    /// The same by a signal.
    pub fn end_by(self, signal: &str) -> (ExitStatus, String) {
        let sent = Command::new("kill").args([signal, &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.ended()
    }

    /// How it ends of itself.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let output = ended(self.child.take().unwrap());
        let mut printed = String::new();
        self.stdout.read_to_string(&mut printed).unwrap();
        (output.status, printed + &String::from_utf8(output.stderr).unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The output of a program that has to end of itself, soon.
pub fn ended(child: Child) -> Output {
    let (done, end) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    end.recv_timeout(PATIENCE).expect("the program does not end").unwrap()
}

/// The one line that a program says that cannot start.
#[track_caller]
pub fn refused(mut command: Command) -> String {
    let output = ended(command.spawn().unwrap());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty() && said.lines().count() == 1 && !said.contains(SECRET), "{said}");
    said
}

/// A folder of a test's own, which goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("millicast-emulator-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A file with this text.
    pub fn written(&self, name: &str, text: &str) -> String {
        let file = self.file(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One connection, over which one request after the other goes.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    /// With these headers; a body is JSON.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> io::Result<Answer> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n", body.len());
        request += "Content-Type: application/json\r\n";
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        request += "\r\n";
        request += &body;
        self.0.get_mut().write_all(request.as_bytes())?;
        self.answer()
    }

    /// With the API secret.
    pub fn api(&mut self, method: &str, path: &str, body: &Value) -> io::Result<Answer> {
        let authorization = format!("Bearer {SECRET}");
        self.send(method, path, &[("Authorization", &authorization)], body)
    }

    pub fn control(&mut self, method: &str, path: &str, body: &Value) -> io::Result<Answer> {
        self.send(method, &format!("/_emulator/{path}"), &[], body)
    }

    /// An answer that says how long it is, as all of them do.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let from = head.len();
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = head[from..].trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Answer::read(&(head + &String::from_utf8_lossy(&body))))
    }
}
