//! `labctl completions`: what a shell offers after the tab key.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::{Cli, Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl completions bash > ~/.local/share/bash-completion/completions/labctl
  labctl completions zsh > \"${fpath[1]}/_labctl\"
  labctl completions fish > ~/.config/fish/completions/labctl.fish
  labctl completions powershell >> $PROFILE
  source <(labctl completions bash)                   for this shell alone";

/// The arguments of `labctl completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The shell to complete in
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the shell's completions.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut command = Cli::command().mut_subcommand("machine", |machine| without_hidden("machine", &machine));
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "labctl", &mut script);
    terminal.document(&String::from_utf8(script)?)?;
    Ok(Exit::Done)
}

/// The same command without the flags that only labctl itself uses, which
/// scripts would offer too.
fn without_hidden(name: &'static str, command: &Command) -> Command {
    Command::new(name)
        .about(command.get_about().cloned().unwrap_or_default())
        .args(command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned())
}
