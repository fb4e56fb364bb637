//! The clusters that there are.

mod common;

use common::Bench;
use serde_json::{Value, json};

#[test]
fn the_default_cluster_is_one_of_those_that_there_are_and_the_one_of_a_token_that_names_none() {
    let bench = Bench::new();
    let answer = bench.get("/api/cluster");
    let default = &answer.data()["defaultCluster"];
    let all = answer.data()["availableClusters"].as_array().unwrap();
    assert!(all.iter().any(|cluster| &cluster["id"] == default));
    assert_eq!(&bench.create("publish", json!({}))["effectiveSettings"]["originCluster"], default);
}

#[test]
fn a_cluster_has_an_id_a_name_and_domains_of_its_own() {
    let bench = Bench::new();
    let answer = bench.get("/api/cluster");
    let all = answer.data()["availableClusters"].as_array().unwrap();
    assert!(all.len() > 2);
    for field in ["id", "name", "rtmp", "srt"] {
        let mut values: Vec<&str> = all.iter().map(|cluster| cluster[field].as_str().unwrap()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), all.len(), "{field}");
    }
    for domain in all.iter().flat_map(|cluster| [&cluster["rtmp"], &cluster["srt"]]) {
        assert!(domain.as_str().unwrap().ends_with(".invalid"), "{domain}");
    }
}

#[test]
fn places_and_features_are_said_or_null() {
    let bench = Bench::new();
    let answer = bench.get("/api/cluster");
    let all = answer.data()["availableClusters"].as_array().unwrap();
    for field in ["location", "features"] {
        assert!(all.iter().any(|cluster| cluster[field].is_null()) && all.iter().any(|cluster| cluster[field].is_object()), "{field}");
    }
    let located = || all.iter().map(|cluster| &cluster["location"]).filter(|location| location.is_object());
    assert!(located().all(|location| location["city"].is_string() && location["country"].is_string()));
    assert!(located().any(|location| location["region"].is_null()));
    let transcoding: Vec<&Value> = all.iter().map(|cluster| &cluster["features"]["transcoding"]).collect();
    assert!(transcoding.contains(&&json!(true)) && transcoding.contains(&&json!(false)));
}

#[test]
fn a_token_made_for_a_cluster_is_listed_under_it() {
    let bench = Bench::new();
    let answer = bench.get("/api/cluster");
    for cluster in answer.data()["availableClusters"].as_array().unwrap() {
        let id = cluster["id"].as_str().unwrap();
        let created = bench.create("publish", json!({ "originCluster": id }));
        let listed = bench.get(&format!("/api/publish_token/list_by_cluster?cluster={id}&page=1&itemsOnPage=1"));
        assert_eq!(listed.data(), &json!([created]));
    }
}
