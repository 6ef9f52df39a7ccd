//! A text that every line of a pattern has: where it is missing, the pattern
//! need not be tried. Most lines fit only one of several patterns, so this
//! saves most of the work.

use memchr::memmem::Finder;
use regex_syntax::hir::{Hir, HirKind};

/// Shorter texts are everywhere.
const BYTES_MIN: usize = 3;

/// The longest text without which the expression fits nothing.
pub fn prefilter(expression: &str) -> Option<Finder<'static>> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    let literal = longest(&parser.parse(expression).ok()?);
    (literal.len() >= BYTES_MIN).then(|| Finder::new(&literal).into_owned())
}

fn longest(hir: &Hir) -> Vec<u8> {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.to_vec(),
        HirKind::Capture(capture) => longest(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => longest(&repetition.sub),
        HirKind::Concat(parts) => {
            parts.iter().map(longest).reduce(|a, b| if b.len() > a.len() { b } else { a }).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(expression: &str) -> Option<String> {
        prefilter(expression).map(|prefilter| String::from_utf8_lossy(prefilter.needle()).into_owned())
    }

    #[test]
    fn the_longest_text_that_must_be_there_is_found() {
        for (expression, text) in [
            (r"(?<time>\d+) - Internal event, clock (?<clock>\d+)", Some(" - Internal event, clock ")),
            (r"(?:long but missing)?\d+ here", Some(" here")),
            (r"(?:this|that)\d+", None),
            (r"(?:abcd)+x", Some("abcd")),
            (r"(?i:abc)", None),
            (r"\d+ \d+", None),
            (r"(", None),
        ] {
            assert_eq!(found(expression).as_deref(), text, "{expression}");
        }
    }
}
