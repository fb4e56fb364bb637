//! The emulator as a program: says where it listens, serves, and ends when it is told to.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use millicast_emulator::{CountryOf, Emulator, FaultPlan, Options};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Arguments are visible to everybody on the machine, this is not.
const SECRET_VARIABLE: &str = "MILLICAST_EMULATOR_API_SECRET";

/// The Token API and the director of Dolby Millicast on your own machine.
#[derive(Parser)]
#[command(version, after_help = format!(
    "The environment variable {SECRET_VARIABLE} holds a secret too.\n\
     At least one secret is needed; every one given opens the API."
))]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: String,

    /// A file that holds a secret that opens the API, an end of line after it or not (repeatable)
    #[arg(long, value_name = "FILE")]
    api_secret_file: Vec<PathBuf>,

    /// The same as an argument (repeatable); other users of the machine can see it
    #[arg(long, value_name = "SECRET")]
    api_secret: Vec<String>,

    /// The account whose platform this is; without one any account is, and the director names "emulator"
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,

    /// The id of the first token
    #[arg(long, value_name = "ID", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1 << 52))]
    first_id: u64,

    /// Take a viewer's address from the first entry of X-Forwarded-For
    #[arg(long)]
    trust_forwarded: bool,

    /// The country that a block of addresses lies in, such as 203.0.113.0/24=PL (repeatable)
    #[arg(long, value_name = "CIDR=CC")]
    country_of: Vec<CountryOf>,

    /// Give viewers only the streams that were declared live; otherwise every stream is taken to be published
    #[arg(long)]
    only_live: bool,

    /// Serve TLS with what is in this folder, which is made where it is missing; clients trust ca.pem in it
    #[arg(long, value_name = "DIR")]
    tls: Option<PathBuf>,

    /// A JSON file with the tokens to begin with
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Keep all of the platform in this file (SQLite), so that a restart goes on from there
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Answer so many requests a second, and the others with 429
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rate_limit: Option<u32>,

    /// Let every answer take so long at the least
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// Let things go wrong: FAULT[@OPERATION][:key=value[,key=value]], several joined by ";" (repeatable)
    #[arg(long, value_name = "SPEC")]
    faults: Vec<FaultPlan>,

    /// Stop the clock at this time, in seconds since the epoch
    #[arg(long, value_name = "EPOCH")]
    clock: Option<i64>,

    /// Write a line of JSON about each request to the end of this file
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,

    /// End when standard input ends, as it does with the program that holds its other end
    #[arg(long)]
    until_eof: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // With nowhere to say it, the exit code still does.
            let _ = writeln!(io::stderr(), "millicast-emulator: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    // Before the ready line: whoever has read it may send a signal at once.
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(|error| format!("cannot catch signals: {error}"))?;

    let api_secrets = secrets(&arguments)?;
    let cannot_listen = |error: io::Error| format!("cannot listen on {}: {error}", arguments.listen);
    let options = Options {
        listen: resolve(&arguments.listen).map_err(cannot_listen)?,
        api_secrets,
        account_id: arguments.account_id,
        first_id: arguments.first_id,
        trust_forwarded: arguments.trust_forwarded,
        countries: arguments.country_of,
        only_live: arguments.only_live,
        tls: arguments.tls,
        seed: arguments.seed,
        state: arguments.state,
        rate_limit: arguments.rate_limit,
        latency: Duration::from_millis(arguments.latency),
        faults: FaultPlan::of_all(arguments.faults).map_err(|error| error.to_string())?,
        clock: arguments.clock,
        journal: arguments.journal,
        // Nobody could ask for them, and this may run for days.
        record_requests: false,
    };
    let running = Emulator::start(options).map_err(|error| error.to_string())?;

    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", running.url())
        .and_then(|()| stdout.flush())
        .map_err(|error| format!("cannot say where it listens: {error}"))?;
    if arguments.until_eof {
        raise_at_eof();
    }
    let _one_is_enough = signals.forever().next();
    running.stop();
    Ok(())
}

/// The end of standard input is one more way of being told to end.
fn raise_at_eof() {
    std::thread::spawn(|| {
        // What comes before the end is nobody's message, and an error is an end.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = signal_hook::low_level::raise(SIGTERM);
    });
}

fn resolve(listen: &str) -> io::Result<SocketAddr> {
    let first = listen.to_socket_addrs()?.next();
    first.ok_or_else(|| io::Error::other("the name has no address"))
}

fn secrets(arguments: &Arguments) -> Result<Vec<String>, String> {
    let mut secrets = arguments.api_secret.clone();
    for file in &arguments.api_secret_file {
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read the API secret in {}: {error}", file.display()))?;
        secrets.push(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    if let Some(secret) = std::env::var_os(SECRET_VARIABLE) {
        let secret = secret.into_string();
        secrets.push(secret.map_err(|_| format!("{SECRET_VARIABLE} is not UTF-8"))?);
    }
    if secrets.is_empty() {
        return Err(format!("no API secret: give one with --api-secret-file FILE, {SECRET_VARIABLE} or --api-secret SECRET"));
    }
    Ok(secrets)
}
