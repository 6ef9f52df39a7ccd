//! Each machine in a process of its own, as in the notebook's start-all script.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time;

use super::control::{Order, Report};
use super::node::{LogPlace, Setup};
use super::{EngineError, runtime};
use crate::engine::Notice;
use crate::log::EndReason;
use crate::model::event::MachineId;
use crate::platform;

/// How often a wish to stop is looked for.
const GLANCE: Duration = Duration::from_millis(20);
/// A process that does not end in order within this is ended.
const END_PATIENCE: Duration = Duration::from_secs(10);

/// Runs every machine as `program machine <id> --spec <spec> --logs <folder>
/// --controlled`. Blocks.
///
/// # Errors
///
/// The first machine that failed or was killed; the others have then ended in
/// order, and every log is kept.
pub fn run_as_processes(setup: &Setup, program: &Path, spec: &Path) -> Result<EndReason, EngineError> {
    runtime()?.block_on(run(setup, program, spec))
}

async fn run(setup: &Setup, program: &Path, spec: &Path) -> Result<EndReason, EngineError> {
    let (sender, mut news) = mpsc::unbounded_channel();
    let mut flock = Flock {
        setup,
        orders: BTreeMap::new(),
        addresses: BTreeMap::new(),
        failure: None,
        have_reported: BTreeSet::new(),
        is_sudden: false,
        reason: EndReason::Completed,
    };
    let mut running = 0;
    for (id, machine) in setup.run.machines().zip(&setup.run.spec.machines) {
        if machine.foreign {
            flock.addresses.extend(machine.address.map(|address| (id, address)));
            continue;
        }
        let (child, stdin, reports) = start(setup, program, spec, id)?;
        flock.orders.insert(id, stdin);
        running += 1;
        tokio::spawn(follow(id, child, reports, sender.clone()));
    }
    let mut stopping_since: Option<time::Instant> = None;
    while running > 0 {
        match time::timeout(GLANCE, news.recv()).await {
            Ok(Some((machine, News::Said(report)))) => flock.hear(machine, report).await,
            Ok(Some((machine, News::Exited(status)))) => {
                running -= 1;
                flock.orders.remove(&machine);
                flock.judge_exit(machine, status);
            }
            Ok(None) => break,
            Err(_) => {}
        }
        if let Some(reason) = setup.stop.reason() {
            if stopping_since.is_none() {
                stopping_since = Some(time::Instant::now());
                flock.reason = reason;
                flock.order_all(&Order::Stop { failed: reason == EndReason::Failed }).await;
            }
            if stopping_since.is_some_and(|since| since.elapsed() > END_PATIENCE) {
                // Dropping the pipes and the tasks that follow the processes kills these.
                break;
            }
        }
    }
    flock.failure.map_or(Ok(flock.reason), Err)
}

fn start(
    setup: &Setup,
    program: &Path,
    spec: &Path,
    id: MachineId,
) -> Result<(Child, ChildStdin, Lines<BufReader<ChildStdout>>), EngineError> {
    let LogPlace::Folder(folder) = &setup.logs else {
        return Err(EngineError::Process { machine: id, why: "its logs have no folder".to_owned() });
    };
    let mut command = Command::new(program);
    command.arg("machine").arg(spec).arg(id.to_string()).arg("--logs").arg(folder).arg("--controlled");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    // A Ctrl-C at the terminal is for the run, which then orders the machines to end.
    platform::apart_from_terminal(command.as_std_mut());
    let mut child = command.spawn()?;
    let lost = || EngineError::Process { machine: id, why: "its pipes could not be made".to_owned() };
    let stdin = child.stdin.take().ok_or_else(lost)?;
    let stdout = child.stdout.take().ok_or_else(lost)?;
    Ok((child, stdin, BufReader::new(stdout).lines()))
}

enum News {
    Said(Report),
    Exited(std::io::Result<ExitStatus>),
}

async fn follow(
    machine: MachineId,
    mut child: Child,
    mut reports: Lines<BufReader<ChildStdout>>,
    news: mpsc::UnboundedSender<(MachineId, News)>,
) {
    while let Ok(Some(line)) = reports.next_line().await {
        if let Some(report) = Report::parse(&line) {
            // The run listens until the last process has ended.
            let _ = news.send((machine, News::Said(report)));
        }
    }
    let _ = news.send((machine, News::Exited(child.wait().await)));
}

/// All the processes of a run.
struct Flock<'a> {
    setup: &'a Setup,
    orders: BTreeMap<MachineId, ChildStdin>,
    addresses: BTreeMap<MachineId, SocketAddr>,
    failure: Option<EngineError>,
    /// Machines that reported their own failure.
    have_reported: BTreeSet<MachineId>,
    /// Whether the failure is a machine's that reported none.
    is_sudden: bool,
    reason: EndReason,
}

impl Flock<'_> {
    async fn hear(&mut self, machine: MachineId, report: Report) {
        match report {
            Report::Listening(address) => {
                self.addresses.insert(machine, address);
                if self.addresses.len() == self.setup.run.spec.machines.len() {
                    let (token, addresses) = (self.setup.token.clone(), self.addresses.clone());
                    self.order_all(&Order::Meet { token, addresses }).await;
                }
            }
            Report::Gauge { clock, queue_length, ticks, lab_time_ns } => {
                if let Some(gauge) = self.setup.gauges.machine(machine) {
                    gauge.set(clock, queue_length, ticks);
                }
                self.setup.gauges.reach(lab_time_ns);
            }
            Report::Notice(text) => (self.setup.observer)(Notice { machine, text }),
            Report::Ended => {}
            Report::Failed(why) => {
                self.have_reported.insert(machine);
                self.fail(machine, why);
            }
        }
    }

    fn judge_exit(&mut self, machine: MachineId, status: std::io::Result<ExitStatus>) {
        let why = match status {
            Ok(status) if status.success() || self.have_reported.contains(&machine) => return,
            Ok(status) => format!("its process ended early ({status})"),
            Err(error) => format!("its process was lost ({error})"),
        };
        // Others may have missed it before its end was heard of here.
        if !self.is_sudden && self.setup.stop.reason() != Some(EndReason::Interrupted) {
            self.is_sudden = true;
            self.failure = None;
        }
        self.fail(machine, why);
    }

    /// The first failure names the run's; it stops the rest.
    fn fail(&mut self, machine: MachineId, why: String) {
        if self.setup.stop.reason() == Some(EndReason::Interrupted) {
            return;
        }
        self.failure.get_or_insert(EngineError::Process { machine, why });
        self.setup.stop.fail();
    }

    async fn order_all(&mut self, order: &Order) {
        let line = order.line();
        for pipe in self.orders.values_mut() {
            // A process that does not listen has ended, and its end is heard elsewhere.
            let _ = pipe.write_all(line.as_bytes()).await;
            let _ = pipe.flush().await;
        }
    }
}
