//! The emulator as a program: says where it listens, serves, and ends when it is told to.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use millicast_emulator::{CountryOf, Emulator, Options};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Arguments are visible to everybody on the machine, this is not.
const SECRET_VARIABLE: &str = "MILLICAST_EMULATOR_API_SECRET";

/// The Token API and the subscribe director of Dolby Millicast on loopback, in memory.
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

    /// The account that the director names in its answers
    #[arg(long, value_name = "ID", default_value = "emulator")]
    account_id: String,

    /// The id of the first token
    #[arg(long, value_name = "ID", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1 << 53))]
    first_id: u64,

    /// Take a viewer's address from the first entry of X-Forwarded-For
    #[arg(long)]
    trust_forwarded: bool,

    /// The country that a block of addresses lies in, such as 203.0.113.0/24=PL (repeatable)
    #[arg(long, value_name = "CIDR=CC")]
    country_of: Vec<CountryOf>,
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
        // Nobody could ask for them, and this may run for days.
        record_requests: false,
    };
    let running = Emulator::start(options).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => error.to_string(),
        _ => cannot_listen(error),
    })?;

    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", running.url())
        .and_then(|()| stdout.flush())
        .map_err(|error| format!("cannot say where it listens: {error}"))?;
    let _one_is_enough = signals.forever().next();
    running.stop();
    Ok(())
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
