//! The socket engine: real TCP, real time. The one door to tokio.
//!
//! [`run_as_tasks`] hosts all machines in this process; [`run_as_processes`]
//! gives each a process of its own; [`run_one`] hosts a single machine that
//! finds its peers elsewhere. All three drive the same nodes.

mod acceptor;
mod alone;
mod arrivals;
mod barrier;
mod connected;
mod context;
pub mod control;
mod dialer;
mod drive;
mod driver;
mod ear;
mod foreign;
mod handshake;
mod inbox;
mod link;
mod meeting;
mod mesh;
mod mesh_error;
mod node;
mod pace;
mod peers;
mod processes;
mod reader;
mod stream;
mod tasks;
mod unheard;
mod visitor;
#[cfg(test)]
mod world;

use std::io;

use super::limits::TooManyFiles;
use crate::model::event::MachineId;

pub use alone::{Controlled, run_controlled, run_one};
pub use mesh_error::MeshError;
pub use node::{LogPlace, NodeError, Setup};
pub use pace::{Epoch, LabClock, MonotonicTime};
pub use processes::run_as_processes;
pub use tasks::run_as_tasks;

/// A run on sockets that did not come to its end in order.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("machine {machine}: {source}")]
    Node { machine: MachineId, source: NodeError },
    #[error("machine {machine}: {why}")]
    Process { machine: MachineId, why: String },
    #[error("machines that all connect to each other: {0}")]
    TooManyMachines(#[from] TooManyFiles),
    #[error("machine {machine} has no address; give it one in the spec (`address = \"127.0.0.1:5001\"`)")]
    NoAddress { machine: MachineId },
    #[error("cannot start the machines: {0}")]
    Start(#[from] io::Error),
}

/// The threads that carry messages between machines of one process.
const CARRIERS: usize = 2;

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(CARRIERS).enable_all().build()
}
