//! `labctl machine`: machines started one by one.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use labctl::engine::sockets::{Epoch, Moment};

use crate::support::{LAB, Lab, free_ports, spec_on_ports, wait_for_text};

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

/// Speaks as machine 1 would to machine 2, until the run has begun.
fn as_the_first_machine(listener: &TcpListener) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(listener.accept().unwrap().0);
    let hear = |stream: &mut BufReader<TcpStream>| {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    };
    let hello = hear(&mut stream);
    stream.get_mut().write_all(hello.replace(" 2 ", " 1 ").as_bytes()).unwrap();
    assert_eq!(hear(&mut stream), "labctl-ready\n");
    let now = Epoch::now().unix_ns(Moment::now());
    stream.get_mut().write_all(format!("labctl-go:{now}\nclock:5\nclock:6\n").as_bytes()).unwrap();
    stream
}

#[test]
fn a_connection_that_breaks_fails_the_run_and_what_came_in_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let lab = Lab::with_spec(&format!(
        "name = \"lab\"\nduration = \"10h\"\nnetwork.token = \"secret\"\n\
         [[machine]]\nclock_rate = 20\naddress = \"{}\"\n\
         [[machine]]\nclock_rate = 20\naddress = \"127.0.0.1:{}\"\n",
        listener.local_addr().unwrap(),
        free_ports(1)[0]
    ));
    let machine = lab.start(&["machine", "2", "--spec", "lab.toml", "--logs", "logs"]);
    let first = as_the_first_machine(&listener);
    wait_for_text(&lab, "logs/log_2.txt", "Message clock: 6,");
    drop(first);
    machine
        .end()
        .code(1)
        .tells(&["into the run", "the connection of machine 1 broke after 2 of its messages"]);
    let log = lab.read("logs/log_2.txt");
    assert!(log.contains(" | ERROR | ") && log.trim_end().ends_with("Reason: failed"), "{log}");
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
