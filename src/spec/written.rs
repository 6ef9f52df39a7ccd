//! A [`Spec`] written as TOML, every default made explicit, in a form that
//! reads back as an equal spec.

use std::fmt::Write;

use toml::Value;

use crate::spec::document::NOTHING_STATED;
use crate::spec::{ClockRate, Logged, MachineSpec, Network, Published, Spec};

/// The spec as TOML; [`parse`](super::document::parse) gives it back.
pub fn to_toml(spec: &Spec) -> String {
    let mut toml = format!(
        "name = {}\nwhy = {}\nduration = \"{}\"\nseed = {}\ninternal_prob = {:?}\nbroadcast = \"{}\"\n\
         start_stagger = \"{}\"\nspeedup = {:?}\n",
        text(&spec.name),
        text(&spec.why),
        spec.duration,
        spec.seed,
        spec.internal_prob,
        spec.broadcast.as_str(),
        spec.start_stagger,
        spec.speedup,
    );
    toml.push_str(&network(&spec.network));
    for alike in spec.machines.chunk_by(|one, next| one == next && one.address.is_none()) {
        toml.push_str(&machine(&alike[0], alike.len()));
    }
    if let Some(results) = &spec.published {
        toml.push_str(&published(results));
    }
    toml
}

fn network(network: &Network) -> String {
    format!(
        "\n[network]\ndelay = \"{}\"\nwhere = \"{}\"\nopen = {}\nconnect_timeout = \"{}\"\n",
        network.delay,
        network.delay_at.as_str(),
        network.open,
        network.connect_timeout,
    )
}

fn machine(machine: &MachineSpec, count: usize) -> String {
    let rate = match machine.clock_rate {
        ClockRate::Fixed(rate) => format!("{rate:?}"),
        random => format!("\"{random}\""),
    };
    let mut toml = format!("\n[[machine]]\nclock_rate = {rate}\nforeign = {}\n", machine.foreign);
    // Writing to a string cannot fail.
    if let Some(address) = machine.address {
        let _ = writeln!(toml, "address = \"{address}\"");
    }
    if count > 1 {
        let _ = writeln!(toml, "count = {count}");
    }
    toml
}

fn published(published: &Published) -> String {
    let source = text(&published.source);
    let Published { max_queue, end_queue, clock_diff, .. } = published;
    let mut toml =
        format!("\n[published]\nsource = {source}\n{}", machine_values(max_queue, end_queue, clock_diff));
    if let Some(Logged { note, max_queue, end_queue, clock_diff }) = &published.logs {
        let values = machine_values(max_queue, end_queue, clock_diff);
        toml.push_str(&format!("\n[published.logs]\nnote = {}\n{values}", text(note)));
    }
    toml
}

fn machine_values(
    max_queue: &[Option<u64>],
    end_queue: &[Option<u64>],
    clock_diff: &[Option<u64>],
) -> String {
    let list = |values: &[Option<u64>]| {
        let value = |value: &Option<u64>| {
            value.map_or_else(|| format!("\"{NOTHING_STATED}\""), |value| value.to_string())
        };
        values.iter().map(value).collect::<Vec<_>>().join(", ")
    };
    let (max_queue, end_queue, clock_diff) = (list(max_queue), list(end_queue), list(clock_diff));
    format!("max_queue = [{max_queue}]\nend_queue = [{end_queue}]\nclock_diff = [{clock_diff}]\n")
}

/// A text with the quotes and escapes of TOML.
fn text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
