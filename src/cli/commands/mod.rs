//! The commands, one a file or folder.

pub mod causality;
pub mod check;
pub mod compare;
pub mod completions;
pub mod dialect;
pub mod export;
pub mod grade;
pub mod init;
pub mod list;
pub mod machine;
pub mod man;
pub mod metrics;
pub mod new;
pub mod notebook;
pub mod parse;
pub mod plot;
pub mod predict;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod schema;
pub mod sweep;
pub mod twin;
pub mod watch;

use clap::Subcommand;

use crate::cli::{Exit, Terminal};

/// The commands in their groups, each with its module, its variant and its line
/// in the help; what stands in `hidden` is not listed there. From this come the
/// command line, the groups of its help, and what is run.
macro_rules! commands {
    ($($title:literal { $($module:ident $variant:ident $about:literal)* })* hidden { $($hidden:ident $unlisted:ident $what:literal)* }) => {
        /// What labctl can do.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[doc = $about] $variant(Box<$module::Args>),)*)*
            $(#[doc = $what] #[command(hide = true)] $unlisted(Box<$hidden::Args>),)*
        }

        /// The commands that are shown, in groups.
        pub const GROUPS: &[(&str, &[&str])] = &[$(($title, &[$(stringify!($module)),*])),*];

        impl Command {
            /// Does what the command says.
            pub fn run(&self, terminal: &Terminal) -> anyhow::Result<Exit> {
                match self {
                    $($(Command::$variant(args) => $module::run(args, terminal),)*)*
                    $(Command::$unlisted(args) => $hidden::run(args, terminal),)*
                }
            }
        }
    };
}

commands! {
    "Run" {
        init Init "Make a folder to work in: the specs, and a schema for the editor"
        new New "Write a commented spec of your own to begin with"
        run Run "Run experiments on real sockets, then measure and draw them"
        watch Watch "Follow a run that another process makes, on the whole terminal"
        machine Machine "Run one machine by hand, in a terminal of its own"
    }
    "Many runs" {
        notebook Notebook "Make the runs of the assignment, and a page with its questions"
        sweep Sweep "Make many runs: over values of any key, and over replicates"
        reproduce Reproduce "Run the lab notebook's experiments again, and judge its claims"
    }
    "Look" {
        list List "List runs and sweeps: when, by which engine, and how they ended"
        metrics Metrics "Measure runs: queues, clocks, jumps, rates, messages"
        plot Plot "Draw the charts of runs and sweeps"
        report Report "Write one page on runs: findings, verdicts, metrics and charts"
    }
    "Understand" {
        check Check "Tell whether logs are true, rule by rule, with the lines at fault"
        causality Causality "Count which events are ordered; tell why an event has its clock"
        predict Predict "Say what to expect of an experiment, and how far runs lie from it"
        compare Compare "Tell whether two samples of runs differ by more than chance"
        twin Twin "Compare sockets and simulator, event by event or byte by byte"
    }
    "Exchange" {
        parse Parse "Turn logs into one tidy events table"
        export Export "Write runs for ShiViz, Perfetto, Mermaid, or as CSV, JSON, Parquet"
        dialect Dialect "Read foreign logs: list, show, try and propose dialects"
        grade Grade "Check and measure many submissions: a page each, and one table"
    }
    hidden {
        schema Schema "Print the schema of specs, from which editors complete and check them"
        completions Completions "Print the completions of a shell"
        man Man "Print labctl's manual page, or write the pages of all commands"
    }
}
