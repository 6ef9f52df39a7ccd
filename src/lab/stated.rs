//! What is stated of a run beside its logs: by its manifest and its spec.

use crate::audit::Stated;
use crate::lab::SIMULATOR;
use crate::log::EndReason;
use crate::plan::Run;
use crate::spec::{self, SpecError};
use crate::store::{Manifest, RunPath, SPEC_FILE};

impl Stated {
    /// As a run is planned, and ended.
    pub fn of_run(run: &Run, simulated: bool, reason: EndReason) -> Stated {
        Stated {
            simulated,
            clock_rates: run.clock_rates().to_vec(),
            speedup: run.spec.speedup,
            seed: run.spec.seed,
            reason: Some(reason),
            spec: Some(run.spec.clone()),
        }
    }

    fn of_manifest(manifest: &Manifest) -> Stated {
        Stated {
            simulated: manifest.engine == SIMULATOR,
            clock_rates: manifest.clock_rates.clone(),
            speedup: manifest.speedup,
            seed: manifest.seed,
            reason: EndReason::ALL.into_iter().find(|reason| reason.word() == manifest.status),
            spec: None,
        }
    }
}

/// What a stored run states; `None` where it keeps no manifest.
///
/// # Errors
///
/// It keeps a spec that cannot be read.
pub fn stated(stored: &RunPath) -> Result<Option<Stated>, SpecError> {
    let Some(manifest) = &stored.manifest else { return Ok(None) };
    let path = stored.folder.join(SPEC_FILE);
    let spec = if path.is_file() { Some(spec::load(&path, &[])?) } else { None };
    Ok(Some(Stated { spec, ..Stated::of_manifest(manifest) }))
}
