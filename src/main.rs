//! `labctl`: the laboratory at the command line.

mod cli;

use std::process::ExitCode;

use labctl::files::atomic;

use crate::cli::{Command, Exit, Terminal, commands};

fn main() -> ExitCode {
    let cli = cli::parse();
    atomic::wait_for_disk(std::env::var_os("LABCTL_FSYNC").is_none_or(|choice| choice != "off"));
    let terminal = Terminal::new(cli.color);
    let outcome = cli::end_at_signals().and_then(|()| obey(cli.command, &terminal));
    cli::pass_unless_ending();
    terminal.exit_code(outcome.unwrap_or_else(Exit::Error))
}

fn obey(command: Command, terminal: &Terminal) -> anyhow::Result<Exit> {
    match command {
        Command::Run(args) => commands::run::run(&args, terminal),
        Command::Watch(args) => commands::watch::run(&args, terminal),
        Command::Machine(args) => commands::machine::run(&args, terminal),
        Command::Sweep(args) => commands::sweep::run(&args, terminal),
        Command::Reproduce(args) => commands::reproduce::run(&args, terminal),
        Command::List(args) => commands::list::run(&args, terminal),
        Command::Metrics(args) => commands::metrics::run(&args, terminal),
        Command::Plot(args) => commands::plot::run(&args, terminal),
        Command::Report(args) => commands::report::run(&args, terminal),
        Command::Check(args) => commands::check::run(&args, terminal),
        Command::Causality(args) => commands::causality::run(&args, terminal),
        Command::Predict(args) => commands::predict::run(&args, terminal),
        Command::Compare(args) => commands::compare::run(&args, terminal),
        Command::Twin(args) => commands::twin::run(&args, terminal),
        Command::Parse(args) => commands::parse::run(&args, terminal),
        Command::Export(args) => commands::export::run(&args, terminal),
        Command::Dialect(args) => commands::dialect::run(&args, terminal),
        Command::Grade(args) => commands::grade::run(&args, terminal),
        Command::Schema(args) => commands::schema::run(&args, terminal),
        Command::Completions(args) => commands::completions::run(&args, terminal),
        Command::Man(args) => commands::man::run(&args, terminal),
    }
}
