//! Many runs, read side by side while a person sees how far it is.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use labctl::parallel;
use labctl::read::ReadError;
use labctl::read::run_path::RunPath;
use labctl::table::{EventSink, EventTable, TextFormat, TextSink, write_aside};

use crate::cli::Terminal;

/// Who waits less long than this needs to see nothing.
const QUIET: Duration = Duration::from_millis(500);
const REDRAW_EVERY: Duration = Duration::from_millis(200);
/// Off a terminal, a plain line this often.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// Has `work` done on every run, several at once as far as memory allows, and
/// gives the results to `take` in the order of the runs.
///
/// # Errors
///
/// What `take` fails with; runs that are not begun then are left.
pub fn each<'r, R: Send>(
    runs: &'r [RunPath],
    terminal: &Terminal,
    work: impl Fn(&RunPath) -> R + Sync,
    mut take: impl FnMut(&'r RunPath, R, &Progress<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let progress = Progress::start(runs.len() as u64, terminal);
    let mut next = runs.iter();
    parallel::in_order(runs, RunPath::log_bytes, work, |result| {
        progress.next();
        next.next().map_or(Ok(()), |run| take(run, result, &progress))
    })
}

/// Where a run's rows go.
pub type Rows<'a> = EventTable<Box<dyn EventSink + Send + 'a>>;

/// Runs with smaller logs are turned into rows side by side.
const ROWS_ASIDE_BYTES_MAX: u64 = 4 << 20;

/// Writes one table of all runs, in their order, and gives what `read` finds
/// beside the rows.
///
/// # Errors
///
/// What `read` fails with, or the table cannot be written.
pub fn table<R: Send>(
    runs: &[RunPath],
    format: TextFormat,
    mut out: impl Write + Send,
    terminal: &Terminal,
    read: impl Fn(&RunPath, &mut Rows<'_>) -> Result<R, ReadError> + Sync,
) -> Result<Vec<R>, ReadError> {
    EventTable::new(TextSink::new(format, &mut out)).finish()?;
    let progress = Progress::start(runs.len() as u64, terminal);
    let (mut all, mut next) = (Vec::with_capacity(runs.len()), runs.iter());
    let aside = |run: &RunPath| {
        let is_small = run.log_bytes() <= ROWS_ASIDE_BYTES_MAX;
        is_small.then(|| {
            let mut text = Vec::new();
            let sink: Box<dyn EventSink + Send> = Box::new(TextSink::rows(format, &mut text));
            let mut rows = EventTable::new(sink);
            let found = read(run, &mut rows)?;
            rows.finish()?;
            Ok::<_, ReadError>((text, found))
        })
    };
    let weight = |run: &RunPath| Some(run.log_bytes()).filter(|bytes| *bytes <= ROWS_ASIDE_BYTES_MAX);
    parallel::in_order(
        runs,
        |run| weight(run).unwrap_or(0),
        aside,
        |small| {
            progress.next();
            let run = next.next();
            match (small, run) {
                (Some(small), _) => {
                    let (rows, found) = small?;
                    out.write_all(&rows).map_err(ReadError::of_table)?;
                    all.push(found);
                }
                // A large one is read by all threads, and goes straight to its place.
                (None, Some(run)) => {
                    all.push(write_aside(TextSink::rows(format, &mut out), |rows| read(run, rows))?);
                }
                (None, None) => {}
            }
            Ok::<(), ReadError>(())
        },
    )?;
    out.flush().map_err(ReadError::of_table)?;
    Ok(all)
}

/// How many runs are read.
pub struct Progress<'a> {
    bar: ProgressBar,
    reported: std::cell::Cell<Duration>,
    terminal: &'a Terminal,
}

impl<'a> Progress<'a> {
    /// Starts to count up to `runs`.
    pub fn start(runs: u64, terminal: &'a Terminal) -> Progress<'a> {
        let bar = ProgressBar::with_draw_target(Some(runs), ProgressDrawTarget::hidden());
        let template = "[{bar:40.cyan/blue}] {pos} of {len} runs read, {eta} to go";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸─"));
        Progress { bar, reported: std::cell::Cell::default(), terminal }
    }

    /// One more is read.
    pub fn next(&self) {
        self.bar.inc(1);
        let elapsed = self.bar.elapsed();
        if self.terminal.talk_to_a_person {
            if self.bar.is_hidden() && elapsed > QUIET {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
                self.bar.enable_steady_tick(REDRAW_EVERY);
            }
        } else if elapsed >= self.reported.get() + PLAIN_EVERY {
            self.reported.set(elapsed);
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
            self.terminal.say(format!("{done} of {all} runs read"));
        }
    }

    /// Talks without the bar in between.
    pub fn suspended<T>(&self, talk: impl FnOnce() -> T) -> T {
        self.bar.suspend(talk)
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
