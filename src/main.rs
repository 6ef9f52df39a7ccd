//! `labctl`: the laboratory at the command line.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use labctl::whole_file;

use crate::cli::{Cli, Command, Exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    whole_file::wait_for_disk(std::env::var_os("LABCTL_FSYNC").is_none_or(|choice| choice != "off"));
    let terminal = cli::Terminal::new(cli.color);
    let outcome = match cli.command {
        Command::Run(args) => cli::run::run(&args, &terminal),
        Command::Watch(args) => cli::watch::run(&args, &terminal),
        Command::Machine(args) => cli::machine::run(&args, &terminal),
        Command::Parse(args) => cli::parse::run(&args, &terminal),
        Command::Check(args) => cli::check::run(&args, &terminal),
        Command::Why(args) => cli::why::run(&args, &terminal),
        Command::Causality(args) => cli::causality::run(&args, &terminal),
        Command::Metrics(args) => cli::metrics::run(&args, &terminal),
        Command::Dialect(args) => cli::dialect::run(&args, &terminal),
        Command::Grade(args) => cli::grade::run(&args, &terminal),
        Command::Export(args) => cli::export::run(&args, &terminal),
        Command::Compare(args) => cli::compare::run(&args, &terminal),
        Command::Power(args) => cli::power::run(&args, &terminal),
        Command::Plot(args) => cli::plot::run(&args, &terminal),
        Command::Recover(args) => cli::recover::run(&args, &terminal),
        Command::Report(args) => cli::report::run(&args, &terminal),
        Command::Sweep(args) => cli::sweep::run(&args, &terminal),
        Command::Plan(args) => cli::plan::run(&args, &terminal),
        Command::Exec(args) => cli::exec::run(&args, &terminal),
        Command::Collect(args) => cli::collect::run(&args, &terminal),
        Command::Reproduce(args) => cli::reproduce::run(&args, &terminal),
        Command::Predict(args) => cli::predict::run(&args, &terminal),
        Command::Twin(args) => cli::twin::run(&args, &terminal),
        Command::Verify(args) => cli::verify::run(&args, &terminal),
        Command::Schema(args) => cli::schema::run(&args, &terminal),
        Command::Completions(args) => cli::completions::run(&args, &terminal),
        Command::Man(args) => cli::man::run(&args, &terminal),
    };
    cli::signals::wait_if_ending();
    terminal.exit_code(outcome.unwrap_or_else(Exit::Error))
}
