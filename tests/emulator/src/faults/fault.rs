//! The faults there are, by name.

use std::fmt;

use axum::http::StatusCode;

use super::key::Key;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Refuse,
    TlsPlain,
    TlsClose,
    TlsSilence,
    ResetBefore,
    CloseBefore,
    Silence,
    ResetOnReuse,
    CloseOnReuse,
    ResetAfter,
    CloseAfter,
    SilenceAfter,
    HalfAnswer,
    HalfHead,
    LengthTooLong,
    LengthTooShort,
    DripHead,
    DripBody,
    Informs,
    Html,
    Garbage,
    Slow,
    CloseIdle,
    CloseEach,
    Status(StatusCode),
    StatusAfter(StatusCode),
    Redirect(StatusCode),
}

/// Those that go by a word.
const NAMED: [(&str, Fault); 24] = [
    ("refuse", Fault::Refuse),
    ("tls-plain", Fault::TlsPlain),
    ("tls-close", Fault::TlsClose),
    ("tls-silence", Fault::TlsSilence),
    ("reset-before", Fault::ResetBefore),
    ("close-before", Fault::CloseBefore),
    ("silence", Fault::Silence),
    ("reset-on-reuse", Fault::ResetOnReuse),
    ("close-on-reuse", Fault::CloseOnReuse),
    ("reset-after", Fault::ResetAfter),
    ("close-after", Fault::CloseAfter),
    ("silence-after", Fault::SilenceAfter),
    ("half-answer", Fault::HalfAnswer),
    ("half-head", Fault::HalfHead),
    ("length-too-long", Fault::LengthTooLong),
    ("length-too-short", Fault::LengthTooShort),
    ("drip-head", Fault::DripHead),
    ("drip-body", Fault::DripBody),
    ("informs", Fault::Informs),
    ("html", Fault::Html),
    ("garbage", Fault::Garbage),
    ("slow", Fault::Slow),
    ("close-idle", Fault::CloseIdle),
    ("close-each", Fault::CloseEach),
];

/// Those that go by a number besides 400 to 599.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// What a fault happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// The port, before a connection is made.
    Port,
    /// The handshake of a connection.
    Handshake,
    /// A request.
    Request,
    /// A request on a connection that carried another before.
    RequestOnReuse,
}

impl Fault {
    /// The fault with this name, or why there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        if let Some((_, fault)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Ok(*fault);
        }
        let (number, is_after) = name.strip_suffix("-after").map_or((name, false), |number| (number, true));
        let Ok(code) = number.parse::<u16>() else {
            let known: Vec<&str> = NAMED.iter().map(|(known, _)| *known).collect();
            let known = known.join(", ");
            return Err(format!("there is no fault {name:?}; there are {known}, statuses such as 503, and 502-after"));
        };
        let status = StatusCode::from_u16(code).ok().filter(|_| number.len() == 3);
        match status {
            Some(status) if (400..=599).contains(&code) => Ok(if is_after { Self::StatusAfter(status) } else { Self::Status(status) }),
            Some(status) if REDIRECTS.contains(&code) && !is_after => Ok(Self::Redirect(status)),
            Some(_) if REDIRECTS.contains(&code) => Err(format!("a redirect comes before the request is carried out, not {name:?}")),
            _ => Err(format!("a status is between 400 and 599, or one of 301, 302, 303, 307 and 308, not {name:?}")),
        }
    }

    pub fn scene(self) -> Scene {
        match self {
            Self::Refuse => Scene::Port,
            Self::TlsPlain | Self::TlsClose | Self::TlsSilence => Scene::Handshake,
            Self::ResetOnReuse | Self::CloseOnReuse => Scene::RequestOnReuse,
            _ => Scene::Request,
        }
    }

    /// Whether it comes over a connection before anybody can tell what the connection is for.
    pub fn is_of_connections(self) -> bool {
        matches!(self.scene(), Scene::Port | Scene::Handshake)
    }

    /// Whether a rule with it may have this key.
    pub fn takes(self, key: Key) -> bool {
        match key {
            Key::Probability | Key::Count | Key::Nth => true,
            Key::Ms => self.usual_ms().is_some(),
            Key::Bytes => matches!(self, Self::HalfAnswer | Self::HalfHead | Self::LengthTooLong | Self::LengthTooShort),
            Key::RetryAfter => matches!(self, Self::Status(_) | Self::StatusAfter(_)),
            Key::Location => matches!(self, Self::Redirect(_)),
        }
    }

    /// The milliseconds of one that takes any, where its rule does not say.
    pub fn usual_ms(self) -> Option<u64> {
        match self {
            Self::Refuse | Self::Slow | Self::CloseIdle => Some(1000),
            Self::DripHead | Self::DripBody => Some(100),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) | Self::Redirect(status) => write!(f, "{}", status.as_u16()),
            Self::StatusAfter(status) => write!(f, "{}-after", status.as_u16()),
            named => f.write_str(NAMED.iter().find(|(_, fault)| fault == named).map_or("", |(name, _)| name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_goes_by_its_name() {
        for (name, fault) in NAMED {
            assert_eq!((Fault::named(name), fault.to_string()), (Ok(fault), name.to_owned()));
        }
        for name in ["400", "401", "429", "503", "599", "400-after", "502-after", "301", "302", "303", "307", "308"] {
            assert_eq!(Fault::named(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_no_fault_is_said_with_what_was_given() {
        for name in
            ["", "reset", "Silence", "200", "399", "600", "304", "300", "0503", "+503", "70000", "301-after", "503-before", "html-after"]
        {
            let why = Fault::named(name).unwrap_err();
            assert!(why.contains(&format!("{name:?}")), "{why}");
        }
    }
}
