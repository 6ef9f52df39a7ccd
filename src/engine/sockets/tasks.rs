//! All machines in this process.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::node::{Node, NodeError, Setup};
use super::{EngineError, mesh, runtime};
use crate::engine::limits;
use crate::log::EndReason;
use crate::model::event::MachineId;
use crate::plan::Run;

/// Connections a machine holds open that have not said who they are.
const STRANGERS_MAX: u64 = 128;

/// Runs every machine that is ours, each on its own sockets, until all have
/// ended. Blocks.
///
/// # Errors
///
/// The first machine that failed; the others have then ended in order.
pub fn run_as_tasks(setup: &Setup) -> Result<EndReason, EngineError> {
    let machines = setup.run.spec.machine_count();
    limits::make_room_for(files(machines))?;
    let strangers = strangers(files(machines), machines);
    runtime()?.block_on(run_nodes(setup, strangers))
}

/// How many silent connections each of `machines` may hold open, where the run
/// itself needs this many files.
pub fn strangers(files: u64, machines: u32) -> usize {
    let machines = u64::from(machines.max(1));
    (limits::spare(files, STRANGERS_MAX * machines) / machines) as usize
}

/// A listener and a log for each machine, and both ends of every connection.
fn files(machines: u32) -> u64 {
    let machines = u64::from(machines);
    machines * (machines - 1) + 2 * machines
}

async fn run_nodes(setup: &Setup, strangers: usize) -> Result<EndReason, EngineError> {
    let mut nodes = JoinSet::new();
    for (machine, listener, addresses) in meet(&setup.run)? {
        let node = Node { machine, setup: setup.clone(), listener, addresses, strangers };
        nodes.spawn(async move { (machine, node.run().await) });
    }
    let mut reason = EndReason::Completed;
    let mut failure = None;
    while let Some(joined) = nodes.join_next().await {
        let Ok((machine, outcome)) = joined else {
            setup.stop.fail();
            continue;
        };
        match outcome {
            Ok((end, _)) if end.reason == EndReason::Completed => {}
            Ok((end, _)) => reason = end.reason,
            Err(NodeError::Stopped) => reason = setup.stop.reason().unwrap_or(EndReason::Interrupted),
            Err(source) => {
                setup.stop.fail();
                failure.get_or_insert(EngineError::Node { machine, source });
            }
        }
    }
    failure.map_or(Ok(reason), Err)
}

type Connected = Vec<(MachineId, TcpListener, BTreeMap<MachineId, SocketAddr>)>;

/// Opens every listener before anyone connects, and tells each machine where
/// the others listen.
fn meet(run: &Run) -> Result<Connected, EngineError> {
    let mut listeners = Vec::new();
    let mut addresses = BTreeMap::new();
    for (id, spec) in run.machines().zip(&run.spec.machines) {
        let wanted = spec.address.unwrap_or_else(any_port);
        if spec.foreign {
            addresses.insert(id, wanted);
            continue;
        }
        let failed = |source| EngineError::Node { machine: id, source: NodeError::Mesh(source) };
        let listener = mesh::listen(wanted).map_err(failed)?;
        addresses.insert(id, listener.local_addr()?);
        listeners.push((id, listener));
    }
    let others =
        |own: MachineId| addresses.iter().filter(|(id, _)| **id != own).map(|(id, at)| (*id, *at)).collect();
    Ok(listeners.into_iter().map(|(id, listener)| (id, listener, others(id))).collect())
}

/// Loopback, on a port that the system chooses.
pub fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
