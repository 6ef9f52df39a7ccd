//! The metrics of a simulated run, measured while it is simulated: no log is
//! written, and the rows are those that its logs would give.

use std::io;

use super::{MachineMetrics, Machines, Meter, complete_run};
use crate::engine::simulator::{self, START, simulate};
use crate::engine::{Gauges, StopSwitch};
use crate::event::{Event, MachineId};
use crate::log::{End, Header, Line, Record};
use crate::plan::Run;
use crate::time::LabTime;

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
    // Only the witness can fail, and measuring does not.
    let ends = measured.unwrap_or_default();
    for (meter, end) in meters.iter_mut().zip(&ends) {
        meter.see(&Line::End(End { run_time: as_logged(end.run_time), ..*end }));
    }
    let row = |meter: &Meter| meter.finish(&run.spec.name, &run.name, Machines::Are(machines));
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
    use crate::reading::{Purpose, measure_run};
    use crate::spec::parse;
    use crate::store::find_runs;

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
