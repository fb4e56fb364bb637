//! The rules between a self-signed token and its parent, checked here so that no director refuses at air time.

use regex_lite::{Regex, RegexBuilder};

use crate::error::{
    Error, MCT_REASON_PARENT_EXPIRED, MCT_REASON_PARENT_INACTIVE, MCT_REASON_PARENT_LIFETIME, MCT_REASON_PARENT_ORIGIN_CLUSTER,
    MCT_REASON_PARENT_PATTERN, MCT_REASON_PARENT_STREAM, MCT_REASON_PARENT_TRACKING_ID, Result,
};
use crate::model::limits::{self, shown};
use crate::model::subscribe_token::SubscribeToken;
use crate::model::time::Moment;
use crate::model::token::{ANY_NAME, Received, Stream};
use crate::text::Text;

const ANY_CLUSTER: &str = "auto";

/// What a compiled pattern may take and how many there may be, so that hostile ones can't exhaust the process. What is
/// beyond that can't be checked here.
const PATTERN_BYTES: usize = 16 << 10;
const MOST_PATTERNS: usize = 64;

#[derive(Debug)]
enum Name {
    Any,
    Plain(String),
    Pattern(Pattern),
    /// A pattern outside the dialect.
    Unchecked(String),
}

#[derive(Debug)]
struct Pattern {
    text: String,
    compiled: Regex,
}

/// What a name of the parent's says of a stream.
#[derive(PartialEq)]
enum Answer {
    Takes,
    Refuses,
    /// It can't be told here.
    Unknown,
}

fn names(streams: &[Stream]) -> Vec<Name> {
    let mut patterns = 0;
    let name = |stream: &Stream| {
        let name = stream.stream_name.as_str();
        match stream.is_regex() {
            false => Name::Plain(name.to_owned()),
            true if name == ANY_NAME => Name::Any,
            true => {
                patterns += 1;
                let compiled = if patterns <= MOST_PATTERNS { pattern(name) } else { None };
                let text = name.to_owned();
                match compiled {
                    Some(compiled) => Name::Pattern(Pattern { text, compiled }),
                    None => Name::Unchecked(text),
                }
            }
        }
    };
    streams.iter().map(name).collect()
}

impl Name {
    fn answer(&self, stream: &str) -> Answer {
        let takes = match self {
            Name::Any => true,
            Name::Plain(name) => name == stream,
            Name::Pattern(pattern) if !pattern.means_one_thing_for(stream) => return Answer::Unknown,
            // What a match needs is kept behind a lock, which a fork in between would leave locked in the child. A clone
            // shares the program and has a lock of its own.
            Name::Pattern(pattern) => pattern.compiled.clone().is_match(stream),
            Name::Unchecked(_) => return Answer::Unknown,
        };
        if takes { Answer::Takes } else { Answer::Refuses }
    }

    fn pattern(&self) -> &str {
        match self {
            Name::Any => ANY_NAME,
            Name::Plain(name) | Name::Unchecked(name) => name,
            Name::Pattern(pattern) => &pattern.text,
        }
    }
}

impl Pattern {
    /// Of ASCII all dialects think alike. Beyond it some know letters, digits, blanks and cases, and some count in UTF-16
    /// units.
    fn means_one_thing_for(&self, stream: &str) -> bool {
        // What is looked for is at most three bytes long.
        let pattern = format!("{}  ", self.text);
        if stream.is_ascii() && pattern.is_ascii() {
            return true;
        }
        let has = |is_it: fn(&[u8]) -> bool| pattern.as_bytes().windows(3).any(is_it);
        let knows_classes = has(|bytes| (bytes[0] == b'\\' && b"wWdDsSbBpP".contains(&bytes[1])) || bytes.starts_with(b"[:"));
        let knows_cases = has(|bytes| bytes.starts_with(b"(?") && !b":<P".contains(&bytes[2]));
        let counts_units = stream.chars().any(|c| c.len_utf16() > 1) && has(|bytes| bytes[0] == b'.' || bytes.starts_with(b"[^"));
        !(knows_classes || knows_cases || counts_units)
    }
}

/// The whole name has to match: anchoring is not documented, and the stricter reading is the safe one.
fn pattern(pattern: &str) -> Option<Regex> {
    if limits::length("", pattern, 1, limits::NAME_UNITS).is_err() {
        return None;
    }
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build().ok();
    // By itself first: a pattern that only holds together inside of the anchors could reach around them.
    build(pattern)?;
    build(&format!(r"\A(?:{pattern})\z"))
}

#[derive(Debug)]
pub(crate) struct Parent {
    is_active: Option<bool>,
    expires_on: Option<Moment>,
    names: Vec<Name>,
    tracking_id: Option<String>,
    origin_cluster: Option<String>,
}

/// What a token says that its parent has a rule for.
pub(crate) struct Subject<'a> {
    pub stream_name: &'a str,
    pub tracking_id: Option<&'a str>,
    pub origin_cluster: Option<&'a str>,
    /// Its stream is known to be the parent's, or the caller answers for it.
    pub skips_stream: bool,
}

impl Parent {
    pub(crate) fn of(token: &Received<SubscribeToken>) -> Parent {
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.as_str().to_owned()).filter(|text| !text.is_empty());
        let common = &token.token;
        Parent {
            is_active: common.is_active,
            expires_on: common.expires_on,
            names: names(&common.streams),
            tracking_id: text(&token.own.tracking.tracking_id),
            // A parent that names none has what the account gives it, where the API says so.
            origin_cluster: text(&common.origin_cluster).or_else(|| text(&common.effective_settings.origin_cluster)),
        }
    }

    pub(crate) fn check(&self, subject: &Subject<'_>, now: i64) -> Result<()> {
        self.check_alive(now)?;
        if !subject.skips_stream {
            self.check_stream(subject.stream_name)?;
        }
        self.check_tracking_id(subject.tracking_id)?;
        self.check_origin_cluster(subject.origin_cluster)
    }

    /// The end that the token gets: its own, or the parent's where that comes first and the caller asked for it. A token
    /// that would begin after its parent's end has none to be cut to.
    pub(crate) fn end(&self, (issued_at, expires_at): (i64, i64), cut: bool) -> Result<i64> {
        match self.expires_on {
            Some(Moment::At(end)) if end < expires_at && end > issued_at && cut => Ok(end),
            Some(Moment::At(end)) if end < expires_at => Err(Error::token_invalid(
                MCT_REASON_PARENT_LIFETIME,
                format!("exp: the token would end at {expires_at}, its parent ends before that, at {end} (Unix seconds)"),
            )
            .with_field("exp")),
            _ => Ok(expires_at),
        }
    }

    fn check_alive(&self, now: i64) -> Result<()> {
        if self.is_active == Some(false) {
            return Err(Error::token_invalid(MCT_REASON_PARENT_INACTIVE, "isActive: the parent token is disabled").with_field("isActive"));
        }
        let expired = |why: String| Err(Error::token_invalid(MCT_REASON_PARENT_EXPIRED, why).with_field("expiresOn"));
        match self.expires_on {
            Some(Moment::At(end)) if end <= now => {
                expired(format!("expiresOn: the parent token expired at {end}, now is {now} (Unix seconds)"))
            }
            Some(Moment::Unreadable) => expired("expiresOn: the parent token's end can't be read".to_owned()),
            _ => Ok(()),
        }
    }

    fn check_stream(&self, stream_name: &str) -> Result<()> {
        let answers = || self.names.iter().map(|name| (name, name.answer(stream_name)));
        if answers().any(|(_, answer)| answer == Answer::Takes) {
            return Ok(());
        }
        let given = shown(stream_name);
        let (reason, message) = match answers().find(|(_, answer)| *answer == Answer::Unknown) {
            Some((name, _)) => (
                MCT_REASON_PARENT_PATTERN,
                format!(
                    "streamName: {given} can't be checked against the parent token's pattern {}, which is outside the dialect known here",
                    shown(name.pattern())
                ),
            ),
            None => (MCT_REASON_PARENT_STREAM, format!("streamName: {given} is none of the parent token's streams")),
        };
        Err(Error::token_invalid(reason, message).with_field("streamName"))
    }

    fn check_tracking_id(&self, given: Option<&str>) -> Result<()> {
        let Some(own) = self.tracking_id.as_deref() else { return Ok(()) };
        if given == Some(own) {
            return Ok(());
        }
        let given = given.map_or_else(|| "none".to_owned(), shown);
        let message = format!("trackingId: must be the parent token's {}, given is {given}", shown(own));
        Err(Error::token_invalid(MCT_REASON_PARENT_TRACKING_ID, message).with_field("trackingId"))
    }

    fn check_origin_cluster(&self, given: Option<&str>) -> Result<()> {
        let Some(given) = given else { return Ok(()) };
        let own = self.origin_cluster.as_deref();
        if own == Some(ANY_CLUSTER) || own == Some(given) {
            return Ok(());
        }
        let own = own.map_or_else(|| "not set".to_owned(), shown);
        let message = format!("originCluster: the parent token's is {own}, so that {} is refused", shown(given));
        Err(Error::token_invalid(MCT_REASON_PARENT_ORIGIN_CLUSTER, message).with_field("originCluster"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_pattern_ends_soon_and_costs_little() {
        assert!(pattern("(a{1000}){1000}").is_none(), "too large once compiled");
        assert!(pattern(&"a".repeat(129)).is_none(), "longer than a name can be");
        let streams: Vec<Stream> = (0..200)
            .map(|number| serde_json::from_str(&format!(r#"{{"streamName":"x{number}[^a]*","isRegex":true}}"#)).expect("a stream"))
            .collect();
        let checked = names(&streams).iter().filter(|name| matches!(name, Name::Pattern(_))).count();
        assert_eq!(checked, MOST_PATTERNS);
        let nested = pattern("(a+)+b").expect("a pattern");
        assert!(!nested.is_match(&"a".repeat(128)));
    }

    #[test]
    fn a_pattern_matches_the_whole_name() {
        let cam = pattern("cam|stage").expect("a pattern");
        for (name, matches) in [("cam", true), ("stage", true), ("cam1", false), ("mycam", false), ("cam\n", false)] {
            assert_eq!(cam.is_match(name), matches, "{name}");
        }
    }

    #[test]
    fn a_pattern_can_not_escape_from_its_anchors() {
        for hostile in ["a)|(?:.*", "(?x)a #", "a\\"] {
            assert!(pattern(hostile).is_none_or(|pattern| !pattern.is_match("other")), "{hostile}");
        }
    }
}
