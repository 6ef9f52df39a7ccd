//! The event log, `log_<n>.txt`: one owner for writing and for reading.
//!
//! ```text
//! Machine 1 log started at 2026-03-05 12:46:02.409909
//! Clock rate: 4 ticks per second, Machines: 3, Phase: 0 us, Speedup: 1
//! 2026-03-05 12:46:04.020113 | INTERNAL | Clock: 1 | Internal event, Tick: 1
//! 2026-03-05 12:46:04.353446 | SEND | Clock: 2 | Sent to machine 3, Tick: 2
//! 2026-03-05 12:46:06.020101 | RECEIVE | Clock: 13 | Message clock: 12, Queue length: 0, From: 2, Tick: 3, Waited: 512 us
//! 2026-03-05 12:47:02.409909 | END | Clock: 13 | Queue length: 0, Ticks: 3, Lost ticks: 0, Sent: 1, Received: 1, Run time: 60000000 us, Reason: completed
//! ```
//!
//! Stamps are UTC: the run's start plus lab time. The fields after a line's
//! first are missing in logs of the notebook's program, which also stamps in
//! whole seconds; both are read.

mod chunk;
pub(crate) mod fault;
mod line;
mod packed;
mod parse;
mod raw_lines;
mod read;
mod read_stats;
mod stamp;
mod write;
mod zipped;

pub use chunk::{Chunk, Cutter};
pub use fault::{FaultKind, LogFault, shown};
pub use line::{End, EndReason, ErrorLine, Header, Line, Record};
pub use parse::LineParser;
pub use raw_lines::{RawLine, read_raw_lines};
pub use read::{BYTE_ORDER_MARK, LogFile, LogReader, machine_of_file, open_log, read_log, read_small_log};
pub use read_stats::ReadStats;
pub use stamp::Stamp;
pub use write::LogWriter;
pub use zipped::{files_in_zip, is_zip, zip_of};

use crate::model::event::MachineId;

/// The file name of a machine's log.
pub fn file_name(machine: MachineId) -> String {
    format!("log_{machine}.txt")
}
