//! Reading JSON that comes from outside.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

/// What is wrong with a JSON text. serde's own message quotes values, which may be secret; the place is enough.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io => "it can't be read",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "a value is of the wrong type, missing, or there twice",
        serde_json::error::Category::Eof => "it ends too early",
    };
    match error.line() {
        0 => what.to_owned(),
        line => format!("{what}, at line {line} column {}", error.column()),
    }
}

/// As serde_json's own limit, which does not count in what it passes over.
pub(crate) const DEEPEST: usize = 128;

/// Of objects that stand in one another, together. A token has some dozens.
const MOST_NAMES: usize = 10_000;

pub(crate) fn refuse_malformed(json: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<&RawValue>(json).map(|_| ())
}

/// Refuses a name that appears twice in one object, at any depth: two readers would see two different things.
///
/// Of JSON that is well-formed, and in one pass. Texts are passed over where they stand: to read them would leave
/// copies of secrets behind.
pub(crate) fn refuse_duplicate_names(json: &str) -> Result<(), serde_json::Error> {
    // Of each object or list that is open: where its names begin. A list has none.
    let (mut open, mut names, mut is_name) = (Vec::new(), Vec::new(), false);
    let mut place = 0;
    while let Some(&byte) = json.as_bytes().get(place) {
        match byte {
            b'{' | b'[' if open.len() == DEEPEST => return Err(serde_json::Error::custom("too deep")),
            b'{' | b'[' => {
                is_name = byte == b'{';
                open.push((names.len(), is_name));
            }
            b'}' | b']' => {
                let (first, _) = open.pop().unwrap_or_default();
                refuse_twice(&mut names[first..])?;
                names.truncate(first);
            }
            b',' => is_name = open.last().is_some_and(|(_, is_object)| *is_object),
            b':' => is_name = false,
            b'"' => {
                let end = end_of_text(json.as_bytes(), place);
                if is_name && names.len() == MOST_NAMES {
                    return Err(serde_json::Error::custom("too many names"));
                }
                if is_name {
                    let Name(name) = serde_json::from_str(&json[place..end])?;
                    names.push(name);
                }
                place = end - 1;
            }
            _ => {}
        }
        place += 1;
    }
    Ok(())
}

/// The place behind the text that begins at `start`.
fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while let Some(next) = json.get(place..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))) {
        place += next;
        if json[place] == b'"' {
            return place + 1;
        }
        place += 2;
    }
    json.len()
}

#[cfg(feature = "client")]
/// The same, of JSON of which every part must be readable, those too that nobody here looks at: no half of a surrogate
/// pair, no number beyond all bounds. In one pass, for JSON without secrets.
pub(crate) fn refuse_unreadable(json: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<Readable>(json).map(|_| ())
}

/// Any value of which every part can be read in one way only.
pub(crate) struct Readable;

impl<'de> Deserialize<'de> for Readable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Readable, D::Error> {
        struct Part;

        impl<'de> Visitor<'de> for Part {
            type Value = Readable;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_str<E>(self, _: &str) -> Result<Readable, E> {
                Ok(Readable)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Readable, A::Error> {
                while elements.next_element::<Readable>()?.is_some() {}
                Ok(Readable)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Readable, A::Error> {
                let mut names = Vec::new();
                while let Some((Name(name), Readable)) = entries.next_entry()? {
                    names.push(name);
                }
                refuse_twice(&mut names)?;
                Ok(Readable)
            }
        }

        deserializer.deserialize_any(Part)
    }
}

#[cfg(feature = "signing")]
/// An object of known fields.
pub(crate) trait Fields: Default {
    const NAMES: &'static [&'static str];

    /// Reads the value of the field with this place among the names.
    fn read<'de, A: MapAccess<'de>>(&mut self, place: usize, entries: &mut A) -> Result<(), A::Error>;
}

#[cfg(feature = "signing")]
/// An object that every reader reads in the same way: no name appears twice in it, and what is unknown is readable.
pub(crate) struct Unambiguous<T>(pub T);

#[cfg(feature = "signing")]
impl<'de, T: Fields> Deserialize<'de> for Unambiguous<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unambiguous<T>, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Fields> Visitor<'de> for Entries<T> {
            type Value = Unambiguous<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Unambiguous<T>, A::Error> {
                let (mut fields, mut seen, mut unknown) = (T::default(), 0_u32, Vec::new());
                while let Some(Name(name)) = entries.next_key()? {
                    match T::NAMES.iter().position(|known| *known == name) {
                        Some(place) if seen & (1 << place) != 0 => return Err(A::Error::custom(TWICE)),
                        Some(place) => {
                            seen |= 1 << place;
                            fields.read(place, &mut entries)?;
                        }
                        None => {
                            unknown.push(name);
                            entries.next_value::<Readable>()?;
                        }
                    }
                }
                refuse_twice(&mut unknown)?;
                Ok(Unambiguous(fields))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

const TWICE: &str = "a name appears twice";

fn refuse_twice<E: de::Error>(names: &mut [Cow<'_, str>]) -> Result<(), E> {
    names.sort_unstable();
    match names.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(E::custom(TWICE)),
        false => Ok(()),
    }
}

/// A name, read where it stands unless it is escaped.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'de>, D::Error> {
        struct Place;

        impl<'de> Visitor<'de> for Place {
            type Value = Name<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Place)
    }
}

/// How deep objects and lists stand in one another, of JSON that is well-formed.
#[cfg(feature = "client")]
pub(crate) fn depth(json: &str) -> usize {
    let (mut open, mut deepest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => open += 1,
            b'}' | b']' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// The members of an object in the order in which they were sent.
#[cfg(feature = "client")]
#[derive(Default)]
pub(crate) struct Members<'a>(pub Vec<(String, &'a RawValue)>);

#[cfg(feature = "client")]
impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
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

/// The id of an answer of which nothing else can be read.
#[cfg(feature = "client")]
pub(crate) fn id_alone(json: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Alone {
        #[serde(deserialize_with = "id")]
        id: u64,
    }

    serde_json::from_str::<Alone>(json).ok().map(|alone| alone.id)
}

/// Reads a struct from an object alone: serde would take a list of its values too, which no other reader does.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(entries)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// An object, or nothing.
pub(crate) fn object_or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map_or_else(T::default, |object| object.0))
}

/// A list of objects, or nothing.
pub(crate) fn objects_or_default<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(objects.into_iter().map(|object| object.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_appears_twice_is_refused_at_any_depth() {
        for json in [
            r#"{"a":1,"a":2}"#,
            r#"[{"b":{"a":1,"a":2}}]"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":[1,2],"c":{}},"d":"\\","a":{}}"#,
            r#"{"b":"\",\"","c":[{"a":1}, {"x" : "," , "x" : 1}]}"#,
        ] {
            assert!(refuse_malformed(json).is_ok(), "{json}");
            assert!(refuse_duplicate_names(json).is_err(), "{json}");
        }
        for json in [
            r#"{"a":{"a":[{"a":1},{"a":1.5}]},"b":null,"c":-1}"#,
            r#"{"a":"b","b":"a","c":["a","a",{"a":"a"},"a"],"d":"\",\"a\":","":" "}"#,
        ] {
            assert!(refuse_malformed(json).is_ok() && refuse_duplicate_names(json).is_ok(), "{json}");
        }
    }

    #[test]
    fn json_that_is_too_deep_is_an_error_and_not_a_crash() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(refuse_malformed(&deep).is_ok() && refuse_duplicate_names(&deep).is_err());
        let nested = |depth: usize| format!("{}{}{}", "[".repeat(depth), r#""[\"[""#, "]".repeat(depth));
        assert!(refuse_duplicate_names(&nested(DEEPEST)).is_ok());
        assert!(refuse_duplicate_names(&nested(DEEPEST + 1)).is_err());
    }
}
