//! The program: what it prints, how it ends.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use common::process::{Process, command as with_a_secret, ended};

const SECRET: &str = "a-secret-of-the-program";

/// The program without a secret but those that it is given.
fn command(arguments: &[&str]) -> Command {
    let mut command = with_a_secret(arguments);
    command.env_remove("MILLICAST_EMULATOR_API_SECRET");
    command
}

fn connect(process: &Process) -> TcpStream {
    TcpStream::connect(process.address).unwrap()
}

/// One request on an open connection, and its answer's first line.
fn ask(stream: &mut TcpStream, secret: &str) -> String {
    let path = "/api/publish_token/list?page=1&itemsOnPage=1";
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream);
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    first.trim_end().to_owned()
}

fn failed(mut command: Command) -> (Option<i32>, String) {
    let output = ended(command.spawn().unwrap());
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_signal_ends_the_program_well_whatever_is_connected() {
    for signal in ["-TERM", "-INT"] {
        let program = Process::spawn(command(&["--api-secret", SECRET]));
        let idle = connect(&program);
        let mut kept_alive = connect(&program);
        assert_eq!(ask(&mut kept_alive, SECRET), "HTTP/1.1 200 OK");
        let mut half_sent = connect(&program);
        half_sent.write_all(b"POST /api/publish_token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{").unwrap();

        let told = Instant::now();
        let (status, printed) = program.end_by(signal);
        let took = told.elapsed();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert!(took < Duration::from_secs(5), "{signal} took {took:?}");
        assert_eq!(printed, "", "nothing but the ready line is printed");
        drop((idle, kept_alive, half_sent));
    }
}

#[test]
fn every_way_to_give_a_secret_opens_the_api() {
    let file = std::env::temp_dir().join(format!("millicast-emulator-secret-{}", std::process::id()));
    std::fs::write(&file, "from-a-file\n").unwrap();
    let mut command =
        command(&["--api-secret", "one", "--api-secret", "two", "--api-secret-file", file.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    command.env("MILLICAST_EMULATOR_API_SECRET", "from-the-environment");
    let program = Process::spawn(command);
    std::fs::remove_file(&file).unwrap();
    for secret in ["one", "two", "from-a-file", "from-the-environment"] {
        assert_eq!(ask(&mut connect(&program), secret), "HTTP/1.1 200 OK", "{secret}");
    }
    assert_eq!(ask(&mut connect(&program), "three"), "HTTP/1.1 401 Unauthorized");
}

#[test]
fn without_a_secret_the_program_names_the_ways_to_give_one() {
    let (code, said) = failed(command(&[]));
    assert_eq!(code, Some(1));
    for way in ["--api-secret-file", "MILLICAST_EMULATOR_API_SECRET", "--api-secret"] {
        assert!(said.contains(way), "{said}");
    }
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn an_address_that_cannot_be_had_is_said_in_one_line() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "192.0.2.1:1", "nonsense", "127.0.0.1:65536", "127.0.0.1"] {
        let (code, said) = failed(command(&["--api-secret", SECRET, "--listen", address]));
        assert_eq!(code, Some(1), "{address}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("cannot listen on") && said.contains(address), "{said}");
        assert!(!said.contains(SECRET));
    }
}

#[test]
fn a_secret_that_cannot_work_is_said_without_being_shown() {
    for bad in ["", "two words"] {
        let (code, said) = failed(command(&["--api-secret", bad]));
        assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
        assert!(!said.contains("two words"));
    }
    let (code, said) = failed(command(&["--api-secret-file", "/nowhere/at/all"]));
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
}

#[test]
fn faults_are_given_by_several_arguments_and_come_in_their_order() {
    let program = Process::spawn(command(&["--api-secret", SECRET, "--faults", "503:nth=1", "--faults", "504:count=1;seed=1"]));
    for status in ["503 Service Unavailable", "504 Gateway Timeout", "200 OK"] {
        assert_eq!(ask(&mut connect(&program), SECRET), format!("HTTP/1.1 {status}"));
    }
    let (code, said) = failed(command(&["--api-secret", SECRET, "--faults", "tls-close:count=1"]));
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("tls-close") && said.contains("--tls"), "{said}");
}

#[test]
fn options_out_of_range_are_refused() {
    for (option, value) in [
        ("--first-id", "0"),
        ("--first-id", "9007199254740993"),
        ("--country-of", "10.0.0.0/8"),
        ("--country-of", "10.0.0.0/8=pl"),
        ("--faults", "sabotage"),
        ("--faults", "503:nth=0"),
    ] {
        let (code, said) = failed(command(&["--api-secret", SECRET, option, value]));
        assert_eq!(code, Some(2), "{option} {value}");
        assert!(said.contains(option), "{said}");
    }
}
