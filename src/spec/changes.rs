//! In what a spec differs from another, key by key, as overrides write it. Pure.

use crate::spec::{MachineSpec, Network, Spec, to_toml};

/// What decides the results of a spec's runs, but for chance.
pub(super) fn decisive(spec: &Spec) -> Spec {
    let machine = |machine: &MachineSpec| MachineSpec { address: None, log: None, ..machine.clone() };
    let Network { delay, delay_at, .. } = spec.network;
    Spec {
        name: String::new(),
        why: String::new(),
        seed: 0,
        speedup: 1.0,
        published: None,
        machines: spec.machines.iter().map(machine).collect(),
        network: Network { delay, delay_at, ..Network::default() },
        ..spec.clone()
    }
}

/// What of it was changed, as `duration = 5s`, in the order of the keys.
pub(super) fn changes(from: &Spec, to: &Spec) -> Vec<String> {
    let (from, to) = (decisive(from), decisive(to));
    let before = keys(&from);
    let is_changed = |key: &(String, String)| !before.contains(key) && !follows(&to, &key.0);
    let changed = keys(&to).into_iter().filter(is_changed);
    let mut changes: Vec<String> = changed.map(|(key, value)| format!("{key} = {value}")).collect();
    let rates = |spec: &Spec| spec.machines.iter().map(|one| one.clock_rate.to_string()).collect::<Vec<_>>();
    if rates(&from) != rates(&to) {
        changes.push(format!("clock_rates = {}", rates(&to).join(", ")));
    }
    changes
}

/// Whether a key has the value that follows from the others.
fn follows(spec: &Spec, key: &str) -> bool {
    key == "start_stagger" && spec.start_stagger == Spec::default_stagger(spec.machines.len())
}

/// The keys of a spec but those of its machines, with their values.
fn keys(spec: &Spec) -> Vec<(String, String)> {
    let text = to_toml(spec);
    let mut table = String::new();
    let mut keys = Vec::new();
    for line in text.lines().take_while(|line| !line.starts_with("[[")) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = format!("{name}.");
        } else if let Some((key, value)) = line.split_once(" = ") {
            keys.push((format!("{table}{key}"), value.trim_matches('"').to_owned()));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Override, parse};

    const LAB: &str =
        "name = \"lab\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 6\n[[machine]]\nclock_rate = 1\n";

    fn changed(overrides: &[(&str, &str)]) -> String {
        let overrides: Vec<Override> =
            overrides.iter().map(|(key, value)| Override::new(*key, *key, *value)).collect();
        changes(&parse("x", LAB, &[]).unwrap(), &parse("x", LAB, &overrides).unwrap()).join(", ")
    }

    #[test]
    fn what_is_changed_is_named_as_overrides_write_it() {
        for (overrides, told) in [
            (&[("duration", "5s")][..], "duration = 5s"),
            (&[("internal_prob", ".2"), ("duration", "5s")], "duration = 5s, internal_prob = 0.2"),
            (&[("network.delay", "constant:100ms")], "network.delay = constant:100ms"),
            (&[("machine.2.clock_rate", "2")], "clock_rates = 6, 2"),
            (&[("clock_rates", "1,2,3")], "clock_rates = 1, 2, 3"),
        ] {
            assert_eq!(changed(overrides), told);
        }
    }

    #[test]
    fn what_decides_nothing_is_no_change() {
        for same in [("seed", "9"), ("speedup", "20"), ("duration", "1m"), ("name", "other")] {
            assert_eq!(changed(&[same]), "", "{same:?}");
        }
    }
}
