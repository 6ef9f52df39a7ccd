//! The metrics of a simulated run, measured while it is simulated: no log is
//! written, and the rows are those that its logs would give.

use std::io;
use std::sync::Arc;

use crate::engine::simulator::{self, START, simulate};
use crate::engine::{Gauges, StopSwitch};
use crate::log::{End, Header, Line, Record};
use crate::metrics::{MachineMetrics, Machines, Meter, complete_run, count_first_jumps};
use crate::model::event::{Event, MachineId};
use crate::model::time::LabTime;
use crate::plan::Run;

/// Simulates `run`, until `stop`, and gives a row a machine.
pub fn simulate_metrics(run: &Run, stop: &StopSwitch) -> Vec<MachineMetrics> {
    simulate_seen(run, stop, |_, _, _| {})
}

/// The same, and shows `see` every event, in the order of time.
pub fn simulate_seen(
    run: &Run,
    stop: &StopSwitch,
    mut see: impl FnMut(MachineId, LabTime, &Event),
) -> Vec<MachineMetrics> {
    let machines = run.spec.machine_count();
    let mut meters: Vec<Meter> = run.machines().map(|machine| Meter::new(machine, START)).collect();
    for (machine, meter) in run.machines().zip(&mut meters) {
        let header = simulator::header(run, machine);
        meter.see(&Line::Rate(Header { phase: header.phase.map(as_logged), ..header }));
    }
    let measured: io::Result<_> = simulate(run, stop, &Gauges::new(machines), |machine, time, event| {
        meters[machine.index()].see(&Line::Event(&Record::of(event, time, START)));
        see(machine, time, event);
        Ok(())
    });
    // Only the observer can fail, and measuring does not.
    let ends = measured.unwrap_or_default();
    for (meter, end) in meters.iter_mut().zip(&ends) {
        meter.see(&Line::End(End { run_time: as_logged(end.run_time), ..*end }));
    }
    count_first_jumps(meters.iter_mut());
    let [experiment, name] = [&run.spec.name, &run.name].map(|name| Arc::<str>::from(name.as_str()));
    let row =
        |meter: &Meter| meter.finish(Arc::clone(&experiment), Arc::clone(&name), Machines::Are(machines));
    let mut rows: Vec<MachineMetrics> = meters.iter().map(row).collect();
    complete_run(&mut rows);
    rows
}

/// Logs tell times in whole microseconds.
fn as_logged(time: LabTime) -> LabTime {
    const NS_PER_US: u64 = 1_000;
    LabTime(time.as_micros() * NS_PER_US)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::simulation::simulate_into;
    use crate::metrics::WaitSource;
    use crate::model::event::Action;
    use crate::read::find::find_runs;
    use crate::read::{Purpose, measure_run};
    use crate::spec::parse;

    /// Each machine's waits in nanoseconds, in the order of its pops, from its
    /// messages' SENDs and its pops alone: without a delay on the way the k-th
    /// message sent to a machine is the k-th that it pops.
    fn waits_by_hand(run: &Run) -> Vec<Vec<u64>> {
        let machines = run.spec.machine_count();
        let mut sent = vec![Vec::new(); machines as usize];
        let mut popped = sent.clone();
        simulate(run, &StopSwitch::default(), &Gauges::new(machines), |machine, time, event| {
            match event.action {
                Action::Internal => {}
                Action::Send(to) => to.ids(machine, machines).for_each(|to| sent[to.index()].push(time.0)),
                Action::Receive { .. } => popped[machine.index()].push(time.0),
            }
            Ok(())
        })
        .unwrap();
        let waits = |(sent, popped): (&Vec<u64>, &Vec<u64>)| {
            popped.iter().zip(sent).map(|(popped, sent)| popped - sent).collect()
        };
        sent.iter().zip(&popped).map(waits).collect()
    }

    #[test]
    fn waits_are_those_from_each_send_to_its_pop() {
        let machines =
            "[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3\n[[machine]]\nclock_rate = 6\n";
        let text = format!("name = \"wait\"\nduration = \"60s\"\nseed = 3\n{machines}");
        let run = Run::single(parse("t", &text, &[]).unwrap(), "wait".to_owned());
        let rows = simulate_metrics(&run, &StopSwitch::default());
        for (row, waits) in rows.iter().zip(waits_by_hand(&run)) {
            let mut waits_s: Vec<f64> = waits.iter().map(|ns| (ns / 1_000) as f64 / 1e6).collect();
            waits_s.sort_by(f64::total_cmp);
            let mean = waits_s.iter().sum::<f64>() / waits_s.len() as f64;
            assert!((row.wait_mean.unwrap() - mean).abs() < 1e-9, "{row:?}");
            assert_eq!(row.wait_max, waits_s.last().copied());
            assert_eq!(row.wait_p95, Some(waits_s[(waits_s.len() * 95).div_ceil(100) - 1]));
            assert_eq!(row.wait_source, WaitSource::Logged);
        }
        assert!(rows[0].wait_mean > Some(5.0), "the first machine is overloaded: {:?}", rows[0]);
    }

    /// Little (1961): the mean number of messages in a queue is the rate of
    /// arrivals × the mean wait.
    #[test]
    fn waits_obey_littles_law() {
        let machines =
            "[[machine]]\nclock_rate = 3\n[[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 6\n";
        let text = format!("name = \"little\"\nduration = \"4000s\"\nseed = 5\n{machines}");
        let run = Run::single(parse("t", &text, &[]).unwrap(), "little".to_owned());
        let mut changes: [Vec<(f64, i64)>; 3] = Default::default();
        simulate(&run, &StopSwitch::default(), &Gauges::new(3), |machine, time, event| {
            match event.action {
                Action::Internal => {}
                Action::Send(to) => {
                    to.ids(machine, 3).for_each(|to| changes[to.index()].push((time.as_secs_f64(), 1)));
                }
                Action::Receive { .. } => changes[machine.index()].push((time.as_secs_f64(), -1)),
            }
            Ok(())
        })
        .unwrap();
        for (row, changes) in simulate_metrics(&run, &StopSwitch::default()).iter().zip(&changes) {
            let (mut queue, mut area, mut before) = (0, 0.0, 0.0);
            for (time, change) in changes {
                area += queue as f64 * (time - before);
                (queue, before) = (queue + change, *time);
            }
            let by_little = row.receives as f64 / 4000.0 * row.wait_mean.unwrap();
            assert!((area / 4000.0 / by_little - 1.0).abs() < 0.01, "{} and {by_little}", area / 4000.0);
        }
    }

    #[test]
    fn a_simulation_measures_as_its_logs_do() {
        for rest in [
            "",
            "start_stagger = \"1234567ns\"\nspeedup = 3.7\n",
            "broadcast = \"per-recipient\"\n[network]\ndelay = \"exponential:300ms\"\nwhere = \"link\"\n",
            "[network]\ndelay = \"uniform:10ms..900ms\"\nwhere = \"sender\"\n",
        ] {
            let machines =
                "[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3.7\n[[machine]]\nclock_rate = 11\n";
            let text = format!("name = \"once\"\nduration = \"45.454545454s\"\nseed = 9\n{rest}{machines}");
            let run = Run::single(parse("t", &text, &[]).unwrap(), "once".to_owned());
            let results = tempfile::tempdir().unwrap();
            let folder = results.path().join("once");
            std::fs::create_dir_all(&folder).unwrap();
            simulate_into(&folder, &run, &StopSwitch::default(), &Gauges::new(3)).unwrap();
            let logged = measure_run(&find_runs(&folder).unwrap()[0], Purpose::default()).unwrap();
            let measured = simulate_metrics(&run, &StopSwitch::default());
            assert!(measured.iter().any(|row| row.receives > 10));
            assert_eq!(measured, logged.rows);
        }
    }
}
