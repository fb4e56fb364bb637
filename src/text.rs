//! Texts that are ready to be lent to C, and secrets that are wiped when they are dropped.

use std::ffi::{CStr, CString};
use std::fmt;
use std::str::Chars;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde_json::value::RawValue;
use zeroize::{Zeroize, Zeroizing};

/// A text of an answer: NUL-terminated, so that it can be lent as it is.
///
/// A C string can't hold U+0000; it becomes U+FFFD here, and the answer's own JSON keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    for_c: CString,
    /// Where U+0000 was replaced: the library itself decides by what was sent.
    original: Option<Zeroizing<String>>,
}

impl Text {
    pub(crate) fn new(text: &str) -> Text {
        Text::of(bytes_for_c(text))
    }

    /// The text's own memory, which has room for a terminator.
    fn of(bytes: Vec<u8>) -> Text {
        match CString::new(bytes) {
            Ok(for_c) => Text { for_c, original: None },
            Err(error) => Text::with_nul(Zeroizing::new(error.into_vec())),
        }
    }

    fn with_nul(bytes: Zeroizing<Vec<u8>>) -> Text {
        // It came as a text.
        let original = Zeroizing::new(std::str::from_utf8(&bytes).unwrap_or_default().to_owned());
        let replaced = Zeroizing::new(original.replace('\0', "\u{fffd}"));
        Text { for_c: CString::new(bytes_for_c(&replaced)).unwrap_or_default(), original: Some(original) }
    }

    /// Of memory that was just made for it.
    #[cfg(feature = "signing")]
    pub(crate) fn from_owned(text: String) -> Text {
        Text::of(text.into_bytes())
    }

    pub(crate) fn as_c(&self) -> &CStr {
        &self.for_c
    }

    pub fn as_str(&self) -> &str {
        // What new() stored is UTF-8.
        self.original.as_deref().map_or_else(|| self.for_c.to_str().unwrap_or_default(), String::as_str)
    }
}

/// Room for the terminator is there from the start: CString would otherwise move the bytes, and leave
/// a copy of a secret behind.
fn bytes_for_c(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(out)
    }
}

/// A text that nobody may see by accident: its Debug shows nothing of it, and its memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(Text);

impl Secret {
    pub(crate) fn new(text: &str) -> Secret {
        Secret(Text::new(text))
    }

    pub(crate) fn as_c(&self) -> &CStr {
        self.0.as_c()
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.for_c.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

/// Appends to what may hold secrets. A vector that grows by itself leaves its old memory behind as it was.
#[cfg(feature = "client")]
pub(crate) fn extend_wiping(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if bytes.capacity() - bytes.len() < more.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((bytes.len() + more.len()).next_power_of_two()));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(more);
}

/// Writes JSON that may hold secrets.
#[cfg(feature = "client")]
pub(crate) fn to_json_wiping(value: &impl serde::Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    struct Wiping(Zeroizing<Vec<u8>>);

    impl std::io::Write for Wiping {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            extend_wiping(&mut self.0, bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut writer = Wiping(Zeroizing::default());
    serde_json::to_writer(&mut writer, value)?;
    Ok(writer.0)
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::new(text))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Text, E> {
        Ok(Text::new(&Zeroizing::new(text)))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Reads the text where it stands: serde_json would unescape it into memory that nobody wipes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        // serde's own words would quote what was found.
        unescape(raw.get()).map(|text| Secret::new(&text)).ok_or_else(|| D::Error::custom("a text was expected"))
    }
}

/// The text that a JSON string stands for. None: it is not a string, or half of a surrogate pair is in it.
fn unescape(json: &str) -> Option<Zeroizing<String>> {
    let inside = json.trim().strip_prefix('"')?.strip_suffix('"')?;
    // No text is longer than its JSON, so this one never moves.
    let mut text = Zeroizing::new(String::with_capacity(inside.len()));
    let mut rest = inside.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        text.push(match rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => unescape_unicode(&mut rest)?,
            other => other,
        });
    }
    Some(text)
}

fn unescape_unicode(rest: &mut Chars<'_>) -> Option<char> {
    let first = hex(rest)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    let second = if rest.next()? == '\\' && rest.next()? == 'u' { hex(rest)? } else { return None };
    (0xdc00..0xe000).contains(&second).then(|| 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).and_then(char::from_u32)
}

fn hex(rest: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |value, _| Some(value * 16 + rest.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_in_an_answer_is_shown_to_c_as_the_replacement_character() {
        let text = Text::new("a\0b");
        assert_eq!(text.as_c().to_str(), Ok("a\u{fffd}b"));
        assert_eq!(text.as_str(), "a\0b", "the library itself goes by what was sent");
    }

    #[test]
    fn a_secret_does_not_show_itself_in_debug() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some([redacted])");
    }

    #[test]
    fn a_secret_is_unescaped_as_json_says() {
        for json in [
            r#""""#,
            r#""abc""#,
            r#""a\"b\\c\/d""#,
            r#""\b\f\n\r\t""#,
            r#""\u0041\u00e9\ud83c\udfa5\uFFFF""#,
            r#""Zo\u00EB 東京""#,
            r#""a\u0026b""#,
        ] {
            let expected: String = serde_json::from_str(json).expect(json);
            assert_eq!(unescape(json).expect(json).as_str(), expected, "{json}");
        }
        for json in ["null", "5", r#""\ud83c""#, r#""\ud83cx""#, r#""\ud83c\u0041""#, r#""\udfa5""#, "[\"a\"]"] {
            assert!(unescape(json).is_none(), "{json}");
        }
    }
}
