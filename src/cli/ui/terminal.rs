//! How a command talks: data to standard output, talk to standard error, and
//! an exit code at the end.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::Context;
use clap::ValueEnum;
use labctl::charts::PageError;
use labctl::error_kind::{ErrorKind, HasKind};
use labctl::plan::CellsError;
use labctl::plot::PlotError;
use labctl::read::find_error::FindError;
use labctl::read::find_in_dialect::FindRunsError;
use labctl::report::WriteError;
use labctl::sample::SampleError;
use labctl::spec::SpecError;
use labctl::sweep::FolderError;
use labctl::sweep::stored::StoredError;
use labctl::text::sanitize::{is_hidden, visible};
use labctl::text::wrap;
use serde::Serialize;

use super::live::screen;
use super::table;

/// Wider lines of prose are hard to read.
const COLUMNS_READ: u16 = 100;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// How a command ended.
#[derive(Debug)]
pub enum Exit {
    Done,
    /// A run, a check or a comparison failed; it was reported.
    Failed,
    /// The user's input cannot be used; it was reported.
    Usage,
    /// There are too few runs to tell; it was reported.
    Inconclusive,
    /// A sweep finished in part; it was reported which runs are missing.
    Partial,
    /// By a signal of this number.
    Interrupted(u8),
    /// The same as `Failed`, but the reason is still to be reported.
    Error(anyhow::Error),
}

/// The user's side of a command.
#[derive(Clone, Debug)]
pub struct Terminal {
    pub talk_in_colour: bool,
    pub talk_to_a_person: bool,
    pub data_in_colour: bool,
    /// Columns of the terminal that shows the talk, and of the one that shows the
    /// data, if they are terminals.
    talk_columns: Option<u16>,
    data_columns: Option<u16>,
}

impl Terminal {
    pub fn new(color: Color) -> Terminal {
        let talk_to_a_person = io::stderr().is_terminal();
        let data_columns = io::stdout().is_terminal().then(screen::columns).flatten();
        if let Some(columns) = data_columns {
            table::fit_tables_to(columns);
        }
        let in_colour = |choice| !matches!(choice, anstream::ColorChoice::Never);
        let decided = match color {
            Color::Always => Some(true),
            Color::Never => Some(false),
            Color::Auto => None,
        };
        let talk_in_colour = || in_colour(anstream::AutoStream::choice(&io::stderr()));
        let data_in_colour = || in_colour(anstream::AutoStream::choice(&io::stdout()));
        Terminal {
            talk_in_colour: decided.unwrap_or_else(talk_in_colour),
            data_in_colour: decided.unwrap_or_else(data_in_colour),
            talk_to_a_person,
            talk_columns: talk_columns(),
            data_columns,
        }
    }

    /// Data for a person, to standard output; names in it have nothing hidden in
    /// them.
    pub fn data(&self, text: &str) -> anyhow::Result<()> {
        self.document(&fitted(&visible(text), self.data_columns))
    }

    /// The same with styles in it, where nothing is left that could do harm.
    pub fn styled_lines(&self, text: &str) -> anyhow::Result<()> {
        self.document(&fitted(text, self.data_columns))
    }

    /// Text whose paragraphs were written for another width, to standard output.
    pub fn paragraphs(&self, text: &str) -> anyhow::Result<()> {
        self.document(&wrap::paragraphs(
            &visible(text),
            self.data_columns.unwrap_or(COLUMNS_READ).min(COLUMNS_READ).into(),
        ))
    }

    /// Data for programs, as CSV; names in it have nothing hidden in them.
    pub fn csv(&self, text: &str) -> anyhow::Result<()> {
        self.document(&visible(text))
    }

    /// Data for programs, as JSON.
    pub fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        self.document(&(json_text(value)? + "\n"))
    }

    /// Data as it is, to standard output. A reader that has seen enough is no
    /// error.
    pub fn document(&self, text: &str) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome.context("cannot write to standard output"),
        }
    }

    /// Plain talk.
    pub fn say(&self, text: impl Display) {
        self.line(&visible(&text.to_string()));
    }

    /// A table among the talk.
    pub fn say_table(&self, header: &[&str], body: impl Iterator<Item = Vec<String>>) {
        let columns = self.talk_columns.unwrap_or(table::WIDTH);
        self.line(visible(&table::within(columns, 1, header, body)).trim_end());
    }

    pub fn warn(&self, text: impl Display) {
        let label = self.styled("warning", AnsiColor::Yellow.on_default().bold());
        self.line(&format!("{label}: {}", message(&text.to_string())));
    }

    pub fn error(&self, text: impl Display) {
        let label = self.styled("error", AnsiColor::Red.on_default().bold());
        self.line(&format!("{label}: {}", message(&text.to_string())));
    }

    /// A spec error, drawn with the line it lies in.
    pub fn spec_error(&self, error: &SpecError) {
        self.line(&error.render(self.talk_in_colour, self.talk_columns.map(usize::from)));
    }

    pub fn styled(&self, text: &str, style: Style) -> String {
        if self.talk_in_colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The same, for data.
    pub fn styled_data(&self, text: &str, style: Style) -> String {
        if self.data_in_colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Tells an error that nobody has reported yet. What is wrong with a spec, or
    /// with what is to be swept, is for the user to mend.
    fn tell_error(&self, error: &anyhow::Error) -> ExitCode {
        let spec = match (error.downcast_ref(), error.downcast_ref()) {
            (Some(CellsError::Spec(spec)), _) | (_, Some(FindRunsError::Dialect(spec))) => Some(spec),
            _ => error.downcast_ref::<SpecError>(),
        };
        match spec {
            Some(spec) => self.spec_error(spec),
            None => self.error(error_text(error)),
        }
        self.exit_code(match kind(error) {
            ErrorKind::Usage => Exit::Usage,
            ErrorKind::Failed => Exit::Failed,
        })
    }

    fn line(&self, text: &str) {
        if screen::hold(text) {
            return;
        }
        // Whoever closed standard error does not want to hear.
        let _ = writeln!(io::stderr(), "{}", fitted(text, self.talk_columns));
    }

    /// Tells what is left to tell, and turns the end into its code.
    pub fn exit_code(&self, exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::from(1),
            Exit::Usage => ExitCode::from(2),
            Exit::Inconclusive => ExitCode::from(3),
            Exit::Partial => ExitCode::from(4),
            Exit::Interrupted(signal) => ExitCode::from(128 + signal),
            Exit::Error(error) => self.tell_error(&error),
        }
    }
}

/// Columns of the terminal that shows the talk, if one does.
pub fn talk_columns() -> Option<u16> {
    io::stderr().is_terminal().then(screen::columns).flatten()
}

/// Lines for a person, broken between words where the terminal is narrower; for
/// programs they stay as they are.
fn fitted(text: &str, columns: Option<u16>) -> Cow<'_, str> {
    columns.map_or(Cow::Borrowed(text), |columns| Cow::Owned(wrap::prose(text, columns.into())))
}

/// JSON in which what a terminal would obey is escaped.
pub fn json_text(value: &impl Serialize) -> anyhow::Result<String> {
    let json = serde_json::to_string_pretty(value)?;
    let is_plain = |c: char| c == '\n' || !is_hidden(c);
    if json.chars().all(is_plain) {
        return Ok(json);
    }
    let escaped = |c: char| if is_plain(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    Ok(json.chars().map(escaped).collect())
}

/// A message with nothing hidden in it. Its further lines stand indented, so
/// that no name with a line end in it looks like a message of its own.
fn message(text: &str) -> String {
    visible(text).lines().collect::<Vec<_>>().join("\n  ")
}

/// What kind an error says it is; one that does not say is no fault of the user.
fn kind(error: &anyhow::Error) -> ErrorKind {
    fn of<E: HasKind + Display + Debug + Send + Sync + 'static>(error: &anyhow::Error) -> Option<ErrorKind> {
        error.downcast_ref().map(E::kind)
    }
    let kinds = [
        of::<SpecError>,
        of::<CellsError>,
        of::<FindError>,
        of::<FindRunsError>,
        of::<SampleError>,
        of::<FolderError>,
        of::<StoredError>,
        of::<PlotError>,
        of::<PageError>,
        of::<WriteError>,
    ];
    kinds.iter().find_map(|of| of(error)).unwrap_or(ErrorKind::Failed)
}

/// An error and its causes; most of ours name their cause in their own text.
pub fn error_text(error: &anyhow::Error) -> String {
    let mut reported = String::new();
    for cause in error.chain().map(|cause| cause.to_string()) {
        if reported.is_empty() {
            reported = cause;
        } else if !reported.contains(&cause) {
            reported = format!("{reported}: {cause}");
        }
    }
    reported
}
