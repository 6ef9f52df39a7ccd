//! `labctl machine`: machines started one by one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{LAB, Lab, spec_on_ports};

#[test]
fn a_machine_needs_to_know_which_it_is() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["machine", "--spec", "lab.toml"]).code(2).tells(&["<ID>", "Usage: labctl machine"]);
    lab.labctl(&["machine", "0", "--spec", "lab.toml"]).code(2).tells(&["invalid value '0' for '<ID>'"]);
    lab.labctl(&["machine", "4", "--spec", "lab.toml"])
        .code(2)
        .tells(&["lab.toml has no machine 4", "it has 3"]);
}

#[test]
fn a_machine_by_hand_needs_addresses() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["machine", "1", "--spec", "lab.toml"])
        .code(1)
        .tells(&["no address", "address = \"127.0.0.1:"]);
}

#[test]
fn three_machines_started_by_hand_meet_and_log_into_one_folder() {
    let (spec, _) = spec_on_ports("duration = \"20s\"\nspeedup = 20", &["4", "1", "6"]);
    let lab = Lab::with_spec(&spec);
    let machines = ["1", "2", "3"].map(|id| lab.start(&["machine", id, "--spec", "lab.toml"]));
    let logs =
        machines.map(|machine| machine.end().code(0).tells(&["waiting for the other 2", "completed"]).out);
    let folders: BTreeSet<&Path> = logs.iter().map(|log| Path::new(log.trim()).parent().unwrap()).collect();
    assert_eq!(folders.len(), 1, "{logs:?}");
    let folder = folders.first().unwrap().to_str().unwrap();
    assert_eq!(lab.names(folder), ["log_1.txt", "log_2.txt", "log_3.txt"]);
    let said = lab.labctl(&["metrics", folder]).code(0);
    assert!(said.out.contains("all accounted for"), "{}", said.out);
}

#[test]
fn a_peer_that_never_comes_is_waited_for_and_named() {
    let (spec, ports) =
        spec_on_ports("duration = \"20s\"\nnetwork.connect_timeout = \"3s\"", &["4", "1", "6"]);
    let lab = Lab::with_spec(&spec);
    let first = format!("127.0.0.1:{}", ports[0]);
    lab.labctl(&["machine", "2", "--spec", "lab.toml"]).code(1).tells(&[
        &format!("machine 1 at {first} is not there yet"),
        "trying again",
        &format!("machine 1 at {first} did not come within 3s"),
        "check its address in the spec",
    ]);
    lab.labctl(&["machine", "1", "--spec", "lab.toml"]).code(1).tells(&[
        &format!("machine 2 has not connected to {first} yet, waiting"),
        &format!("machine 2 did not connect to {first} within 3s"),
    ]);
    assert!(!lab.has("results"), "nothing was logged");
}

#[test]
fn a_machine_of_another_spec_is_refused() {
    let (spec, _) =
        spec_on_ports("duration = \"20s\"\nnetwork.connect_timeout = \"5s\"\nseed = 1", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    lab.write("other.toml", spec.replace("seed = 1", "seed = 2"));
    let first = lab.start(&["machine", "1", "--spec", "lab.toml"]);
    lab.labctl(&["machine", "2", "--spec", "other.toml"]).code(1).tells(&[
        "machine 1 at 127.0.0.1:",
        "refuses this machine",
        "the specs differ",
    ]);
    first.end().code(1).tells(&["machine 2 did not connect"]);
}

#[cfg(unix)]
#[test]
fn a_waiting_machine_can_be_stopped() {
    let (spec, _) = spec_on_ports("duration = \"20s\"", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let machine = lab.start(&["machine", "2", "--spec", "lab.toml"]);
    machine.wait_for_talk("trying again");
    machine.signal(rustix::process::Signal::INT);
    machine.end().code(130);
}
