//! A run whose logs are in a dialect: whose each log is, and how it is read.

use std::io::{self, Read};
use std::sync::Arc;

use super::{Dialect, LogContext, Naming, parse, shipped_text};
use crate::log::{Line, ReadStats};
use crate::model::event::MachineId;

/// How the logs of a run are to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct DialectRuns {
    pub dialect: Arc<Dialect>,
    /// What is known of each log, in the order of the run's logs.
    pub contexts: Vec<LogContext>,
}

impl DialectRuns {
    /// Logs of so many machines in the notebook's way, but that the first is
    /// called 0, in the names of files and in lines.
    pub fn from_zero(machines: u32) -> DialectRuns {
        let notebook = parse("notebook", shipped_text("notebook").unwrap_or_default());
        let notebook = notebook.unwrap_or_else(|_| unreachable!("a test reads all that are shipped"));
        let (naming, name) = (Naming::Numbers { first: 0 }, "notebook, machines from 0".to_owned());
        let dialect =
            Dialect { name, machines: naming.clone(), peers: naming.clone(), senders: naming, ..notebook };
        let of = |machine| LogContext {
            machine,
            machines: if machines > 1 { machines } else { 0 },
            ..LogContext::default()
        };
        DialectRuns { dialect: Arc::new(dialect), contexts: MachineId::all(machines).map(of).collect() }
    }

    /// Whose the log at this place is.
    pub fn machine(&self, log: usize) -> Option<MachineId> {
        self.contexts.get(log).map(|context| context.machine)
    }

    /// Reads the log at this place to the end of `input`.
    pub fn read(
        &self,
        log: usize,
        input: impl Read,
        see: impl FnMut(u64, &Line<'_>),
    ) -> io::Result<ReadStats> {
        let unknown = LogContext::default();
        self.dialect.read(self.contexts.get(log).unwrap_or(&unknown), input, see)
    }
}
