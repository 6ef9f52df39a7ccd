//! Values of a dialect's file: one of several words, and regular expressions.

use regex::bytes::{Regex, RegexBuilder};

use crate::spec::SpecError;
use crate::spec::fields::Field;
use crate::text::suggest::nearest;

/// Whether the clock is the one before the update.
pub(super) const CLOCK_LOGGED: [(&str, bool); 2] = [("before", true), ("after", false)];

/// What one of a few words stands for; a refusal names the one that was meant.
pub(super) fn one_of<T: Copy>(field: &Field<'_>, choices: &[(&str, T)]) -> Result<T, SpecError> {
    field.one_of(choices).map_err(|error| {
        let text = field.value().as_str().unwrap_or_default();
        let meant = nearest(text, choices.iter().map(|(name, _)| *name));
        meant.map_or(error.clone(), |name| error.with_help(format!("did you mean {name:?}?")))
    })
}

/// What a regular expression has to fit.
#[derive(Clone, Copy)]
pub(super) enum Whole {
    Line,
    /// The end of a path, from the beginning of a part.
    Path,
    Part,
}

pub(super) fn regex(field: &Field<'_>, whole: Whole) -> Result<Regex, SpecError> {
    let text = field.text("a regular expression")?;
    /// Of a compiled expression; those of the dialects that come with us take a hundredth.
    const BYTES_MAX: usize = 1 << 20;
    let build = |text: &str| RegexBuilder::new(text).unicode(false).size_limit(BYTES_MAX).build();
    let fault = |error: regex::Error| {
        let reported = error.to_string();
        let reason = reported.lines().last().unwrap_or_default().trim_start_matches("error: ");
        field.fault(format_args!("is no regular expression: {reason}"))
    };
    build(text).map_err(fault)?;
    let text = match whole {
        Whole::Line => format!("^(?:{text})$"),
        Whole::Path => format!("(?:^|/)(?:{text})$"),
        Whole::Part => text.to_owned(),
    };
    build(&text).map_err(fault)
}

pub(super) fn check_groups(field: &Field<'_>, regex: &Regex, known: &[&str]) -> Result<(), SpecError> {
    for name in regex.capture_names().flatten() {
        if !known.contains(&name) {
            let error = field.fault(format_args!("captures `{name}`, which is none of {}", known.join(", ")));
            let meant = nearest(name, known.iter().copied());
            return Err(
                meant.map_or(error.clone(), |name| error.with_help(format!("did you mean `{name}`?")))
            );
        }
    }
    Ok(())
}
