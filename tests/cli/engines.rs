//! What every run promises, whatever drives it: a table of specs, run on both
//! engines, and one set of checks on what they leave.

use std::collections::{BTreeMap, BTreeSet};

use labctl::lab::measured::measured;
use labctl::log::{End, Line, Record, Stamp, read_log};
use labctl::model::delay::DelayAt;
use labctl::model::event::{Kind, MachineId, Recipients};
use labctl::model::machine::Broadcast;
use labctl::model::schedule::Schedule;
use labctl::plan::Run;
use labctl::read::find::find_runs;

use crate::support::{Lab, sum};

/// Name, root keys, network and machines.
const SPECS: [(&str, &str, &str, &str); 7] = [
    ("two", "internal_prob = 0.3", "", "[[machine]]\nclock_rate = 5\n[[machine]]\nclock_rate = 2"),
    (
        "silent-never",
        "internal_prob = 0\nbroadcast = \"per-recipient\"",
        "",
        "[[machine]]\nclock_rate = 3\ncount = 2",
    ),
    (
        "assignment",
        "broadcast = \"per-recipient\"",
        "",
        "[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3\n[[machine]]\nclock_rate = 6",
    ),
    (
        "fractions",
        "start_stagger = \"80ms\"",
        "delay = \"exponential:200ms\"",
        "[[machine]]\nclock_rate = 3.48\n[[machine]]\nclock_rate = 3.78\n[[machine]]\nclock_rate = 0.25",
    ),
    (
        "sleepers",
        "internal_prob = 0.2\nbroadcast = \"per-recipient\"",
        "delay = \"uniform:100ms..500ms\"\nwhere = \"sender\"",
        "[[machine]]\nclock_rate = 5\n[[machine]]\nclock_rate = 2\n[[machine]]\nclock_rate = 3",
    ),
    ("ten", "internal_prob = 0.4", "", "[[machine]]\nclock_rate = 4\ncount = 9\n[[machine]]\nclock_rate = 1"),
    (
        "ten-far",
        "internal_prob = 0.4\nbroadcast = \"per-recipient\"",
        "delay = \"constant:1s\"",
        "[[machine]]\nclock_rate = 4\ncount = 9\n[[machine]]\nclock_rate = 1.5",
    ),
];

type Check = fn(&Told) -> Result<(), String>;

const PROMISES: [(&str, Check); 8] = [
    ("clocks strictly rise", clocks_rise),
    ("clocks follow Lamport's rules", lamports_rules),
    ("links deliver what was sent, once and in order", links_keep_order),
    ("every message is accounted for", messages_add_up),
    ("nothing is sent or internal while a message waits", queue_comes_first),
    ("one event a tick", one_event_a_tick),
    ("every tick due is served or counted lost", ticks_add_up),
    ("the tables say what the logs say", tables_agree),
];

/// What a run left.
struct Told {
    run: Run,
    logs: Vec<Log>,
    /// Rows of `events.csv` and `metrics.csv`.
    events: Vec<BTreeMap<String, String>>,
    metrics: Vec<BTreeMap<String, String>>,
}

struct Log {
    machine: MachineId,
    schedule: Schedule,
    /// The stamp of lab time zero.
    start: Stamp,
    records: Vec<Record>,
    end: End,
}

#[test]
fn both_engines_keep_every_promise_and_decide_alike() {
    for (name, root, network, machines) in SPECS {
        let lab = Lab::with_spec(&format!(
            "name = \"lab\"\nduration = \"20s\"\nspeedup = 20\nseed = 7\n{root}\n[network]\n{network}\n{machines}\n"
        ));
        let reported = ["sim", "sockets"].map(|engine| {
            lab.labctl(&["run", "lab.toml", "--engine", engine, "--name", engine]).code(0);
            let reported = read(&lab, engine);
            for (promise, check) in PROMISES {
                check(&reported)
                    .unwrap_or_else(|broken| panic!("{name} on {engine}: {promise}, but {broken}"));
            }
            reported
        });
        let [simulated, on_sockets] = reported.each_ref().map(idle_ticks);
        let both: Vec<_> = simulated.keys().filter(|tick| on_sockets.contains_key(tick)).collect();
        assert!(both.len() > 10, "{name}: idle together at {} ticks only", both.len());
        for tick in both {
            assert_eq!(
                simulated[tick], on_sockets[tick],
                "{name}: (machine, tick) {tick:?} decides otherwise"
            );
        }
    }
}

fn read(lab: &Lab, engine: &str) -> Told {
    let folder = lab.path(&format!("results/lab/{engine}"));
    let stored = &find_runs(&folder).unwrap()[0];
    let run = Run::single(measured(stored).unwrap().spec, engine.to_owned());
    let log = |(machine, clock_rate): (MachineId, &f64)| {
        let spec = &run.spec;
        let schedule =
            Schedule { clock_rate: *clock_rate, phase: spec.phase(machine), duration: spec.duration };
        let (mut start, mut records, mut end) = (None, Vec::new(), None);
        read_log(&stored.logs[machine.index()], |number, line| match line {
            Line::Event(record) => records.push(**record),
            Line::End(record) => end = Some(*record),
            Line::Started { at, .. } => start = Some(*at),
            Line::Rate(_) => {}
            _ => panic!("line {number} of machine {machine} on {engine}: {line:?}"),
        })
        .unwrap();
        Log { machine, schedule, start: start.unwrap(), records, end: end.unwrap() }
    };
    let logs = run.machines().zip(run.clock_rates()).map(log).collect();
    let [events, metrics] =
        ["events", "metrics"].map(|table| lab.rows(&format!("results/lab/{engine}/{table}.csv")));
    Told { run, logs, events, metrics }
}

/// What machines did in ticks that found an empty queue, by machine and tick.
type Decisions = BTreeMap<(MachineId, Option<u64>), Vec<(Kind, Option<Recipients>)>>;

fn idle_ticks(reported: &Told) -> Decisions {
    let mut idle = Decisions::new();
    for log in &reported.logs {
        for record in log.records.iter().filter(|record| record.kind != Kind::Receive) {
            idle.entry((log.machine, record.tick)).or_default().push((record.kind, record.to));
        }
    }
    idle
}

/// Whether a rule holds for every record and the one before it in its log.
fn each_pair(reported: &Told, holds: impl Fn(Option<&Record>, &Record) -> bool) -> Result<(), String> {
    for log in &reported.logs {
        let mut before = None;
        for record in &log.records {
            if !holds(before, record) {
                return Err(format!("machine {} has {before:?} and then {record:?}", log.machine));
            }
            before = Some(record);
        }
    }
    Ok(())
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn clocks_rise(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| before.is_none_or(|before| before.clock < record.clock))
}

fn lamports_rules(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| {
        let own = before.map_or(0, |before| before.clock);
        record.clock == own.max(record.message_clock.unwrap_or(0)) + 1
    })
}

fn links_keep_order(reported: &Told) -> Result<(), String> {
    let machines = reported.run.spec.machine_count();
    let (mut sent, mut received): (BTreeMap<_, Vec<u64>>, BTreeMap<_, Vec<u64>>) = Default::default();
    for log in &reported.logs {
        for record in &log.records {
            if let Some(from) = record.from {
                received.entry((from, log.machine)).or_default().extend(record.message_clock);
            }
            for to in record.to.into_iter().flat_map(|to| to.ids(log.machine, machines)) {
                sent.entry((log.machine, to)).or_default().push(record.clock);
            }
        }
    }
    must(!received.is_empty(), || "nothing was received".to_owned())?;
    for ((from, to), clocks) in received {
        let sent = sent.remove(&(from, to)).unwrap_or_default();
        must(sent.starts_with(&clocks), || {
            format!("machine {from} sent {sent:?} to machine {to}, which received {clocks:?}")
        })?;
    }
    Ok(())
}

fn messages_add_up(reported: &Told) -> Result<(), String> {
    let machines = reported.run.spec.machine_count();
    for Log { machine, records, end, .. } in &reported.logs {
        let sent: u64 = records.iter().filter_map(|record| Some(record.to?.count(machines))).sum();
        let received = records.iter().filter(|record| record.kind == Kind::Receive).count() as u64;
        must((sent, received) == (end.sent, end.received), || {
            format!("machine {machine} logs {sent} sent and {received} received, and counts {end:?}")
        })?;
    }
    let total = |of: fn(&End) -> u64| reported.logs.iter().map(|log| of(&log.end)).sum::<u64>();
    let (sent, received) = (total(|end| end.sent), total(|end| end.received));
    let queued = total(|end| end.queue_length);
    must(sent == received + queued, || {
        format!("{sent} were sent, {received} received and {queued} are in queues")
    })
}

/// By the queue that each RECEIVE leaves, and by the arrival of each message. On
/// sockets a tick may fall between a message's arrival and its way into the
/// queue; then the next one sees it.
fn queue_comes_first(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| {
        let left = |record: &Record| record.queue_length.unwrap_or(0);
        let waiting = before.map_or(0, left);
        if record.kind == Kind::Receive { left(record) + 1 >= waiting } else { waiting == 0 }
    })?;
    let passes_allowed = if reported.run.name == "sim" { 0 } else { 1 };
    for log in &reported.logs {
        let mut idle_us = Vec::new();
        for record in &log.records {
            let Some(waited_us) = record.waited_us else {
                idle_us.push(record.stamp.0);
                idle_us.dedup();
                continue;
            };
            // Both times are cut to the microsecond.
            let arrived_us = record.stamp.0 - waited_us as i64 + 1;
            let passed = idle_us.iter().rev().take_while(|idle_us| **idle_us > arrived_us).count();
            must(passed <= passes_allowed, || {
                format!("machine {} was idle for {passed} ticks while {record:?} waited", log.machine)
            })?;
        }
    }
    Ok(())
}

fn one_event_a_tick(reported: &Told) -> Result<(), String> {
    let per_recipient = reported.run.spec.broadcast == Broadcast::PerRecipient;
    let to_all = reported.run.spec.machines.len() - 1;
    each_pair(reported, |before, record| {
        let alone = before.is_none_or(|before| before.tick < record.tick);
        record.tick.is_some() && (alone || per_recipient && record.kind == Kind::Send)
    })?;
    for (tick, actions) in idle_ticks(reported) {
        let distinct = actions.iter().map(|(_, to)| format!("{to:?}")).collect::<BTreeSet<_>>().len();
        let to_all_at_once = actions.iter().any(|(_, to)| *to == Some(Recipients::All));
        let one_or_each = actions.len() == 1 || actions.len() == to_all && distinct == to_all;
        must(one_or_each && !(per_recipient && to_all_at_once), || {
            format!("(machine, tick) {tick:?} has {actions:?}")
        })?;
    }
    Ok(())
}

fn ticks_add_up(reported: &Told) -> Result<(), String> {
    let lost: u64 = reported.logs.iter().map(|log| log.end.lost_ticks).sum();
    let sleeps = reported.run.spec.network.delay_at == DelayAt::Sender;
    must(sleeps == (lost > 0), || format!("{lost} ticks were lost"))?;
    for log in &reported.logs {
        let (end, schedule, machine) = (&log.end, log.schedule, log.machine);
        let numbers: BTreeSet<u64> = log.records.iter().filter_map(|record| record.tick).collect();
        let counted = end.ticks + end.lost_ticks;
        must(numbers.len() as u64 == end.ticks, || {
            format!("machine {machine} counts {} ticks and logs {}", end.ticks, numbers.len())
        })?;
        must(numbers.last().is_none_or(|last| *last <= counted), || {
            format!("machine {machine} counts {counted} ticks, served or lost, and logs {:?}", numbers.last())
        })?;
        // A machine that is behind by a whole period when the run is over ends there.
        let next = schedule.deadline(counted + 1);
        let excused = end.stamp >= log.start.at(next + schedule.period());
        must(next > schedule.duration || excused, || {
            format!("machine {machine} leaves out tick {} and what follows", counted + 1)
        })?;
    }
    Ok(())
}

fn tables_agree(reported: &Told) -> Result<(), String> {
    let is_simulated = reported.run.name == "sim";
    let late_us =
        reported.metrics.iter().map(|row| row["lateness_max_us"].parse::<u64>().unwrap_or(u64::MAX));
    must(!is_simulated || late_us.max() == Some(0), || "a simulated tick was late".to_owned())?;
    let lines = |of: fn(&Log) -> u64| reported.logs.iter().map(of).sum::<u64>();
    let events = lines(|log| log.records.len() as u64);
    for (what, logged, tabled) in [
        ("rows of events.csv", events, reported.events.len() as u64),
        ("events", events, sum(&reported.metrics, "events")),
        ("messages_sent", lines(|log| log.end.sent), sum(&reported.metrics, "messages_sent")),
        ("messages_received", lines(|log| log.end.received), sum(&reported.metrics, "messages_received")),
        ("messages_queued", lines(|log| log.end.queue_length), sum(&reported.metrics, "messages_queued")),
        ("lost_ticks", lines(|log| log.end.lost_ticks), sum(&reported.metrics, "lost_ticks")),
    ] {
        must(logged == tabled, || format!("{what}: {logged} by the logs, {tabled} by the tables"))?;
    }
    Ok(())
}
