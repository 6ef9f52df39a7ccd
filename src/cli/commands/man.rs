//! `labctl man`: the manual pages, made of what `--help` says.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use labctl::store::write_file;

use crate::cli::{Cli, Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl man | man -l -
  labctl man ~/.local/share/man/man1

Given a folder, writes labctl.1 and a page for each command into it:
labctl-run.1, labctl-sweep.1 and so on. `man labctl-run` finds them where the
folder is one of `manpath`.";

/// Stands before the words of how a command may end.
const EXIT_CODES: &str = "Exit codes: ";

/// The arguments of `labctl man`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Write the pages of all commands into this folder
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// One manual page.
struct Page {
    file_name: String,
    roff: Vec<u8>,
}

/// Prints the page of labctl itself, or writes them all.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let Some(folder) = &args.folder else {
        terminal.document(&String::from_utf8(page(&root, None)?.roff)?)?;
        return Ok(Exit::Done);
    };
    let mut pages = Vec::new();
    pages_below(&root, None, &mut pages)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for page in &pages {
        write_file(&folder.join(&page.file_name), &page.roff)?;
    }
    terminal.say(format!("{} pages in {}", pages.len(), folder.display()));
    Ok(Exit::Done)
}

/// The page of a command and those of its subcommands.
fn pages_below(command: &Command, above: Option<&str>, pages: &mut Vec<Page>) -> anyhow::Result<()> {
    pages.push(page(command, above)?);
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages_below(below, Some(name(command)), pages)?;
    }
    Ok(())
}

/// As pages call a command: `labctl-dialect-list`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command, above: Option<&str>) -> anyhow::Result<Page> {
    let man = Man::new(command.clone());
    // Pages bear no date: they are the same whenever they are made.
    let version = env!("CARGO_PKG_VERSION");
    let title = format!(".TH \"{}\" 1 \"\" \"labctl {version}\" \"User Commands\"\n", name(command));
    let mut roff = title.into_bytes();
    man.render_name_section(&mut roff)?;
    man.render_synopsis_section(&mut roff)?;
    man.render_description_section(&mut roff)?;
    man.render_options_section(&mut roff)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut roff)?;
    }
    if let Some(help) = command.get_after_help() {
        closing_words(&help.to_string()).to_writer(&mut roff)?;
    }
    if let Some(above) = above {
        let mut see_also = Roff::default();
        see_also.control("SH", ["SEE ALSO"]).text([bold(above), roman("(1)")]);
        see_also.to_writer(&mut roff)?;
    }
    Ok(Page { file_name: man.get_filename(), roff })
}

/// The examples and explanations at the end of a help text. Lines that are set
/// in there are typed as they stand; of the others, blank lines part paragraphs.
fn closing_words(help: &str) -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", ["EXAMPLES"]);
    let (mut is_typed, mut is_parted) = (false, false);
    for line in help.lines().skip_while(|line| *line == "Examples:") {
        if line.starts_with("  ") != is_typed {
            is_typed = !is_typed;
            roff.control(if is_typed { "EX" } else { "EE" }, []);
        }
        if line.is_empty() {
            is_parted = true;
            continue;
        }
        let codes = line.strip_prefix(EXIT_CODES);
        match codes {
            Some(_) => _ = roff.control("SH", ["EXIT STATUS"]),
            None if is_parted && !is_typed => _ = roff.control("PP", []),
            None => {}
        }
        is_parted = false;
        roff.text([roman(codes.unwrap_or(line))]);
    }
    if is_typed {
        roff.control("EE", []);
    }
    roff
}
