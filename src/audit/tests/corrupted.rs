//! The corpus: clean runs, each corrupted in one way, as programs and people do
//! it; each is found by its own rule at its own line.

use super::logs::{Logs, SPEC, clean, number};
use super::*;
use crate::history::EventId;

/// Spoils logs, and tells the machine and the line where it should be found.
type Corrupt = fn(&mut Logs) -> (usize, usize);

const DAY_US: i64 = 86_400_000_000;
const INTERNAL: &str = " | INTERNAL | ";
const RECEIVE: &str = " | RECEIVE | ";

/// The corpus: what is done, the rules that must find it, and the doing.
const CORPUS: [(&str, &[&str], Corrupt); 36] = [
    ("a message is lost", &["nothing-lost", "messages-add-up", "end-agrees"], |logs| (1, into_send(logs))),
    ("a message is received twice", &["message-once", "messages-add-up"], |logs| {
        let line = after_receive(logs);
        let receive = logs.text(2, line - 1);
        let (clock, from) = (number(&receive, "Message clock").unwrap(), number(&receive, "From").unwrap());
        into_receive(logs, line, clock, from);
        (2, line)
    }),
    ("two lines are swapped", &["clock-rises", "time-forward", "one-event-a-tick"], |logs| {
        logs.machines[1].swap(29, 30);
        (2, 31)
    }),
    ("the end of a log is cut off", &["log-whole"], |logs| {
        logs.machines[0].truncate(60);
        (1, 60)
    }),
    ("a log is cut inside a line", &["log-whole"], |logs| {
        logs.machines[0].truncate(60);
        logs.machines[0][59].truncate(50);
        (1, 60)
    }),
    ("a queue length is one too many", &["queue-length"], |logs| {
        let line = after_receive(logs) - 1;
        logs.change(2, line, "Queue length", |left| left + 1);
        (2, line)
    }),
    ("a machine is idle while its queue is not empty", &["queue-first"], |logs| {
        let line = after_receive(logs);
        logs.change(2, line - 1, "Queue length", |left| left + 1);
        (2, line)
    }),
    ("one clock is off by one", &["clock-step"], |logs| {
        let line = logs.find(3, 20, |text, _| text.contains(RECEIVE));
        logs.change(3, line, "Clock", |clock| clock + 1);
        (3, line)
    }),
    ("a clock stands still", &["clock-rises", "clock-step"], |logs| {
        let line = logs.find(3, 20, |text, _| text.contains(INTERNAL));
        logs.change(3, line, "Clock", |clock| clock - 1);
        (3, line)
    }),
    ("a message carries a clock that nobody sent", &["message-sent"], |logs| {
        let line = logs.find(2, 20, |text, _| text.contains(RECEIVE));
        logs.change(2, line, "Message clock", |clock| clock + 100_000);
        (2, line)
    }),
    ("two clocks run together on the wire", &["message-sent", "clock-step"], |logs| {
        let line = logs.find(2, 20, |text, _| text.contains(RECEIVE));
        logs.change(2, line, "Message clock", |clock| clock * 100 + clock + 1);
        (2, line)
    }),
    ("a log is stamped by another clock", &["host-clocks"], |logs| {
        logs.move_stamps(2, 1, |stamp| Stamp(stamp.0 - 3_000_000));
        (2, 2)
    }),
    ("a message comes from the future", &["sent-before-received", "queue-order"], |logs| {
        let last = logs.machines[1].len();
        let line = (3..last).rev().find(|line| logs.text(2, *line).contains(RECEIVE)).unwrap();
        logs.change(2, line, "Waited", |us| us + 20_000_000);
        (2, line)
    }),
    ("a clock is set back", &["time-forward"], |logs| {
        logs.move_stamps(2, 40, |stamp| Stamp(stamp.0 - 10_000_000));
        (2, 40)
    }),
    ("a machine starts again in the middle", &["one-header", "clock-rises", "one-event-a-tick"], |logs| {
        let whole = logs.machines[2].clone();
        logs.machines[2].truncate(40);
        logs.machines[2].extend(whole);
        (3, 41)
    }),
    ("a log is of a run of another seed", &["message-sent"], |logs| {
        logs.machines[1] = clean(SPEC, 99, START).machines.swap_remove(1);
        (2, logs.find(2, 3, |text, _| text.contains(RECEIVE) && !is_sent(logs, text)))
    }),
    ("a log of another run is a whole message longer", &["message-sent"], |logs| {
        let other = clean(SPEC, 99, START);
        let line = other.find(2, 20, |text, _| text.contains(RECEIVE) && !is_sent(logs, text));
        let end = logs.machines[1].pop().unwrap();
        logs.machines[1].extend([other.machines[1][line - 1].clone(), end]);
        (2, logs.machines[1].len() - 1)
    }),
    ("the date stays as it was before midnight", &["time-forward"], |logs| {
        *logs = clean(SPEC, 3, Stamp(START.0 + DAY_US - 20_000_000));
        logs.replace_all(2, "2000-01-02 00", "2000-01-01 00")
    }),
    ("the year stays as it was before its end", &["time-forward"], |logs| {
        *logs = clean(SPEC, 3, Stamp(START.0 - 20_000_000));
        logs.replace_all(2, "2000-01-01 00", "1999-01-01 00")
    }),
    ("a log is saved as UTF-16", &["lines-readable"], |logs| {
        let text = logs.machines[1].concat();
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.iter().flat_map(|byte| [*byte, 0])).collect();
        logs.machines[1] = vec![wide];
        (2, 1)
    }),
    ("a log has the line ends of old Macs", &["log-whole"], |logs| {
        let line_ends = |byte: &u8| if *byte == b'\n' { b'\r' } else { *byte };
        logs.machines[1] = vec![logs.machines[1].concat().iter().map(line_ends).collect()];
        (2, 1)
    }),
    ("two parts of a log are joined with their byte order marks", &["lines-readable"], |logs| {
        logs.machines[1][29].splice(0..0, *b"\xef\xbb\xbf");
        (2, 30)
    }),
    ("a log was cut before the run's end and joined with the next", &["log-whole", "one-header"], |logs| {
        let next = clean(SPEC, 4, Stamp(START.0 + 60_000_000)).machines.swap_remove(0);
        logs.machines[0].truncate(50);
        logs.machines[0].extend(next.into_iter().take(40));
        (1, 90)
    }),
    ("a log is of a run on another day", &["one-run"], |logs| {
        logs.machines[2] = clean(SPEC, 4, Stamp(START.0 + 86_400_000_000)).machines.swap_remove(2);
        (3, 2)
    }),
    ("the header states a larger rate", &["rate-kept", "parameters"], |logs| {
        logs.change(1, 2, "Clock rate", |rate| rate + 2);
        (1, 2)
    }),
    ("the header states a smaller rate", &["rate-kept", "parameters"], |logs| {
        logs.change(1, 2, "Clock rate", |rate| rate - 2);
        (1, 2)
    }),
    ("the header states another number of machines", &["parameters"], |logs| {
        logs.change(3, 2, "Machines", |machines| machines + 1);
        (3, 2)
    }),
    ("the manifest states another seed", &["parameters"], |logs| {
        logs.declared.as_mut().unwrap().seed += 1;
        (1, 0)
    }),
    ("a line is taken out", &["one-event-a-tick", "clock-step"], |logs| {
        let line = logs.find(1, 30, |text, next| text.contains(INTERNAL) && next.contains(INTERNAL));
        logs.machines[0].remove(line - 1);
        (1, line)
    }),
    ("a letter of Latin-1 gets into a line", &["lines-readable"], |logs| {
        logs.machines[1][24].insert(30, 0xe7);
        (2, 25)
    }),
    ("somebody prints into the log", &["lines-readable"], |logs| {
        logs.machines[1].insert(24, b"connected to peer 3\n".to_vec());
        (2, 25)
    }),
    ("two events fall into one tick", &["one-event-a-tick"], |logs| {
        let line = logs.find(1, 30, |_, next| next.contains(INTERNAL)) + 1;
        logs.change(1, line, "Tick", |tick| tick - 1);
        (1, line)
    }),
    ("the end counts a message that was not sent", &["end-agrees"], |logs| {
        let end = logs.machines[0].len();
        logs.change(1, end, "Sent", |sent| sent + 1);
        (1, end)
    }),
    ("the end counts a message in the queue that nobody sent", &["messages-add-up"], |logs| {
        let end = logs.machines[0].len();
        logs.change(1, end, "Queue length", |left| left + 1);
        (1, end)
    }),
    ("a log has the header of another machine", &["one-header"], |logs| {
        let text = logs.text(2, 1).replace("Machine 2", "Machine 3");
        logs.set(2, 1, &text);
        (2, 1)
    }),
    ("an event comes after the end", &["end-agrees"], |logs| {
        let line = logs.machines[0].remove(29);
        logs.machines[0].push(line);
        (1, logs.machines[0].len())
    }),
];

/// Whether the message that this RECEIVE of machine 2 tells of was sent to it.
fn is_sent(logs: &Logs, receive: &str) -> bool {
    let reported = |name| number(receive, name).unwrap();
    let send = format!(" | SEND | Clock: {} | ", reported("Message clock"));
    let is_to_2 = |text: &str| text.contains("to machine 2") || text.contains("to all machines");
    logs.machines[reported("From") as usize - 1].iter().any(|line| {
        let text = String::from_utf8_lossy(line);
        text.contains(&send) && is_to_2(&text)
    })
}

/// Turns an INTERNAL of machine 1 into a SEND to machine 2, that never arrives.
fn into_send(logs: &mut Logs) -> usize {
    let line = logs.find(1, 20, |text, _| text.contains(INTERNAL));
    let text =
        logs.text(1, line).replace(INTERNAL, " | SEND | ").replace("Internal event", "Sent to machine 2");
    logs.set(1, line, &text);
    line
}

/// An INTERNAL of machine 2 right after a RECEIVE.
fn after_receive(logs: &Logs) -> usize {
    logs.find(2, 20, |text, next| text.contains(RECEIVE) && next.contains(INTERNAL)) + 1
}

fn into_receive(logs: &mut Logs, line: usize, clock: u64, from: u64) {
    let receive = format!("Message clock: {clock}, Queue length: 0, From: {from}");
    let text = logs.text(2, line).replace(INTERNAL, RECEIVE).replace("Internal event", &receive);
    let text = text.trim_end().to_owned() + ", Waited: 1 us\n";
    logs.set(2, line, &text);
}

fn result<'a>(audit: &'a Audit, id: &str) -> &'a RuleResult {
    audit.results.iter().find(|result| result.rule.id == id).unwrap()
}

#[test]
fn what_is_corrupted_is_found_by_its_rule_at_its_line() {
    for (name, rules, corrupt) in CORPUS {
        let mut logs = clean(SPEC, 3, START);
        let (machine, line) = corrupt(&mut logs);
        let audit = logs.audit();
        assert!(!audit.is_sound(), "{name}");
        for rule in rules {
            assert_eq!(
                result(&audit, rule).verdict,
                Verdict::Unsound,
                "{name}: {rule} of\n{}",
                findings(&audit)
            );
        }
        let first = result(&audit, rules[0]);
        let places = first.findings.iter().map(|finding| finding.place);
        let is_here = |place: Place| (place.machine.0 as usize, place.line as usize) == (machine, line);
        assert!(
            places.clone().any(is_here),
            "{name}: {} finds {:?}, not {machine}:{line}",
            rules[0],
            places.collect::<Vec<_>>()
        );
    }
}

/// What of the corpus the notebook's words can show.
#[test]
fn what_is_corrupted_is_found_in_the_notebooks_words_too() {
    for name in [
        "a message is lost",
        "a clock stands still",
        "a message carries a clock that nobody sent",
        "one clock is off by one",
    ] {
        let (_, rules, corrupt) = CORPUS.into_iter().find(|(other, ..)| *other == name).unwrap();
        let mut logs = clean(SPEC, 3, START);
        let (machine, line) = corrupt(&mut logs);
        let audit = logs.in_notebooks_words().audit();
        let first = result(&audit, rules[0]);
        let is_here = |finding: &Finding| {
            (finding.place.machine.0 as usize, finding.place.line as usize) == (machine, line)
        };
        assert!(first.findings.iter().any(is_here), "{name}:\n{}", findings(&audit));
    }
}

#[test]
fn two_thirds_of_the_nominal_rate_show_in_whole_seconds() {
    let mut logs = clean(SPEC, 3, START);
    logs.move_stamps(1, 3, |stamp| Stamp(START.0 + (stamp.0 - START.0) * 3 / 2));
    let audit = logs.in_notebooks_words().audit();
    let places: Vec<Place> =
        result(&audit, "rate-kept").findings.iter().map(|finding| finding.place).collect();
    assert_eq!(
        places,
        [Place { machine: crate::model::event::MachineId(1), line: 2 }],
        "{}",
        findings(&audit)
    );
}

#[test]
fn messages_out_of_order_are_found_at_the_later_one() {
    let mut logs = clean(SPEC, 3, START);
    let from_1 = |text: &str, _: &str| text.contains(RECEIVE) && text.contains("From: 1");
    let first = logs.find(2, 20, from_1);
    let second = logs.find(2, first + 1, from_1);
    let clocks = [first, second].map(|line| number(&logs.text(2, line), "Message clock").unwrap());
    logs.change(2, first, "Message clock", |_| clocks[1]);
    logs.change(2, second, "Message clock", |_| clocks[0]);
    let audit = logs.audit();
    let found = &result(&audit, "link-order").findings;
    assert_eq!(found.len(), 1, "{}", findings(&audit));
    assert_eq!((found[0].place.machine.0, found[0].place.line), (2, second as u64));
}

/// The same run as a program would log it that stamps messages before it
/// increments, and lets all clocks follow.
#[test]
fn stamping_before_the_increment_is_one_fault_of_each_machine_and_no_other() {
    let mut logs = clean(SPEC, 3, START);
    let history = logs.history();
    let mut order: Vec<(Stamp, usize, u32)> = Vec::new();
    for (place, machine) in history.machines().iter().enumerate() {
        order.extend(machine.records().map(|(index, record)| (record.stamp, place, index)));
    }
    order.sort();
    let mut clocks = [0u64; 3];
    let mut sources = std::collections::BTreeMap::new();
    let mut carried = std::collections::BTreeMap::new();
    for (_, place, index) in order {
        let machine = &history.machines()[place];
        let own = EventId { machine: machine.id(), index };
        let line = history.line(own) as usize;
        if let Some(found) = history.source_of(own) {
            let at = |event: EventId| Place { machine: event.machine, line: history.line(event) };
            sources.insert(at(own), at(found.send));
            let message: u64 = carried[&found.send];
            clocks[place] = clocks[place].max(message) + 1;
            logs.change(place + 1, line, "Message clock", |_| message);
        } else {
            carried.insert(own, clocks[place]);
            clocks[place] += 1;
        }
        let text = logs.text(place + 1, line);
        let clock = number(&text, " | Clock").unwrap();
        logs.set(
            place + 1,
            line,
            &text.replacen(&format!(" | Clock: {clock}"), &format!(" | Clock: {}", clocks[place]), 1),
        );
    }
    let receives = history.tally().certain;
    let audit = logs.audit();
    let early = result(&audit, "clock-condition");
    assert_eq!((early.findings.len(), early.count()), (3, receives), "{}", findings(&audit));
    for finding in &early.findings {
        assert_eq!(sources[&finding.proof[0]], finding.place, "{}: {}", finding.place.line, finding.text);
        let all = format!("{0} of {0} messages carry the clock before the SEND's increment", finding.count);
        assert!(finding.text.starts_with(&all), "{}", finding.text);
    }
    // The records of the end still have the clocks of the run as it was.
    let is_of_clocks = |result: &&RuleResult| ["clock-condition", "end-agrees"].contains(&result.rule.id);
    for result in audit.results.iter().filter(|result| !is_of_clocks(result)) {
        assert_eq!(result.verdict, Verdict::Sound, "{}", findings(&audit));
    }
}

#[test]
fn what_is_not_kept_of_many_faults_is_counted_for_its_own_rule() {
    let mut logs = clean(SPEC, 3, START);
    let insert = |lines: &mut Vec<Vec<u8>>, text: &str, count: usize| {
        lines.splice(20..20, vec![text.as_bytes().to_vec(); count]);
    };
    insert(&mut logs.machines[0], "Clock rate: 4 ticks per second\n", 25);
    insert(&mut logs.machines[1], "hello\n", 30);
    let header = logs.text(2, 1);
    insert(&mut logs.machines[1], &header, 23);
    let audit = logs.audit();
    let counts = |id| result(&audit, id).counts.iter().map(|(id, count)| (id.0, *count)).collect::<Vec<_>>();
    assert_eq!(counts("lines-readable"), [(2, 30)]);
    assert_eq!(counts("one-header"), [(1, 25), (2, 23)]);
}

#[test]
fn clocks_set_back_an_hour_in_all_logs_are_one_run_whose_time_runs_back() {
    let hour_back = |stamp: Stamp| Stamp(stamp.0 - 3_600_000_000);
    let mut logs = clean(SPEC, 3, START);
    for id in 1..=3 {
        let middle = logs.find(id, 3, |text, _| text.contains(":20."));
        logs.move_stamps(id, middle, hour_back);
    }
    for logs in [logs.clone(), logs.in_notebooks_words()] {
        let audit = logs.audit();
        assert_eq!(result(&audit, "one-run").verdict, Verdict::Sound, "{}", findings(&audit));
        let backwards: Vec<_> = result(&audit, "time-forward").counts.values().copied().collect();
        assert_eq!(backwards, [1], "{}", findings(&audit));
    }
}

#[test]
fn exchanged_files_and_restarts_are_not_taken_for_early_stamps() {
    let mut logs = clean(SPEC, 3, START);
    logs.machines.swap(0, 1);
    for logs in [logs.clone(), logs.in_notebooks_words()] {
        let audit = logs.audit();
        let found = &result(&audit, "one-header").findings;
        assert_eq!(found.len(), 2, "{}", findings(&audit));
        assert!(found[0].text.ends_with("the two files are exchanged"), "{}", found[0].text);
        assert_eq!(found[0].proof, [found[1].place]);
        assert!(matches!(result(&audit, "clock-condition").verdict, Verdict::Unknown(_)));
        assert!(result(&audit, "message-sent").count() > 10);
    }
    let mut restarted = clean(SPEC, 3, START);
    let later = clean(SPEC, 4, Stamp(START.0 + 20_000_000)).machines.swap_remove(1);
    let middle = restarted.find(2, 3, |text, _| text.contains(":20."));
    restarted.machines[1].splice(middle.., later);
    for logs in [restarted.clone(), restarted.in_notebooks_words()] {
        let audit = logs.audit();
        assert_eq!(result(&audit, "one-header").count(), 2);
        let texts = findings(&audit);
        assert!(!texts.contains("stamped before"), "{texts}");
    }
}
