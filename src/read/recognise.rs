//! In which dialects logs are: those that are known are tried, and what none fits
//! is inferred, folder by folder, since a tree may hold logs of several programs.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dialect_runs::{self, RunsError};
use crate::dialect::{self, Dialect, Inference, Refusal, Sample};
use crate::parallel;

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
    if files.is_empty() {
        return Ok(Recognition { known: Vec::new(), refused: Some((Refusal::NoLogs, paths.to_vec())) });
    }
    let mut by_folder: BTreeMap<Option<&Path>, Vec<PathBuf>> = BTreeMap::new();
    for file in &files {
        by_folder.entry(file.parent()).or_default().push(file.clone());
    }
    let by_folder: Vec<Vec<PathBuf>> = by_folder.into_values().collect();
    if by_folder.len() > 1
        && let Ok(mut found) = known(&samples(&files, LOGS_LOOKED_AT)?)
        && parallel::map(&by_folder, |files| is_in(&found.dialect, files)).into_iter().all(|is_in| is_in)
    {
        found.paths = paths.to_vec();
        return Ok(Recognition { known: vec![found], refused: None });
    }
    let most = if by_folder.len() > 1 { LOGS_OF_A_FOLDER } else { LOGS_LOOKED_AT };
    let mut folders = VecDeque::new();
    for files in by_folder {
        folders.push_back(Folder { samples: samples(&files, most)?, files });
    }
    let mut recognition = Recognition::default();
    while let Some(folder) = folders.pop_front() {
        let found =
            known(&folder.samples).or_else(|unknown| unknown.inferred(&folder, &folders, &recognition.known));
        match found {
            Ok(mut found) => {
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
            Err(refusal) => drop(recognition.refused.get_or_insert((refusal, folder.files))),
        }
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

/// Logs that no known dialect fits.
struct Unknown {
    refusal: Refusal,
    /// What is inferred of them, where finding that out took it.
    inference: Option<Box<Inference>>,
}

/// A dialect that is known and fits: by the lines, and by the names of the logs or
/// else by what the lines alone are inferred to say.
fn known(samples: &[Sample]) -> Result<Recognised, Unknown> {
    let found = dialect::detect(dialect::shipped(), samples)
        .map_err(|refusal| Unknown { refusal, inference: None })?;
    if !found.is_named {
        let inference = dialect::infer(samples).map(Box::new);
        let inferred = inference.as_ref().and_then(|found| dialect::parse("inferred", &found.toml).ok());
        let is_alike = |inferred: Dialect| {
            samples.iter().all(|sample| found.dialect.events(sample) == inferred.events(sample))
        };
        if !inferred.is_some_and(is_alike) {
            let refusal = Refusal::Unnamed { dialect: found.dialect.name, share: found.share };
            return Err(Unknown { refusal, inference });
        }
    }
    let said = found.to_string();
    Ok(Recognised { dialect: Arc::new(found.dialect), said, paths: Vec::new() })
}

impl Unknown {
    /// A dialect that the rules of the model tell, with the help of all `others`
    /// that are written alike; the refusal where they tell none.
    fn inferred(
        self,
        folder: &Folder,
        others: &VecDeque<Folder>,
        known: &[Recognised],
    ) -> Result<Recognised, Refusal> {
        let sound = |inference: Option<Box<Inference>>| {
            let inference = inference.filter(|inference| inference.is_sound())?;
            Some((dialect::parse("inferred", &inference.toml).ok()?, inference))
        };
        let inference = self.inference.or_else(|| dialect::infer(&folder.samples).map(Box::new));
        let Some((first, inference)) = sound(inference) else { return Err(self.refusal) };
        let alike: Vec<&Folder> = others.iter().filter(|other| fits(&first, &other.samples)).collect();
        let of_all = if alike.is_empty() {
            None
        } else {
            let all = folder.samples.iter().chain(alike.iter().flat_map(|other| &other.samples));
            let all: Vec<Sample> = all.cloned().collect();
            let step = all.len().div_ceil(LOGS_LOOKED_AT).max(1);
            sound(dialect::infer(&all.into_iter().step_by(step).collect::<Vec<_>>()).map(Box::new))
        };
        let (mut dialect, inference) = of_all.unwrap_or((first, inference));
        let before = known.iter().filter(|one| one.dialect.name.starts_with("inferred")).count();
        dialect.name = if before == 0 { "inferred".to_owned() } else { format!("inferred-{}", before + 1) };
        let said = said(&dialect.name, &inference, &self.refusal);
        Ok(Recognised { dialect: Arc::new(dialect), said, paths: Vec::new() })
    }
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
