//! `labctl machine`: machines started one by one.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use labctl::engine::Token;
use labctl::engine::sockets::{Epoch, MonotonicTime};
use labctl::engine::wire::{self, Said};
use labctl::model::event::MachineId;

use crate::support::{
    LAB, Lab, free_ports, run_by_hand, spec_on_ports, wait_for, wait_for_text, write_token,
};

#[test]
fn a_machine_needs_to_know_which_it_is() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["machine", "lab.toml"]).code(2).tells(&["<ID>", "Usage: labctl machine"]);
    lab.labctl(&["machine", "lab.toml", "0"]).code(2).tells(&["invalid value '0' for '<ID>'"]);
    lab.labctl(&["machine", "lab.toml", "4"]).code(2).tells(&["lab.toml has no machine 4", "it has 3"]);
}

#[test]
fn a_machine_by_hand_needs_addresses() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["machine", "lab.toml", "1"]).code(1).tells(&["no address", "address = \"127.0.0.1:"]);
}

#[test]
fn three_machines_started_by_hand_meet_and_log_into_one_folder() {
    let (spec, _) = spec_on_ports("duration = \"20s\"\nspeedup = 20", &["4", "1", "6"]);
    let lab = Lab::with_spec(&spec);
    let machines = ["1", "2", "3"].map(|id| lab.start(&["machine", "lab.toml", id]));
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
    lab.labctl(&["machine", "lab.toml", "2"]).code(1).tells(&[
        &format!("machine 1 at {first} is not there yet"),
        "trying again",
        &format!("machine 1 at {first} did not come within 3s"),
        "check its address in the spec",
    ]);
    lab.labctl(&["machine", "lab.toml", "1"]).code(1).tells(&[
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
    let first = lab.start(&["machine", "lab.toml", "1"]);
    lab.labctl(&["machine", "other.toml", "2"]).code(1).tells(&[
        "machine 1 at 127.0.0.1:",
        "refuses this machine",
        "the specs differ",
    ]);
    first.end().code(1).tells(&["machine 2 did not connect"]);
}

/// Speaks as machine 1 would to machine 2, until the run has begun.
fn as_the_first_machine(listener: &TcpListener, hello: &wire::Hello) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(listener.accept().unwrap().0);
    let hear = |stream: &mut BufReader<TcpStream>| {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    };
    assert!(hear(&mut stream).starts_with("labctl-hello:"));
    stream.get_mut().write_all(&wire::line(&Said::Hello(hello.clone()))).unwrap();
    assert_eq!(hear(&mut stream), "labctl-ready\n");
    let now = Epoch::now().unix_ns(MonotonicTime::now());
    stream.get_mut().write_all(format!("labctl-go:{now}\nclock:5\nclock:6\n").as_bytes()).unwrap();
    stream
}

#[test]
fn a_connection_that_breaks_fails_the_run_and_what_came_in_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let spec = format!(
        "name = \"lab\"\nduration = \"10h\"\n\
         [[machine]]\nclock_rate = 20\naddress = \"{}\"\n\
         [[machine]]\nclock_rate = 20\naddress = \"127.0.0.1:{}\"\n",
        listener.local_addr().unwrap(),
        free_ports(1)[0]
    );
    let lab = Lab::with_spec(&spec);
    let token = Token::of([7; 16]);
    write_token(&lab, &token);
    let machine = lab.start(&["machine", "lab.toml", "2", "--token-file", "token", "--logs", "logs"]);
    let hello = token.hello(&run_by_hand(&spec), MachineId(1), MachineId(2));
    let first = as_the_first_machine(&listener, &hello);
    wait_for_text(&lab, "logs/log_2.txt", "Message clock: 6,");
    drop(first);
    machine
        .end()
        .code(1)
        .tells(&["into the run", "the connection of machine 1 broke after 2 of its messages"]);
    let log = lab.read("logs/log_2.txt");
    assert!(log.contains(" | ERROR | ") && log.trim_end().ends_with("Reason: failed"), "{log}");
}

#[test]
fn a_waiting_machine_can_be_stopped() {
    let (spec, _) = spec_on_ports("duration = \"20s\"", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let machine = lab.start(&["machine", "lab.toml", "2"]);
    machine.wait_for_talk("trying again");
    machine.signal(rustix::process::Signal::INT);
    machine.end().code(130);
}

/// Every file below the folder has been read, and none has the text.
fn is_nowhere_in(folder: &Path, text: &str) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            is_nowhere_in(&entry.path(), text);
        } else {
            let content = fs::read(entry.path()).unwrap();
            assert!(!String::from_utf8_lossy(&content).contains(text), "{:?}", entry.path());
        }
    }
}

#[test]
fn the_first_machine_makes_a_token_that_only_its_user_can_read_and_the_others_find_it() {
    let (spec, _) = spec_on_ports("duration = \"20s\"\nspeedup = 40", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let machines = ["1", "2"].map(|id| lab.start(&["machine", "lab.toml", id]));
    let talk = machines.map(|machine| machine.end().code(0).talk).concat();
    assert_eq!(talk.matches("made a token in").count(), 1, "{talk}");
    let file = fs::metadata(lab.path("state/labctl/token")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let token = lab.read("state/labctl/token");
    assert!(Token::parse(token.trim()).is_ok());
    is_nowhere_in(&lab.path("results"), token.trim());
    assert!(!talk.contains(token.trim()));
}

#[test]
fn a_token_that_cannot_be_used_is_told_with_the_command_that_helps() {
    let (spec, _) = spec_on_ports("duration = \"20s\"", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let machine = ["machine", "lab.toml", "1", "--token-file", "token"];
    write_token(&lab, &Token::of([1; 16]));
    fs::set_permissions(lab.path("token"), fs::Permissions::from_mode(0o644)).unwrap();
    lab.labctl(&machine).code(2).tells(&["others can read the token", "chmod 600 token"]);
    lab.write("short", "secret");
    fs::set_permissions(lab.path("short"), fs::Permissions::from_mode(0o600)).unwrap();
    lab.labctl(&["machine", "lab.toml", "1", "--token-file", "short"]).code(2).tells(&[
        "short holds no token",
        "16 to 128",
        "rm short",
    ]);
    let said = lab.shell("LABCTL_TOKEN=secret \"$LABCTL\" machine lab.toml 1");
    said.code(2).tells(&["LABCTL_TOKEN holds no token", "openssl rand"]);
}

#[test]
fn a_machine_with_another_token_is_refused() {
    let (spec, _) = spec_on_ports("duration = \"20s\"\nnetwork.connect_timeout = \"5s\"", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let first = lab.start(&["machine", "lab.toml", "1", "--token-file", "one"]);
    lab.labctl(&["machine", "lab.toml", "2", "--token-file", "two"]).code(1).tells(&[
        "refuses this machine",
        "its token is another",
        "need the same one",
    ]);
    first.end().code(1).tells(&["machine 2 did not connect"]);
}

/// Says hello to the machine at this port, and gives the answer and the connection.
fn hello(port: u16, line: &[u8]) -> (String, TcpStream) {
    let mut stream = wait_for(format_args!("port {port}"), || TcpStream::connect(("127.0.0.1", port)).ok());
    stream.write_all(line).unwrap();
    let mut answer = String::new();
    BufReader::new(stream.try_clone().unwrap()).read_line(&mut answer).unwrap();
    (answer, stream)
}

#[test]
fn what_the_spec_tells_lets_nobody_in() {
    let (spec, ports) = spec_on_ports("duration = \"20s\"\nspeedup = 40", &["4", "1"]);
    let lab = Lab::with_spec(&spec);
    let first = lab.start(&["machine", "lab.toml", "1"]);
    let run = run_by_hand(&spec);
    let resolved = labctl::spec::to_toml(&labctl::spec::parse("lab.toml", &spec, &[]).unwrap());
    let digest = labctl::files::digest::sha256(resolved.as_bytes());
    for guess in [&digest[..32], "secret", ""] {
        let (answer, _) = hello(ports[0], format!("labctl-hello:{run} 2 {guess}\n").as_bytes());
        assert!(answer.starts_with("labctl-refused:"), "{guess}: {answer}");
    }
    lab.labctl(&["machine", "lab.toml", "2"]).code(0);
    first.end().code(0);
}

#[test]
fn no_run_begins_while_two_are_the_same_machine() {
    let (spec, ports) = spec_on_ports("duration = \"20s\"", &["4", "1", "6"]);
    let lab = Lab::with_spec(&spec);
    let token = Token::of([7; 16]);
    write_token(&lab, &token);
    let machine = |id| ["machine", "lab.toml", id, "--token-file", "token"];
    let first = lab.start(&machine("1"));
    let second = token.hello(&run_by_hand(&spec), MachineId(2), MachineId(1));
    let (answer, _seat) = hello(ports[0], &wire::line(&Said::Hello(second)));
    assert!(answer.starts_with("labctl-hello:"), "{answer}");
    let third = lab.start(&machine("3"));
    lab.labctl(&machine("2")).code(1).tells(&["machine 2 is connected already"]);
    first.end().code(1).tells(&["two connections prove to be machine 2"]);
    third.end().code(1);
    assert!(!lab.has("results"), "nothing was logged");
}

#[test]
fn a_machine_that_leaves_before_the_start_is_named_at_once() {
    let (spec, _) = spec_on_ports("duration = \"20s\"\nnetwork.connect_timeout = \"10m\"", &["4", "1", "6"]);
    let lab = Lab::with_spec(&spec);
    let first = lab.start(&["machine", "lab.toml", "1"]);
    let second = lab.start(&["machine", "lab.toml", "2"]);
    first.wait_for_talk("machine 3 has not connected");
    second.wait_for_talk("machine 3 has not connected");
    second.signal(rustix::process::Signal::KILL);
    first.end().code(1).tells(&["machine 2 left before the start"]);
}
