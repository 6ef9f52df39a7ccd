//! `labctl grade`: many submissions, a page each and a table of all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use labctl::engine::StopSwitch;
use labctl::files::file_name::file_name;
use labctl::files::suggest_path;
use labctl::grade::{Assignment, Grade, Reading, Submission, csv, grade_run, page, summary};
use labctl::log::{files_in_zip, is_zip};
use labctl::model::machine::Broadcast;
use labctl::read::find_error::FindError;
use labctl::read::passed_over::{is_hidden, is_packed};
use labctl::read::run_path::RunPath;
use labctl::store::{write_file, write_file_soon};
use labctl::text::numbers::by_count;
use labctl::text::sanitize::on_one_line;

use crate::cli::flags::dialect::{DialectFlags, share};
use crate::cli::ui::signals::listen;
use crate::cli::ui::terminal::error_text;
use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl grade submissions/                each folder or ZIP is a submission
  labctl grade submissions/ --clock-rate 1,3,6 -o marks
  labctl grade submissions/ --internal-prob 0.5 --dialect mine.toml

Each submission's way of logging is found (or given by --dialect), its runs are
parsed, audited, measured and checked against simulated runs of their clock
rates. It gets a page, <folder>.md; README.md and grades.csv have all of them in
one table. A submission that cannot be read says why there, and does not stop
the rest. Exit codes: 0 all could be read, whatever their verdicts; 1 some could
not.";

const TABLE_FILE: &str = "README.md";
const CSV_FILE: &str = "grades.csv";

/// The arguments of `labctl grade`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A folder with a folder, or a ZIP file, for each submission
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Where the pages and the table go
    #[arg(short, long, value_name = "DIR", default_value = "grades", value_parser = crate::cli::ui::output::folder)]
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
    let Found { folders, files } = look_into(&args.folder)?;
    if folders.is_empty() {
        terminal.error(no_folders(&args.folder, &files));
        return Ok(Exit::Usage);
    }
    if !files.is_empty() {
        terminal.warn(format!(
            "{} in {} belong to no submission: {}; each submission is a folder of its own",
            view::counted(files.len() as u64, "file"),
            args.folder.display(),
            first_of(&files)
        ));
    }
    fs::create_dir_all(&args.output).with_context(|| format!("cannot make {}", args.output.display()))?;
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    let mut files = Files::default();
    let (mut submissions, mut pages) = (Vec::new(), Vec::new());
    for folder in folders {
        let submission = grade(&folder, args, &stop);
        if signals.received().is_some() {
            break;
        }
        let file = files.name(&submission.name);
        write_file_soon(&args.output.join(&file), page(&submission)?.as_bytes())?;
        terminal.say(format!("{}: {}", on_one_line(&submission.name), outcome(&submission)));
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

/// What lies in a folder of submissions, in the order of the names; what is
/// hidden is nobody's.
#[derive(Default)]
struct Found {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

fn look_into(folder: &Path) -> anyhow::Result<Found> {
    let failed = |source| FindError::Read { path: folder.to_owned(), source };
    let mut found = Found::default();
    for entry in fs::read_dir(folder).map_err(|error| failed(suggest_path::reported(folder, error)))? {
        let entry = entry.map_err(failed)?;
        if is_hidden(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        if path.is_dir() || is_packed_submission(&path) {
            found.folders.push(path);
        } else {
            found.files.push(path);
        }
    }
    found.folders.sort();
    found.files.sort();
    Ok(found)
}

/// Whether a file is a ZIP file of files. One that is unpacked already is graded as it
/// lies there.
fn is_packed_submission(path: &Path) -> bool {
    let has_files = || files_in_zip(path).is_ok_and(|files| !files.is_empty());
    is_zip(path) && !path.with_extension("").is_dir() && has_files()
}

fn no_folders(folder: &Path, files: &[PathBuf]) -> String {
    let packed: Vec<PathBuf> = files.iter().filter(|file| is_packed(file)).cloned().collect();
    let folder = folder.display();
    if packed.is_empty() {
        return format!(
            "{folder} holds no folders; each submission is a folder of its own, and labctl check looks at one alone"
        );
    }
    format!(
        "{folder} holds no folders, but {} that {} packed: {}; unpack each into a folder of its own",
        view::counted(packed.len() as u64, "file"),
        by_count(packed.len() as u64, "is", "are"),
        first_of(&packed)
    )
}

/// The names of the first.
fn first_of(files: &[PathBuf]) -> String {
    const NAMED: usize = 3;
    let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = files.iter().take(NAMED).map(name).collect();
    let more = if files.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

fn grade(folder: &Path, args: &Args, stop: &StopSwitch) -> Submission {
    let name = if is_zip(folder) { folder.file_stem() } else { folder.file_name() };
    let name = name.unwrap_or_default().to_string_lossy().into_owned();
    let reading = read(folder, args, stop).unwrap_or_else(|error| Reading::Unreadable(error_text(&error)));
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
        let logs = run.logs.iter().map(PathBuf::as_path).zip(&graded.stats);
        if let Some(refusal) = args.dialect.refusal(run, logs).or_else(|| run.not_read()) {
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
    Ok(Reading::Read {
        dialect: dialects_of(&found.runs),
        detection: Some([found.detections, found.notes].concat().join("; ")).filter(|said| !said.is_empty()),
        runs,
    })
}

/// In which dialects the logs are, in the order of their runs.
fn dialects_of(runs: &[RunPath]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for run in runs {
        let name = run.dialect.as_ref().map_or("labctl", |logs| &logs.dialect.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn outcome(submission: &Submission) -> String {
    match &submission.reading {
        Reading::Unreadable(why) => format!("unreadable: {why}"),
        Reading::Read { .. } => verdict(submission),
    }
}

/// The grade, and whether it was given without seeing every log.
fn verdict(submission: &Submission) -> String {
    let grade = submission.grade().words();
    submission.missing_logs().map_or_else(|| grade.to_owned(), |missing| format!("{grade}; {missing}"))
}

fn text(submissions: &[Submission]) -> String {
    let body = submissions.iter().map(|submission| {
        let furthest = submission.furthest();
        vec![
            submission.name.clone(),
            verdict(submission),
            view::known(Some(submission.runs().len()).filter(|runs| *runs > 0), |runs| runs.to_string()),
            view::known(furthest, |off| format!("{:.1}", off.by_sd)),
            submission.broken_ids().join(" "),
            submission.habit_ids().join(" "),
        ]
    });
    view::table(
        &["submission", "verdict", "runs", "furthest from\nexpected, sd", "rules broken", "habits"],
        body,
    )
}

/// Names of pages: those of the folders, and no two alike.
#[derive(Default)]
struct Files(BTreeSet<String>);

impl Files {
    fn name(&mut self, submission: &str) -> String {
        let stem = file_name(submission);
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
