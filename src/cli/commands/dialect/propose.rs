//! `labctl dialect new`: a dialect for logs, and what came of trying it on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use labctl::audit::source_lines::finding_text;
use labctl::audit::{HISTORY_BYTES_MAX, RULES, audit};
use labctl::dialect::{self, Accounts, Dialect, DryRun, Field, Inference, LogContext, Match, Role};
use labctl::log::open_log;
use labctl::model::event::Kind;
use labctl::read::dialect_runs::{self, FoundInDialect};
use labctl::read::find_in_dialect::FindRunsError;
use labctl::read::run_path::RunPath;
use labctl::read::runs_error::RunsError;
use labctl::read::{log_files, read_history};
use labctl::text::numbers::by_count;
use labctl::text::sanitize::harmless;

use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

/// Lines that are shown of those it is least sure of.
const LINES_SHOWN: usize = 3;

pub fn propose(logs: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Exit> {
    let files = log_files::log_files(logs).map_err(FindRunsError::from)?;
    let samples: Result<Vec<_>, _> = files.iter().map(|path| log_files::read_sample(path)).collect();
    let samples = samples.map_err(FindRunsError::from)?;
    let Some(inference) = dialect::infer(&samples) else {
        terminal.error("nothing here reads as events: no numbers rise as a logical clock does, beside words such as internal, sent or received");
        return Ok(Exit::Failed);
    };
    terminal.document(&inference.toml)?;
    let Inference { kept, broken, evidence, doubts, .. } = &inference;
    let of = counted(kept + broken, "rule");
    terminal.say(format!("{of} of the model checked from line to line: {kept} hold, {broken} do not"));
    evidence.iter().for_each(|sentence| terminal.say(sentence));
    doubts.iter().for_each(|doubt| terminal.say(format!("not certain: {doubt}")));
    match Trial::of(&inference, logs, &files) {
        Ok(trial) => trial.tell(terminal),
        Err(error) => terminal.warn(format!("it cannot be tried on these logs as it is: {error:#}")),
    }
    terminal.say("look it over, and see `labctl dialect test FILE LOG`");
    Ok(Exit::Done)
}

/// What a dialect makes of logs.
#[derive(Default)]
struct Trial {
    runs: usize,
    /// INTERNAL, SEND and RECEIVE.
    events: [u64; 3],
    recipients_known: u64,
    unmatched: u64,
    /// Lines that fit nothing.
    strange: Vec<String>,
    contradictions: u64,
    /// Runs that are too large to be looked at for these.
    too_large: usize,
    contradicting: Vec<String>,
    /// The first line of each kind and set of fields, and how many there are.
    shapes: BTreeMap<(&'static str, Vec<&'static str>), (u64, String)>,
    notes: Vec<String>,
}

impl Trial {
    fn of(inference: &Inference, logs: &[PathBuf], files: &[PathBuf]) -> anyhow::Result<Trial> {
        let dialect = Arc::new(dialect::parse("the proposal", &inference.toml)?);
        let FoundInDialect { runs, notes } = match dialect_runs::find_runs(&dialect, logs, &[]) {
            Err(RunsError::Nothing { .. }) => dialect_runs::find_runs(&dialect, files, &[])?,
            found => found?,
        };
        let mut trial = Trial { runs: runs.len(), notes, ..Trial::default() };
        for run in &runs {
            trial.read_lines(&dialect, run)?;
            trial.audit(run)?;
        }
        Ok(trial)
    }

    fn read_lines(&mut self, dialect: &Dialect, run: &RunPath) -> anyhow::Result<()> {
        for (number, path) in run.logs.iter().enumerate() {
            let context = run.dialect.as_ref().and_then(|logs| logs.contexts.get(number)).cloned();
            let context = context.unwrap_or_default();
            // A file of several machines or runs is read once.
            if context.part.as_ref().is_none_or(|part| part.accounts == Accounts::Whole) {
                let whole = LogContext { part: None, ..context };
                dialect.try_lines(&whole, open_log(path)?, |line| self.take(path, &line))?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, line: &DryRun) {
        let place = || format!("{}:{}: `{}`", path.display(), line.number, line.text);
        let kind = match line.outcome {
            Match::Unmatched => {
                self.unmatched += line.lines;
                if self.strange.len() < LINES_SHOWN {
                    self.strange.push(format!("{}, which fits nothing", place()));
                }
                return;
            }
            Match::Said(Role::Event(kind)) => kind,
            Match::Said(Role::SendToAll) => Kind::Send,
            Match::Blank | Match::Said(Role::Header | Role::Ignored) => return,
        };
        self.events[kind as usize] += 1;
        let captured = |field| line.captured.iter().any(|(found, _)| *found == field);
        let is_doubted = line.doubts.iter().any(|doubt| doubt.starts_with("its to "));
        let is_to_all = line.outcome == Match::Said(Role::SendToAll);
        self.recipients_known +=
            u64::from(kind == Kind::Send && (is_to_all || captured(Field::To) && !is_doubted));
        let fields = line.captured.iter().map(|(field, _)| field.name()).collect();
        let role = if is_to_all { Role::SendToAll.word() } else { kind.word() };
        self.shapes.entry((role, fields)).or_insert_with(|| (0, place())).0 += 1;
    }

    fn audit(&mut self, run: &RunPath) -> anyhow::Result<()> {
        if run.log_bytes() > HISTORY_BYTES_MAX {
            self.too_large += 1;
            return Ok(());
        }
        let history = read_history(run)?;
        for result in audit(&history, None, &RULES).results {
            self.contradictions += result.count();
            let first = result.findings.first().map(|finding| finding_text(&history, finding));
            self.contradicting.extend(first);
        }
        Ok(())
    }

    fn tell(&self, terminal: &Terminal) {
        self.notes.iter().for_each(|note| terminal.say(note));
        let [internal, sends, receives] =
            [Kind::Internal, Kind::Send, Kind::Receive].map(|kind| self.events[kind as usize]);
        terminal.say(format!(
            "tried on {}: {internal} INTERNAL, {sends} SEND, {receives} RECEIVE; recipients known of {} of {}",
            counted(self.runs as u64, "run"),
            self.recipients_known,
            counted(sends, "SEND")
        ));
        let left = match self.too_large {
            0 => String::new(),
            runs => format!(
                ", without {} that {} too large",
                counted(runs as u64, "run"),
                by_count(runs as u64, "is", "are")
            ),
        };
        terminal.say(format!(
            "left: {} of the model{left}; {}",
            counted(self.contradictions, "contradiction"),
            match self.unmatched {
                0 => "every line fits".to_owned(),
                lines => format!("{} {} nothing", counted(lines, "line"), by_count(lines, "fits", "fit")),
            }
        ));
        let doubtful = self.least_sure();
        if !doubtful.is_empty() {
            terminal.say("least sure of:");
            doubtful.iter().for_each(|line| terminal.say(format!("  {}", harmless(line))));
        }
    }

    /// Lines that fit nothing, then those that contradict the model, then the rarest of
    /// their kind.
    fn least_sure(&self) -> Vec<String> {
        let events: u64 = self.events.iter().sum();
        let mut rare: Vec<(u64, String)> = self
            .shapes
            .iter()
            .filter(|(_, (count, _))| count * 2 <= events)
            .map(|((kind, _), (count, line))| (*count, format!("{line}, read as {kind}; {} such", count)))
            .collect();
        rare.sort();
        let rare = rare.into_iter().map(|(_, line)| line);
        let all = self.strange.iter().cloned().chain(self.contradicting.iter().cloned()).chain(rare);
        all.take(LINES_SHOWN).collect()
    }
}
