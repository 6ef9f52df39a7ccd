//! What is wrong with a spec, and where. Knows neither TOML nor what makes a
//! spec good; it only says what it was given, as compilers do.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::error_kind::{ErrorKind, HasKind};
use crate::text::sanitize::visible;
use crate::text::wrap;

/// What a renderer puts before advice, beside the digits of a line.
const HELP_FRAME: usize = 16;

/// A spec that cannot be used: the first thing wrong with it.
///
/// Displays as [`SpecError::render`] without colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false, None))]
pub struct SpecError {
    source_name: String,
    message: String,
    help: Option<String>,
    place: Option<Box<Place>>,
}

/// A piece of one line of the spec's text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Counted from 1.
    line: usize,
    /// Counted from 1, in characters.
    column: usize,
    line_text: String,
    /// In bytes of `line_text`.
    span: Range<usize>,
}

impl SpecError {
    /// Something wrong with the whole of a source: a file or an argument.
    pub fn new(source_name: impl Into<String>, message: impl Into<String>) -> SpecError {
        SpecError { source_name: source_name.into(), message: message.into(), help: None, place: None }
    }

    /// Points at a span of `text`, in bytes; of a span over several lines, at
    /// its first.
    pub fn at(mut self, text: &str, span: Range<usize>) -> SpecError {
        let start = floor_char_boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = text[line_start..].lines().next().unwrap_or_default();
        let column_bytes = (start - line_start).min(line_text.len());
        let end = floor_char_boundary(line_text, span.end.saturating_sub(line_start)).max(column_bytes);
        self.place = Some(Box::new(Place {
            line: text[..line_start].matches('\n').count() + 1,
            column: line_text[..column_bytes].chars().count() + 1,
            line_text: line_text.to_owned(),
            span: column_bytes..end,
        }));
        self
    }

    /// Adds what to do next.
    pub fn with_help(mut self, help: impl Into<String>) -> SpecError {
        self.help = Some(help.into());
        self
    }

    /// The file, or the argument as it was typed.
    pub fn source_name(&self) -> &str {
        &self.source_name
    }

    /// What is wrong, in one sentence that names the key.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The line, counted from 1, of an error with a place in a file.
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }

    /// The column, counted from 1 in characters, of an error with a place.
    pub fn column(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.column)
    }

    /// The offending line, of an error with a place.
    pub fn line_text(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.line_text.as_str())
    }

    /// The error as a person reads it: `error: …`, `--> file:line:column`, the
    /// line itself with the place marked, and the advice; no wider than this many
    /// columns, where they are known.
    pub fn render(&self, colour: bool, columns: Option<usize>) -> String {
        // A path may be anybody's; what it quotes of the text is made visible by the renderer.
        let [message, source_name] = [&self.message, &self.source_name].map(|text| visible(text));
        let title = Level::ERROR.primary_title(&message);
        let help = self.help.as_deref().map(visible);
        let help = help.map(|help| match columns {
            Some(columns) => wrap::prose(&help, columns.saturating_sub(HELP_FRAME)),
            None => help,
        });
        let help = help.as_deref().map(|help| Level::HELP.message(help));
        let group = match &self.place {
            Some(place) => title.element(
                Snippet::source(&place.line_text)
                    .line_start(place.line)
                    .path(&source_name)
                    .annotation(AnnotationKind::Primary.span(place.span.clone())),
            ),
            None => title.element(Origin::path(&source_name)),
        };
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = columns.map_or(renderer.clone(), |columns| renderer.term_width(columns));
        renderer.render(&[group.elements(help)])
    }
}

impl HasKind for SpecError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Usage
    }
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_like_a_compilers() {
        let text = "name = \"é\"\nduration = \"soon\"\n";
        let start = text.find("\"soon\"").unwrap();
        let error = SpecError::new("experiments/x.toml", "`duration` is no duration")
            .at(text, start..start + 6)
            .with_help("write it like `60s`");
        assert_eq!((error.line(), error.column()), (Some(2), Some(12)));
        assert_eq!(error.line_text(), Some("duration = \"soon\""));
        insta::assert_snapshot!(error, @r#"
        error: `duration` is no duration
         --> experiments/x.toml:2:12
          |
        2 | duration = "soon"
          |            ^^^^^^
          |
          = help: write it like `60s`
        "#);
    }

    #[test]
    fn an_error_without_a_place_names_its_source() {
        let error = SpecError::new("--duration soon", "`duration` is no duration");
        assert_eq!(error.to_string(), "error: `duration` is no duration\n--> --duration soon");
        assert_eq!(error.line(), None);
    }

    #[test]
    fn colour_is_there_only_when_asked_for() {
        let error = SpecError::new("x.toml", "no");
        assert!(error.render(true, None).contains('\u{1b}'));
        assert!(!error.render(false, None).contains('\u{1b}'));
    }

    #[test]
    fn any_place_in_any_text_can_be_shown() {
        for text in ["", "\n", "é", "a\r\nb", "\u{feff}x = \t1\n\n"] {
            for start in 0..text.len() + 3 {
                let error = SpecError::new("x.toml", "no").at(text, start..start + 2);
                assert!(error.to_string().contains("x.toml:"), "{text:?} {start}: {error}");
            }
        }
    }
}
