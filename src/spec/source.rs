//! Where a piece of a spec came from: a place in its file, or an override.
//! Knows no key of the spec.

use std::ops::Range;

use crate::spec::error::SpecError;

/// The key of all clock rates at once.
pub const CLOCK_RATES: &str = "clock_rates";

/// A value that replaces one of the file's, or repairs a file that lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// What errors quote, as the user typed it: `--internal-prob 0.2`.
    pub origin: String,
    /// A dotted path: `duration`, `network.delay`, `machine.2.clock_rate` (the
    /// second machine), or `clock_rates` for all rates at once.
    pub key: String,
    /// TOML, or a text without quotes: `0.2`, `60s`, `uniform:100ms..500ms`. Of
    /// `clock_rates`: a list such as `1,3,random 1..6`.
    pub value: String,
}

impl Override {
    pub fn new(origin: impl Into<String>, key: impl Into<String>, value: impl Into<String>) -> Override {
        Override { origin: origin.into(), key: key.into(), value: with_zeros(&value.into()) }
    }

    /// All clock rates at once, as `1,3,6`. As many rates as there are machines
    /// leave all else about them as it was; otherwise they make a new list.
    pub fn clock_rates(origin: impl Into<String>, rates: impl Into<String>) -> Override {
        Override::new(origin, CLOCK_RATES, rates)
    }
}

/// `.5` as `0.5`: TOML wants a digit before the point.
fn with_zeros(value: &str) -> String {
    let piece = |piece: &str| match piece.trim().strip_prefix('.') {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("0.{rest}")
        }
        _ => piece.to_owned(),
    };
    value.split(',').map(piece).collect::<Vec<_>>().join(",")
}

/// A spec's text and what was laid over it.
///
/// All spans of a spec lie in one virtual text: the file, and after it one byte
/// for each override. So a span alone tells where a value came from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub overrides: &'a [Override],
}

impl Source<'_> {
    /// The span of everything that override `index` brings in.
    pub fn override_span(&self, index: usize) -> Range<usize> {
        let start = self.text.len() + 1 + index;
        start..start + 1
    }

    /// An error about what stands at `span`.
    pub fn error(&self, span: Range<usize>, message: impl Into<String>) -> SpecError {
        match span.start.checked_sub(self.text.len() + 1).and_then(|index| self.overrides.get(index)) {
            Some(typed) => SpecError::new(&typed.origin, message),
            None => SpecError::new(self.name, message).at(self.text, span),
        }
    }
}
