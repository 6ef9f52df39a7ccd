//! Following a run through its whole life, as its logs are written.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Follower, Place, Progress, Snapshot, What};
use crate::engine::{Gauges, StopSwitch};
use crate::lab::simulation::simulate_into;
use crate::log::file_name;
use crate::model::event::MachineId;
use crate::model::time::LabTime;
use crate::plan::Run;
use crate::spec::{parse, to_toml};
use crate::store::{MANIFEST_FILE, SPEC_FILE, Status};

const SPEC: &str = "name = \"lab\"\nduration = \"60s\"\nspeedup = 20\nseed = 7\nstart_stagger = \"5ms\"\n\
    [[machine]]\nclock_rate = 6\n[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3\n";

/// A run whose logs are known, and a folder in which they come to be.
struct Stage {
    root: tempfile::TempDir,
    logs: Vec<Vec<u8>>,
    run: Run,
}

impl Stage {
    fn new() -> Stage {
        let root = tempfile::tempdir().unwrap();
        let run = Run::single(parse("lab.toml", SPEC, &[]).unwrap(), "run".to_owned());
        let whole = root.path().join("whole");
        fs::create_dir(&whole).unwrap();
        simulate_into(&whole, &run, &StopSwitch::default(), &Gauges::new(3)).unwrap();
        let logs = run.machines().map(|id| fs::read(whole.join(file_name(id))).unwrap()).collect();
        let stage = Stage { root, logs, run };
        fs::create_dir_all(stage.partial()).unwrap();
        fs::write(stage.partial().join(SPEC_FILE), to_toml(&stage.run.spec)).unwrap();
        stage
    }

    fn partial(&self) -> PathBuf {
        self.root.path().join("lab/run.partial")
    }

    /// The first `bytes` of each log are written by now.
    fn write(&self, folder: &Path, bytes: usize) {
        for (at, log) in self.logs.iter().enumerate() {
            let path = folder.join(file_name(MachineId(at as u32 + 1)));
            let written = fs::metadata(&path).map_or(0, |metadata| metadata.len() as usize);
            let mut file = File::options().create(true).append(true).open(path).unwrap();
            let end = bytes.min(log.len());
            if written < end {
                file.write_all(&log[written..end]).unwrap();
            }
            file.set_modified(written_at()).unwrap();
        }
    }
}

/// When all logs are written, however long a busy host takes for it.
fn written_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn look(follower: &mut Follower, later_s: u64) -> Snapshot {
    let now = written_at() + Duration::from_secs(later_s);
    while follower.poll(now) {}
    follower.snapshot()
}

#[test]
fn a_run_is_followed_from_its_folder_to_its_place() {
    let stage = Stage::new();
    let mut follower = Follower::at(Place::of(&stage.partial()));
    let waiting = look(&mut follower, 0);
    assert_eq!((waiting.progress, waiting.machines.len()), (Progress::Waiting, 3));
    assert_eq!(waiting.about.seed, Some(7));

    // A log ends inside a line.
    stage.write(&stage.partial(), 1000);
    let running = look(&mut follower, 0);
    assert_eq!(running.progress, Progress::Running);
    assert!(running.lab_time > LabTime::ZERO && running.remaining() < running.about.duration);

    stage.write(&stage.partial(), usize::MAX);
    assert!(matches!(look(&mut follower, 0).progress, Progress::Closing { .. }));

    let place = stage.root.path().join("lab/run");
    fs::rename(stage.partial(), &place).unwrap();
    let ended = look(&mut follower, 0);
    assert_eq!(ended.progress, Progress::Ended { status: Status::Completed.into() });
    assert_eq!(follower.folder(), Some(place));
}

#[test]
fn what_is_read_in_pieces_is_what_is_read_at_once() {
    let stage = Stage::new();
    let mut pieces = Follower::at(Place::of(&stage.partial()));
    for bytes in (0..50_000).step_by(777) {
        stage.write(&stage.partial(), bytes);
        look(&mut pieces, 0);
    }
    let mut once = Follower::at(Place::of(&stage.partial()));
    assert!(look(&mut pieces, 0).machines == look(&mut once, 0).machines);
}

#[test]
fn the_last_of_a_run_is_as_its_logs_say() {
    let stage = Stage::new();
    stage.write(&stage.partial(), usize::MAX);
    let ended = look(&mut Follower::at(Place::of(&stage.partial())), 0);
    for (machine, log) in ended.machines.iter().zip(&stage.logs) {
        let end = String::from_utf8_lossy(log).lines().last().unwrap().to_owned();
        for (name, value) in [("Clock", machine.clock), ("Queue length", machine.queue_length)] {
            assert!(end.contains(&format!("{name}: {value}")), "{name} {value} in {end}");
        }
        assert!(matches!(machine.last.last().unwrap().what, What::End(_)));
        assert!((machine.achieved_rate.unwrap() / machine.clock_rate.unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(machine.lateness_p99_us, Some(0), "a simulation is never late");
    }
    let leader = ended.machines.iter().map(|machine| machine.clock).max().unwrap();
    assert!(ended.machines.iter().all(|machine| machine.clock + machine.behind == leader));
    // The slowest machine is overloaded: its queue grows to the end.
    let slow = &ended.machines[1].queue_trace;
    assert!(slow[110] > slow[60] && slow[60] > slow[10], "{slow:?}");
}

#[test]
fn every_machine_has_its_share_of_the_last_events() {
    let stage = Stage::new();
    // The first log is the newest by far, as where it was written last.
    for (machine, bytes) in [(1, 9000), (2, 1500), (3, 1500)] {
        let path = stage.partial().join(file_name(MachineId(machine)));
        fs::write(path, &stage.logs[machine as usize - 1][..bytes]).unwrap();
    }
    let snapshot = look(&mut Follower::at(Place::of(&stage.partial())), 0);
    let shares = |count| {
        let last = snapshot.last_of_each(count);
        assert!(last.is_sorted_by_key(|happening| happening.time), "{last:?}");
        [1, 2, 3].map(|id| last.iter().filter(|happening| happening.machine == MachineId(id)).count())
    };
    assert_eq!(shares(9), [3, 3, 3]);
    assert_eq!(shares(4).iter().sum::<usize>(), 4);
    assert_eq!(shares(1), [1, 0, 0], "the newest of all");
    assert_eq!(shares(0), [0, 0, 0]);
    let lengths: Vec<usize> = snapshot.machines.iter().map(|machine| machine.last.len()).collect();
    let (few, all) = (lengths[1], lengths.iter().sum::<usize>());
    assert_eq!(shares(3 * few + 5)[1], few, "one that has few leaves the rest to the others");
    assert_eq!(shares(usize::MAX).iter().sum::<usize>(), all);
}

#[test]
fn logs_that_stand_still_are_reported_with_their_age() {
    let stage = Stage::new();
    stage.write(&stage.partial(), 2000);
    let mut follower = Follower::at(Place::of(&stage.partial()));
    assert_eq!(look(&mut follower, 2).progress, Progress::Running);
    let Progress::Quiet { quiet } = look(&mut follower, 90).progress else { panic!("not quiet") };
    assert_eq!(quiet.as_secs(), 90);
    fs::remove_dir_all(stage.partial()).unwrap();
    assert_eq!(look(&mut follower, 90).progress, Progress::Gone);
}

#[test]
fn logs_without_a_spec_are_met_as_they_come() {
    let stage = Stage::new();
    let folder = stage.root.path().join("theirs");
    fs::create_dir(&folder).unwrap();
    let mut follower = Follower::at(Place::of(&folder));
    assert_eq!(look(&mut follower, 0).machines.len(), 0);
    fs::write(folder.join("log_2.txt"), &stage.logs[1]).unwrap();
    assert_eq!(look(&mut follower, 0).machines.len(), 1);
    fs::write(folder.join("log_1.txt"), "something else\nin another way\n").unwrap();
    let met = look(&mut follower, 0);
    assert_eq!(met.machines.iter().map(|machine| machine.unmatched).collect::<Vec<_>>(), [2, 0]);
    assert_eq!(met.about.speedup, Some(20.0));
    assert_eq!(met.about.duration, None);
}

#[test]
fn broken_results_do_not_stop_a_follower() {
    let stage = Stage::new();
    let place = stage.root.path().join("lab/run");
    fs::rename(stage.partial(), &place).unwrap();
    for file in [SPEC_FILE, MANIFEST_FILE] {
        fs::write(place.join(file), "{ not a").unwrap();
    }
    let noise: Vec<u8> = (0..100_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(place.join("log_1.txt"), noise).unwrap();
    let snapshot = look(&mut Follower::at(Place::of(&place)), 0);
    assert!(snapshot.machines[0].unmatched > 100);
}

#[test]
fn gauges_tell_how_far_a_run_is_before_its_logs_do() {
    let stage = Stage::new();
    stage.write(&stage.partial(), 1000);
    let mut follower = Follower::of_run(&stage.run);
    assert_eq!(look(&mut follower, 0).progress, Progress::Waiting);
    let gauges = Gauges::new(3);
    gauges.log_into(&stage.partial());
    follower.settle(gauges.logs().unwrap());
    let mut snapshot = look(&mut follower, 0);
    gauges.machine(MachineId(1)).unwrap().set(500, 3, 400);
    gauges.reach(50_000_000_000);
    let logged = snapshot.machines.clone();
    snapshot.reach(&gauges);
    assert_eq!(snapshot.lab_time, LabTime(50_000_000_000));
    assert!(snapshot.machines == logged, "a clock is that of the last event beside it");
    gauges.reach(90_000_000_000);
    snapshot.reach(&gauges);
    assert_eq!(snapshot.remaining(), Some(LabTime::ZERO), "a run does not outlast itself");
}
