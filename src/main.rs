//! `labctl`: the laboratory at the command line.

mod cli;

use std::process::ExitCode;

use labctl::files::atomic;

use crate::cli::{Exit, Terminal};

fn main() -> ExitCode {
    let cli = cli::parse();
    atomic::wait_for_disk(std::env::var_os("LABCTL_FSYNC").is_none_or(|choice| choice != "off"));
    let terminal = Terminal::new(cli.color);
    let outcome = cli::end_at_signals().and_then(|()| cli.command.run(&terminal));
    cli::pass_unless_ending();
    terminal.exit_code(outcome.unwrap_or_else(Exit::Error))
}
