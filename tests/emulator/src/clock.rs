//! The emulator's own time: the system's until a test moves it.

use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

/// The last second of the year 9999, beyond which dates have no form.
pub const END_OF_DATES: i64 = 253_402_300_799;

/// The seconds of the years 1 to 9999.
pub const DATES: RangeInclusive<i64> = -62_135_596_800..=END_OF_DATES;

/// The latest time a clock is moved to: a token made then with the longest life still has a date
/// to expire on.
pub const LATEST_NOW: i64 = END_OF_DATES - i32::MAX as i64;

/// The emulator's time.
#[derive(Default)]
pub struct Clock {
    moved_to: Mutex<Option<OffsetDateTime>>,
}

impl Clock {
    pub fn now(&self) -> OffsetDateTime {
        let moved_to = *self.moved_to.lock().unwrap_or_else(PoisonError::into_inner);
        moved_to.unwrap_or_else(OffsetDateTime::now_utc)
    }

    /// Whether it stands still.
    pub fn stands(&self) -> bool {
        self.moved_to.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Stands still at a time, so that a test meets it exactly; `None` goes with the system again.
    pub fn move_to(&self, time: Option<OffsetDateTime>) {
        *self.moved_to.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

/// ISO 8601 with seven digits of fraction, as .NET writes it.
pub fn text(time: OffsetDateTime) -> String {
    format!("{}.{:07}Z", to_the_second(time), time.nanosecond() / 100)
}

/// ISO 8601 without a fraction, of a second since the epoch that lies within the years of dates.
pub fn seconds_text(second: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(second).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!("{}Z", to_the_second(time))
}

fn to_the_second(time: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
    )
}
