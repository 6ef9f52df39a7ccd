//! A line that is a JSON object, and the texts at its keys.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A JSON object whose values are left as they are written, since a dialect
/// asks for few of them.
#[derive(Debug, Deserialize)]
pub struct Object<'a>(#[serde(borrow)] BTreeMap<Key<'a>, &'a RawValue>);

/// Part of the line, unless it has escapes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Key<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'a> Object<'a> {
    /// `None` where the line is something else.
    pub fn read(line: &'a [u8]) -> Option<Object<'a>> {
        serde_json::from_str(str::from_utf8(line).ok()?).ok()
    }

    /// The value of a key as the text that a column would have; `None` of `null`.
    /// `a.b` is a key, or else key `b` of the object at key `a`.
    pub fn text(&self, path: &str) -> Option<Cow<'a, str>> {
        if let Some(value) = self.0.get(path) {
            return text(value);
        }
        let (first, rest) = path.split_once('.')?;
        let inner: Object<'a> = serde_json::from_str(self.0.get(first)?.get()).ok()?;
        inner.text(rest)
    }
}

fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let written = value.get();
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Some(Cow::Borrowed(inner)),
        Some(_) => serde_json::from_str(written).ok().map(Cow::Owned),
        None => (written != "null").then_some(Cow::Borrowed(written)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_texts_that_the_line_has() {
        let line = r#"{"kind": "SEND", "time": 1740950560.17240012345, "to": [2, 3], "late": false,
            "state": {"clock": 7, "more": {"q": 1}}, "a.b": 1, "a": {"b": 2, "c": 3}, "no": null,
            "\u00e9t\u00e9": "a\"b\u00e9", "twice": 1, "twice": 2}"#;
        let object = Object::read(line.as_bytes()).unwrap();
        for (path, expected) in [
            ("kind", Some("SEND")),
            ("time", Some("1740950560.17240012345")),
            ("to", Some("[2, 3]")),
            ("late", Some("false")),
            ("state.clock", Some("7")),
            ("state.more.q", Some("1")),
            ("state.more", Some(r#"{"q": 1}"#)),
            ("a.b", Some("1")),
            ("a.c", Some("3")),
            ("no", None),
            ("no.clock", None),
            ("kind.clock", None),
            ("", None),
            ("été", Some("a\"bé")),
            ("twice", Some("2")),
        ] {
            assert_eq!(object.text(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn what_is_no_object_is_none() {
        for line in [&b""[..], b"{", b"[1]", b"7", b"{\"a\": 1} x", b"{\"a\": \"\xff\"}", b"{\"a\" 1}"] {
            assert!(Object::read(line).is_none(), "{}", String::from_utf8_lossy(line));
        }
    }
}
