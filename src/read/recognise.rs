//! In which dialects logs are: those that are known are tried, and what none fits
//! is inferred, folder by folder, since a tree may hold logs of several programs.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::find_runs_error::FindRunsError;
use super::log_files;
use super::runs_error::RunsError;
use crate::dialect::{self, Detection, Dialect, Inference, Refusal, Sample};
use crate::parallel;
use crate::text::sanitize::harmless;

/// Logs in one dialect.
#[derive(Debug)]
pub struct Recognised {
    pub dialect: Arc<Dialect>,
    /// It comes with labctl.
    pub is_shipped: bool,
    /// How it was found out, and how sure that is.
    pub said: String,
    /// Logs, or folders of them.
    pub paths: Vec<PathBuf>,
}

/// What a user says beside the logs.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// Tried before those that come with labctl.
    pub users: &'a [Dialect],
    /// At or below these paths a file may tell the dialect of the logs beside it.
    pub roots: &'a [PathBuf],
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
    /// The file of a dialect beside them, or in a folder above.
    own: Option<PathBuf>,
}

/// Such a file's name.
const OWN_FILE: &str = "dialect.toml";

/// More logs tell no more.
const LOGS_LOOKED_AT: usize = 24;
/// Of a folder that is in no one dialect, each by itself.
const FILES_TRIED: usize = 64;
/// Of one folder, where the tree is in several dialects.
const LOGS_OF_A_FOLDER: usize = 8;

/// Finds out how the logs at or below the paths are written. A dialect beside them
/// is tried first, then those of the user, then those that come with labctl.
///
/// # Errors
///
/// Files cannot be read, or a dialect beside the logs is none.
pub fn recognise(paths: &[PathBuf], given: Given<'_>) -> Result<Recognition, FindRunsError> {
    let Given { users, roots } = given;
    let files = log_files::log_files(paths)?;
    if files.is_empty() {
        return Ok(Recognition { known: Vec::new(), refused: Some((Refusal::NoLogs, paths.to_vec())) });
    }
    let mut by_folder: BTreeMap<Option<&Path>, Vec<PathBuf>> = BTreeMap::new();
    for file in &files {
        by_folder.entry(file.parent()).or_default().push(file.clone());
    }
    let own: BTreeMap<&Path, PathBuf> =
        by_folder.keys().filter_map(|folder| Some(((*folder)?, own_file((*folder)?, roots)?))).collect();
    let own_of = |files: &[PathBuf]| own.get(files.first()?.parent()?).cloned();
    let by_folder: Vec<Vec<PathBuf>> = by_folder.into_values().collect();
    if by_folder.len() > 1
        && own.is_empty()
        && let Ok(mut found) = known(&samples(&files, LOGS_LOOKED_AT)?, users)
        && parallel::map(&by_folder, |files| is_in(&found.dialect, files)).into_iter().all(|is_in| is_in)
    {
        found.paths = paths.to_vec();
        return Ok(Recognition { known: vec![found], refused: None });
    }
    let most = if by_folder.len() > 1 { LOGS_OF_A_FOLDER } else { LOGS_LOOKED_AT };
    let mut folders = VecDeque::new();
    for files in by_folder {
        folders.push_back(Folder { samples: samples(&files, most)?, own: own_of(&files), files });
    }
    let mut recognition = Recognition::default();
    while let Some(folder) = folders.pop_front() {
        let beside = folder.own.as_deref().map(|file| beside(file, &folder.samples)).transpose()?.flatten();
        let found = beside.map_or_else(|| known(&folder.samples, users), Ok);
        let several = if found.is_err() { of_each_file(&folder.files, users) } else { None };
        if let Some(several) = several {
            recognition.known.extend(several);
            continue;
        }
        let found = found.or_else(|unknown| unknown.inferred(&folder, &folders, &recognition.known));
        match found {
            Ok(mut found) => {
                let (files, rest) = parted(&found.dialect, folder.files, users);
                found.paths = files;
                recognition.known.extend(rest);
                folders.retain_mut(|other| {
                    let is_alike = other.own == folder.own && fits(&found.dialect, &other.samples);
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
        match log_files::read_sample(path) {
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
fn known(samples: &[Sample], users: &[Dialect]) -> Result<Recognised, Unknown> {
    if let Ok(found) = dialect::detect(users.to_vec(), samples) {
        return Ok(recognised(found, false));
    }
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
    Ok(recognised(found, true))
}

/// The files of a folder in the dialect of most of them, and those that another
/// one that is known fits, where none of their lines fits this.
fn parted(dialect: &Dialect, files: Vec<PathBuf>, users: &[Dialect]) -> (Vec<PathBuf>, Option<Recognised>) {
    let is_other = |file: &PathBuf| {
        log_files::read_sample(file)
            .is_ok_and(|sample| !sample.text.trim_ascii().is_empty() && dialect.share(&sample) == 0.0)
    };
    let (others, own): (Vec<PathBuf>, Vec<PathBuf>) = files.iter().cloned().partition(is_other);
    let found = (!others.is_empty() && !own.is_empty())
        .then(|| samples(&others, LOGS_LOOKED_AT).ok().and_then(|samples| known(&samples, users).ok()));
    match found.flatten() {
        Some(found) => (own, Some(Recognised { paths: others, ..found })),
        None => (files, None),
    }
}

/// The same of a folder of which no dialect fits all, but each file is in one that
/// is known.
fn of_each_file(files: &[PathBuf], users: &[Dialect]) -> Option<Vec<Recognised>> {
    let mut several: Vec<Recognised> = Vec::new();
    for file in files.iter().filter(|_| (2..=FILES_TRIED).contains(&files.len())) {
        let sample = log_files::read_sample(file).ok()?;
        if sample.text.trim_ascii().is_empty() {
            continue;
        }
        let found = known(&[sample], users).ok()?;
        match several.iter_mut().find(|other| other.dialect == found.dialect) {
            Some(other) => other.paths.push(file.clone()),
            None => several.push(Recognised { paths: vec![file.clone()], ..found }),
        }
    }
    (several.len() > 1).then_some(several)
}

fn recognised(found: Detection, is_shipped: bool) -> Recognised {
    let said = found.to_string();
    Recognised { dialect: Arc::new(found.dialect), is_shipped, said, paths: Vec::new() }
}

/// The dialect in a file beside logs, if it fits them.
fn beside(file: &Path, samples: &[Sample]) -> Result<Option<Recognised>, FindRunsError> {
    let dialect = dialect::load(&file.display().to_string())?;
    let Ok(found) = dialect::detect(vec![dialect], samples) else { return Ok(None) };
    let said = format!("{} of {}", found.dialect.name, harmless(&file.display().to_string()));
    Ok(Some(Recognised { said, ..recognised(found, false) }))
}

/// The file of a dialect in a folder, or in the nearest above it that is still
/// among what the paths lead to.
fn own_file(folder: &Path, roots: &[PathBuf]) -> Option<PathBuf> {
    let is_asked_for = |above: &&Path| *above == folder || roots.iter().any(|root| above.starts_with(root));
    let mut own = folder.ancestors().take_while(is_asked_for).map(|above| above.join(OWN_FILE));
    own.find(|file| file.is_file())
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
        Ok(Recognised { dialect: Arc::new(dialect), is_shipped: false, said, paths: Vec::new() })
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
