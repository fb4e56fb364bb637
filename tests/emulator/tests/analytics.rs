//! Traffic by tracking id, and what fills it.

mod common;

use common::{Answer, Bench, NOON, Parent};
use serde_json::{Value, json};

const DAY: i64 = 86_400;

fn total(bench: &Bench, query: &str) -> Answer {
    bench.get(&format!("/api/analytics/tracking/total?{query}"))
}

/// The rows of one id, over New Year's Day of 2026.
fn rows(bench: &Bench, id: &str) -> Value {
    let answer = total(bench, &format!("trackingIds={id}&startDate=2026-01-01&stopDate=2026-01-02"));
    answer.data()[id].clone()
}

#[track_caller]
fn use_bytes(bench: &Bench, stream: &str, id: &str, time: i64, received: i64, sent: i64) {
    let usage = json!({ "streamName": stream, "trackingId": id, "time": time, "bytesIn": received, "bytesOut": sent });
    bench.control("usage", &usage).data();
}

#[test]
fn usage_adds_up_by_stream() {
    let bench = Bench::new();
    use_bytes(&bench, "show", "a", NOON, 1, 10);
    use_bytes(&bench, "show", "a", NOON, 2, 20);
    use_bytes(&bench, "show", "a", NOON + 1, 4, 40);
    use_bytes(&bench, "other", "a", NOON, 8, 80);
    use_bytes(&bench, "show", "b", NOON, 16, 160);
    let expected = json!([
        { "streamName": "other", "bytesIn": 8, "bytesOut": 80 },
        { "streamName": "show", "bytesIn": 7, "bytesOut": 70 },
    ]);
    assert_eq!(rows(&bench, "a"), expected);
}

#[test]
fn the_stop_date_is_not_part_of_the_range() {
    let bench = Bench::new();
    let midnight = NOON - DAY / 2;
    for (time, sent) in [(midnight - 1, 1), (midnight, 2), (midnight + DAY - 1, 4), (midnight + DAY, 8)] {
        use_bytes(&bench, "show", "a", time, 0, sent);
    }
    assert_eq!(rows(&bench, "a")[0]["bytesOut"], json!(6));
}

#[test]
fn every_id_asked_for_has_its_rows_and_an_unused_one_has_none() {
    let bench = Bench::new();
    use_bytes(&bench, "show", "a b", NOON, 0, 5);
    let answer = total(&bench, "trackingIds=a%20b&trackingIds=c&trackingIds=c&startDate=2026-01-01&stopDate=2027-01-01");
    assert_eq!(answer.data(), &json!({ "a b": [{ "streamName": "show", "bytesIn": 0, "bytesOut": 5 }], "c": [] }));
}

#[test]
fn figures_have_64_bits_and_stop_there() {
    let bench = Bench::new();
    use_bytes(&bench, "show", "a", NOON, i64::MAX, i64::MAX);
    use_bytes(&bench, "show", "a", NOON + 1, 0, 1);
    assert_eq!(rows(&bench, "a"), json!([{ "streamName": "show", "bytesIn": i64::MAX, "bytesOut": i64::MAX }]));
}

#[test]
fn a_viewer_who_is_let_in_shows_up_under_the_tracking_id() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "partner" } }));
    bench.view(&parent.token, "show", &[]).admitted();
    let free = Parent::create(&bench, json!({}));
    bench.view(&free.with("tracking", json!({ "trackingId": "guest" })), "show", &[]).admitted();
    for id in ["partner", "guest"] {
        assert_eq!(rows(&bench, id), json!([{ "streamName": "show", "bytesIn": 0, "bytesOut": 0 }]));
    }
}

#[test]
fn a_viewer_who_is_turned_away_does_not() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "partner" } }));
    assert_eq!(bench.view(&parent.token, "other", &[]).rule(), "stream");
    assert_eq!(rows(&bench, "partner"), json!([]));
}

#[test]
fn one_to_ten_ids_are_asked_for() {
    let bench = Bench::new();
    let ask = |count: usize| {
        let ids: String = (0..count).map(|id| format!("trackingIds={id}&")).collect();
        total(&bench, &format!("{ids}startDate=2026-01-01&stopDate=2026-01-02"))
    };
    assert_eq!(ask(0).fields_at_fault(), ["trackingIds"]);
    ask(1).data();
    ask(10).data();
    assert_eq!(ask(11).fields_at_fault(), ["trackingIds"]);
    let empty = total(&bench, "trackingIds=&startDate=2026-01-01&stopDate=2026-01-02");
    assert_eq!(empty.fields_at_fault(), ["trackingIds"]);
}

#[test]
fn dates_are_real_and_in_order() {
    let bench = Bench::new();
    let ask = |start: &str, stop: &str| total(&bench, &format!("trackingIds=a&startDate={start}&stopDate={stop}"));
    for (start, stop) in [
        ("2024-02-29", "2024-03-01"),
        ("2026-01-01", "2026-01-02T12:00:00Z"),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:01"),
        ("2026-01-01T00:00:00%2B02:00", "2026-01-01"),
    ] {
        ask(start, stop).data();
    }
    for bad in ["2023-02-29", "2024-13-01", "2024-1-1", "20240101", "yesterday", "", "1750813271"] {
        assert_eq!(ask(bad, "2030-01-01").fields_at_fault(), ["startDate"], "{bad}");
        assert_eq!(ask("2000-01-01", bad).fields_at_fault(), ["stopDate"], "{bad}");
    }
    assert_eq!(ask("2026-01-02", "2026-01-01").fields_at_fault(), ["stopDate"]);
    assert_eq!(ask("2026-01-01", "2026-01-01").fields_at_fault(), ["stopDate"]);
    assert_eq!(total(&bench, "trackingIds=a").fields_at_fault(), ["startDate", "stopDate"]);
}

#[test]
fn usage_is_dated_by_the_clock_unless_it_says_otherwise() {
    let bench = Bench::new();
    bench.set_clock(NOON);
    bench.control("usage", &json!({ "streamName": "show", "trackingId": "a", "bytesOut": 3 })).data();
    assert_eq!(rows(&bench, "a"), json!([{ "streamName": "show", "bytesIn": 0, "bytesOut": 3 }]));
}

#[test]
fn usage_that_makes_no_sense_is_refused_by_name() {
    let bench = Bench::new();
    for (field, value, at_fault) in [
        ("streamName", json!(null), "streamName"),
        ("streamName", json!(""), "streamName"),
        ("trackingId", json!(null), "trackingId"),
        ("trackingId", json!("t".repeat(129)), "trackingId"),
        ("time", json!(-1), "time"),
        ("time", json!("now"), "$.time"),
        ("bytesIn", json!(-1), "bytesIn"),
        ("bytesOut", json!(u64::MAX), "bytesOut"),
        ("bytesOut", json!(1.5), "$.bytesOut"),
    ] {
        let mut usage = json!({ "streamName": "show", "trackingId": "a" });
        usage[field] = value;
        assert_eq!(bench.control("usage", &usage).fields_at_fault(), [at_fault], "{usage}");
    }
}
