//! JSON in which no name comes twice.
//!
//! Parsers disagree about a name that does: the first wins, the last wins, or neither. A token
//! that two readers read differently is no token.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The object in these bytes, or why there is none.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, &'static str> {
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        Ok(_) => Err("is no JSON object"),
        Err(error) if error.is_data() => Err("has a name twice"),
        Err(_) => Err("is no JSON"),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(element)) = elements.next_element()? {
            list.push(element);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a name comes twice"));
            }
            let Strict(value) = entries.next_value()?;
            object.insert(name, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn a_name_that_comes_twice_is_refused_at_any_depth() {
        assert_eq!(object(br#"{"a":1,"a":1}"#), Err("has a name twice"));
        assert_eq!(object(br#"{"b":[{"c":{"a":1,"\u0061":2}}]}"#), Err("has a name twice"));
        assert!(object(br#"{"a":{"a":{"b":1}},"b":[{"a":1},{"a":1}]}"#).is_ok());
    }

    #[test]
    fn what_is_no_object_is_refused_without_a_panic() {
        for bytes in [&b""[..], b"[]", b"1", b"null", b"{", b"\xff", b"{\"a\":1e400}", b"{\"a\":\"\\ud800\"}"] {
            assert!(object(bytes).is_err(), "{bytes:?}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(object(deep.as_bytes()), Err("is no JSON"));
    }
}
