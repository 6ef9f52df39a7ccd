//! The commands, one a file, and what they share. Nothing of this is known to
//! the library.

pub mod commands;
pub mod flags;
pub mod ui;

pub use ui::signals::{end_at_once as end_at_signals, pass_unless_ending};
pub use ui::terminal::{Color, Exit, Terminal};

use std::io::Write;

use labctl::statistics::rounding;
use labctl::text::wrap;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};

use commands::{Command, GROUPS};

const AFTER_HELP: &str = "\
First steps:
  labctl run exp4 --speedup 10         run, measure and draw, in any folder
  labctl metrics results/exp4/latest   see the numbers again
  labctl list --experiments            see what else there is to run
  labctl init                          have the specs here, to change them

Exit codes: 0 done; 1 a run or a check failed; 2 wrong usage, a wrong spec or a
path that leads nowhere; 3 too few runs to tell; 4 a sweep finished in part;
130, 143 interrupted.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const ABOUT: &str = "\
A laboratory for the scale model of distributed systems. N machines, each with
its own clock rate, a message queue and a Lamport clock, talk over real TCP
sockets. labctl runs them from a spec, records every event, measures and draws.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "labctl", version, about = ABOUT, long_about = None, after_help = AFTER_HELP, styles = STYLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// Names that commands and flags once had, and the ones they have.
const FORMER_NAMES: [(&str, &str); 9] = [
    ("why", "causality why"),
    ("power", "predict power"),
    ("verify", "twin verify"),
    ("plan", "sweep plan"),
    ("exec", "sweep exec"),
    ("collect", "sweep collect"),
    ("recover", "check --recover"),
    ("--run-name", "--name"),
    ("--spec", "labctl machine SPEC ID"),
];

/// The command line, with its commands in groups.
pub fn command() -> clap::Command {
    let command = Cli::command();
    let header = STYLES.get_header();
    let literal = STYLES.get_literal();
    let mut groups = String::new();
    for (title, names) in GROUPS {
        groups += &format!("{header}{title}:{header:#}\n");
        for name in *names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            groups += &format!("  {literal}{name:<11}{literal:#}{about}\n");
        }
        groups.push('\n');
    }
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{header}Options:{header:#}\n{{options}}{{after-help}}"
    ))
}

/// What the command line says; leaves the program where that is wrong, or asks
/// for help.
pub fn parse() -> Cli {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        let wrong = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg]
            .into_iter()
            .find_map(|kind| error.get(kind))
            .map(ToString::to_string);
        let now = FORMER_NAMES.iter().find(|(former, _)| wrong.as_deref() == Some(*former));
        if let (Some((former, now)), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument) =
            (now, error.kind())
        {
            leave(&command().error(error.kind(), format!("`{former}` is called `{now}`")));
        }
        leave(&error)
    })
}

/// Tells what clap has to say, in lines that the terminal has room for, and leaves
/// the program.
fn leave(error: &clap::Error) -> ! {
    match ui::terminal::talk_columns() {
        Some(columns) if error.use_stderr() => {
            // Whoever closed standard error does not want to hear.
            let _ = write!(
                anstream::stderr(),
                "{}",
                wrap::prose(&error.render().ansi().to_string(), columns.into())
            );
            std::process::exit(error.exit_code())
        }
        _ => error.exit(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    /// clap breaks longer lines in the middle, and leaves the rest as it is.
    #[test]
    fn no_line_of_what_ends_a_help_text_is_broken() {
        const WIDEST: usize = 80;
        let top = Cli::command();
        let below = top.get_subcommands().flat_map(|command| command.get_subcommands());
        for command in [&top].into_iter().chain(top.get_subcommands()).chain(below) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= WIDEST, "{}: {line}", command.get_name());
            }
        }
    }
}
