//! The dates that a question is about.

use std::ops::Range;

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

use crate::clock::DATES;
use crate::query::Parameters;

/// The seconds from `startDate` up to `stopDate`.
pub fn read_span(parameters: &Parameters) -> Option<Range<i64>> {
    let start = read_date(parameters, "startDate");
    let stop = read_date(parameters, "stopDate");
    let (start, stop) = start.zip(stop)?;
    if start >= stop {
        parameters.refuse("stopDate", "The date is not after startDate.");
    }
    Some(start.unix_timestamp()..stop.unix_timestamp())
}

fn read_date(parameters: &Parameters, name: &'static str) -> Option<OffsetDateTime> {
    let text = parameters.required(name)?;
    // An offset leads out of the years of dates at either end.
    let time = day(text).or_else(|| moment(text)).filter(|time| DATES.contains(&time.unix_timestamp()));
    if time.is_none() {
        parameters.refuse(name, "The value is not a date such as 2026-01-31.");
    }
    time
}

/// `YYYY-MM-DD`, a day that exists: its first moment, in UTC.
fn day(text: &str) -> Option<OffsetDateTime> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?);
    Some(date.ok()?.midnight().assume_utc())
}

/// A date with a time of day; in UTC where it names no offset.
fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_days() {
        for text in ["2024-02-29", "0001-01-01", "9999-12-31"] {
            assert!(day(text).is_some(), "{text}");
        }
        for text in ["2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "24-01-01", "2024/01/01", "+024-01-01", ""] {
            assert!(day(text).is_none(), "{text}");
        }
    }
}
