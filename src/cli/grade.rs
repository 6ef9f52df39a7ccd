//! `labctl grade`: many submissions, a page each and a table of all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use labctl::engine::StopSwitch;
use labctl::grade::{Assignment, Grade, Reading, Submission, csv, grade_run, page, summary};
use labctl::missing;
use labctl::spec::Broadcast;
use labctl::store::FindError;
use labctl::store::write_file;

use super::dialect_flags::{DialectFlags, share};
use super::signals::listen;
use super::terminal::told_once;
use super::{Exit, Terminal, view};

const EXAMPLES: &str = "\
Examples:
  labctl grade submissions/                      each folder in it is one submission
  labctl grade submissions/ --clock-rate 1,3,6 -o marks
  labctl grade submissions/ --internal-prob 0.5 --dialect mine.toml

Each submission's way of logging is found (or given by --dialect), its runs are parsed, audited,
measured and held against what theory says of their clock rates. It gets a page, <folder>.md;
README.md and grades.csv have all of them in one table. A submission that cannot be read says why
there, and does not stop the rest. Exit codes: 0 all could be read, whatever their verdicts; 1 some
could not.";

const TABLE_FILE: &str = "README.md";
const CSV_FILE: &str = "grades.csv";

/// The arguments of `labctl grade`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A folder with a folder for each submission
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Where the pages and the table go
    #[arg(short, long, value_name = "DIR", default_value = "grades")]
    output: PathBuf,

    /// The assignment's chance that an idle tick is INTERNAL, from 0 to 1
    #[arg(long, value_name = "P", default_value = "0.7", value_parser = share)]
    internal_prob: f64,

    /// How the assignment counts a send to all, which decides what theory says of clocks [default: as the logs tell]
    #[arg(long, value_name = "HOW")]
    broadcast: Option<BroadcastFlag>,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BroadcastFlag {
    OneEvent,
    PerRecipient,
}

/// Grades every folder in the folder.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folders = folders_in(&args.folder, terminal)?;
    if folders.is_empty() {
        terminal.error(format!(
            "{} holds no folders; each submission is a folder of its own, and labctl check looks at one alone",
            args.folder.display()
        ));
        return Ok(Exit::Usage);
    }
    fs::create_dir_all(&args.output).with_context(|| format!("cannot make {}", args.output.display()))?;
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal)?;
    let mut files = Files::default();
    let (mut submissions, mut pages) = (Vec::new(), Vec::new());
    for folder in folders {
        let submission = grade(&folder, args, &stop);
        if signals.received().is_some() {
            break;
        }
        let file = files.name(&submission.name);
        write_file(&args.output.join(&file), page(&submission)?.as_bytes())?;
        terminal.say(format!("{}: {}", submission.name, outcome(&submission)));
        submissions.push(submission);
        pages.push(file);
    }
    let table = summary(&submissions, &pages)?;
    write_file(&args.output.join(TABLE_FILE), table.as_bytes())?;
    write_file(&args.output.join(CSV_FILE), &csv(&submissions)?)?;
    terminal.data(&text(&submissions))?;
    terminal.say(format!("table: {}", args.output.join(TABLE_FILE).display()));
    if let Some(signal) = signals.received() {
        return Ok(Exit::Interrupted(signal));
    }
    let is_read = submissions.iter().all(|submission| submission.grade() != Grade::Unreadable);
    Ok(if is_read { Exit::Done } else { Exit::Failed })
}

/// In the order of their names; hidden ones are nobody's.
fn folders_in(folder: &Path, terminal: &Terminal) -> anyhow::Result<Vec<PathBuf>> {
    let failed = |source| FindError::Read { path: folder.to_owned(), source };
    let (mut folders, mut others) = (Vec::new(), 0);
    for entry in fs::read_dir(folder).map_err(|error| failed(missing::told(folder, error)))? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.path().is_dir() {
            folders.push(entry.path());
        } else {
            others += 1;
        }
    }
    if others > 0 && !folders.is_empty() {
        terminal.warn(format!(
            "{} in {} belong to no submission: each is a folder of its own",
            view::counted(others, "file"),
            folder.display()
        ));
    }
    folders.sort();
    Ok(folders)
}

fn grade(folder: &Path, args: &Args, stop: &StopSwitch) -> Submission {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let reading = read(folder, args, stop).unwrap_or_else(|error| Reading::Unreadable(told_once(&error)));
    Submission { name, reading }
}

fn read(folder: &Path, args: &Args, stop: &StopSwitch) -> anyhow::Result<Reading> {
    let broadcast = args.broadcast.map(|how| match how {
        BroadcastFlag::OneEvent => Broadcast::OneEvent,
        BroadcastFlag::PerRecipient => Broadcast::PerRecipient,
    });
    let assignment = Assignment { internal_prob: args.internal_prob, broadcast };
    let mut found = args.dialect.find(&[folder.to_owned()])?;
    found.runs.retain(|run| !run.logs.is_empty());
    let mut runs = Vec::new();
    for run in &found.runs {
        let graded = grade_run(run, &assignment, stop)?;
        let logs = run.logs.iter().map(PathBuf::as_path).zip(&graded.taken);
        if let Some(refusal) = args.dialect.refusal(run, logs) {
            return Ok(Reading::Unreadable(refusal));
        }
        runs.push(graded);
    }
    if runs.iter().flat_map(|run| &run.rows).all(|row| row.events == 0) {
        let why = found.refusal.unwrap_or_else(|| {
            "no line of its logs is an event; they are empty, or have headers alone".to_owned()
        });
        return Ok(Reading::Unreadable(why));
    }
    let dialect = found.runs.iter().find_map(|run| run.dialect.as_ref());
    let dialect = dialect.map_or_else(|| "labctl".to_owned(), |logs| logs.dialect.name.clone());
    Ok(Reading::Read { dialect, detection: found.detection, runs })
}

fn outcome(submission: &Submission) -> String {
    match &submission.reading {
        Reading::Unreadable(why) => format!("unreadable: {why}"),
        Reading::Read { .. } => submission.grade().words().to_owned(),
    }
}

fn text(submissions: &[Submission]) -> String {
    let body = submissions.iter().map(|submission| {
        let furthest = submission.furthest();
        vec![
            submission.name.clone(),
            submission.grade().words().to_owned(),
            view::known(Some(submission.runs().len()).filter(|runs| *runs > 0), |runs| runs.to_string()),
            view::known(furthest, |off| format!("{:.1}", off.by_sd)),
            submission.broken_ids().join(" "),
        ]
    });
    view::table(&["submission", "verdict", "runs", "furthest from\ntheory, sd", "rules broken"], body)
}

/// Names of pages: harmless everywhere, and no two alike.
#[derive(Default)]
struct Files(BTreeSet<String>);

impl Files {
    fn name(&mut self, submission: &str) -> String {
        const LONGEST: usize = 80;
        let harmless = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let stem: String = submission.chars().map(harmless).take(LONGEST).collect();
        for number in 1_u32.. {
            let name = if number == 1 { format!("{stem}.md") } else { format!("{stem}-{number}.md") };
            // A file system may not tell large letters from small.
            let small = name.to_lowercase();
            if small != TABLE_FILE.to_lowercase() && self.0.insert(small) {
                return name;
            }
        }
        stem
    }
}
