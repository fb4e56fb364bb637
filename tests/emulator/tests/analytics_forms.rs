//! Rows as totals, as a breakdown, and as both.

mod common;

use common::{Bench, NOON, Parent};
use serde_json::{Value, json};

#[track_caller]
fn rows(bench: &Bench) -> Value {
    bench.new_years_day("total?trackingIds=a").data()["a"].clone()
}

#[track_caller]
fn set_form(bench: &Bench, form: &str) {
    assert_eq!(bench.control("analytics", &json!({ "form": form })).data(), &json!({ "form": form }));
}

/// Traffic of every kind for one stream.
fn every_kind() -> Bench {
    let bench = Bench::new();
    for (kind, received, sent) in [("standardStream", 1, 10), ("restream", 2, 20), ("geoCascade", 4, 40)] {
        bench.add_usage("show", "a", NOON, json!({ "kind": kind, "bytesIn": received, "bytesOut": sent }));
    }
    bench.add_usage("show", "a", NOON + 1, json!({ "kind": "restream", "bytesOut": 80, "duration": 60 }));
    bench.add_usage("show", "a", NOON + 2, json!({ "kind": "restream", "duration": 5 }));
    bench
}

fn totals() -> Value {
    json!({ "bytesIn": 7, "bytesOut": 150 })
}

fn breakdown() -> Value {
    json!({
        "standardStream": { "bytesIn": 1, "bytesOut": 10 },
        "restream": { "bytesIn": 2, "bytesOut": 100, "duration": 65 },
        "geoCascade": { "bytesIn": 4, "bytesOut": 40 },
    })
}

fn joined(parts: &[Value]) -> Value {
    parts.iter().flat_map(|part| part.as_object().unwrap().clone()).collect()
}

#[test]
fn a_row_has_the_form_that_was_asked_for_in_every_one_of_the_four() {
    let bench = every_kind();
    let questions = [
        ("total?trackingIds=a", "/a/0", json!({ "streamName": "show" })),
        ("series?resolution=Day&trackingIds=a", "/a/2026-01-01T00:00:00Z/0", json!({ "streamName": "show" })),
        ("streams/total?streamNames=show", "/show/0", json!({ "trackingId": "a" })),
        ("streams/series?resolution=Hour&streamNames=show", "/show/2026-01-01T12:00:00Z/0", json!({ "trackingId": "a" })),
    ];
    let check = |figures: &Value| {
        for (question, place, name) in &questions {
            let answer = bench.new_years_day(question);
            assert_eq!(answer.data().pointer(place), Some(&joined(&[name.clone(), figures.clone()])), "{question}");
        }
    };
    check(&joined(&[totals(), breakdown()]));
    set_form(&bench, "totals");
    check(&totals());
    set_form(&bench, "breakdown");
    check(&breakdown());
    set_form(&bench, "both");
    check(&joined(&[totals(), breakdown()]));
}

#[test]
fn traffic_of_no_kind_has_no_breakdown_unless_that_is_all_there_is() {
    let bench = Bench::new();
    bench.add_usage("show", "a", NOON, json!({ "bytesIn": 1, "bytesOut": 2 }));
    assert_eq!(rows(&bench), json!([{ "streamName": "show", "bytesIn": 1, "bytesOut": 2 }]));
    set_form(&bench, "breakdown");
    assert_eq!(rows(&bench), json!([{ "streamName": "show", "standardStream": { "bytesIn": 1, "bytesOut": 2 } }]));
}

#[test]
fn traffic_of_no_kind_is_standard_in_a_breakdown_so_that_it_adds_up() {
    let bench = Bench::new();
    bench.add_usage("show", "a", NOON, json!({ "bytesOut": 1 }));
    bench.add_usage("show", "a", NOON, json!({ "kind": "geoCascade", "bytesOut": 2 }));
    let row = |standard: i64, total: i64| {
        json!([{
            "streamName": "show",
            "bytesIn": 0,
            "bytesOut": total,
            "standardStream": { "bytesIn": 0, "bytesOut": standard },
            "geoCascade": { "bytesIn": 0, "bytesOut": 2 },
        }])
    };
    assert_eq!(rows(&bench), row(1, 3), "and a kind without traffic is left out");
    bench.add_usage("show", "a", NOON, json!({ "kind": "standardStream", "bytesOut": 4 }));
    assert_eq!(rows(&bench), row(5, 7));
}

#[test]
fn a_viewer_without_traffic_has_figures_in_every_form() {
    let bench = Bench::director();
    let parent = Parent::create(&bench, json!({ "tracking": { "trackingId": "a" } }));
    bench.view(&parent.token, "show", &[]).admitted();
    set_form(&bench, "breakdown");
    assert_eq!(rows(&bench), json!([{ "streamName": "show", "standardStream": { "bytesIn": 0, "bytesOut": 0 } }]));
}

#[test]
fn what_is_restreamed_always_has_a_duration() {
    let bench = Bench::new();
    bench.add_usage("show", "a", NOON, json!({ "kind": "restream", "bytesOut": 1 }));
    assert_eq!(rows(&bench)[0]["restream"], json!({ "bytesIn": 0, "bytesOut": 1, "duration": 0 }));
}

#[test]
fn figures_stop_at_64_bits_in_every_part() {
    let bench = Bench::new();
    let most = json!({ "kind": "restream", "bytesIn": i64::MAX, "bytesOut": i64::MAX, "duration": i64::MAX });
    for _ in 0..2 {
        bench.add_usage("show", "a", NOON, most.clone());
    }
    let part = json!({ "bytesIn": i64::MAX, "bytesOut": i64::MAX, "duration": i64::MAX });
    assert_eq!(rows(&bench), json!([{ "streamName": "show", "bytesIn": i64::MAX, "bytesOut": i64::MAX, "restream": part }]));
}

#[test]
fn a_kind_and_a_duration_that_make_no_sense_are_refused_by_name() {
    let bench = Bench::new();
    for (fields, at_fault) in [
        (json!({ "kind": "recording" }), "kind"),
        (json!({ "kind": "Restream" }), "kind"),
        (json!({ "kind": 1 }), "$.kind"),
        (json!({ "kind": "restream", "duration": -1 }), "duration"),
        (json!({ "kind": "restream", "duration": 1.5 }), "$.duration"),
        (json!({ "kind": "geoCascade", "duration": 1 }), "duration"),
        (json!({ "duration": 0 }), "duration"),
    ] {
        let usage = joined(&[json!({ "streamName": "show", "trackingId": "a" }), fields]);
        assert_eq!(bench.control("usage", &usage).fields_at_fault(), [at_fault], "{usage}");
    }
}

#[test]
fn a_form_that_there_is_not_is_refused_and_changes_nothing() {
    let bench = every_kind();
    set_form(&bench, "totals");
    for (request, at_fault) in [
        (json!({}), "form"),
        (json!({ "form": null }), "form"),
        (json!({ "form": "Both" }), "form"),
        (json!({ "form": "" }), "form"),
        (json!({ "form": 1 }), "$.form"),
        (json!([]), "$"),
    ] {
        assert_eq!(bench.control("analytics", &request).fields_at_fault(), [at_fault], "{request}");
    }
    assert_eq!(rows(&bench)[0], joined(&[json!({ "streamName": "show" }), totals()]));
}
