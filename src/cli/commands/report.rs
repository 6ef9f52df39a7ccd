//! `labctl report`: one page on what was run, measured and found.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use labctl::read::find::find_all_sweeps;
use labctl::report::{self, PageFormat, may_be_replaced};

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::ui::reading::Watcher;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl report results/exp4/latest               report.html, on one run
  labctl report results/ -o all.html              all runs and sweeps
  labctl report results/probs                     a sweep
  labctl report somebody/logs/ --dialect auto     logs in another format
  labctl report results/ --format md              report.md, for a lab notebook

The page is one file that needs neither the network nor anything beside it: the
findings, the charts, metrics with their intervals, the fidelity of the clocks,
the verdicts of the audit, theory beside measurement, and last what was run.
Lines over time are thinned to what can be seen, and of many runs the first are
reported in full; the page says where. As Markdown its charts are SVG files in a
folder beside it: those of report.md in report_charts/. A report is replaced by
one of the same name, any other file is left alone.";

/// The arguments of `labctl report`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Runs, trees of runs, sweeps, or foreign logs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The file to write, or `-` for standard output, there without charts as Markdown [default: report.html or report.md]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// One page for a browser, or Markdown for a lab notebook [default: by the end of the file's name, or html]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatFlag>,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatFlag {
    Html,
    Md,
}

/// Writes the report on what is at the paths.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (format, output) = args.target();
    let to_stdout = output == Path::new("-");
    if !to_stdout && !may_be_replaced(&output) {
        terminal.error(format!(
            "{} is there and no report of labctl; choose another name by -o, or move it away",
            output.display()
        ));
        return Ok(Exit::Usage);
    }
    let sweeps = find_all_sweeps(&args.paths)?;
    let runs = args.dialect.find_runs_beside(&args.paths, &sweeps, terminal)?;
    let mut watcher = Watcher::start(runs.len(), terminal);
    let subjects = report::read_subjects(runs, &sweeps, &mut watcher)?;
    let unreadable = watcher.unreadable;
    drop(watcher);
    if subjects.runs.is_empty() && subjects.sweeps.is_empty() {
        return Ok(Exit::Failed);
    }
    let document = report::document(&subjects, &args.command());
    if to_stdout {
        terminal.document(&format.page(&document)?)?;
    } else {
        let bytes = format.write(&document, &output)?;
        terminal.say(format!("report: {} ({} KiB)", output.display(), bytes.div_ceil(1024)));
    }
    let logs = subjects.runs.iter().map(|run| (&run.stored, &run.logs[..]));
    Ok(if args.dialect.judge_runs(logs, terminal) && unreadable == 0 { Exit::Done } else { Exit::Failed })
}

impl Args {
    /// How to write, and where.
    fn target(&self) -> (PageFormat, PathBuf) {
        let ends_in = |ends: &[&str]| {
            let end = self.output.as_ref().and_then(|path| path.extension());
            end.is_some_and(|end| ends.iter().any(|one| end.eq_ignore_ascii_case(one)))
        };
        let is_markdown = match self.format {
            Some(format) => format == FormatFlag::Md,
            None => ends_in(&["md", "markdown"]),
        };
        let (format, default) = match is_markdown {
            true => (PageFormat::Markdown, "report.md"),
            false => (PageFormat::Html, "report.html"),
        };
        (format, self.output.clone().unwrap_or_else(|| PathBuf::from(default)))
    }

    /// That makes the same report again.
    fn command(&self) -> String {
        let paths = self.paths.iter().map(|path| path.display().to_string());
        ["labctl report".to_owned()].into_iter().chain(paths).collect::<Vec<_>>().join(" ")
    }
}
