//! Logs that machines of others wrote by themselves: each stands in the run's folder
//! as a link, so that what is written to it later belongs to the run too.

use std::io;
use std::path::{Path, PathBuf};

use crate::log::file_name;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::platform::link;

/// A log that a spec names, and whether the run's folder has it now; false on
/// systems without links.
#[derive(Debug)]
pub struct ForeignLog {
    pub machine: MachineId,
    pub log: PathBuf,
    pub joined: io::Result<bool>,
}

/// Links every log that the run's spec names into its folder.
pub fn join_foreign_logs(run: &Run, folder: &Path) -> Vec<ForeignLog> {
    let join = |machine: MachineId, log: &Path| -> io::Result<bool> {
        link(&log.canonicalize()?, &folder.join(file_name(machine)))
    };
    let named = run.machines().filter_map(|machine| {
        let log = run.spec.machines.get(machine.index())?.log.clone()?;
        Some(ForeignLog { machine, joined: join(machine, &log), log })
    });
    named.collect()
}
