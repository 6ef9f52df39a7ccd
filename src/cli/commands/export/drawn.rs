//! Formats that draw messages: ShiViz, Perfetto and Mermaid.

use std::collections::BTreeSet;
use std::io::BufWriter;
use std::path::PathBuf;

use anyhow::Context;
use labctl::export::perfetto::{self, Drawn, PerfettoWriter, TraceError};
use labctl::export::shiviz::{self, ShivizWriter};
use labctl::export::{Excerpt, mermaid};
use labctl::history::History;
use labctl::log::ReadStats;
use labctl::model::event::MachineId;
use labctl::read::run_path::RunPath;
use labctl::read::{origin, read_history};

use super::{Job, refused};
use crate::cli::Exit;
use crate::cli::ui::output::Draft;
use crate::cli::ui::view::counted;

/// What the runs had to say, all together.
#[derive(Default)]
struct Seen {
    machines: BTreeSet<MachineId>,
    last_us: Option<i64>,
    events: u64,
    stats: Vec<(PathBuf, ReadStats)>,
}

/// Reads the runs one by one, and shows of each what the window shows.
fn each(
    job: &Job<'_>,
    seen: &mut Seen,
    mut see: impl FnMut(&Excerpt<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for run in job.runs {
        let history = read_history(run)?;
        let excerpt = Excerpt::of((&run.experiment, &run.run), &history, origin(run)?.stamp, job.window);
        seen.add(run, &history, &excerpt);
        see(&excerpt)?;
        for machine in history.machines().iter().filter(|machine| machine.runs_back()) {
            job.terminal.warn(format!(
                "{}: its stamps run backwards, so events stand at times that are not in their order",
                machine.path().display()
            ));
        }
        if let Some(missing) = history.missing_logs() {
            job.terminal
                .warn(format!("{}: {missing}, and so neither are their messages", run.folder.display()));
        }
        if excerpt.events() > 0 {
            tell_arrivals(job, run, &excerpt);
        }
    }
    Ok(())
}

impl Seen {
    fn add(&mut self, run: &RunPath, history: &History, excerpt: &Excerpt<'_>) {
        self.events += excerpt.events();
        for machine in history.machines() {
            self.machines.insert(machine.id());
            let times = (0..machine.len() as u32).map(|index| excerpt.time_us(machine.stamp(index)));
            self.last_us = self.last_us.max(times.max());
            if run.dialect.is_some() {
                self.stats.push((machine.path().to_owned(), machine.stats().clone()));
            }
        }
    }

    /// Why nothing can be written, if so.
    fn nothing(&self, job: &Job<'_>) -> Option<Exit> {
        job.unknown_machine(&self.machines).or_else(|| (self.events == 0).then(|| job.nothing(self.last_us)))
    }

    /// Puts what was written into its place, and judges foreign logs.
    fn end(self, job: &Job<'_>, draft: Draft, what: &str) -> anyhow::Result<Exit> {
        draft.finish()?;
        job.written(what);
        let dialect = job.runs.iter().find_map(|run| run.dialect.as_ref());
        let logs = self.stats.iter().map(|(path, stats)| (path.as_path(), stats));
        let is_good = dialect.is_none_or(|of| job.args.dialect.judge(&of.dialect, logs, job.terminal));
        Ok(if is_good { Exit::Done } else { Exit::Failed })
    }
}

/// Says of which messages the arrows are missing, or guessed.
fn tell_arrivals(job: &Job<'_>, run: &RunPath, excerpt: &Excerpt<'_>) {
    let arrivals = excerpt.arrivals();
    let reported = [
        (arrivals.outside, "whose SEND lies outside of the window"),
        (arrivals.unmatched, "without a SEND in the logs"),
        (arrivals.ambiguous, "that more than one SEND fits, of which the likeliest is taken"),
    ];
    for (count, what) in reported.into_iter().filter(|(count, _)| *count > 0) {
        job.terminal.say(format!("{}: RECEIVEs {what}: {count}", run.folder.display()));
    }
}

pub fn shiviz(job: &Job<'_>) -> anyhow::Result<Exit> {
    let draft = job.draft()?;
    let mut seen = Seen::default();
    let mut writer = ShivizWriter::new(BufWriter::new(draft.file())).with_context(|| draft.failed())?;
    each(job, &mut seen, |excerpt| {
        let dropped = writer.add(excerpt).with_context(|| draft.failed())?.len();
        if dropped > 0 {
            job.terminal.warn(format!(
                "messages that contradict the order of the others, and are not drawn: {dropped}"
            ));
        }
        Ok(())
    })?;
    let events = writer.finish().with_context(|| draft.failed())?;
    if let Some(exit) = seen.nothing(job) {
        return Ok(exit);
    }
    shiviz::check(draft.read()?, events).with_context(|| refused("ShiViz"))?;
    if events > shiviz::EVENTS_ADVISED {
        let advised = shiviz::EVENTS_ADVISED;
        let advice = "--from, --until and --machines show fewer";
        job.terminal.warn(format!(
            "ShiViz is slow with more than {advised} events, and there are {events}; {advice}"
        ));
    }
    seen.end(job, draft, &format!("{} for ShiViz", counted(events, "event")))
}

pub fn perfetto(job: &Job<'_>) -> anyhow::Result<Exit> {
    let draft = job.draft()?;
    let mut seen = Seen::default();
    let mut writer = PerfettoWriter::new(BufWriter::new(draft.file())).with_context(|| draft.failed())?;
    let mut drawn = Drawn::default();
    each(job, &mut seen, |excerpt| {
        let of_run = match writer.add(excerpt) {
            Err(TraceError::Write(error)) => Err(error).with_context(|| draft.failed())?,
            of_run => of_run?,
        };
        drawn.is_spread |= of_run.is_spread;
        drawn.late += of_run.late;
        Ok(())
    })?;
    let events = writer.finish().with_context(|| draft.failed())?;
    if let Some(exit) = seen.nothing(job) {
        return Ok(exit);
    }
    perfetto::check(draft.read()?, events).with_context(|| refused("Perfetto"))?;
    if drawn.is_spread {
        job.terminal.say("stamps are coarse, so events of the same stamp are spread over it, in their order");
    }
    if drawn.late > 0 {
        job.terminal.warn(format!(
            "events that stand later than stamped, to come after what they follow: {}",
            drawn.late
        ));
    }
    if draft.file().metadata()?.len() > perfetto::BYTES_ADVISED {
        let size = perfetto::BYTES_ADVISED / 1_000_000;
        let advice = "--from, --until and --machines make it smaller";
        job.terminal
            .warn(format!("a browser may lack the memory for a trace of more than {size} MB; {advice}"));
    }
    seen.end(job, draft, &format!("{} for Perfetto", counted(events, "event")))
}

pub fn mermaid(job: &Job<'_>) -> anyhow::Result<Exit> {
    if let [first, _, ..] = job.runs {
        job.terminal.error(format!(
            "a sequence diagram shows one run, and there are {}; name one, like {}",
            job.runs.len(),
            first.folder.display()
        ));
        return Ok(Exit::Usage);
    }
    let draft = job.draft()?;
    let mut seen = Seen::default();
    let mut rows = 0;
    each(job, &mut seen, |excerpt| {
        rows = mermaid::write(BufWriter::new(draft.file()), excerpt).with_context(|| draft.failed())?;
        Ok(())
    })?;
    if let Some(exit) = seen.nothing(job) {
        return Ok(exit);
    }
    let advice = "--from, --until and --machines show less";
    mermaid::check(draft.read()?, rows).with_context(|| format!("{} ({advice})", refused("Mermaid")))?;
    let events = seen.events;
    if events > mermaid::EVENTS_ADVISED {
        let advised = mermaid::EVENTS_ADVISED;
        job.terminal
            .warn(format!("more than {advised} events are hard to follow, and there are {events}; {advice}"));
    }
    seen.end(job, draft, &format!("{} for Mermaid", counted(events, "event")))
}
