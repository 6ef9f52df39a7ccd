//! Which peers have their connection here. Two that both prove to be
//! the same machine are a fault that no run may begin with.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::model::event::MachineId;

/// Which peers have connected to this machine.
#[derive(Debug, Default)]
pub struct Connected {
    taken: Mutex<BTreeSet<MachineId>>,
    twice: OnceLock<MachineId>,
}

impl Connected {
    /// False where the machine is connected already.
    pub fn take(&self, machine: MachineId) -> bool {
        let is_free = self.lock().insert(machine);
        if !is_free {
            // The first such machine is the one that is reported.
            self.twice.get_or_init(|| machine);
        }
        is_free
    }

    /// The machine could not be sent its welcome, and may come again.
    pub fn give_back(&self, machine: MachineId) {
        self.lock().remove(&machine);
    }

    /// A machine that came twice.
    pub fn twice(&self) -> Option<MachineId> {
        self.twice.get().copied()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<MachineId>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
