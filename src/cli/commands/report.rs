//! `labctl report`: one page on what was run, measured and found.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use labctl::charts::Format;
use labctl::files::regular::open_regular;
use labctl::read::find::find_all_sweeps;
use labctl::report::{self, Document, GENERATOR, GatherError, gathering};
use labctl::store::write_file;

use crate::cli::flags::dialect::DialectFlags;
use crate::cli::ui::many::Progress;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl report results/exp4/latest               report.html, on one run
  labctl report results/ -o all.html              all runs and sweeps
  labctl report results/probs                     a sweep
  labctl report somebody/logs/ --dialect auto     logs in another format
  labctl report results/ --format md              report.md, for a lab notebook

The page is one file that needs neither the network nor anything beside it: what
was run, the fidelity of the clocks, the verdicts of the audit, metrics with
their intervals, theory beside measurement, the charts, and first of all the
findings. Lines over time are thinned to what can be seen, and of many runs the
first are reported in full; the page says where. As Markdown its charts are SVG
files in a folder beside it: those of report.md in report_charts/. A report is
replaced by one of the same name, any other file is left alone.";

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
    format: Option<PageFormat>,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PageFormat {
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
    let mut watcher =
        Watcher { progress: Progress::start(runs.len() as u64, terminal), terminal, unreadable: 0 };
    let subjects = report::gather(runs, &sweeps, &mut watcher)?;
    let Watcher { unreadable, .. } = watcher;
    if subjects.runs.is_empty() && subjects.sweeps.is_empty() {
        return Ok(Exit::Failed);
    }
    let document = report::document(&subjects, &args.command());
    if to_stdout {
        // Markdown has its charts in files, for which there is no place here.
        terminal.document(&match format {
            PageFormat::Html => report::html(&document)?,
            PageFormat::Md => report::markdown(&document, None)?,
        })?;
    } else {
        let bytes = match format {
            PageFormat::Html => write(&output, &report::html(&document)?)?,
            PageFormat::Md => write_markdown(&output, &document)?,
        };
        terminal.say(format!("report: {} ({} KiB)", output.display(), bytes.div_ceil(1024)));
    }
    let logs = subjects.runs.iter().map(|run| (&run.stored, &run.logs[..]));
    Ok(if args.dialect.judge_runs(logs, terminal) && unreadable == 0 { Exit::Done } else { Exit::Failed })
}

/// Shows how many runs are read, and reports those that cannot be.
struct Watcher<'a> {
    progress: Progress<'a>,
    terminal: &'a Terminal,
    unreadable: u64,
}

impl gathering::Watcher for Watcher<'_> {
    fn next(&mut self) {
        self.progress.next();
    }

    fn unreadable(&mut self, error: &GatherError) {
        self.unreadable += 1;
        self.progress.next();
        self.progress.suspended(|| self.terminal.error(error));
    }
}

impl Args {
    /// How to write, and where.
    fn target(&self) -> (PageFormat, PathBuf) {
        let ends_in = |ends: &[&str]| {
            let end = self.output.as_ref().and_then(|path| path.extension());
            end.is_some_and(|end| ends.iter().any(|one| end.eq_ignore_ascii_case(one)))
        };
        let by_name = if ends_in(&["md", "markdown"]) { PageFormat::Md } else { PageFormat::Html };
        let format = self.format.unwrap_or(by_name);
        let default = if format == PageFormat::Md { "report.md" } else { "report.html" };
        (format, self.output.clone().unwrap_or_else(|| PathBuf::from(default)))
    }

    /// That makes the same report again.
    fn command(&self) -> String {
        let paths = self.paths.iter().map(|path| path.display().to_string());
        ["labctl report".to_owned()].into_iter().chain(paths).collect::<Vec<_>>().join(" ")
    }
}

/// Whether nothing is there, or a report that was made before.
fn may_be_replaced(path: &Path) -> bool {
    const BYTES_LOOKED_AT: u64 = 4096;
    if path.symlink_metadata().is_err() {
        return true;
    }
    let mut start = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(BYTES_LOOKED_AT).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains(GENERATOR)
}

fn write(path: &Path, page: &str) -> anyhow::Result<usize> {
    write_file(path, page.as_bytes())?;
    Ok(page.len())
}

fn write_markdown(path: &Path, document: &Document) -> anyhow::Result<usize> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = format!("{stem}_charts");
    let place = path.with_file_name(&folder);
    for figure in document.figures() {
        figure.chart.write(&place, Format::Svg)?;
    }
    write(path, &report::markdown(document, Some(&link(&folder)))?)
}

/// A name as the target of a link.
fn link(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}
