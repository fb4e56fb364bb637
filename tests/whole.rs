//! Updates, whole lists, and calls about the account, through the C interface against the emulator.
#![cfg(all(feature = "client", feature = "signing"))]

#[path = "support/client.rs"]
mod client;
#[path = "support/peer.rs"]
mod peer;
mod support;

use std::ffi::c_char;
use std::ptr;

use client::{Client, SECRET, TextSetter, config, publish_spec, set_text, subscribe_spec};
use millicast_emulator::{Emulator, Options, Running};
use millicast_tokens::error::*;
use millicast_tokens::ffi::account::*;
use millicast_tokens::ffi::analytics::*;
use millicast_tokens::ffi::client::{mct_client_cancel, mct_client_resume};
use millicast_tokens::ffi::client_config::mct_client_config_set_max_retries;
use millicast_tokens::ffi::list_options::*;
use millicast_tokens::ffi::publish_token::*;
use millicast_tokens::ffi::publish_token_calls::*;
use millicast_tokens::ffi::publish_token_update::*;
use millicast_tokens::ffi::subscribe_token::*;
use millicast_tokens::ffi::subscribe_token_calls::*;
use millicast_tokens::ffi::subscribe_token_update::*;
use peer::{Act, Peer, success};
use serde_json::{Value, json};
use support::{Outcome, c, lent, made, status};

fn platform() -> (Running, Client) {
    let emulator = Emulator::start(Options::with_api_secret(SECRET)).expect("an emulator");
    let client = Client::new(&emulator.url());
    (emulator, client)
}

fn sent(emulator: &Running) -> (String, Value) {
    let request = emulator.requests().pop().expect("a request");
    (format!("{} {}", request.method, request.path), serde_json::from_str(&request.body).expect("JSON"))
}

fn publish_update() -> Box<mct_publish_token_update> {
    made(|out, error| mct_publish_token_update_new(out, error)).expect("an update")
}

fn apply(client: &Client, id: u64, update: &mct_publish_token_update) -> Outcome<Box<mct_publish_token>> {
    made(|out, error| unsafe { mct_publish_token_update_apply(client.raw(), id, Some(update), out, error) })
}

type ListSetter<S> =
    unsafe extern "C" fn(Option<&mut S>, *const *const c_char, usize, Option<&mut *mut millicast_tokens::ffi::error::mct_error>) -> i32;

fn set_list<S>(setter: ListSetter<S>, update: &mut S, values: &[&str]) -> Outcome<()> {
    let texts: Vec<_> = values.iter().map(|value| c(value)).collect();
    let pointers: Vec<_> = texts.iter().map(|text| text.as_ptr()).collect();
    let start = if pointers.is_empty() { ptr::null() } else { pointers.as_ptr() };
    status(|error| unsafe { setter(Some(update), start, pointers.len(), error) })
}

fn field<T>(result: Outcome<T>) -> String {
    let failure = result.err().expect("a refusal");
    assert_eq!((failure.status, failure.outcome), (MCT_ERR_INVALID_ARGUMENT, MCT_OUTCOME_NOT_SENT), "{failure:?}");
    failure.field.expect("a field")
}

#[test]
fn an_update_sends_what_was_set_and_nothing_else() {
    let (emulator, client) = platform();
    let id = mct_publish_token_id(Some(&client.create_publish(&publish_spec("first")).expect("a token")));
    let mut update = publish_update();
    set_text(mct_publish_token_update_set_label, &mut update, "second").expect("a label");
    let token = apply(&client, id, &update).expect("a token");
    assert_eq!(sent(&emulator), (format!("PUT /api/v2/publish_token/{id}"), json!({"label": "second"})));
    assert_eq!(lent(mct_publish_token_label(Some(&token))).as_deref(), Some("second"));
    assert_eq!(lent(mct_publish_token_stream_name(Some(&token), 0)).as_deref(), Some("cam"));
}

#[test]
fn an_update_replaces_lists_clears_them_with_none_and_unsets_with_null() {
    let (emulator, client) = platform();
    let id = mct_publish_token_id(Some(&client.create_publish(&publish_spec("all")).expect("a token")));
    let mut update = publish_update();
    set_list(mct_publish_token_update_set_allowed_origins, &mut update, &["a.example", "b.example"]).expect("origins");
    set_list(mct_publish_token_update_set_denied_countries, &mut update, &["ZA"]).expect("countries");
    set_list(mct_publish_token_update_set_allowed_ip_addresses, &mut update, &["192.0.2.1"]).expect("addresses");
    status(|error| mct_publish_token_update_set_priority(Some(&mut update), 7, error)).expect("a priority");
    status(|error| mct_publish_token_update_set_is_active(Some(&mut update), false, error)).expect("a setting");
    status(|error| unsafe { mct_publish_token_update_add_stream(Some(&mut update), c("stage").as_ptr(), false, error) }).expect("a stream");
    set_text(mct_publish_token_update_remove_stream, &mut update, "cam").expect("a stream");
    let (url, key) = (c("rtmp://example.com/live"), c("k3y-of-restream"));
    let (urls, keys, enabled) = ([url.as_ptr()], [key.as_ptr()], [false]);
    status(|error| unsafe {
        mct_publish_token_update_set_restream(Some(&mut update), urls.as_ptr(), keys.as_ptr(), ptr::null(), enabled.as_ptr(), 1, error)
    })
    .expect("an endpoint");
    let token = apply(&client, id, &update).expect("a token");
    assert_eq!(
        sent(&emulator).1,
        json!({"allowedOrigins": ["a.example", "b.example"], "deniedCountries": ["ZA"], "allowedIpAddresses": ["192.0.2.1"], "priority": 7,
            "isActive": false, "addTokenStreams": [{"streamName": "stage", "isRegex": false}], "removeTokenStreams": ["cam"],
            "restream": [{"url": "rtmp://example.com/live", "key": "k3y-of-restream", "enabled": false}]})
    );
    let (mut active, mut priority) = (true, 0);
    assert!(mct_publish_token_is_active(Some(&token), Some(&mut active)) && !active);
    assert!(mct_publish_token_priority(Some(&token), Some(&mut priority)) && priority == 7);
    assert_eq!(mct_publish_token_allowed_origin_count(Some(&token)), 2);
    assert_eq!(mct_publish_token_restream_count(Some(&token)), 1);

    let mut update = publish_update();
    set_list(mct_publish_token_update_set_allowed_origins, &mut update, &[]).expect("no origins");
    status(|error| mct_publish_token_update_clear_priority(Some(&mut update), error)).expect("a setting");
    status(|error| mct_publish_token_update_clear_encoder_profile_id(Some(&mut update), error)).expect("a setting");
    status(|error| mct_publish_token_update_clear_enable_utc_insertion(Some(&mut update), error)).expect("a setting");
    let none = ptr::null();
    status(|error| unsafe { mct_publish_token_update_set_restream(Some(&mut update), none, none, none, ptr::null(), 0, error) })
        .expect("none");
    let token = apply(&client, id, &update).expect("a token");
    assert_eq!(
        sent(&emulator).1,
        json!({"allowedOrigins": [], "priority": null, "encoderProfileId": null, "enableUTCInsertion": null, "restream": []})
    );
    assert!(!mct_publish_token_priority(Some(&token), Some(&mut priority)));
    assert_eq!(mct_publish_token_allowed_origin_count(Some(&token)) + mct_publish_token_restream_count(Some(&token)), 0);
}

#[test]
fn a_refresh_changes_the_string_each_time() {
    let (_emulator, client) = platform();
    let token = client.create_subscribe(&subscribe_spec("viewers")).expect("a token");
    let id = mct_subscribe_token_id(Some(&token));
    let mut update = made(|out, error| mct_subscribe_token_update_new(out, error)).expect("an update");
    status(|error| mct_subscribe_token_update_refresh_token(Some(&mut update), error)).expect("a setting");
    let refresh = || {
        let token = made(|out, error| unsafe { mct_subscribe_token_update_apply(client.raw(), id, Some(&update), out, error) });
        lent(mct_subscribe_token_value(Some(&token.expect("a token")))).expect("a string")
    };
    let strings = [lent(mct_subscribe_token_value(Some(&token))).expect("a string"), refresh(), refresh()];
    assert!(strings[0] != strings[1] && strings[1] != strings[2]);
}

#[test]
fn an_update_is_checked_before_it_is_sent() {
    let (emulator, client) = platform();
    assert_eq!(field(apply(&client, 1, &publish_update())), "update");
    let mut update = publish_update();
    set_list(mct_publish_token_update_set_allowed_countries, &mut update, &["PL"]).expect("a country");
    set_list(mct_publish_token_update_set_denied_countries, &mut update, &["ZA"]).expect("a country");
    assert_eq!(field(apply(&client, 1, &update)), "deniedCountries");
    set_list(mct_publish_token_update_set_denied_countries, &mut update, &[]).expect("no country");
    set_list(mct_publish_token_update_set_allowed_ip_addresses, &mut update, &["192.0.2.1"]).expect("an address");
    status(|error| mct_publish_token_update_set_bind_ips_on_usage(Some(&mut update), 1, error)).expect("a number");
    assert_eq!(field(apply(&client, 1, &update)), "bindIpsOnUsage");
    for (setter, name, bad) in [
        (mct_publish_token_update_set_label as TextSetter<_>, "label", "x".repeat(129)),
        (mct_publish_token_update_set_origin_cluster, "originCluster", String::new()),
        (mct_publish_token_update_remove_stream, "streamName", String::new()),
        (mct_publish_token_update_set_encoder_profile_id, "encoderProfileId", String::new()),
        (mct_publish_token_update_merge_json, "isActive", r#"{"isActive":true}"#.to_owned()),
        (mct_publish_token_update_merge_json, "json", "nothing".to_owned()),
    ] {
        assert_eq!(field(set_text(setter, &mut update, &bad)), name);
    }
    for (setter, name, bad) in [
        (mct_publish_token_update_set_allowed_origins as ListSetter<_>, "allowedOrigins", "https://x"),
        (mct_publish_token_update_set_allowed_ip_addresses, "allowedIpAddresses", "192.0.2.1/24"),
        (mct_publish_token_update_set_allowed_countries, "allowedCountries", "Poland"),
    ] {
        assert_eq!(field(set_list(setter, &mut update, &["", bad][1..])), name);
    }
    assert!(emulator.requests().is_empty(), "nothing was sent");
}

#[test]
fn an_update_with_a_refresh_is_not_sent_again_and_one_without_is() {
    let token = r#"{"id":5}"#;
    for (refresh, expected_requests) in [(true, 1), (false, 2)] {
        let peer = Peer::new(vec![Act::Close, Act::Answer(success(token))]);
        let mut update = publish_update();
        set_text(mct_publish_token_update_set_label, &mut update, "x").expect("a label");
        if refresh {
            status(|error| mct_publish_token_update_refresh_token(Some(&mut update), error)).expect("a setting");
        }
        let result = apply(&Client::new(&peer.url), 5, &update).map(|_| ());
        assert_eq!(peer.requests().len(), expected_requests);
        assert_eq!(result.map_err(|failure| failure.outcome), if refresh { Err(MCT_OUTCOME_UNKNOWN) } else { Ok(()) });
    }
}

#[test]
fn a_bulk_disable_tells_of_each_token() {
    let (emulator, client) = platform();
    let id = mct_publish_token_id(Some(&client.create_publish(&publish_spec("x")).expect("a token")));
    let disable = |ids: &[u64]| made(|out, error| unsafe { mct_publish_token_disable(client.raw(), ids.as_ptr(), ids.len(), out, error) });
    assert_eq!(field(disable(&[])), "tokenIds");
    let result = disable(&[id, 99]).expect("a result");
    assert_eq!(sent(&emulator), ("PATCH /api/publish_token/disable".to_owned(), json!({"tokenIds": [id, 99]})));
    assert_eq!((mct_disable_result_success_count(Some(&result)), mct_disable_result_success_id(Some(&result), 0)), (1, id));
    assert_eq!((mct_disable_result_failure_count(Some(&result)), mct_disable_result_failure_id(Some(&result), 0)), (1, 99));
    assert!(lent(mct_disable_result_failure_message(Some(&result), 0)).is_some());
    assert_eq!(mct_disable_result_failure_id(Some(&result), 1), 0);
    let mut active = true;
    assert!(mct_publish_token_is_active(Some(&client.read_publish(id).expect("a token")), Some(&mut active)) && !active);
}

#[test]
fn active_ids_clusters_and_sync_are_asked_for() {
    let (emulator, client) = platform();
    let ids = |stream: Option<&str>| {
        let stream = stream.map(c);
        let pointer = stream.as_ref().map_or(ptr::null(), |stream| stream.as_ptr());
        made(|out, error| unsafe { mct_publish_token_active_ids(client.raw(), pointer, out, error) })
    };
    assert_eq!(mct_id_list_len(Some(&ids(None).expect("ids"))), 0);
    assert_eq!(mct_id_list_len(Some(&ids(Some("account/a/b c")).expect("ids"))), 0);
    assert_eq!(emulator.requests().pop().expect("a request").query, "streamId=account%2Fa%2Fb+c");
    for bad in ["", "account", "/stream", "account/"] {
        assert_eq!(field(ids(Some(bad))), "streamId");
    }
    let clusters = made(|out, error| unsafe { mct_cluster_list(client.raw(), out, error) }).expect("clusters");
    assert!(mct_clusters_count(Some(&clusters)) > 1);
    let default = lent(mct_clusters_default_id(Some(&clusters))).expect("a default");
    assert!((0..mct_clusters_count(Some(&clusters))).any(|index| lent(mct_clusters_id(Some(&clusters), index)) == Some(default.clone())));
    let sync = |id| status(|error| unsafe { mct_publish_token_sync_restream(client.raw(), id, error) });
    assert_eq!(sync(99).expect_err("no such token").status, MCT_ERR_NOT_FOUND);
    let id = mct_publish_token_id(Some(&client.create_publish(&publish_spec("x")).expect("a token")));
    sync(id).expect("applied");
    let peer = Peer::new(vec![Act::Answer(success("false"))]);
    let other = Client::new(&peer.url);
    let undone = status(|error| unsafe { mct_publish_token_sync_restream(other.raw(), 9, error) });
    assert_eq!(undone.expect_err("not done").status, MCT_ERR_REJECTED);
}

fn options() -> Box<mct_list_options> {
    made(|out, error| mct_list_options_new(out, error)).expect("options")
}

fn labels_of_all(client: &Client, options: Option<&mct_list_options>) -> Outcome<Vec<String>> {
    let list = made(|out, error| unsafe { mct_publish_token_list_all(client.raw(), options, out, error) })?;
    // SAFETY: lent by the list, which is alive.
    let label = |index| lent(mct_publish_token_label(unsafe { mct_publish_token_list_get(Some(&list), index).as_ref() })).expect("a label");
    Ok((0..mct_publish_token_list_len(Some(&list))).map(label).collect())
}

#[test]
fn a_whole_list_has_every_token_once_and_in_order() {
    let (_emulator, client) = platform();
    let labels: Vec<String> = (0..357).map(|number| format!("token {number:04}")).collect();
    for label in labels.iter().rev() {
        client.create_publish(&publish_spec(label)).expect("a token");
    }
    assert_eq!(labels_of_all(&client, None).expect("a list"), labels);
    let mut small = options();
    for items in [1, 2, 3, 7, 50] {
        status(|error| mct_list_options_set_items_on_page(Some(&mut small), items, error)).expect("a setting");
        assert_eq!(labels_of_all(&client, Some(&small)).expect("a list"), labels, "{items} on a page");
    }
    status(|error| mct_list_options_set_page(Some(&mut small), 3, error)).expect("a setting");
    assert_eq!(labels_of_all(&client, Some(&small)).expect("a list"), labels[100..], "from the third page on");
    set_text_and_filter(&mut small, "token 000", MCT_FILTER_BY_TOKEN_NAME);
    status(|error| mct_list_options_set_page(Some(&mut small), 1, error)).expect("a setting");
    assert_eq!(labels_of_all(&client, Some(&small)).expect("a list"), labels[..10]);
}

fn set_text_and_filter(options: &mut mct_list_options, name: &str, filter: mct_filter_by) {
    status(|error| unsafe { mct_list_options_set_name(Some(options), c(name).as_ptr(), filter, error) }).expect("a name");
}

#[test]
fn an_iterator_sees_each_lasting_token_once_while_others_come_and_go() {
    let (_emulator, client) = platform();
    let lasting: Vec<u64> = (0..300)
        .map(|number| mct_publish_token_id(Some(&client.create_publish(&publish_spec(&format!("m {number:04}"))).expect("a token"))))
        .collect();
    let mut passing: Vec<u64> = Vec::new();
    let add = |label: &str| mct_publish_token_id(Some(&client.create_publish(&publish_spec(label)).expect("a token")));
    for number in 0..60 {
        passing.push(add(&format!("a {number:04}")));
    }
    let mut iter = made(|out, error| unsafe { mct_publish_token_iter_new(client.raw(), None, out, error) }).expect("an iterator");
    let mut seen = Vec::new();
    loop {
        let mut token = ptr::null_mut();
        status(|error| mct_publish_token_iter_next(Some(&mut iter), Some(&mut token), error)).expect("a token or the end");
        if token.is_null() {
            break;
        }
        // SAFETY: made just now, freed once.
        let token = unsafe { Box::from_raw(token) };
        seen.push(mct_publish_token_id(Some(&token)));
        // Tokens in front of the reader go and come, so that what is unread moves both ways.
        if seen.len() % 20 == 0 {
            for _ in 0..7 {
                passing.pop().into_iter().for_each(|id| client.delete_publish(id).expect("deleted"));
            }
            if seen.len() % 60 == 0 {
                passing.push(add("a again"));
            }
        }
    }
    let found: Vec<u64> = seen.iter().copied().filter(|id| lasting.contains(id)).collect();
    assert_eq!(found, lasting, "each once, and in order");
}

#[test]
fn a_list_that_never_ends_is_an_error_and_one_that_repeats_itself_ends() {
    let page = |first: u64| success(&Value::from((first..first + 100).map(|id| json!({"id": id})).collect::<Vec<_>>()).to_string());
    let endless = Peer::new((0..50).map(|number| Act::Answer(page(number * 100 + 1))).collect());
    let mut options = options();
    status(|error| mct_list_options_set_max_pages(Some(&mut options), 20, error)).expect("a setting");
    let failure = labels_of_all(&Client::new(&endless.url), Some(&options)).expect_err("no end");
    assert_eq!(failure.status, MCT_ERR_PROTOCOL);
    assert!(failure.message.contains("20 pages"), "{}", failure.message);
    let deaf = Peer::new(vec![Act::Answer(page(1))]);
    let client = Client::new(&deaf.url);
    let list = made(|out, error| unsafe { mct_subscribe_token_list_all(client.raw(), None, out, error) }).expect("a list");
    assert_eq!(mct_subscribe_token_list_len(Some(&list)), 100);
    assert!(deaf.requests().len() <= 8, "{} requests", deaf.requests().len());
}

#[test]
fn an_iterator_goes_on_after_an_error_and_outlives_a_cancel() {
    let page = success(r#"[{"id":1,"label":"one"}]"#);
    let peer = Peer::new(vec![Act::Close, Act::Answer(page)]);
    let mut config = config(SECRET, &peer.url);
    status(|error| mct_client_config_set_max_retries(Some(&mut config), 0, error)).expect("a setting");
    let client = Client::of(&config);
    let mut iter = made(|out, error| unsafe { mct_publish_token_iter_new(client.raw(), None, out, error) }).expect("an iterator");
    let mut next = || {
        let mut token = ptr::null_mut();
        status(|error| mct_publish_token_iter_next(Some(&mut iter), Some(&mut token), error)).map_err(|failure| failure.status)?;
        // SAFETY: made just now, freed once.
        let token = (!token.is_null()).then(|| unsafe { Box::from_raw(token) });
        Ok(token.map(|token| mct_publish_token_id(Some(&token))))
    };
    assert_eq!(next(), Err(MCT_ERR_CONNECT));
    unsafe { mct_client_cancel(client.raw()) };
    assert_eq!(next(), Err(MCT_ERR_CANCELLED));
    unsafe { mct_client_resume(client.raw()) };
    assert_eq!(next(), Ok(Some(1)));
    assert_eq!(next(), Ok(None));
    assert_eq!(next(), Ok(None));
}

#[test]
fn lists_by_name_and_cluster_exclude_each_other_and_subscribe_tokens_have_no_clusters() {
    let (emulator, client) = platform();
    let mut options = options();
    let cluster = |options: &mut mct_list_options, name: &str| {
        status(|error| unsafe { mct_list_options_set_cluster(Some(options), c(name).as_ptr(), error) })
    };
    assert_eq!(field(cluster(&mut options, "")), "cluster");
    assert_eq!(field(status(|error| unsafe { mct_list_options_set_name(Some(&mut options), c("x").as_ptr(), 4, error) })), "filterBy");
    assert_eq!(field(status(|error| unsafe { mct_list_options_set_name(Some(&mut options), c("").as_ptr(), 1, error) })), "name");
    cluster(&mut options, "auto").expect("a cluster");
    let list = made(|out, error| unsafe { mct_publish_token_list_page(client.raw(), Some(&options), out, error) });
    list.expect("a list");
    assert_eq!(emulator.requests().pop().expect("a request").path, "/api/publish_token/list_by_cluster");
    let list = made(|out, error| unsafe { mct_subscribe_token_list_page(client.raw(), Some(&options), out, error) });
    assert_eq!(field(list), "cluster");
    set_text_and_filter(&mut options, "x", MCT_FILTER_BY_STREAM_NAME);
    let list = made(|out, error| unsafe { mct_publish_token_list_page(client.raw(), Some(&options), out, error) });
    assert_eq!(field(list), "cluster");
}

type Analytics = unsafe extern "C" fn(
    *mut millicast_tokens::ffi::client::mct_client,
    Option<&mct_bandwidth_query>,
    Option<&mut *mut mct_bandwidth_report>,
    Option<&mut *mut millicast_tokens::ffi::error::mct_error>,
) -> i32;

#[test]
fn a_series_is_asked_for_with_its_resolution() {
    let (emulator, client) = platform();
    let query = |names: bool| {
        let mut query =
            made(|out, error| unsafe { mct_bandwidth_query_new(c("2025-01-01").as_ptr(), c("2025-01-04").as_ptr(), out, error) })
                .expect("a query");
        let add: TextSetter<_> = if names { mct_bandwidth_query_add_stream_name } else { mct_bandwidth_query_add_tracking_id };
        set_text(add, &mut query, "one").expect("a name");
        query
    };
    for (names, call) in [(false, mct_analytics_tracking_series as Analytics), (true, mct_analytics_tracking_streams_series)] {
        let mut query = query(names);
        let ask = |query: &mct_bandwidth_query| made(|out, error| unsafe { call(client.raw(), Some(query), out, error) });
        assert_eq!(field(ask(&query)), "resolution");
        assert_eq!(field(status(|error| mct_bandwidth_query_set_resolution(Some(&mut query), 3, error))), "resolution");
        status(|error| mct_bandwidth_query_set_resolution(Some(&mut query), MCT_RESOLUTION_DAY, error)).expect("a resolution");
        let report = ask(&query).expect("a report");
        assert_eq!(mct_bandwidth_report_row_count(Some(&report)), 0);
        assert!(emulator.requests().pop().expect("a request").query.contains("resolution=Day"));
    }
    let total = made(|out, error| unsafe { mct_analytics_tracking_streams_total(client.raw(), Some(&query(true)), out, error) });
    total.expect("a report");
    let wrong = made(|out, error| unsafe { mct_analytics_tracking_streams_total(client.raw(), Some(&query(false)), out, error) });
    assert_eq!(field(wrong), "streamNames");
}
