//! Objects with something wrong in them, and text that is hardly JSON any more.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Any of these.
pub fn one_of<'a, T: ?Sized>(random: &mut Rng, among: &[&'a T]) -> &'a T {
    among[random.usize(..among.len())]
}

/// A value that fits in few places.
pub fn odd_value(random: &mut Rng) -> Value {
    match random.u32(..17) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(random.u64(..)),
        4 => json!([i64::MIN, i64::MAX, -1, 0, 1 << 53, i64::from(i32::MAX) + 1][random.usize(..6)]),
        5 => json!(random.f64() * 1e308),
        6 => json!(""),
        7 => json!(text(random, 200)),
        8 => json!("é😀\u{0}\u{202e}".repeat(random.usize(..80))),
        9 => json!("x".repeat(random.usize(..3000))),
        10 => json!([]),
        11 => json!({}),
        12 => json!([null, 1, "x", [], {}]),
        13 => (0..random.usize(..300)).map(|_| json!(random.u32(..))).collect(),
        14 => (0..random.usize(1..100)).fold(json!(1), |inner, _| json!([inner])),
        15 => (0..random.usize(1..100)).fold(json!(1), |inner, _| json!({ "streams": inner })),
        _ => json!([{ "streamName": text(random, 140), "isRegex": random.bool() }]),
    }
}

pub fn text(random: &mut Rng, most: usize) -> String {
    let length = random.usize(..most);
    (0..length).map(|_| if random.u32(..10) == 0 { random.char(..) } else { random.char(' '..='~') }).collect()
}

/// Changes a field or several, at any depth.
pub fn spoil(random: &mut Rng, object: &mut Map<String, Value>) {
    for _ in 0..random.usize(1..4) {
        let names: Vec<String> = object.keys().cloned().collect();
        if names.is_empty() || random.u32(..8) == 0 {
            object.insert(text(random, 20), odd_value(random));
            continue;
        }
        let name = &names[random.usize(..names.len())];
        match object.get_mut(name) {
            Some(Value::Object(inner)) if random.bool() => spoil(random, inner),
            Some(Value::Array(list)) if random.bool() && !list.is_empty() => {
                let place = random.usize(..list.len());
                match &mut list[place] {
                    Value::Object(inner) => spoil(random, inner),
                    other => *other = odd_value(random),
                }
            }
            Some(value) if random.u32(..4) > 0 => *value = odd_value(random),
            _ => {
                object.remove(name);
            }
        }
    }
}

/// Bytes that are likely no JSON.
pub fn broken(random: &mut Rng, mut json: Vec<u8>) -> Vec<u8> {
    match random.u32(..10) {
        0 => json.truncate(random.usize(..=json.len())),
        1 => (0..random.usize(1..5)).for_each(|_| flip(random, &mut json)),
        2 => json = "[".repeat(random.usize(1..2000)).into(),
        3 => json = r#"{"a":"#.repeat(random.usize(1..2000)).into(),
        4 => json = format!(r#"{{"page":{}}}"#, "9".repeat(random.usize(1..2000))).into(),
        5 => json = format!(r#"{{"expires":{}e{}}}"#, random.i64(..), random.u32(..5000)).into(),
        6 => json = (0..random.usize(..500)).map(|_| random.u8(..)).collect(),
        7 => json.splice(..0, *b"\xef\xbb\xbf").for_each(drop),
        8 => json = br#"{"label":"\ud800","streams":[{"streamName":"\u0000"}],"label":1}"#.to_vec(),
        _ => json.extend_from_slice(b"}{"),
    }
    json
}

pub fn flip(random: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let place = random.usize(..bytes.len());
        bytes[place] = random.u8(..);
    }
}

/// A pattern that takes long, or means to.
pub fn pattern(random: &mut Rng) -> String {
    let worst = [
        r"(\w{1,1000}){1,1000}",
        r"((\pL{500}){500}){500}",
        r"(?i)(?:é|\w|\d|[[:alpha:]]){1000}",
        "(a*)*(a*)*(a*)*(a*)*b",
        "(((((((((((a{1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9})",
        r"[\w&&[^\d]]{900}",
        r"(x+x+)+y",
        r"(?s)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)z",
        "a)|(b",
        "(?x) # a comment",
        r"\b{start}\w+\b{end}$|^\B(?-u:\w)",
    ];
    if random.bool() {
        return one_of(random, &worst).to_owned();
    }
    let parts = ["(", ")", "|", "*", "+?", "{0,999}", "{9,}", r"\w", r"\pL", ".", "[^a]", "^", "$", r"\b", "(?i)", "(?:", "show", "é"];
    let mut pattern: String = (0..random.usize(1..40)).map(|_| *one_of(random, &parts.each_ref())).collect();
    while pattern.chars().count() > 128 {
        pattern.pop();
    }
    pattern
}
