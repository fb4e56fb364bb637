//! Every call through the C interface against the emulator, and every check before sending.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
mod support;

use std::ptr;
use std::sync::Arc;

use client::{Client, Log, SECRET, config, publish_spec, set_text, subscribe_spec};
use millicast_emulator::{Emulator, Options, Running};
use millicast_tokens::error::*;
use millicast_tokens::ffi::analytics::*;
use millicast_tokens::ffi::client_config::*;
use millicast_tokens::ffi::list_options::*;
use millicast_tokens::ffi::publish_token::*;
use millicast_tokens::ffi::publish_token_calls::*;
use millicast_tokens::ffi::publish_token_spec::*;
use millicast_tokens::ffi::subscribe_token::*;
use millicast_tokens::ffi::subscribe_token_calls::*;
use millicast_tokens::ffi::subscribe_token_spec::*;
use serde_json::{Value, json};
use support::{Outcome, c, lent, made, status};

fn platform() -> (Running, Client) {
    let emulator = Emulator::start(Options::with_api_secret(SECRET)).expect("an emulator");
    let client = Client::new(&emulator.url());
    (emulator, client)
}

fn sent_json(emulator: &Running) -> Value {
    serde_json::from_str(&emulator.requests().last().expect("a request").body).expect("JSON")
}

/// The field that a check names before sending.
fn field<T>(result: Outcome<T>) -> String {
    let failure = result.err().expect("a refusal");
    assert_eq!(failure.status, MCT_ERR_INVALID_ARGUMENT, "{failure:?}");
    assert_eq!(failure.outcome, MCT_OUTCOME_NOT_SENT);
    let field = failure.field.expect("a field");
    assert!(failure.message.contains(&field), "the message names the field: {}", failure.message);
    field
}

#[test]
fn a_publish_token_is_created_read_listed_and_deleted() {
    let (_emulator, client) = platform();
    let created = client.create_publish(&publish_spec("first")).expect("a token");
    let id = mct_publish_token_id(Some(&created));
    assert_eq!(lent(mct_publish_token_label(Some(&created))).as_deref(), Some("first"));
    assert_eq!(lent(mct_publish_token_value(Some(&created))).expect("a token").len(), 64);
    let read = client.read_publish(id).expect("the same");
    assert_eq!(lent(mct_publish_token_json(Some(&read))), lent(mct_publish_token_json(Some(&created))));
    let list = made(|out, error| unsafe { mct_publish_token_list_page(client.raw(), None, out, error) }).expect("a list");
    assert_eq!(mct_publish_token_list_len(Some(&list)), 1);
    // SAFETY: lent by the list, which is alive.
    let first = unsafe { mct_publish_token_list_get(Some(&list), 0).as_ref() }.expect("a token");
    assert_eq!(mct_publish_token_id(Some(first)), id);
    assert!(mct_publish_token_list_get(Some(&list), 1).is_null());
    client.delete_publish(id).expect("deleted");
    assert_eq!(client.read_publish(id).expect_err("gone").status, MCT_ERR_NOT_FOUND);
    assert_eq!(client.delete_publish(id).expect_err("gone").status, MCT_ERR_NOT_FOUND);
}

#[test]
fn a_subscribe_token_is_created_read_listed_and_deleted() {
    let (_emulator, client) = platform();
    let mut spec = subscribe_spec("viewers");
    set_text(mct_subscribe_token_spec_set_tracking_id, &mut spec, "group").expect("a tracking id");
    let created = client.create_subscribe(&spec).expect("a token");
    let id = mct_subscribe_token_id(Some(&created));
    let read = made(|out, error| unsafe { mct_subscribe_token_read(client.raw(), id, out, error) }).expect("the same");
    assert_eq!(lent(mct_subscribe_token_tracking_id(Some(&read))).as_deref(), Some("group"));
    let list = made(|out, error| unsafe { mct_subscribe_token_list_page(client.raw(), None, out, error) }).expect("a list");
    assert_eq!(mct_subscribe_token_list_len(Some(&list)), 1);
    status(|error| unsafe { mct_subscribe_token_delete(client.raw(), id, error) }).expect("deleted");
    let gone = made(|out, error| unsafe { mct_subscribe_token_read(client.raw(), id, out, error) }).expect_err("gone");
    assert_eq!((gone.status, gone.http_status), (MCT_ERR_NOT_FOUND, 400));
    assert!(gone.details.expect("the API's JSON").contains("fail"));
}

#[test]
fn what_is_not_set_is_not_sent() {
    let (emulator, client) = platform();
    client.create_publish(&publish_spec("plain")).expect("a token");
    assert_eq!(sent_json(&emulator), json!({"label": "plain", "streams": [{"streamName": "cam", "isRegex": false}]}));
    client.create_subscribe(&subscribe_spec("plain")).expect("a token");
    assert_eq!(sent_json(&emulator), json!({"label": "plain", "streams": [{"streamName": "cam", "isRegex": false}]}));
    made(|out, error| unsafe { mct_publish_token_list_page(client.raw(), None, out, error) }).expect("a list");
    assert_eq!(emulator.requests().last().expect("a request").query, "page=1&itemsOnPage=100");
}

#[test]
fn everything_that_is_set_is_sent_and_answered() {
    let (emulator, client) = platform();
    let mut spec = publish_spec("all");
    let on: [unsafe fn(&mut mct_publish_token_spec) -> i32; 8] = [
        |spec| mct_publish_token_spec_set_subscribe_requires_auth(Some(spec), true, None),
        |spec| mct_publish_token_spec_set_record(Some(spec), true, None),
        |spec| mct_publish_token_spec_set_multisource(Some(spec), false, None),
        |spec| mct_publish_token_spec_set_enable_thumbnails(Some(spec), true, None),
        |spec| mct_publish_token_spec_set_display_srt_passphrase(Some(spec), true, None),
        |spec| mct_publish_token_spec_set_low_latency_rtmp(Some(spec), false, None),
        |spec| mct_publish_token_spec_set_enable_utc_insertion(Some(spec), true, None),
        |spec| mct_publish_token_spec_set_drm(Some(spec), true, None),
    ];
    for set in on {
        assert_eq!(unsafe { set(&mut spec) }, MCT_OK);
    }
    status(|error| mct_publish_token_spec_set_priority(Some(&mut spec), -5, error)).expect("a priority");
    status(|error| mct_publish_token_spec_set_expires(Some(&mut spec), 60, error)).expect("an end");
    set_text(mct_publish_token_spec_set_encoder_profile_id, &mut spec, "profile").expect("a profile");
    set_text(mct_publish_token_spec_set_origin_cluster, &mut spec, "phx-1").expect("a cluster");
    set_text(mct_publish_token_spec_add_allowed_origin, &mut spec, "*.example.com").expect("an origin");
    set_text(mct_publish_token_spec_add_allowed_ip_address, &mut spec, "192.0.2.0/24").expect("a block");
    set_text(mct_publish_token_spec_add_allowed_country, &mut spec, "PL").expect("a country");
    set_text(mct_publish_token_spec_merge_json, &mut spec, r#"{"novelty":{"deep":[1]}}"#).expect("an unknown field");
    set_text(mct_publish_token_spec_merge_json, &mut spec, r#"{"exact":123456789012345678901234567890.10}"#).expect("an unknown field");
    let clusters = [c("fra-1"), c("lon-1")];
    let pointers: Vec<_> = clusters.iter().map(|cluster| cluster.as_ptr()).collect();
    status(|error| unsafe { mct_publish_token_spec_set_geo_cascade(Some(&mut spec), true, pointers.as_ptr(), 2, error) })
        .expect("a cascade");
    let (url, key) = (c("rtmp://example.com/live"), c("k3y-of-restream"));
    status(|error| unsafe { mct_publish_token_spec_add_restream(Some(&mut spec), url.as_ptr(), key.as_ptr(), ptr::null(), true, error) })
        .expect("an endpoint");
    let token = client.create_publish(&spec).expect("a token");
    assert_eq!(
        sent_json(&emulator),
        json!({"label": "all", "streams": [{"streamName": "cam", "isRegex": false}], "subscribeRequiresAuth": true, "record": true,
            "multisource": false, "enableThumbnails": true, "displaySrtPassphrase": true, "lowLatencyRtmp": false, "enableUTCInsertion": true,
            "drm": true, "priority": -5, "expires": 60, "encoderProfileId": "profile", "originCluster": "phx-1",
            "allowedOrigins": ["*.example.com"], "allowedIpAddresses": ["192.0.2.0/24"], "allowedCountries": ["PL"], "novelty": {"deep": [1]}, "exact": 123456789012345678901234567890.10,
            "geoCascade": {"isEnabled": true, "clusters": ["fra-1", "lon-1"]},
            "restream": [{"url": "rtmp://example.com/live", "key": "k3y-of-restream", "enabled": true}]})
    );
    assert!(emulator.requests().last().expect("a request").body.contains("123456789012345678901234567890.10"), "numbers stay as they are");
    let token = Some(&*token);
    let mut flag = false;
    for (get, expected) in [
        (mct_publish_token_subscribe_requires_auth as extern "C" fn(Option<&mct_publish_token>, Option<&mut bool>) -> bool, true),
        (mct_publish_token_record, true),
        (mct_publish_token_clip, false),
        (mct_publish_token_multisource, false),
        (mct_publish_token_enable_thumbnails, true),
        (mct_publish_token_display_srt_passphrase, true),
        (mct_publish_token_low_latency_rtmp, false),
        (mct_publish_token_enable_utc_insertion, true),
        (mct_publish_token_drm, true),
        (mct_publish_token_is_active, true),
        (mct_publish_token_geo_cascade_is_enabled, true),
    ] {
        flag = !expected || flag;
        assert!(get(token, Some(&mut flag)) && flag == expected);
    }
    let mut priority = 0;
    assert!(mct_publish_token_priority(token, Some(&mut priority)) && priority == -5);
    let (mut added_on, mut expires_on) = (0, 0);
    assert!(mct_publish_token_added_on(token, Some(&mut added_on)) && mct_publish_token_expires_on(token, Some(&mut expires_on)));
    assert_eq!(expires_on - added_on, 60);
    assert_eq!(lent(mct_publish_token_geo_cascade_cluster(token, 1)).as_deref(), Some("lon-1"));
    assert_eq!(lent(mct_publish_token_restream_key(token, 0)).as_deref(), Some("k3y-of-restream"));
    assert_eq!(lent(mct_publish_token_restream_label(token, 0)), None);
    assert_eq!(lent(mct_publish_token_encoder_profile_id(token)).as_deref(), Some("profile"));
    assert!(mct_publish_token_restream_enabled(token, 0, Some(&mut flag)) && flag);
    assert!(lent(mct_publish_token_srt_passphrase(token)).is_some());
    assert!(!format!("{:?}", token).contains("k3y-of-restream"));
}

#[test]
fn each_publish_field_passes_at_its_limit_and_is_refused_past_it_before_sending() {
    let (emulator, client) = platform();
    let fill = "x";
    let new = |label: &str| made(|out, error| unsafe { mct_publish_token_spec_new(c(label).as_ptr(), out, error) });
    assert!(new(&fill.repeat(128)).is_ok());
    assert_eq!(field(new(&fill.repeat(129))), "label");
    assert_eq!(field(new("")), "label");
    let mut spec = publish_spec("limits");
    let mut stream =
        |name: &str| status(|error| unsafe { mct_publish_token_spec_add_stream(Some(&mut spec), c(name).as_ptr(), true, error) });
    assert!(stream(&fill.repeat(128)).is_ok());
    assert_eq!(field(stream(&fill.repeat(129))), "streamName");
    assert_eq!(field(stream("")), "streamName");
    let mut expires = |seconds| status(|error| mct_publish_token_spec_set_expires(Some(&mut spec), seconds, error));
    assert!(expires(1).is_ok() && expires(2_147_483_647).is_ok());
    assert_eq!((field(expires(0)), field(expires(2_147_483_648))), ("expires".to_owned(), "expires".to_owned()));
    for (setter, name, good, bad) in [
        (mct_publish_token_spec_add_allowed_origin as client::TextSetter<_>, "allowedOrigins", "*.example.com", "https://example.com"),
        (mct_publish_token_spec_add_allowed_ip_address, "allowedIpAddresses", "192.0.2.0/24", "192.0.2.1/24"),
        (mct_publish_token_spec_add_allowed_country, "allowedCountries", "PL", "pl"),
        (mct_publish_token_spec_set_origin_cluster, "originCluster", "auto", ""),
        (mct_publish_token_spec_set_encoder_profile_id, "encoderProfileId", "p", ""),
        (mct_publish_token_spec_merge_json, "json", r#"{"novelty":1}"#, "[]"),
    ] {
        assert!(set_text(setter, &mut spec, good).is_ok(), "{name}");
        assert_eq!(field(set_text(setter, &mut spec, bad)), name);
    }
    assert_eq!(field(set_text(mct_publish_token_spec_add_denied_country, &mut spec, "POL")), "deniedCountries");
    assert_eq!(field(set_text(mct_publish_token_spec_merge_json, &mut spec, r#"{"restream":[]}"#)), "restream");
    assert_eq!(field(set_text(mct_publish_token_spec_merge_json, &mut spec, r#"{"a":{"b":1,"b":2}}"#)), "json");
    let mut restream = |url: usize, key: usize, label: usize| {
        let (url, key, label) = (c(&fill.repeat(url)), c(&fill.repeat(key)), c(&fill.repeat(label)));
        status(|error| unsafe {
            mct_publish_token_spec_add_restream(Some(&mut spec), url.as_ptr(), key.as_ptr(), label.as_ptr(), true, error)
        })
    };
    assert_eq!(field(restream(0, 5, 0)), "restream.url");
    assert_eq!(field(restream(2049, 5, 0)), "restream.url");
    assert_eq!(field(restream(1, 4, 0)), "restream.key");
    assert_eq!(field(restream(1, 513, 0)), "restream.key");
    assert_eq!(field(restream(1, 5, 2049)), "restream.label");
    for _ in 0..5 {
        restream(2048, 512, 2048).expect("at the limit");
        restream(1, 5, 0).expect("at the limit");
    }
    assert_eq!(field(restream(1, 5, 0)), "restream");
    let empty = c("");
    let clusters = [empty.as_ptr()];
    let cascade = status(|error| unsafe { mct_publish_token_spec_set_geo_cascade(Some(&mut spec), true, clusters.as_ptr(), 1, error) });
    assert_eq!(field(cascade), "geoCascade.clusters");
    assert!(emulator.requests().is_empty(), "nothing was sent");
    client.create_publish(&spec).expect("the platform takes what is at its limits");
}

#[test]
fn rules_between_fields_are_checked_before_sending() {
    let (emulator, client) = platform();
    let bare = made(|out, error| unsafe { mct_publish_token_spec_new(c("bare").as_ptr(), out, error) }).expect("a spec");
    assert_eq!(field(client.create_publish(&bare)), "streams");
    let mut spec = publish_spec("addresses");
    set_text(mct_publish_token_spec_add_allowed_ip_address, &mut spec, "192.0.2.1").expect("an address");
    status(|error| mct_publish_token_spec_set_bind_ips_on_usage(Some(&mut spec), 1, error)).expect("a number");
    assert_eq!(field(client.create_publish(&spec)), "bindIpsOnUsage");
    let mut spec = subscribe_spec("countries");
    set_text(mct_subscribe_token_spec_add_allowed_country, &mut spec, "PL").expect("a country");
    set_text(mct_subscribe_token_spec_add_denied_country, &mut spec, "ZA").expect("a country");
    assert_eq!(field(client.create_subscribe(&spec)), "deniedCountries");
    let mut spec = publish_spec("clip");
    status(|error| mct_publish_token_spec_set_record(Some(&mut spec), true, error)).expect("a setting");
    status(|error| mct_publish_token_spec_set_clip(Some(&mut spec), true, error)).expect("a setting");
    assert_eq!(field(client.create_publish(&spec)), "clip");
    assert!(emulator.requests().is_empty(), "nothing was sent");
    status(|error| mct_publish_token_spec_set_record(Some(&mut spec), false, error)).expect("a setting");
    client.create_publish(&spec).expect("fields clash only when both are set");
    let mut spec = publish_spec("zero");
    set_text(mct_publish_token_spec_add_allowed_ip_address, &mut spec, "192.0.2.1").expect("an address");
    status(|error| mct_publish_token_spec_set_bind_ips_on_usage(Some(&mut spec), 0, error)).expect("a number");
    client.create_publish(&spec).expect("fields clash only when both are set");
}

#[test]
fn each_subscribe_field_passes_at_its_limit_and_is_refused_past_it_before_sending() {
    let (emulator, client) = platform();
    let new = |label: &str| made(|out, error| unsafe { mct_subscribe_token_spec_new(c(label).as_ptr(), out, error) });
    assert!(new(&"x".repeat(128)).is_ok());
    assert_eq!(field(new(&"x".repeat(129))), "label");
    let mut spec = subscribe_spec("limits");
    for (setter, name, good, bad) in [
        (mct_subscribe_token_spec_set_tracking_id as client::TextSetter<_>, "trackingId", "t".repeat(128), "t".repeat(129)),
        (mct_subscribe_token_spec_add_allowed_origin, "allowedOrigins", "localhost:8080".to_owned(), "exa mple.com".to_owned()),
        (mct_subscribe_token_spec_add_allowed_ip_address, "allowedIpAddresses", "2001:db8::1".to_owned(), "2001:db8::/32".to_owned()),
        (mct_subscribe_token_spec_add_denied_country, "deniedCountries", "ZA".to_owned(), "Z".to_owned()),
        (mct_subscribe_token_spec_set_origin_cluster, "originCluster", "auto".to_owned(), String::new()),
        (mct_subscribe_token_spec_merge_json, "json", "{}".to_owned(), String::new()),
    ] {
        assert!(set_text(setter, &mut spec, &good).is_ok(), "{name}");
        assert_eq!(field(set_text(setter, &mut spec, &bad)), name);
    }
    assert_eq!(field(set_text(mct_subscribe_token_spec_merge_json, &mut spec, r#"{"tracking":null}"#)), "tracking");
    let mut expires = |seconds| status(|error| mct_subscribe_token_spec_set_expires(Some(&mut spec), seconds, error));
    assert!(expires(2_147_483_647).is_ok());
    assert_eq!(field(expires(0)), "expires");
    assert!(emulator.requests().is_empty(), "nothing was sent");
    client.create_subscribe(&spec).expect("the platform takes what is at its limits");
}

#[test]
fn a_list_is_sorted_paged_and_turned_round_as_asked() {
    let (emulator, client) = platform();
    for label in ["b", "a", "c"] {
        client.create_publish(&publish_spec(label)).expect("a token");
    }
    let mut options = made(|out, error| mct_list_options_new(out, error)).expect("options");
    let labels = |options: &mct_list_options| -> Vec<String> {
        let list = made(|out, error| unsafe { mct_publish_token_list_page(client.raw(), Some(options), out, error) }).expect("a list");
        (0..mct_publish_token_list_len(Some(&list)))
            // SAFETY: lent by the list, which is alive.
            .map(|index| {
                lent(mct_publish_token_label(unsafe { mct_publish_token_list_get(Some(&list), index).as_ref() })).expect("a label")
            })
            .collect()
    };
    assert_eq!(labels(&options), ["a", "b", "c"]);
    status(|error| mct_list_options_set_sort_by(Some(&mut options), MCT_SORT_BY_ADDED_ON, error)).expect("a setting");
    status(|error| mct_list_options_set_descending(Some(&mut options), true, error)).expect("a setting");
    assert_eq!(labels(&options), ["c", "a", "b"]);
    status(|error| mct_list_options_set_items_on_page(Some(&mut options), 2, error)).expect("a setting");
    status(|error| mct_list_options_set_page(Some(&mut options), 2, error)).expect("a setting");
    assert_eq!(labels(&options), ["b"]);
    status(|error| mct_list_options_set_page(Some(&mut options), 2_147_483_647, error)).expect("a setting");
    assert_eq!(labels(&options), [""; 0]);
    let sent = emulator.requests().len();
    assert_eq!(field(status(|error| mct_list_options_set_page(Some(&mut options), 0, error))), "page");
    assert_eq!(field(status(|error| mct_list_options_set_page(Some(&mut options), 2_147_483_648, error))), "page");
    assert_eq!(field(status(|error| mct_list_options_set_items_on_page(Some(&mut options), 0, error))), "itemsOnPage");
    assert_eq!(field(status(|error| mct_list_options_set_items_on_page(Some(&mut options), 101, error))), "itemsOnPage");
    assert_eq!(field(status(|error| mct_list_options_set_sort_by(Some(&mut options), 3, error))), "sortBy");
    assert_eq!(emulator.requests().len(), sent, "nothing was sent");
}

#[test]
fn bandwidth_is_asked_for_by_tracking_id_in_as_many_calls_as_it_takes() {
    let (emulator, client) = platform();
    let query =
        |start: &str, stop: &str| made(|out, error| unsafe { mct_bandwidth_query_new(c(start).as_ptr(), c(stop).as_ptr(), out, error) });
    assert_eq!(field(query("2023-02-30", "2023-03-01")), "startDate");
    assert_eq!(field(query("2023-02-01", "2023-02-01")), "stopDate");
    let mut query = query("2023-02-02", "2023-07-27").expect("a query");
    let total =
        |query: &mct_bandwidth_query| made(|out, error| unsafe { mct_analytics_tracking_total(client.raw(), Some(query), out, error) });
    assert_eq!(field(total(&query)), "trackingIds");
    assert!(emulator.requests().is_empty(), "nothing was sent");
    for id in 0..11 {
        set_text(mct_bandwidth_query_add_tracking_id, &mut query, &format!("id & {id}")).expect("an id");
    }
    assert_eq!(field(set_text(mct_bandwidth_query_add_tracking_id, &mut query, &"x".repeat(129))), "trackingIds");
    let report = total(&query).expect("a report");
    assert_eq!(mct_bandwidth_report_row_count(Some(&report)), 0);
    let asked: Vec<usize> = emulator.requests().iter().map(|request| request.query.matches("trackingIds=").count()).collect();
    assert_eq!(asked, [10, 1]);
    let joined: Value = serde_json::from_str(&lent(mct_bandwidth_report_json(Some(&report))).expect("JSON")).expect("JSON");
    assert_eq!(joined.as_object().expect("an object").len(), 11);
}

#[test]
fn a_wrong_secret_is_unauthorized_and_shown_nowhere() {
    let emulator = Emulator::start(Options::with_api_secret(SECRET)).expect("an emulator");
    let wrong = "wr0ng-5ecre7";
    let client = Client::of(&config(wrong, &emulator.url()));
    let failure = client.create_publish(&publish_spec("x")).expect_err("a refusal");
    assert_eq!((failure.status, failure.http_status, failure.outcome), (MCT_ERR_UNAUTHORIZED, 401, MCT_OUTCOME_REJECTED));
    assert!(!format!("{failure:?}").contains(wrong));
}

#[test]
fn no_log_line_at_any_level_holds_the_secret_or_a_token() {
    let emulator = Emulator::start(Options::with_api_secret(SECRET)).expect("an emulator");
    let log = Arc::new(Log::default());
    let mut config = config(SECRET, &emulator.url());
    log.listen(&mut config);
    let client = Client::of(&config);
    let token = client.create_publish(&publish_spec("x")).expect("a token");
    let value = lent(mct_publish_token_value(Some(&token))).expect("a token");
    client.read_publish(1).expect_err("not there");
    drop((client, config));
    let lines = log.lines().join("\n");
    assert!(lines.contains("POST /api/publish_token (attempt 1)") && lines.contains("HTTP 200"), "{lines}");
    assert!(!lines.contains(SECRET) && !lines.contains(&value), "{lines}");
    assert_eq!(Arc::strong_count(&log), 1, "what belongs to the log was freed after the last line");
}

#[test]
fn an_id_beyond_32_bits_arrives_whole() {
    let (emulator, client) = platform();
    let id = (1 << 32) + 5;
    client.read_publish(id).expect_err("not there");
    assert_eq!(emulator.requests().last().expect("a request").path, "/api/publish_token/4294967301");
    client.read_publish(u64::MAX).expect_err("not there");
    assert_eq!(emulator.requests().last().expect("a request").path, "/api/publish_token/18446744073709551615");
}

#[test]
fn sixteen_threads_share_one_client_over_a_bounded_number_of_connections() {
    let (emulator, client) = platform();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let client = &client;
            scope.spawn(move || {
                for round in 0..10 {
                    let label = format!("t{thread} r{round}");
                    let token = client.create_publish(&publish_spec(&label)).expect("a token");
                    let id = mct_publish_token_id(Some(&token));
                    let read = client.read_publish(id).expect("the same");
                    assert_eq!(lent(mct_publish_token_label(Some(&read))), Some(label));
                    client.delete_publish(id).expect("deleted");
                }
            });
        }
    });
    assert_eq!(emulator.requests().len(), 16 * 10 * 3);
}

#[test]
fn a_base_url_keeps_its_path_and_plain_http_stays_on_this_machine() {
    let mut config = config(SECRET, "http://127.0.0.1:1/prefix/");
    for loopback in ["http://127.0.0.1", "http://127.1.2.3:80", "http://[::1]:8080", "http://localhost"] {
        status(|error| unsafe { mct_client_config_set_base_url(Some(&mut config), c(loopback).as_ptr(), error) }).expect(loopback);
        Client::of(&config);
    }
    for elsewhere in ["http://api.millicast.com", "http://192.0.2.1", "http://localhost.example.com", "http://127.0.0.1.example.com"] {
        status(|error| unsafe { mct_client_config_set_base_url(Some(&mut config), c(elsewhere).as_ptr(), error) }).expect(elsewhere);
        let refused = made(|out, error| millicast_tokens::ffi::client::mct_client_new(Some(&config), out, error)).map(|_| ());
        assert_eq!(field(refused), "base_url");
    }
    status(|error| mct_client_config_set_allow_insecure_http(Some(&mut config), true, error)).expect("a setting");
    Client::of(&config);
    for bad in [
        "",
        "api.millicast.com",
        "ftp://x",
        "https://",
        "https://user:pass@x",
        "https://x/?q",
        "https://x/#f",
        "file:///etc",
        "https://x/api",
        "https://x/y/api/",
    ] {
        let refused = status(|error| unsafe { mct_client_config_set_base_url(Some(&mut config), c(bad).as_ptr(), error) });
        assert_eq!(field(refused), "base_url", "{bad}");
    }
}

#[test]
fn each_setting_of_a_client_has_limits() {
    let mut config = config(SECRET, "https://127.0.0.1:1");
    type Setter = extern "C" fn(Option<&mut mct_client_config>, u32, Option<&mut *mut millicast_tokens::ffi::error::mct_error>) -> i32;
    for (setter, name, good, bad) in [
        (mct_client_config_set_connect_timeout_ms as Setter, "connect_timeout_ms", vec![1, u32::MAX], vec![0]),
        (mct_client_config_set_idle_timeout_ms, "idle_timeout_ms", vec![1, u32::MAX], vec![0]),
        (mct_client_config_set_timeout_ms, "timeout_ms", vec![1, u32::MAX], vec![0]),
        (mct_client_config_set_max_retries, "max_retries", vec![0, 100], vec![101]),
        (mct_client_config_set_max_connections, "max_connections", vec![1, 1024], vec![0, 1025]),
        (mct_client_config_set_max_answer_bytes, "max_answer_bytes", vec![1, u32::MAX], vec![0]),
        (mct_client_config_set_requests_per_second, "requests_per_second", vec![0, 1_000_000], vec![1_000_001]),
    ] {
        for value in good {
            status(|error| setter(Some(&mut config), value, error)).expect(name);
        }
        for value in bad {
            assert_eq!(field(status(|error| setter(Some(&mut config), value, error))), name);
        }
    }
    for bad in ["", "a\nb", "ä"] {
        assert_eq!(field(set_text(mct_client_config_set_user_agent_suffix, &mut *config, bad)), "user_agent_suffix");
    }
    for bad in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert_eq!(field(set_text(mct_client_config_add_ca_pem, &mut *config, bad)), "ca_pem");
    }
    for bad in ["", "https://proxy:1", "socks5://proxy:1"] {
        assert_eq!(field(set_text(mct_client_config_set_proxy, &mut *config, bad)), "proxy");
    }
    for bad in ["", "with blank", "ümlaut", "line\nbreak"] {
        let refused = made(|out, error| unsafe { mct_client_config_new(c(bad).as_ptr(), out, error) }).map(|_| ());
        assert_eq!(field(refused), "api_secret");
    }
}
