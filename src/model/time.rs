//! The API's dates, as Unix seconds.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Iso8601;
use serde::{Deserialize, Deserializer};

use crate::text::Text;

/// The last second of the year 9999. A later one is milliseconds taken for seconds.
#[cfg(feature = "signing")]
pub(crate) const LAST_SECOND: i64 = 253_402_300_799;

/// A moment of an answer. One that can't be read is kept apart from one that was not sent: an answer that is
/// otherwise good must not be lost over it, and a signer must not take it for "never expires".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(i64),
    Unreadable,
}

impl Moment {
    pub(crate) fn read(text: &str) -> Moment {
        // Seen in answers: 0, 6 and 7 digits of fraction, with `Z`, with an offset, and (UTC is meant) without, and dates
        // without a time.
        ["", "Z", "T00:00:00Z"]
            .iter()
            .find_map(|behind| OffsetDateTime::parse(&format!("{text}{behind}"), &Iso8601::PARSING).ok())
            .map_or(Moment::Unreadable, |moment| Moment::At(moment.unix_timestamp()))
    }

    pub(crate) fn unix_seconds(self) -> Option<i64> {
        match self {
            Moment::At(seconds) => Some(seconds),
            Moment::Unreadable => None,
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        Text::deserialize(deserializer).map(|text| Moment::read(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_and_without_fractions_and_offsets() {
        for text in [
            "2025-06-25T01:01:11Z",
            "2025-06-25T01:01:11.000000Z",
            "2025-06-25T01:01:11.1234567Z",
            "2025-06-25T03:01:11+02:00",
            "2025-06-25T03:01:11.1234567+02:00",
            "2025-06-25T01:01:11",
            "2025-06-25T01:01:11.123456",
        ] {
            assert_eq!(Moment::read(text), Moment::At(1_750_813_271), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_time_is_its_midnight() {
        assert_eq!(Moment::read("2025-06-25"), Moment::At(1_750_809_600));
    }

    #[test]
    fn what_is_no_date_is_unreadable_and_not_absent() {
        for text in ["", "tomorrow", "1750813271", "2025-13-01T00:00:00Z", "2025-02-30T00:00:00Z"] {
            assert_eq!(Moment::read(text), Moment::Unreadable, "{text}");
        }
    }
}
