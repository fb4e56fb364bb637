//! Traffic by stream, and series of traffic by stream and by tracking id.

mod common;

use common::{Answer, Bench, NOON, Parent};
use serde_json::{Value, json};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const MIDNIGHT: i64 = NOON - DAY / 2;

/// What a question by each of the four ways needs besides dates: the parameter that names, and the
/// one for the resolution, if it has one.
const WAYS: [(&str, &str, &str); 4] = [
    ("total", "trackingIds", ""),
    ("series", "trackingIds", "resolution=Day&"),
    ("streams/total", "streamNames", ""),
    ("streams/series", "streamNames", "resolution=Day&"),
];

fn sent(bytes: i64) -> Value {
    json!({ "bytesOut": bytes })
}

fn get(bench: &Bench, question: &str) -> Answer {
    bench.get(&format!("/api/analytics/tracking/{question}"))
}

#[track_caller]
fn keys(series: &Value) -> Vec<&str> {
    series.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_streams_traffic_adds_up_by_tracking_id_and_that_of_nobody_names_none() {
    let bench = Bench::new();
    for (stream, id, received, sent) in
        [("show", "b", 1, 10), ("show", "b", 2, 20), ("show", "", 4, 40), ("show", "a", 8, 80), ("other", "a", 16, 160)]
    {
        bench.add_usage(stream, id, NOON, json!({ "bytesIn": received, "bytesOut": sent }));
    }
    let answer = bench.new_years_day("streams/total?streamNames=show&streamNames=idle");
    let expected = json!({
        "show": [
            { "bytesIn": 4, "bytesOut": 40 },
            { "trackingId": "a", "bytesIn": 8, "bytesOut": 80 },
            { "trackingId": "b", "bytesIn": 3, "bytesOut": 30 },
        ],
        "idle": [],
    });
    assert_eq!(answer.data(), &expected);
}

#[test]
fn a_series_has_every_day_of_the_range_and_empty_ones_have_no_rows() {
    let bench = Bench::new();
    for (time, bytes) in [(MIDNIGHT - 1, 1), (MIDNIGHT, 2), (MIDNIGHT + DAY - 1, 4), (MIDNIGHT + 2 * DAY, 8), (MIDNIGHT + 3 * DAY, 16)] {
        bench.add_usage("show", "a", time, sent(bytes));
    }
    let dates = "startDate=2026-01-01&stopDate=2026-01-04";
    let answer = get(&bench, &format!("series?resolution=Day&trackingIds=a&{dates}"));
    let row = |bytes: i64| json!([{ "streamName": "show", "bytesIn": 0, "bytesOut": bytes }]);
    let expected = json!({ "a": { "2026-01-01T00:00:00Z": row(6), "2026-01-02T00:00:00Z": [], "2026-01-03T00:00:00Z": row(8) } });
    assert_eq!(answer.data(), &expected);
    let answer = get(&bench, &format!("streams/series?resolution=Day&streamNames=show&streamNames=idle&{dates}"));
    let row = |bytes: i64| json!([{ "trackingId": "a", "bytesIn": 0, "bytesOut": bytes }]);
    let expected = json!({
        "show": { "2026-01-01T00:00:00Z": row(6), "2026-01-02T00:00:00Z": [], "2026-01-03T00:00:00Z": row(8) },
        "idle": { "2026-01-01T00:00:00Z": [], "2026-01-02T00:00:00Z": [], "2026-01-03T00:00:00Z": [] },
    });
    assert_eq!(answer.data(), &expected);
}

#[test]
fn a_series_by_the_hour_has_24_entries_a_day() {
    let bench = Bench::new();
    bench.add_usage("show", "a", MIDNIGHT, sent(1));
    bench.add_usage("show", "a", NOON, sent(2));
    bench.add_usage("show", "a", NOON + HOUR - 1, sent(4));
    bench.add_usage("other", "a", NOON + 1, sent(8));
    let answer = bench.new_years_day("series?resolution=Hour&trackingIds=a");
    let series = &answer.data()["a"];
    assert_eq!(series.as_object().unwrap().len(), 24);
    let filled = series.as_object().unwrap().iter().filter(|(_, rows)| **rows != json!([]));
    assert_eq!(filled.map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["2026-01-01T00:00:00Z", "2026-01-01T12:00:00Z"]);
    assert_eq!(
        series["2026-01-01T12:00:00Z"],
        json!([{ "streamName": "other", "bytesIn": 0, "bytesOut": 8 }, { "streamName": "show", "bytesIn": 0, "bytesOut": 6 }])
    );
}

#[test]
fn a_series_says_of_what_counts_for_nobody_that_its_tracking_id_is_empty() {
    let bench = Bench::new();
    bench.add_usage("show", "", NOON, sent(1));
    bench.add_usage("show", "a", NOON, sent(2));
    let answer = bench.new_years_day("streams/series?resolution=Day&streamNames=show");
    let rows = json!([{ "trackingId": "", "bytesIn": 0, "bytesOut": 1 }, { "trackingId": "a", "bytesIn": 0, "bytesOut": 2 }]);
    assert_eq!(answer.data()["show"]["2026-01-01T00:00:00Z"], rows);
}

#[test]
fn a_series_that_starts_within_an_hour_begins_with_it_and_counts_from_the_start() {
    let bench = Bench::new();
    bench.add_usage("show", "a", NOON + 1799, sent(1));
    bench.add_usage("show", "a", NOON + 1800, sent(2));
    bench.add_usage("show", "a", NOON + 2 * HOUR, sent(4));
    let dates = "startDate=2026-01-01T12:30:00Z&stopDate=2026-01-01T14:00:01Z";
    let answer = get(&bench, &format!("series?resolution=Hour&trackingIds=a&{dates}"));
    let series = &answer.data()["a"];
    assert_eq!(keys(series), ["2026-01-01T12:00:00Z", "2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z"]);
    assert_eq!(series["2026-01-01T12:00:00Z"][0]["bytesOut"], json!(2));
    assert_eq!(series["2026-01-01T14:00:00Z"][0]["bytesOut"], json!(4));
    let dates = "startDate=2026-01-01T02:00:00%2B02:00&stopDate=2026-01-02";
    let answer = get(&bench, &format!("series?resolution=Day&trackingIds=a&{dates}"));
    assert_eq!(keys(&answer.data()["a"]), ["2026-01-01T00:00:00Z"], "days are UTC's");
}

#[test]
fn a_viewer_shows_up_in_every_one_of_the_four() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "partner" } }));
    bench.view(&parent.token, "show", &[]).admitted();
    let by_id = json!([{ "streamName": "show", "bytesIn": 0, "bytesOut": 0 }]);
    let by_stream = json!([{ "trackingId": "partner", "bytesIn": 0, "bytesOut": 0 }]);
    let day = "2026-01-01T00:00:00Z";
    assert_eq!(bench.new_years_day("total?trackingIds=partner").data()["partner"], by_id);
    assert_eq!(bench.new_years_day("series?resolution=Day&trackingIds=partner").data()["partner"][day], by_id);
    assert_eq!(bench.new_years_day("streams/total?streamNames=show").data()["show"], by_stream);
    assert_eq!(bench.new_years_day("streams/series?resolution=Day&streamNames=show").data()["show"][day], by_stream);
}

#[test]
fn one_to_ten_names_are_asked_for_and_a_name_given_twice_is_one() {
    let bench = Bench::new();
    for (path, parameter, resolution) in WAYS {
        let ask = |count: usize| {
            let names: String = (0..count).map(|name| format!("&{parameter}={name}")).collect();
            bench.new_years_day(&format!("{path}?{resolution}x=y{names}"))
        };
        assert_eq!(ask(0).fields_at_fault(), [parameter], "{path}");
        assert_eq!(ask(1).data().as_object().unwrap().len(), 1);
        assert_eq!(ask(10).data().as_object().unwrap().len(), 10);
        assert_eq!(ask(11).fields_at_fault(), [parameter], "{path}");
        assert_eq!(bench.new_years_day(&format!("{path}?{resolution}{parameter}=")).fields_at_fault(), [parameter], "{path}");
        let twice = bench.new_years_day(&format!("{path}?{resolution}{parameter}=a&{parameter}=a"));
        assert_eq!(keys(twice.data()), ["a"]);
    }
}

#[test]
fn a_stream_name_has_at_most_128_characters() {
    let bench = Bench::new();
    for (path, parameter, resolution) in &WAYS[2..] {
        let ask = |name: &str| bench.new_years_day(&format!("{path}?{resolution}{parameter}=a&{parameter}={name}"));
        ask(&"s".repeat(128)).data();
        ask(&"%C3%A9".repeat(128)).data();
        assert_eq!(ask(&"s".repeat(129)).fields_at_fault(), [*parameter]);
        // The emoji counts twice.
        ask(&"%F0%9F%8E%A5".repeat(64)).data();
        assert_eq!(ask(&"%F0%9F%8E%A5".repeat(65)).fields_at_fault(), [*parameter]);
    }
}

#[test]
fn a_series_is_by_the_hour_or_by_the_day() {
    let bench = Bench::new();
    for (path, parameter, _) in [WAYS[1], WAYS[3]] {
        for resolution in ["Hour", "Day"] {
            bench.new_years_day(&format!("{path}?{parameter}=a&resolution={resolution}")).data();
        }
        for query in ["", "&resolution=", "&resolution=hour", "&resolution=Month", "&resolution=Day&resolution=Day"] {
            let answer = bench.new_years_day(&format!("{path}?{parameter}=a{query}"));
            assert_eq!(answer.fields_at_fault(), ["resolution"], "{query}");
        }
    }
}

#[test]
fn dates_are_real_and_in_order() {
    let bench = Bench::new();
    for (path, parameter, resolution) in WAYS {
        let ask = |start: &str, stop: &str| get(&bench, &format!("{path}?{resolution}{parameter}=a&startDate={start}&stopDate={stop}"));
        ask("2024-02-29", "2024-03-01T12:00:00Z").data();
        for bad in ["2023-02-29", "2024-1-1", "yesterday", "", "9999-12-31T23:00:00-05:00", "0001-01-01T00:00:00%2B05:00"] {
            assert_eq!(ask(bad, "2024-01-01").fields_at_fault(), ["startDate"], "{path} {bad}");
            assert_eq!(ask("2023-12-31", bad).fields_at_fault(), ["stopDate"], "{path} {bad}");
        }
        assert_eq!(ask("2026-01-02", "2026-01-01").fields_at_fault(), ["stopDate"]);
        assert_eq!(ask("2026-01-01", "2026-01-01").fields_at_fault(), ["stopDate"]);
        let answer = get(&bench, &format!("{path}?{parameter}=a&{resolution}"));
        assert_eq!(answer.fields_at_fault(), ["startDate", "stopDate"]);
        assert_eq!(answer.body["data"]["message"], json!("Validation errors"));
    }
}

#[test]
fn a_series_has_at_most_10000_entries() {
    let bench = Bench::new();
    for (path, parameter, _) in [WAYS[1], WAYS[3]] {
        // 10000 hours are 416 days and 16 hours.
        let ask = |stop: &str| get(&bench, &format!("{path}?resolution=Hour&{parameter}=a&startDate=2025-01-01&stopDate={stop}"));
        assert_eq!(ask("2026-02-21T16:00:00Z").data()["a"].as_object().unwrap().len(), 10_000);
        assert_eq!(ask("2026-02-21T16:00:01Z").fields_at_fault(), ["stopDate"]);
        let ages = get(&bench, &format!("{path}?resolution=Day&{parameter}=a&startDate=0001-01-01&stopDate=9999-12-31"));
        assert_eq!(ages.fields_at_fault(), ["stopDate"]);
    }
}
