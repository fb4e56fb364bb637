//! When a request may be sent again, and after how long.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime};

use crate::error::{
    Error, MCT_ERR_CONNECT, MCT_ERR_NOT_FOUND, MCT_ERR_RATE_LIMITED, MCT_ERR_SERVER, MCT_OUTCOME_NOT_SENT, MCT_OUTCOME_REJECTED,
};

/// May the same request be sent twice?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is as good as once: reads and lists.
    Safe,
    /// The same, and finding nothing the second time means that the first did it.
    Delete,
    /// Twice would be two tokens: only when it is certain that the server did not process the first.
    OnlyUnprocessed,
}

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(crate) fn may_repeat(repeat: Repeat, error: &Error) -> bool {
    let details = error.details();
    let unprocessed = match details.status {
        MCT_ERR_RATE_LIMITED => details.outcome == MCT_OUTCOME_REJECTED,
        MCT_ERR_CONNECT => details.outcome == MCT_OUTCOME_NOT_SENT,
        _ => false,
    };
    let passing = details.status == MCT_ERR_CONNECT || (details.status == MCT_ERR_SERVER && matches!(details.http_status, 502..=504));
    !details.is_lasting && (unprocessed || (repeat != Repeat::OnlyUnprocessed && passing))
}

/// An earlier attempt of the same call did it, and its answer was lost.
pub(crate) fn was_done_before(repeat: Repeat, error: &Error) -> bool {
    repeat == Repeat::Delete && error.status() == MCT_ERR_NOT_FOUND
}

/// Doubles with each attempt, and half of it is left to chance, so that clients do not come back in step. A server that
/// wishes for a longer one gets it.
pub(crate) fn pause(attempt: u32, error: &Error) -> Duration {
    let wish = Duration::from_millis(error.details().retry_after_ms.unwrap_or(0));
    let whole = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX)).min(LONGEST_PAUSE);
    wish.max(whole / 2 + (whole / 2).mul_f64(chance()))
}

/// 0 to 1, from the seed that the standard library draws for its maps.
fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// `Retry-After` as milliseconds from now: seconds, or a date in one of HTTP's three forms.
pub(crate) fn retry_after_ms(header: &str) -> Option<u64> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(header.parse().unwrap_or(u64::MAX).saturating_mul(1000));
    }
    let then = httpdate::parse_http_date(header).ok()?;
    let wait = then.duration_since(SystemTime::now()).unwrap_or_default();
    Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{MCT_ERR_TIMEOUT, MCT_OUTCOME_UNKNOWN};

    fn error(status: i32, http_status: u16, outcome: i32) -> Error {
        Error::new(status, "x").with(|details| {
            details.http_status = http_status;
            details.outcome = outcome;
        })
    }

    #[test]
    fn a_create_is_sent_again_only_when_the_first_was_certainly_not_processed() {
        let again = |status, http_status, outcome| may_repeat(Repeat::OnlyUnprocessed, &error(status, http_status, outcome));
        assert!(again(MCT_ERR_CONNECT, 0, MCT_OUTCOME_NOT_SENT));
        assert!(again(MCT_ERR_RATE_LIMITED, 429, MCT_OUTCOME_REJECTED));
        assert!(!again(MCT_ERR_CONNECT, 0, MCT_OUTCOME_UNKNOWN));
        assert!(!again(MCT_ERR_SERVER, 503, MCT_OUTCOME_UNKNOWN));
        assert!(!again(MCT_ERR_TIMEOUT, 0, MCT_OUTCOME_UNKNOWN));
    }

    #[test]
    fn a_read_is_sent_again_after_what_passes() {
        let again = |status, http_status| may_repeat(Repeat::Safe, &error(status, http_status, MCT_OUTCOME_UNKNOWN));
        assert!(again(MCT_ERR_CONNECT, 0) && again(MCT_ERR_SERVER, 502) && again(MCT_ERR_SERVER, 503) && again(MCT_ERR_SERVER, 504));
        assert!(!again(MCT_ERR_SERVER, 500) && !again(MCT_ERR_TIMEOUT, 0));
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(retry_after_ms("2"), Some(2000));
        assert_eq!(retry_after_ms("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert!(retry_after_ms("Mon, 21 Oct 2999 07:28:00 GMT").is_some_and(|wait| wait > 1_000_000));
        for date in ["Thursday, 21-Oct-99 07:28:00 GMT", "Sun Nov  6 08:49:37 1994", "Sunday, 06-Nov-94 08:49:37 GMT"] {
            assert_eq!(retry_after_ms(date), Some(0), "{date}");
        }
        assert!(retry_after_ms("Mon Oct 21 07:28:00 2999").is_some_and(|wait| wait > 1_000_000));
        assert_eq!(retry_after_ms("99999999999999999999"), Some(u64::MAX));
        for odd in ["soon", "", "-1", "1.5", "Friday, 21-Oct-+9 07:28:00 GMT"] {
            assert_eq!(retry_after_ms(odd), None, "{odd}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let none = error(MCT_ERR_CONNECT, 0, MCT_OUTCOME_NOT_SENT);
        for attempt in 0..40 {
            let pause = pause(attempt, &none);
            assert!(pause >= FIRST_PAUSE / 2 && pause <= LONGEST_PAUSE, "{attempt}: {pause:?}");
        }
    }
}
