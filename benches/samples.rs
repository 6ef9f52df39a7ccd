//! Logs to measure with, made by real machines that pass messages in memory.

use labctl::log::{End, EndReason, Header, LogWriter, Stamp};
use labctl::model::event::{Action, MachineId, Message};
use labctl::model::machine::Broadcast;
use labctl::model::machine::{Machine, Rules};
use labctl::model::schedule::Schedule;
use labctl::model::time::LabTime;

pub const START: Stamp = Stamp(1_772_714_762_000_000);
pub const RULES: Rules = Rules { machines: 3, internal_prob: 0.7, broadcast: Broadcast::OneEvent };
pub const CLOCK_RATE: f64 = 1000.0;

/// The logs of three machines that tick in turn, `ticks` times each.
pub fn logs(ticks: u64) -> Vec<Vec<u8>> {
    let duration = LabTime::from_secs_f64(ticks as f64 / CLOCK_RATE);
    let schedule = Schedule { clock_rate: CLOCK_RATE, phase: LabTime::ZERO, duration };
    let ids: Vec<MachineId> = MachineId::all(RULES.machines).collect();
    let mut machines: Vec<Machine> = ids.iter().map(|id| Machine::new(*id, RULES, 1)).collect();
    let mut logs = vec![Vec::new(); ids.len()];
    let mut writers: Vec<_> = logs.iter_mut().map(|log| LogWriter::new(log, START)).collect();
    let header =
        Header { clock_rate: CLOCK_RATE, machines: Some(3), phase: Some(LabTime::ZERO), speedup: Some(1.0) };
    for (id, writer) in ids.iter().zip(&mut writers) {
        writer.header(*id, &header).expect("memory does not fail");
    }
    for tick in 1..=ticks {
        let arrived = schedule.deadline(tick);
        for (at, id) in ids.iter().enumerate() {
            for event in machines[at].tick() {
                writers[at].event(arrived, &event).expect("memory does not fail");
                if let Action::Send(recipients) = event.action {
                    for to in recipients.ids(*id, RULES.machines) {
                        machines[to.index()].deliver(Message {
                            clock: event.clock,
                            from: Some(*id),
                            arrived,
                        });
                    }
                }
            }
        }
    }
    for (machine, writer) in machines.iter().zip(&mut writers) {
        let end = End {
            stamp: START.at(duration),
            clock: machine.clock(),
            queue_length: machine.queue_length(),
            ticks,
            lost_ticks: 0,
            sent: 0,
            received: 0,
            run_time: duration,
            reason: EndReason::Completed,
        };
        writer.end(&end).expect("memory does not fail");
    }
    drop(writers);
    logs
}
