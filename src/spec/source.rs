//! Where a piece of a spec came from: a place in its file, or an override.
//! Knows no key of the spec.

use std::ops::Range;

use crate::spec::error::SpecError;
use crate::spec::overrides::Override;

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
