//! Reading JSON that comes from outside.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

/// What is wrong with a JSON text. serde's own message quotes values, which may be secret; the place is enough.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io => "it can't be read",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "a value is of the wrong type, missing, or there twice",
        serde_json::error::Category::Eof => "it ends too early",
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

/// Refuses a name that appears twice in one object, at any depth: two readers would see two different things.
pub(crate) fn refuse_duplicate_names(json: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    NoDuplicates.deserialize(&mut deserializer)?;
    deserializer.end()
}

struct NoDuplicates;

impl<'de> DeserializeSeed<'de> for NoDuplicates {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoDuplicates {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(NoDuplicates)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name appears twice"));
            }
            entries.next_value_seed(NoDuplicates)?;
        }
        Ok(())
    }
}

/// A field that is absent and one that is `null` mean the same.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// An id: a JSON integer, or (one of the vendor's clients types it so) the same as a text.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Id;

    impl Visitor<'_> for Id {
        type Value = u64;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an id")
        }

        fn visit_u64<E>(self, id: u64) -> Result<u64, E> {
            Ok(id)
        }

        fn visit_i64<E: de::Error>(self, id: i64) -> Result<u64, E> {
            u64::try_from(id).map_err(|_| E::custom("an id is not negative"))
        }

        fn visit_str<E: de::Error>(self, id: &str) -> Result<u64, E> {
            if id.bytes().all(|digit| digit.is_ascii_digit()) { id.parse().ok() } else { None }.ok_or_else(|| E::custom("not an id"))
        }
    }

    deserializer.deserialize_any(Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_appears_twice_is_refused_at_any_depth() {
        for json in [r#"{"a":1,"a":2}"#, r#"[{"b":{"a":1,"a":2}}]"#, r#"{"a":1,"\u0061":2}"#] {
            assert!(refuse_duplicate_names(json.as_bytes()).is_err(), "{json}");
        }
        assert!(refuse_duplicate_names(br#"{"a":{"a":[{"a":1},{"a":1.5}]},"b":null,"c":-1}"#).is_ok());
    }

    #[test]
    fn json_that_is_too_deep_is_an_error_and_not_a_crash() {
        let deep = "[".repeat(1_000_000);
        assert!(refuse_duplicate_names(deep.as_bytes()).is_err());
    }
}
