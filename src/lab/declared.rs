//! What is declared of a run beside its logs: by its manifest and its spec.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::Hosting;
use super::line_ends::WithoutReturns;
use crate::audit::{Change, ChangedFile, DeclaredParams};
use crate::files::regular::open_regular;
use crate::log::{EndReason, machine_of_file};
use crate::model::engine::Engine;
use crate::parallel;
use crate::plan::Run;
use crate::read::run_path::RunPath;
use crate::spec::{self, Spec};
use crate::store::manifest::{checksum, checksum_of};
use crate::store::{EVENTS_FILE, Isolation, MANIFEST_FILE, METRICS_FILE, Manifest, SPEC_FILE};

impl DeclaredParams {
    /// As a run is planned, and ended.
    pub fn of_run(run: &Run, hosting: &Hosting, reason: EndReason) -> DeclaredParams {
        DeclaredParams {
            has_manifest: true,
            one_clock: hosting.isolation() == Isolation::Tasks,
            simulated: hosting.engine == Engine::Simulator,
            reason: Some(reason),
            ..DeclaredParams::of_spec(run.spec.clone())
        }
    }

    fn of_manifest(manifest: &Manifest) -> DeclaredParams {
        DeclaredParams {
            has_manifest: true,
            one_clock: manifest.isolation == Isolation::Tasks,
            simulated: manifest.engine == Engine::Simulator,
            clock_rates: manifest.clock_rates.clone(),
            speedup: manifest.speedup,
            seed: manifest.seed,
            reason: manifest.status.end_reason(),
            spec: None,
            changed_files: Vec::new(),
        }
    }

    fn of_spec(spec: Spec) -> DeclaredParams {
        let run = Run::single(spec, String::new());
        DeclaredParams {
            has_manifest: false,
            one_clock: false,
            simulated: false,
            clock_rates: run.clock_rates().to_vec(),
            speedup: run.spec.speedup,
            seed: run.spec.seed,
            reason: None,
            spec: Some(run.spec),
            changed_files: Vec::new(),
        }
    }
}

/// What a stored run states, by its manifest or else by its spec; `None` where
/// it keeps neither. What cannot be read is reported to `warn`, and nothing checked
/// against it.
pub fn declared(stored: &RunPath, mut warn: impl FnMut(String)) -> Option<DeclaredParams> {
    let path = stored.folder.join(MANIFEST_FILE);
    let manifest = stored.read_manifest();
    let is_corrupted = manifest.is_none() && stored.dialect.is_none() && path.symlink_metadata().is_ok();
    if is_corrupted {
        warn(format!("{} is no manifest that can be read; nothing is checked against it", path.display()));
    }
    let spec_path = stored.folder.join(SPEC_FILE);
    let spec = spec_path.is_file().then(|| spec::load(&spec_path, &[])).transpose().unwrap_or_else(|error| {
        warn(format!("{}: nothing is checked against its spec: {error}", stored.folder.display()));
        None
    });
    let Some(manifest) = &manifest else {
        // A spec that draws its rates may have been drawn with another seed, and
        // one beside logs of somebody else may be of anything.
        let is_as_it_ran = |spec: &Spec| stored.dialect.is_none() && !spec.has_random_rates();
        let corrupted = is_corrupted.then(changed_manifest).into_iter().collect();
        return spec
            .filter(is_as_it_ran)
            .map(|spec| DeclaredParams { changed_files: corrupted, ..DeclaredParams::of_spec(spec) });
    };
    let mut changed_files = changed_files(stored, &manifest.sha256).unwrap_or_else(|error| {
        warn(format!("{}: not all checksums are checked against it: {error}", path.display()));
        Vec::new()
    });
    match manifest_is_changed(stored, manifest) {
        Ok(true) => changed_files.push(changed_manifest()),
        Ok(false) => {}
        Err(error) => {
            warn(format!("{}: its own checksum is not checked against it: {error}", path.display()))
        }
    }
    Some(DeclaredParams { spec, changed_files, ..DeclaredParams::of_manifest(manifest) })
}

fn changed_manifest() -> ChangedFile {
    ChangedFile { name: MANIFEST_FILE.to_owned(), machine: None, change: Change::Edited }
}

/// By its own checksum. One without it is of an older version, or has lost the
/// name of it, which is a file's that no run has then.
fn manifest_is_changed(stored: &RunPath, manifest: &Manifest) -> io::Result<bool> {
    let is_of_runs = |name: &String| {
        let known = [SPEC_FILE, EVENTS_FILE, METRICS_FILE].contains(&name.as_str());
        known || machine_of_file(Path::new(name)).is_some() || stored.folder.join(name).is_file()
    };
    let is_unchanged = manifest.is_unchanged(&stored.folder.join(MANIFEST_FILE))?;
    Ok(!is_unchanged.unwrap_or_else(|| manifest.sha256.keys().all(is_of_runs)))
}

/// How a file is not as its checksum says, if it is not.
fn edited(path: &Path, sum: &str) -> io::Result<Option<Change>> {
    Ok(match checksum(path)? == sum {
        true => None,
        false if checksum_of(WithoutReturns::new(open_regular(path)?))? == sum => Some(Change::LineEnds),
        false => Some(Change::Edited),
    })
}

/// Runs with smaller logs are checked against their checksums by one thread.
const ALONE_BYTES_MAX: u64 = 1 << 20;

/// Files that are not as their checksums say, of the logs that are asked for
/// and of all that are no logs. Tables may be gone, for they can be made again.
fn changed_files(stored: &RunPath, sums: &BTreeMap<String, String>) -> io::Result<Vec<ChangedFile>> {
    let name_of = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let wanted: BTreeSet<String> = stored.logs.iter().filter_map(|log| name_of(log)).collect();
    // A manifest from anywhere may name files anywhere; those are not looked at.
    // Its own checksum is another matter.
    let others = sums.iter().filter(|(name, _)| *name != MANIFEST_FILE);
    let named: Vec<(&String, &String)> =
        others.filter(|(name, _)| name_of(Path::new(name)).as_ref() == Some(*name)).collect();
    let change = |&(name, sum): &(&String, &String)| {
        let path = stored.folder.join(name);
        let machine = machine_of_file(&path);
        let change = if !path.is_file() {
            (machine.is_some() || name == SPEC_FILE).then_some(Change::Removed)
        } else if machine.is_none() || wanted.contains(name) {
            edited(&path, sum)?
        } else {
            None
        };
        Ok(change.map(|change| ChangedFile { name: name.clone(), machine, change }))
    };
    let is_much = parallel::threads() > 1 && stored.log_bytes() > ALONE_BYTES_MAX;
    let found: Vec<io::Result<Option<ChangedFile>>> =
        if is_much { parallel::map(&named, change) } else { named.iter().map(change).collect() };
    let mut changed: Vec<ChangedFile> =
        found.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let added = wanted.into_iter().filter(|name| !sums.contains_key(name));
    changed.extend(added.map(|name| {
        let machine = machine_of_file(Path::new(&name));
        ChangedFile { name, machine, change: Change::Added }
    }));
    Ok(changed)
}
