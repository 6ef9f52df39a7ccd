//! The commands, one a file, and what they share. Nothing of this is known to
//! the library.

mod audits;
pub mod causality;
pub mod check;
pub mod collect;
pub mod compare;
pub mod completions;
mod conduct;
pub mod dialect;
mod dialect_flags;
mod engine_flag;
pub mod exec;
pub mod export;
mod fulfil;
mod gathered;
pub mod grade;
mod live;
mod look_flags;
pub mod machine;
pub mod man;
mod many;
pub mod metrics;
mod output;
mod output_format;
pub mod parse;
pub mod plan;
mod plan_flags;
pub mod plot;
pub mod power;
pub mod predict;
mod progress;
pub mod recover;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod schema;
pub mod signals;
mod space_time_flags;
mod spec_flags;
pub mod sweep;
mod sweep_progress;
mod terminal;
mod token;
pub mod twin;
pub mod verify;
mod view;
pub mod watch;
pub mod why;

pub use signals::{end_at_once as end_at_signals, pass_unless_ending};
pub use terminal::{Color, Exit, Terminal};

use labctl::rounding;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand};

const AFTER_HELP: &str = "\
First steps:
  labctl run experiments/exp4.toml --speedup 10   run an experiment, measure it, draw its charts
  labctl metrics results/exp4/latest              see the numbers again
  labctl plot results/                            draw the charts of everything under results/

Exit codes: 0 done; 1 a run or a check failed; 2 wrong usage, a wrong spec or a path that leads
nowhere; 3 too few runs to tell; 4 a sweep finished in part; 130, 143 interrupted.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// A laboratory for the scale model of distributed systems.
///
/// N machines, each with its own clock rate, a message queue and a Lamport
/// clock, talk over real TCP sockets. labctl runs them from a spec, records
/// every event, measures what happened and draws it.
#[derive(Debug, Parser)]
#[command(name = "labctl", version, after_help = AFTER_HELP, styles = STYLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// What labctl can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run experiments on real sockets, then measure and draw them
    Run(Box<run::Args>),
    /// Follow a run that another process makes, on the whole terminal
    Watch(watch::Args),
    /// Run one machine by hand, in a terminal of its own
    Machine(machine::Args),
    /// Turn logs into one tidy events table, and tell what is odd about them
    Parse(parse::Args),
    /// Tell whether logs are true, rule by rule, with the lines that break one
    Check(check::Args),
    /// Show the longest causal chain behind an event, which proves its clock
    Why(why::Args),
    /// Count which pairs of events are ordered, and what it costs to know
    Causality(causality::Args),
    /// Measure runs: queues, clocks, jumps, rates, messages
    Metrics(metrics::Args),
    /// Read logs of others: list, show, try and propose dialects
    Dialect(dialect::Args),
    /// Read, audit and measure many submissions: a page each, and a table of all
    Grade(grade::Args),
    /// Write runs in the formats of other programs: ShiViz, Perfetto, Mermaid, CSV, JSON Lines, Parquet
    Export(export::Args),
    /// Tell whether two samples of runs differ by more than chance
    Compare(compare::Args),
    /// Say how many runs a wanted precision needs
    Power(power::Args),
    /// Draw the charts of runs
    Plot(plot::Args),
    /// Complete the runs of processes that were killed
    Recover(recover::Args),
    /// Write one page on runs: findings, verdicts, metrics, theory and charts
    Report(report::Args),
    /// Make many runs: over values of any key, and over replicates
    Sweep(Box<sweep::Args>),
    /// Write a sweep down, to be run in pieces and anywhere
    Plan(Box<plan::Args>),
    /// Run a piece of a plan
    Exec(exec::Args),
    /// Join what came back of a plan
    Collect(collect::Args),
    /// Run the lab notebook's experiments again, and judge what it claims
    Reproduce(reproduce::Args),
    /// Say what should happen in an experiment, by theory, and how far runs lie from it
    Predict(predict::Args),
    /// Run a spec on sockets and in the simulator, and compare them event by event
    Twin(Box<twin::Args>),
    /// Simulate a stored run again and compare every byte of its logs
    Verify(verify::Args),
    /// Print the schema of specs, from which editors complete and check them
    Schema(schema::Args),
    /// Print the completions of a shell
    Completions(completions::Args),
    /// Print labctl's manual page, or write the pages of all commands
    Man(man::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    /// clap breaks longer lines in the middle, and leaves the rest as it is.
    #[test]
    fn no_line_of_what_ends_a_help_text_is_broken() {
        const WIDEST: usize = 100;
        let top = Cli::command();
        for command in [&top].into_iter().chain(top.get_subcommands()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty() || command.has_subcommands(), "{} has no example", command.get_name());
            for line in help.lines() {
                assert!(line.chars().count() <= WIDEST, "{}: {line}", command.get_name());
            }
        }
    }
}
