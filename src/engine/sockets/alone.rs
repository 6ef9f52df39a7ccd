//! One machine in this process: by hand, or ordered by a run over pipes.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::control::{Order, Report};
use super::node::{Node, NodeError, Setup};
use super::tasks::{any_port, strangers};
use super::{EngineError, mesh, runtime};
use crate::engine::Notice;
use crate::log::End;
use crate::model::event::MachineId;

/// Runs one machine whose peers listen at the addresses of the spec, and gives
/// the record of its end and its log. Blocks.
pub fn run_one(setup: &Setup, machine: MachineId) -> Result<(End, PathBuf), EngineError> {
    let mut addresses = BTreeMap::new();
    for (id, spec) in setup.run.machines().zip(&setup.run.spec.machines) {
        addresses.insert(id, spec.address.ok_or(EngineError::NoAddress { machine: id })?);
    }
    let own = addresses.remove(&machine).ok_or(EngineError::NoAddress { machine })?;
    runtime()?.block_on(async {
        let failed = |source| EngineError::Node { machine, source };
        let listener = mesh::listen(own).map_err(|error| failed(NodeError::Mesh(error)))?;
        let node =
            Node { machine, setup: setup.clone(), listener, addresses, strangers: strangers_of_one(setup) };
        node.run().await.map_err(failed)
    })
}

/// Besides a connection to every peer there are a listener and a log.
fn strangers_of_one(setup: &Setup) -> usize {
    strangers(2 * u64::from(setup.run.spec.machine_count()) + 2, 1)
}

/// The pipes of a machine that a run orders.
pub struct Controlled<R, W> {
    pub orders: R,
    pub reports: W,
}

/// How often a run hears how its machine is doing.
const GAUGE_EVERY: Duration = Duration::from_millis(200);

/// Runs one machine as a run's process: says where it listens, hears where the
/// others do, and reports until its end. Blocks.
pub fn run_controlled<R, W>(
    mut setup: Setup,
    machine: MachineId,
    pipes: Controlled<R, W>,
) -> Result<(), EngineError>
where
    R: BufRead + Send + 'static,
    W: Write + Send + 'static,
{
    let spec_address = setup.run.spec.machines.get(machine.index()).and_then(|spec| spec.address);
    let reports = Arc::new(std::sync::Mutex::new(pipes.reports));
    let report = {
        let reports = Arc::clone(&reports);
        move |report: &Report| {
            if let Ok(mut pipe) = reports.lock() {
                // A run that hears no more has ended; its orders' pipe says so too.
                let _ = pipe.write_all(report.line().as_bytes()).and_then(|()| pipe.flush());
            }
        }
    };
    let notice = report.clone();
    setup.observer = Arc::new(move |said: Notice| notice(&Report::Notice(said.text)));
    let outcome = runtime()?.block_on(async {
        let failed = |source| EngineError::Node { machine, source };
        let mesh_failed = |error| failed(NodeError::Mesh(error));
        let listener = mesh::listen(spec_address.unwrap_or_else(any_port)).map_err(mesh_failed)?;
        report(&Report::Listening(listener.local_addr()?));
        let mut orders = pipes.orders.lines().map_while(Result::ok);
        let Some(Order::Meet { token, mut addresses }) = orders.next().as_deref().and_then(Order::parse)
        else {
            return Err(failed(NodeError::Stopped));
        };
        addresses.remove(&machine);
        setup.token = token;
        obey(orders, &setup);
        let gauging = tokio::spawn(gauge(setup.clone(), machine, report.clone()));
        let node =
            Node { machine, setup: setup.clone(), listener, addresses, strangers: strangers_of_one(&setup) };
        let outcome = node.run().await.map(|_| ()).map_err(failed);
        gauging.abort();
        outcome
    });
    match &outcome {
        Ok(_) => report(&Report::Ended),
        Err(error) => report(&Report::Failed(error.to_string())),
    }
    outcome
}

/// Listens for the order to stop on a thread of its own; a run that is gone
/// stops its machines too.
fn obey(mut orders: impl Iterator<Item = String> + Send + 'static, setup: &Setup) {
    let stop = setup.stop.clone();
    std::thread::spawn(move || match orders.next().as_deref().and_then(Order::parse) {
        Some(Order::Stop { failed: false }) => stop.interrupt(),
        _ => stop.fail(),
    });
}

async fn gauge(setup: Setup, machine: MachineId, report: impl Fn(&Report)) {
    use std::sync::atomic::Ordering::Relaxed;
    loop {
        tokio::time::sleep(GAUGE_EVERY).await;
        let Some(gauge) = setup.gauges.machine(machine) else { return };
        report(&Report::Gauge {
            clock: gauge.clock.load(Relaxed),
            queue_length: gauge.queue_length.load(Relaxed),
            ticks: gauge.ticks.load(Relaxed),
            lab_time_ns: setup.gauges.lab_time_ns(),
        });
    }
}
