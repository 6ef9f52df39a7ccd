//! The keys of a spec: the one place that lists them. Reader, writer, schema,
//! overrides, sweeps and docs go by these tables.
//!
//! A key is a line here, and the field that it fills. Tables within a table come
//! last, as TOML wants them.

use crate::model::delay::DelayAt;
use crate::model::machine::Broadcast;
use crate::spec::axes::{CONDITION, GRID, ZIP};
use crate::spec::key::Need::{Default, IfOther, Optional, Required};
use crate::spec::key::{Entry, Keyed, Keys, key, optional_table, table};
use crate::spec::kinds::{
    ABOVE_ZERO, DELAY, FLAG, FOLDER_NAME, MACHINE_VALUES, PASSED_OVER, SHARE, TEXT, TIME, TIME_ABOVE_ZERO,
    choice, optional_whole, whole,
};
use crate::spec::machines::{ADDRESS, Alike, MACHINES, OWN_LOG, RATE};
use crate::spec::sweep::{ManyRuns, SweepTable};
use crate::spec::{Logged, MAX_MACHINES, Network, Published, REPLICATES, Spec};

/// At the root of a spec.
#[rustfmt::skip]
impl Keyed for Spec {
    const KEYS: Keys<Spec> = &[
        &Entry { name: "$schema", get: |_| &(), set: |_, ()| {}, kind: PASSED_OVER, need: Optional, examples: &[],
            about: "Where an editor finds this schema; labctl passes it over." },
        key!("name", Spec.name, FOLDER_NAME, Required("name = \"my-experiment\""),
            "Names the folder under results/: letters a to z, digits, `-`, `_` and `.`.", ["my-experiment"]),
        key!("why", Spec.why, TEXT, Optional,
            "Why the experiment exists, in prose: what it asks, and what to look at.", []),
        key!("duration", Spec.duration, TIME_ABOVE_ZERO, Required("duration = \"60s\""),
            "How long the run lasts, in lab time.", ["60s", "1m 30s"]),
        key!("seed", Spec.seed, whole::<0, { u64::MAX }>(), Default,
            "Decides every draw: the same seed meets the same dice.", []),
        key!("internal_prob", Spec.internal_prob, SHARE, Default,
            "Chance that an idle tick is INTERNAL; otherwise it is a SEND.", ["0.2", "0.7"]),
        key!("broadcast", Spec.broadcast, choice!(Broadcast: OneEvent, PerRecipient), Default,
            "How a send to all peers counts: as one event, or as one SEND for each recipient.", []),
        key!("start_stagger", Spec.start_stagger, TIME, Optional,
            "Lab time between the first ticks of neighbouring machines. By default 1/(60 N) s for N machines, \
             so that ticks of whole rates from 1 to 6 never fall together.", ["5ms"]),
        key!("speedup", Spec.speedup, ABOVE_ZERO, Default,
            "Lab time per real time: 10 makes a minute of lab time in six seconds.", ["1", "10"]),
        key!("network", Spec.network, table(), Optional,
            "The way between the machines.", []),
        key!("machine", Spec.machines, MACHINES, Required("[[machine]]"),
            "The machines; the first is machine 1. At least two, by tables or by `count`.", []),
        key!("published", Spec.published, optional_table(), Optional,
            "What a publication states of this experiment; charts and tables show it beside the runs.", []),
    ];
}

/// At the root of a spec, too, but about many runs.
#[rustfmt::skip]
impl Keyed for ManyRuns {
    const KEYS: Keys<ManyRuns> = &[
        key!(REPLICATES, ManyRuns.replicates, optional_whole::<1_000_000>(), Optional,
            "Runs of each cell of a sweep; they differ in the seed alone.", ["30"]),
        key!("sweep", ManyRuns.sweep, table(), Optional,
            "What varies between the runs of a sweep.", []),
    ];
}

#[rustfmt::skip]
impl Keyed for SweepTable {
    const KEYS: Keys<SweepTable> = &[
        key!("grid", SweepTable.grid, GRID, Optional,
            "Every value of a key with every value of the others. A list, or a text such as \"0.1..0.9:0.1\".", []),
        key!("zip", SweepTable.zip, ZIP, Optional,
            "Keys that step together; all have as many values. A list, or a text such as \"0.1..0.9:0.1\".", []),
        key!("where", SweepTable.condition, CONDITION, Optional,
            "Which cells of the grid are wanted: a condition on its axes.",
            ["internal_prob < 0.5 && duration == 60"]),
    ];
}

#[rustfmt::skip]
impl Keyed for Alike {
    const KEYS: Keys<Alike> = &[
        key!("clock_rate", Alike.machine.clock_rate, RATE, Required("clock_rate = 4"),
            "Ticks a second of lab time: a number above 0, fractions too, or a range to draw from.",
            ["4", "0.5", "random 1..6"]),
        key!("foreign", Alike.machine.foreign, FLAG, Default,
            "Written by someone else: labctl connects to it and does not run it. It needs an `address`, and \
             `open = true` under `[network]`.", []),
        key!("address", Alike.machine.address, ADDRESS, IfOther,
            "Where it listens: an IP address and a port. Without one, the system chooses a port.",
            ["127.0.0.1:5001", "localhost:5001"]),
        key!("log", Alike.machine.log, OWN_LOG, IfOther,
            "The log that a foreign machine writes by itself, in labctl's own format. After `labctl run` it stands \
             in the run's folder as a link, and is read with it.",
            ["theirs/machine_3.log"]),
        key!("count", Alike.count, whole::<1, { MAX_MACHINES as u64 }>(), IfOther,
            "Machines alike that this table stands for.", []),
    ];
}

#[rustfmt::skip]
impl Keyed for Network {
    const KEYS: Keys<Network> = &[
        key!("delay", Network.delay, DELAY, Default,
            "The distribution of a message's delay, in lab time.",
            ["constant:100ms", "uniform:100ms..500ms", "exponential:200ms"]),
        key!("where", Network.delay_at, choice!(DelayAt: Link, Sender), Default,
            "Where the delay acts. link: messages are in flight, and both ends go on. sender: the sender sleeps \
             inside its tick.", []),
        key!("open", Network.open, FLAG, Default,
            "Lets in machines that do not shake hands, such as those of others.", []),
        key!("connect_timeout", Network.connect_timeout, TIME_ABOVE_ZERO, Default,
            "Real time to wait for the peers before the first tick.", ["60s"]),
        key!("foreign_backlog", Network.foreign_backlog, whole::<1, { u64::MAX }>(), IfOther,
            "Messages of foreign machines that may wait at a machine; beyond it these are read no further.", []),
    ];
}

#[rustfmt::skip]
impl Keyed for Published {
    const KEYS: Keys<Published> = &[
        key!("source", Published.source, TEXT, Optional, "Where they were published.", []),
        key!("max_queue", Published.max_queue, MACHINE_VALUES, Optional, MAX_QUEUE, []),
        key!("end_queue", Published.end_queue, MACHINE_VALUES, Optional, END_QUEUE, []),
        key!("clock_diff", Published.clock_diff, MACHINE_VALUES, Optional, CLOCK_DIFF, []),
        key!("logs", Published.logs, optional_table(), Optional,
            "The same, measured from the logs behind the publication.", []),
    ];
}

#[rustfmt::skip]
impl Keyed for Logged {
    const KEYS: Keys<Logged> = &[
        key!("note", Logged.note, TEXT, Optional, "What to know of these logs before they are trusted.", []),
        key!("max_queue", Logged.max_queue, MACHINE_VALUES, Optional, MAX_QUEUE, []),
        key!("end_queue", Logged.end_queue, MACHINE_VALUES, Optional, END_QUEUE, []),
        key!("clock_diff", Logged.clock_diff, MACHINE_VALUES, Optional, CLOCK_DIFF, []),
    ];
}

const MAX_QUEUE: &str = "The longest queue: a value for each machine, \"-\" for one that is passed over.";
const END_QUEUE: &str =
    "Messages left in the queue at the end: a value for each machine, \"-\" for one that is passed over.";
const CLOCK_DIFF: &str = "How far the final logical clock lies behind the largest: a value for each machine, \"-\" \
                          for one that is passed over.";
