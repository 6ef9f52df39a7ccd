//! In which dialects logs are: those that are known are tried, and what none fits
//! is inferred, folder by folder, since a tree may hold logs of several programs.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dialect_runs::{self, RunsError};
use crate::dialect::{self, Detection, Dialect, Inference, Refusal, Sample};

/// Logs in one dialect.
#[derive(Debug)]
pub struct Recognised {
    pub dialect: Arc<Dialect>,
    /// How it was found out, and how sure that is.
    pub said: String,
    /// Logs, or folders of them.
    pub paths: Vec<PathBuf>,
}

/// What logs are written in.
#[derive(Debug, Default)]
pub struct Recognition {
    pub known: Vec<Recognised>,
    /// The first logs that nobody can read, and why.
    pub refused: Option<(Refusal, Vec<PathBuf>)>,
}

/// The logs of one folder.
struct Folder {
    files: Vec<PathBuf>,
    samples: Vec<Sample>,
}

/// More logs tell no more.
const LOGS_LOOKED_AT: usize = 24;
/// Of one folder, where the tree is in several dialects.
const LOGS_OF_A_FOLDER: usize = 8;

/// Finds out how the logs at or below the paths are written.
///
/// # Errors
///
/// Files cannot be read.
pub fn recognise(paths: &[PathBuf]) -> Result<Recognition, RunsError> {
    let files = dialect_runs::log_files(paths)?;
    let samples = samples(&files, LOGS_LOOKED_AT)?;
    let whole = dialect::detect(dialect::shipped(), &samples);
    let mut folders: VecDeque<Folder> = VecDeque::new();
    let mut by_folder: BTreeMap<Option<&Path>, Vec<PathBuf>> = BTreeMap::new();
    for file in &files {
        by_folder.entry(file.parent()).or_default().push(file.clone());
    }
    if let Ok(found) = &whole
        && by_folder.values().all(|files| is_in(&found.dialect, files))
        && is_agreed(found, &samples)
    {
        let (said, dialect) = (found.to_string(), Arc::new(found.dialect.clone()));
        return Ok(Recognition {
            known: vec![Recognised { dialect, said, paths: paths.to_vec() }],
            refused: None,
        });
    }
    if files.is_empty() {
        return Ok(Recognition { known: Vec::new(), refused: Some((Refusal::NoLogs, paths.to_vec())) });
    }
    for files in by_folder.into_values() {
        folders.push_back(Folder { samples: self::samples(&files, LOGS_OF_A_FOLDER)?, files });
    }
    let mut recognition = Recognition::default();
    while let Some(folder) = folders.pop_front() {
        let mut found = match known(&folder.samples) {
            Ok(found) => found,
            Err(refusal) => match inferred(&folder.samples, &recognition.known, &refusal) {
                Some((dialect, said)) => {
                    // All folders of one program tell more than one of them.
                    let mut all = folder.samples.clone();
                    let alike = folders.iter().filter(|other| fits(&dialect, &other.samples));
                    all.extend(alike.flat_map(|other| other.samples.iter().cloned()));
                    let step = all.len().div_ceil(LOGS_LOOKED_AT).max(1);
                    let all: Vec<Sample> = all.into_iter().step_by(step).collect();
                    let (dialect, said) =
                        inferred(&all, &recognition.known, &refusal).unwrap_or((dialect, said));
                    Recognised { dialect: Arc::new(dialect), said, paths: Vec::new() }
                }
                None => {
                    recognition.refused.get_or_insert((refusal, folder.files));
                    continue;
                }
            },
        };
        found.paths = folder.files;
        folders.retain_mut(|other| {
            let is_alike = fits(&found.dialect, &other.samples);
            if is_alike {
                found.paths.append(&mut other.files);
            }
            !is_alike
        });
        recognition.known.push(found);
    }
    if let ([only], None) = (&mut recognition.known[..], &recognition.refused) {
        only.paths = paths.to_vec();
    }
    Ok(recognition)
}

/// The beginnings of so many logs from all over, since neighbours are alike.
fn samples(files: &[PathBuf], count: usize) -> Result<Vec<Sample>, RunsError> {
    let step = files.len().div_ceil(count).max(1);
    let mut samples = Vec::new();
    let mut unreadable = None;
    for path in files.iter().step_by(step) {
        match dialect_runs::read_sample(path) {
            Ok(sample) => samples.push(sample),
            Err(error) => unreadable = unreadable.or(Some(error)),
        }
    }
    // What cannot be read may be no log, as long as others can.
    match unreadable {
        Some(error) if samples.is_empty() => Err(error),
        _ => Ok(samples),
    }
}

/// A dialect that is known and fits, by the lines and by the names of the logs.
fn known(samples: &[Sample]) -> Result<Recognised, Refusal> {
    let found = dialect::detect(dialect::shipped(), samples)?;
    if !is_agreed(&found, samples) {
        let (first, share) = (found.dialect.name.clone(), found.share);
        return Err(Refusal::Unnamed { dialect: first, share });
    }
    let said = found.to_string();
    Ok(Recognised { dialect: Arc::new(found.dialect), said, paths: Vec::new() })
}

/// Whether the logs are named as the dialect's are, or else read alike by what
/// their lines alone tell.
fn is_agreed(found: &Detection, samples: &[Sample]) -> bool {
    if found.is_named {
        return true;
    }
    let inferred =
        dialect::infer(samples).and_then(|inference| dialect::parse("inferred", &inference.toml).ok());
    inferred.is_some_and(|inferred| {
        samples.iter().all(|sample| found.dialect.events(sample) == inferred.events(sample))
    })
}

/// A dialect that the logs' own rules tell, and what there is to say of it.
fn inferred(samples: &[Sample], known: &[Recognised], refusal: &Refusal) -> Option<(Dialect, String)> {
    let inference = dialect::infer(samples).filter(Inference::is_sound)?;
    let mut dialect = dialect::parse("inferred", &inference.toml).ok()?;
    let before = known.iter().filter(|one| one.dialect.name.starts_with("inferred")).count();
    dialect.name = if before == 0 { "inferred".to_owned() } else { format!("inferred-{}", before + 1) };
    let said = said(&dialect.name, &inference, refusal);
    Some((dialect, said))
}

fn said(name: &str, inference: &Inference, refusal: &Refusal) -> String {
    let Inference { kept, broken, evidence, doubts, .. } = inference;
    let why = match refusal {
        Refusal::Unnamed { dialect, .. } => {
            format!("the lines fit {dialect}, but the names of the logs do not")
        }
        Refusal::Ambiguous { first, second, .. } => format!("{first} and {second} fit alike"),
        _ => "no known dialect fits".to_owned(),
    };
    let rules = kept + broken;
    let mut text = format!("{name} from the logs, as {why}: {kept} of {rules} rules of the model hold");
    for sentence in evidence {
        text += &format!("; {sentence}");
    }
    for doubt in doubts {
        text += &format!("; not certain: {doubt}");
    }
    text + "; `labctl dialect new` shows it"
}

/// Whether most of these logs are in a dialect.
fn fits(dialect: &Dialect, samples: &[Sample]) -> bool {
    let fitting = samples.iter().filter(|sample| dialect.share(sample) >= 0.9).count();
    fitting * 2 > samples.len()
}

/// The same of the logs of a folder, by the first that can be read.
fn is_in(dialect: &Dialect, files: &[PathBuf]) -> bool {
    samples(files, 2).is_ok_and(|samples| samples.iter().any(|sample| dialect.share(sample) >= 0.5))
}
