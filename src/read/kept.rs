//! Metrics that were kept beside a run, read instead of its logs where they are
//! sure to be what its logs would give.
//!
//! What is trusted of a run of which only numbers are wanted, and why:
//!
//! - `metrics.csv`, if its SHA-256 is the one in the manifest: so nobody has
//!   changed it since, unless they changed the manifest too.
//! - The manifest's word that this version and commit measured: other ones may
//!   define a metric otherwise.
//! - That the logs are those that were measured: the manifest has checksums of
//!   just the logs that are here, and none was written to since. Their checksums
//!   are not computed, for that takes as long as to read them; `labctl check`
//!   does, and reads every log whatever lies beside it.
//! - `spec.toml` tells the setting, and the manifest the seed and how the run
//!   ended. Neither is checked against anything here; `labctl check` verifies both.

use std::path::PathBuf;

use super::ReadError;
use crate::files::digest::sha256;
use crate::files::regular::read_known;
use crate::log::open_log;
use crate::metrics::{self, MachineMetrics};
use crate::read::names::is_told_apart;
use crate::read::run_path::{RunPath, RunState};
use crate::store::METRICS_FILE;

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
    let manifest = run.manifest.as_ref().filter(|manifest| may_be_kept && manifest.names_its_logs)?;
    let (bytes, found) = read_known(&run.folder.join(METRICS_FILE), BYTES_MAX).ok()?;
    if run.seen?.last_written > found.modified().ok()? {
        return None;
    }
    if !manifest.has_own_metrics(&sha256(&bytes)) {
        return None;
    }
    metrics::file::read_bytes(&bytes).ok().map(|rows| named(rows, run))
}

/// Under the names that the run has here.
fn named(mut rows: Vec<MachineMetrics>, run: &RunPath) -> Vec<MachineMetrics> {
    // There may be very many runs.
    rows.shrink_to_fit();
    for row in &mut rows {
        row.experiment.clone_from(&run.experiment);
        row.run.clone_from(&run.run);
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::metrics::tests::row;
    use crate::read::find::find_runs;
    use crate::read::run_metrics;

    /// There may be hundreds of thousands of rows.
    #[test]
    fn rows_share_the_names_of_their_run() {
        let root = tempfile::tempdir().unwrap();
        let line = "2026-03-05 12:46:04.020113 | INTERNAL | Clock: 1 | Internal event\n";
        std::fs::write(root.path().join("log_1.txt"), line).unwrap();
        let run = find_runs(root.path()).unwrap().remove(0);
        for rows in [named(vec![row(1)], &run), run_metrics(&run).unwrap()] {
            assert!(Arc::ptr_eq(&rows[0].experiment, &run.experiment) && Arc::ptr_eq(&rows[0].run, &run.run));
        }
    }
}
