//! Strangers at a run's ports: what is turned away, and what a foreign machine
//! may do where it is let in.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use labctl::engine::Token;
use labctl::engine::wire::{self, Said};
use labctl::model::event::MachineId;
use rustix::process::Signal;

use crate::support::{
    Lab, Running, end_field, free_ports, run_by_hand, spec_on_ports, wait_for, wait_for_events,
    wait_for_text, write_token,
};

/// A connection that gives up in the end instead of hanging.
fn call(port: u16) -> TcpStream {
    let stream = wait_for(format_args!("port {port}"), || TcpStream::connect(("127.0.0.1", port)).ok());
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// What the other side says until it closes the connection.
#[track_caller]
fn heard_until_closed(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Ok(_) => {}
        Err(error) if [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()) => {}
        Err(error) => panic!("the connection stays open: {error}"),
    }
    String::from_utf8_lossy(&heard).into_owned()
}

/// What `said` on a new connection is answered with.
fn answer(port: u16, said: &str) -> String {
    let mut stream = call(port);
    stream.write_all(said.as_bytes()).unwrap();
    heard_until_closed(stream)
}

const PARTIAL: [&str; 2] = ["results/lab/r.partial/log_1.txt", "results/lab/r.partial/log_2.txt"];

/// A run of two machines that lasts until it is interrupted.
fn endless_run() -> (Lab, Running, Vec<u16>) {
    let (spec, ports) = spec_on_ports("duration = \"10h\"\nspeedup = 10", &["20", "20"]);
    let lab = Lab::with_spec(&spec);
    let run = lab.start(&["run", "lab.toml", "--name", "r"]);
    wait_for_events(&lab, &PARTIAL);
    (lab, run, ports)
}

#[track_caller]
fn ends_in_order(lab: &Lab, run: Running) -> String {
    run.signal(Signal::INT);
    let said = run.end().code(130);
    assert!(said.out.contains("all accounted for"), "{}", said.out);
    let log = lab.read("results/lab/r/log_1.txt");
    assert!(log.trim_end().ends_with("Reason: interrupted"));
    log
}

#[test]
fn a_stranger_who_says_nothing_is_turned_away() {
    let (lab, run, ports) = endless_run();
    let heard = heard_until_closed(call(ports[0]));
    assert!(heard.contains("labctl-refused:it did not say who it is"), "{heard}");
    run.wait_for_talk("was refused: it did not say who it is");
    assert!(ends_in_order(&lab, run).contains(" | ERROR | "));
}

#[test]
fn a_stranger_who_talks_nonsense_is_turned_away() {
    let (lab, run, ports) = endless_run();
    let heard = answer(ports[0], "GET / HTTP/1.1\n");
    assert!(heard.contains("labctl-refused:it did not say who it is"), "{heard}");
    answer(ports[0], "\u{1}\u{2}\u{3}\n");
    run.wait_for_talk("malformed line");
    answer(ports[0], &"x".repeat(1 << 20));
    run.wait_for_talk("more than 512 bytes");
    assert!(ends_in_order(&lab, run).matches("was refused").count() >= 3);
}

#[test]
fn only_the_machines_of_the_run_are_let_in_and_each_once() {
    let (spec, ports) = spec_on_ports("duration = \"10h\"\nspeedup = 10", &["20", "20"]);
    let lab = Lab::with_spec(&spec);
    let token = Token::of([7; 16]);
    write_token(&lab, &token);
    let machines = ["1", "2"].map(|id| lab.start(&["machine", "lab.toml", id, "--token-file", "token"]));
    let events = |text: String| text.contains(" | Clock: ").then_some(());
    wait_for("events of machine 1", || {
        let runs = fs::read_dir(lab.path("results/lab")).ok()?;
        runs.filter_map(Result::ok)
            .find_map(|run| events(fs::read_to_string(run.path().join("log_1.txt")).ok()?))
    });
    let name = &run_by_hand(&spec);
    let hello = |run: &str, from, to| token.hello(run, MachineId(from), MachineId(to));
    for (said, why) in [
        (Token::of([8; 16]).hello(name, MachineId(2), MachineId(1)), "its token is another"),
        (hello("other", 2, 1), "not other"),
        (hello(name, 3, 1), "machine 3 is not expected here"),
        (hello(name, 1, 1), "machine 1 is not expected here"),
        (hello(name, 1, 2), "its token is another"),
        (hello(name, 2, 1), "machine 2 is connected already"),
    ] {
        let heard = answer(ports[0], &String::from_utf8(wire::line(&Said::Hello(said))).unwrap());
        assert!(heard.starts_with("labctl-refused:") && heard.contains(why), "{why}: {heard}");
        machines[0].wait_for_talk(why);
    }
    machines.iter().for_each(|machine| machine.signal(Signal::INT));
    for machine in machines {
        machine.end().code(130).tells(&["interrupted: clock"]);
    }
}

/// Keeps so many connections open that say nothing, until the guard goes; those
/// that are closed are made again.
fn silent_strangers(port: u16, count: usize) -> Arc<()> {
    let guard = Arc::new(());
    let wanted = Arc::downgrade(&guard);
    let all_there = Arc::new(Barrier::new(2));
    let reported = Arc::clone(&all_there);
    thread::spawn(move || {
        let connect = || TcpStream::connect(("127.0.0.1", port)).ok();
        let mut strangers: Vec<TcpStream> = (0..count).filter_map(|_| connect()).collect();
        strangers.iter().for_each(|stranger| stranger.set_nonblocking(true).unwrap());
        reported.wait();
        while wanted.strong_count() > 0 {
            let is_open = |mut stranger: &TcpStream| matches!(stranger.read(&mut [0; 100]), Err(error) if error.kind() == ErrorKind::WouldBlock);
            for stranger in strangers.iter_mut().filter(|stranger| !is_open(stranger)) {
                let Some(next) = connect() else { continue };
                next.set_nonblocking(true).unwrap();
                *stranger = next;
            }
        }
    });
    all_there.wait();
    guard
}

#[cfg(target_os = "linux")]
fn open_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

/// A thousand that wait for two seconds each, 128 at a time, would keep the
/// others out for longer than they are waited for.
#[cfg(target_os = "linux")]
#[test]
fn a_run_starts_although_a_thousand_strangers_say_nothing_and_come_again() {
    open_many_files();
    let (spec, ports) = spec_on_ports(
        "duration = \"10s\"\nspeedup = 20\nnetwork.connect_timeout = \"10s\"",
        &["20", "15", "10"],
    );
    let lab = Lab::with_spec(&spec);
    let first = lab.start(&["machine", "lab.toml", "1"]);
    drop(call(ports[0]));
    let strangers = silent_strangers(ports[0], 1000);
    let others = ["2", "3"].map(|id| lab.start(&["machine", "lab.toml", id]));
    let said = first.end().code(0).tells(&["completed: clock"]);
    others.into_iter().for_each(|other| drop(other.end().code(0)));
    drop(strangers);
    let log = fs::read_to_string(lab.path(said.out.trim())).unwrap();
    let errors = log.matches(" | ERROR | ").count();
    assert!((1..=101).contains(&errors), "{errors} ERROR lines");
}

#[cfg(target_os = "linux")]
#[test]
fn a_thousand_strangers_at_once_neither_stay_nor_stop_the_run() {
    open_many_files();
    let (lab, run, ports) = endless_run();
    let open = || fs::read_dir(format!("/proc/{}/fd", run.id())).unwrap().count();
    let before = open();
    let mut strangers: Vec<TcpStream> = (0..1000).map(|_| call(ports[0])).collect();
    let most = open();
    assert!(most < before + 200, "{most} open files, {before} before");
    for stranger in &mut strangers {
        // Some are turned away before they say it.
        let _ = stranger.write_all(b"let me in\n");
    }
    for stranger in strangers {
        heard_until_closed(stranger);
    }
    wait_for("the strangers' descriptors to close", || (open() <= before).then_some(()));
    let log = ends_in_order(&lab, run);
    let errors = log.matches(" | ERROR | ").count();
    assert!((1..=101).contains(&errors), "{errors} ERROR lines: a flood must not fill the log");
}

/// A machine by someone else, in a network that is open to it.
struct Foreign {
    lab: Lab,
    run: Running,
    /// Where machine 1 listens.
    port: u16,
    /// The run's own connections to it.
    from_run: Vec<TcpStream>,
}

/// Starts a run of two machines, the first of this rate, in which the test is
/// the third, and says `clock:1` to both.
fn foreign(root: &str, rate: &str, listener: &TcpListener) -> Foreign {
    foreign_with("", root, rate, listener)
}

/// The same, with more keys in the table of the third.
fn foreign_with(own_keys: &str, root: &str, rate: &str, listener: &TcpListener) -> Foreign {
    let ports = free_ports(2);
    let own = listener.local_addr().unwrap();
    let lab = Lab::with_spec(&format!(
        "name = \"lab\"\nnetwork.open = true\n{root}\n\
         [[machine]]\nclock_rate = {rate}\naddress = \"127.0.0.1:{}\"\n\
         [[machine]]\nclock_rate = 5\naddress = \"127.0.0.1:{}\"\n\
         [[machine]]\nclock_rate = 5\nforeign = true\naddress = \"{own}\"\n{own_keys}",
        ports[0], ports[1]
    ));
    let run = lab.start(&["run", "lab.toml", "--name", "r"]);
    let mut from_run: Vec<TcpStream> = (0..2).map(|_| listener.accept().unwrap().0).collect();
    for port in &ports {
        let mut stream = call(*port);
        stream.write_all(b"clock:1\n").unwrap();
        from_run.push(stream);
    }
    Foreign { lab, run, port: ports[0], from_run }
}

#[test]
fn a_foreign_machine_takes_part() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut foreign = foreign("duration = \"10h\"\nspeedup = 20\ninternal_prob = 0.2", "5", &listener);
    let talking = foreign.from_run.split_off(2);
    let listening = foreign.from_run.into_iter().map(|stream| {
        thread::spawn(move || {
            let clocks = BufReader::new(stream).lines().map_while(Result::ok);
            clocks.filter(|line| line.starts_with("clock:")).count()
        })
    });
    let listening: Vec<_> = listening.collect();
    let mut first = &talking[0];
    first.write_all(b"clock:1000\nclock:1001\n").unwrap();
    wait_for_text(&foreign.lab, PARTIAL[0], "Message clock: 1001,");
    PARTIAL.iter().for_each(|log| wait_for_text(&foreign.lab, log, "Sent to all machines"));
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    for message in ["Message clock: 1,", "Message clock: 1000,", "Message clock: 1001,"] {
        let line =
            log.lines().find(|line| line.contains(message)).unwrap_or_else(|| panic!("{message}\n{log}"));
        assert!(line.contains("From: 3"), "{line}");
    }
    assert!(!log.contains(" | ERROR | "), "{log}");
    for heard in listening {
        assert!(heard.join().unwrap() > 0, "the run sends to the foreign machine");
    }
}

#[test]
fn a_foreign_machine_that_misbehaves_loses_its_connection_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign("duration = \"10h\"\nspeedup = 20", "5", &listener);
    // Before the run begins there is no log to tell of errors.
    wait_for_events(&foreign.lab, &PARTIAL);
    let long = [b'x'; 1 << 20];
    let abuses: [(&[u8], &str); 5] = [
        (&long, "more than 512 bytes"),
        (b"\xff\xfe\x00\x01\n", "malformed line"),
        (b"clock:-1\n", "clock:-1"),
        (b"clock:123456789012345678901234567890\n", "clock:123456789012345678901234567890"),
        (b"clock:NaN\n", "clock:NaN"),
    ];
    for (abuse, _) in abuses {
        let mut stream = call(foreign.port);
        stream.write_all(b"clock:2\n").unwrap();
        // The connection may be closed before all is said.
        let _ = stream.write_all(abuse);
        heard_until_closed(stream);
    }
    wait_for("what was sound before each abuse, and an ERROR for it", || {
        let log = foreign.lab.read(PARTIAL[0]);
        let reported = |why| log.lines().any(|line| line.contains(" | ERROR | ") && line.contains(why));
        let received = log.matches("Message clock: 2,").count();
        (received >= abuses.len() && abuses.iter().all(|(_, why)| reported(*why))).then_some(())
    });
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    assert_eq!(log.matches("Message clock: 2,").count(), abuses.len(), "what was sound before it counts");
    assert!(log.trim_end().ends_with("Reason: interrupted"), "{log}");
}

#[test]
fn waiting_for_last_messages_is_not_run_time() {
    const SPEEDUP: i64 = 10;
    /// How long a foreign connection must be quiet to count as empty.
    const QUIET_MS: i64 = 200;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign(&format!("duration = \"10h\"\nspeedup = {SPEEDUP}"), "5", &listener);
    wait_for_events(&foreign.lab, &PARTIAL);
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    let stamp = |text: &str| text.trim().parse::<jiff::civil::DateTime>().unwrap();
    let start = stamp(log.lines().next().unwrap().split(" started at ").nth(1).unwrap());
    let end = stamp(log.lines().last().unwrap().split(" | ").next().unwrap());
    let ended_us = i64::try_from(start.duration_until(end).as_micros()).unwrap();
    let run_time_us = end_field(&log, "Run time") as i64;
    assert!(ended_us - run_time_us >= QUIET_MS * 1000 * SPEEDUP - 2, "{run_time_us} of {ended_us} us");
}

#[test]
fn a_foreign_machine_that_goes_on_sending_does_not_keep_the_run_open() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign("duration = \"1s\"", "5", &listener);
    let mut talking = foreign.from_run[2].try_clone().unwrap();
    let going_on = thread::spawn(move || {
        while talking.write_all(b"clock:7\n").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    foreign.run.end().code(0).tells(&["a foreign machine is still sending after the end of the run"]);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    assert!(log.contains(" | ERROR | ") && log.trim_end().ends_with("Reason: completed"), "{log}");
    going_on.join().unwrap();
}

#[test]
fn the_first_ctrl_c_is_heard_while_a_foreign_machine_goes_on_sending() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign("duration = \"10h\"", "5", &listener);
    wait_for_events(&foreign.lab, &PARTIAL);
    let mut talking = foreign.from_run[2].try_clone().unwrap();
    let going_on = thread::spawn(move || {
        while talking.write_all(b"clock:7\n").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    assert!(log.trim_end().ends_with("Reason: interrupted"), "{log}");
    going_on.join().unwrap();
}

#[test]
fn a_clock_that_no_machine_can_reach_is_refused_and_poisons_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign("duration = \"3s\"\ninternal_prob = 0.2", "20", &listener);
    wait_for_events(&foreign.lab, &PARTIAL);
    let mut poison = call(foreign.port);
    poison.write_all(format!("clock:{}\n", 1u64 << 62).as_bytes()).unwrap();
    heard_until_closed(poison);
    foreign.run.end().code(0).tells(&["clock 4611686018427387904 is beyond what this run can reach"]);
    for log in ["results/lab/r/log_1.txt", "results/lab/r/log_2.txt"] {
        let log = foreign.lab.read(log);
        assert!(end_field(&log, "Clock") < 1000 && !log.contains("malformed"), "{log}");
    }
}

#[test]
fn a_flood_is_held_back_and_its_sender_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let foreign = foreign("duration = \"10h\"\nnetwork.foreign_backlog = 1000", "5", &listener);
    wait_for_events(&foreign.lab, &PARTIAL);
    let mut flood = call(foreign.port);
    let from = flood.local_addr().unwrap();
    flood.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let lines = b"clock:1\n".repeat(10_000);
    let taken = (0..10_000).take_while(|_| flood.write_all(&lines).is_ok()).count();
    assert!(taken < 10_000, "800 MB were taken in");
    foreign.run.wait_for_talk("sends faster than this machine receives");
    foreign.run.wait_for_talk(&from.to_string());
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    let queued = end_field(&foreign.lab.read("results/lab/r/log_1.txt"), "Queue length");
    assert!((900..3000).contains(&queued), "{queued}");
}

#[test]
fn the_own_log_of_a_foreign_machine_joins_its_run_and_grows_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = "log = \"theirs.log\"\n";
    let root = "duration = \"10h\"\nspeedup = 20\ninternal_prob = 1";
    let mut foreign = foreign_with(own, root, "5", &listener);
    wait_for_text(&foreign.lab, PARTIAL[0], "Message clock: 1,");
    wait_for_text(&foreign.lab, PARTIAL[1], "Message clock: 1,");
    foreign.lab.write(
        "theirs.log",
        "Machine 3 log started at 2026-03-05 12:46:02\nClock rate: 5 ticks per second\n",
    );
    foreign.run.signal(Signal::INT);
    foreign.from_run.clear();
    foreign.run.end().code(130).tells(&["machine 3: its own log theirs.log is read with the run"]);
    // Written after the end, as by a program that ends later.
    let line = "2026-03-05 12:46:03 | SEND | Clock: 1 | Sent to all machines\n";
    foreign.lab.write("theirs.log", &(foreign.lab.read("theirs.log") + line));
    let table = foreign.lab.labctl(&["metrics", "results/lab/r", "--format", "csv"]).code(0).out;
    assert_eq!(table.lines().count(), 4, "{table}");
}

#[test]
fn a_silent_connection_is_no_foreign_machine_and_two_that_speak_are_not_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (spec, ports) = spec_on_ports("duration = \"10h\"\nspeedup = 10\nnetwork.open = true", &["20", "20"]);
    let own = listener.local_addr().unwrap();
    let lab =
        Lab::with_spec(&format!("{spec}[[machine]]\nclock_rate = 5\nforeign = true\naddress = \"{own}\"\n"));
    let run = lab.start(&["run", "lab.toml", "--name", "r"]);
    let mut scanners = [call(ports[0]), call(ports[1])];
    scanners[1].write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let _from_run: Vec<TcpStream> = (0..2).map(|_| listener.accept().unwrap().0).collect();
    run.wait_for_talk("machine 3 has sent no message yet, waiting");
    assert!(!lab.has(PARTIAL[0]), "the run has begun with nobody but a port scanner");

    let mut foreign = call(ports[0]);
    foreign.write_all(b"clock:1000\n").unwrap();
    wait_for_events(&lab, &PARTIAL);
    wait_for_text(&lab, PARTIAL[0], "Message clock: 1000,");
    scanners[0].write_all(b"clock:2000\n").unwrap();
    wait_for_text(&lab, PARTIAL[0], "Message clock: 2000,");
    foreign.write_all(b"labctl-go:7\nclock:3000\n").unwrap();
    wait_for_text(&lab, PARTIAL[0], "Message clock: 3000,");
    run.wait_for_talk("whose messages are whose is unknown");
    run.signal(Signal::INT);
    run.end().code(130);
    let log = lab.read("results/lab/r/log_1.txt");
    for (message, is_known) in [(1000, true), (2000, false), (3000, false)] {
        let line = log.lines().find(|line| line.contains(&format!("Message clock: {message},"))).unwrap();
        assert_eq!(line.contains("From: 3"), is_known, "{line}");
        assert_eq!(line.contains("From: "), is_known, "{line}");
    }
}

/// A listener whose connections take hardly anything before they are read.
fn deaf_listener() -> TcpListener {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    socket.listen(8).unwrap();
    socket.into()
}

#[test]
fn a_foreign_machine_that_stops_reading_is_told_of_and_the_run_completes() {
    let listener = deaf_listener();
    let foreign = foreign("duration = \"5s\"\ninternal_prob = 0", "50000", &listener);
    let said = foreign.run.end().tells(&["machine 3 has read nothing for a second"]);
    // A busy host may not keep this pace, which its audit tells by a code of 1.
    assert!(matches!(said.code, Some(0 | 1)), "{}", said.talk);
    let log = foreign.lab.read("results/lab/r/log_1.txt");
    assert!(
        log.lines().any(|line| line.contains(" | ERROR | ") && line.contains("machine 3 has read nothing"))
    );
    assert!(log.trim_end().ends_with("Reason: completed"));
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_a_machine_that_stopped_reading() {
    let listener = deaf_listener();
    let foreign = foreign("duration = \"1h\"\ninternal_prob = 0", "50000", &listener);
    foreign.run.wait_for_talk("machine 3 has read nothing for a second");
    foreign.run.signal(Signal::INT);
    foreign.run.wait_for_talk("once more to stop at once");
    foreign.run.signal(Signal::INT);
    foreign.run.end().code(130);
    assert!(foreign.lab.has("results/lab/r.partial/log_1.txt"), "what was logged is kept");
    assert!(!foreign.lab.has("results/lab/r"), "the run was not put into its place");
}
