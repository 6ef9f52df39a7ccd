//! Metrics that were kept beside a run, read instead of its logs where they are
//! sure to be what its logs would give.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::ReadError;
use crate::files::digest::sha256;
use crate::files::regular::read_regular;
use crate::log::{machine_of_file, open_log};
use crate::metrics::{self, MachineMetrics};
use crate::read::find::{RunPath, RunState};
use crate::read::names::is_told_apart;
use crate::store::version::COMMIT;
use crate::store::version::VERSION;
use crate::store::{METRICS_FILE, Manifest};

/// A run of a thousand machines has one of 300 kB.
const BYTES_MAX: u64 = 64 << 20;

/// The metrics of a run that keeps no logs.
pub(super) fn without_logs(run: &RunPath, path: PathBuf) -> Result<Vec<MachineMetrics>, ReadError> {
    let file = open_log(&path).map_err(|source| ReadError::Log { path: path.clone(), source })?;
    let rows = metrics::file::read(file).map_err(|source| ReadError::Metrics { path, source })?;
    // Another run has the name in the file then.
    Ok(if is_told_apart(run) { named(rows, run) } else { rows })
}

/// The metrics beside the logs of a run in its place, where its manifest is by
/// this very version, has their checksum and names just these logs, and no log
/// was written to after them. `None` where the logs are to be read.
pub(super) fn beside_logs(run: &RunPath) -> Option<Vec<MachineMetrics>> {
    let may_be_kept = run.state == RunState::InPlace && run.dialect.is_none() && run.passed_over.is_empty();
    let manifest = run.read_manifest().filter(|_| may_be_kept)?;
    let is_by_this = manifest.labctl_version == VERSION && manifest.labctl_commit == COMMIT;
    let path = run.folder.join(METRICS_FILE);
    if !is_by_this || !has_just_its_logs(run, &manifest) || !is_newer_than_logs(run, &path)? {
        return None;
    }
    let bytes = read_regular(&path, BYTES_MAX).ok()?;
    let is_unchanged = manifest.sha256.get(METRICS_FILE).is_some_and(|sum| *sum == sha256(&bytes));
    let rows = is_unchanged.then(|| metrics::file::read(&bytes[..]).ok())??;
    Some(named(rows, run))
}

fn has_just_its_logs(run: &RunPath, manifest: &Manifest) -> bool {
    let names = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let here: BTreeSet<String> = run.logs.iter().filter_map(|log| names(log)).collect();
    let told = manifest.sha256.keys().filter(|name| machine_of_file(Path::new(name)).is_some());
    told.eq(here.iter())
}

fn is_newer_than_logs(run: &RunPath, path: &Path) -> Option<bool> {
    let modified = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    let kept = modified(path)?;
    Some(run.logs.iter().all(|log| modified(log).is_some_and(|log| log <= kept)))
}

/// Under the names that the run has here.
fn named(mut rows: Vec<MachineMetrics>, run: &RunPath) -> Vec<MachineMetrics> {
    for row in &mut rows {
        row.experiment.clone_from(&run.experiment);
        row.run.clone_from(&run.run);
    }
    rows
}
