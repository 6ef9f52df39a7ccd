//! Logs in ways that nobody told labctl of: what they say is inferred.

use crate::support::{Lab, rows};

/// Logs, and what every event of them must be read as: machine, line, event,
/// clock, message clock, queue, sender and recipients, with `-` for none.
struct Case {
    name: &'static str,
    logs: &'static [(&'static str, &'static str)],
    events: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "the clock is what all kinds share and what rises",
        logs: &[(
            "vm_1.log",
            "2026-01-01 10:00:01.000 Internal event. Logical clock: 1\n\
             2026-01-01 10:00:02.000 Received message: the clock there is 6, Logical clock: 7\n\
             2026-01-01 10:00:03.000 Sent message: the clock here is 8, Logical clock: 8\n\
             2026-01-01 10:00:04.000 Internal event. Logical clock: 9\n\
             2026-01-01 10:00:05.000 Received message: the clock there is 4, Logical clock: 10\n",
        )],
        events: &[
            "1 1 INTERNAL 1 - - - -",
            "1 2 RECEIVE 7 6 - - -",
            "1 3 SEND 8 - - - -",
            "1 4 INTERNAL 9 - - - -",
            "1 5 RECEIVE 10 4 - - -",
        ],
    },
    Case {
        name: "a clock rises within a file, and not over all of them",
        logs: &[
            (
                "vm_1.log",
                "Internal event at 1 logical time & at 10:00:01.000\n\
                 Sent message to 2 at 2 logical time & at 10:00:02.000\n\
                 Received message from 2 at 4 logical time & at 10:00:03.000. Queue length: 0\n",
            ),
            (
                "vm_2.log",
                "Internal event at 1 logical time & at 10:00:01.500\n\
                 Received message from 1 at 3 logical time & at 10:00:02.500. Queue length: 0\n",
            ),
        ],
        events: &[
            "1 1 INTERNAL 1 - - - -",
            "1 2 SEND 2 - - - 2",
            "1 3 RECEIVE 4 - 0 2 -",
            "2 1 INTERNAL 1 - - - -",
            "2 2 RECEIVE 3 - 0 1 -",
        ],
    },
    Case {
        name: "recipients between brackets",
        logs: &[(
            "vm_1.log",
            "[INTERNAL] | Time - 10:00:01.0 | Clock - 1\n\
             [SENT] | Time - 10:00:02.0 | Receivers - [3] | Clock - 2\n\
             [SENT] | Time - 10:00:03.0 | Receivers - [2, 3] | Clock - 3\n\
             [RECEIVED] | Time - 10:00:04.0 | Queue - 0 | Clock - 6\n",
        )],
        events: &[
            "1 1 INTERNAL 1 - - - -",
            "1 2 SEND 2 - - - 3",
            "1 3 SEND 3 - - - all",
            "1 4 RECEIVE 6 - 0 - -",
        ],
    },
    Case {
        name: "recipients with marks and words between them",
        logs: &[(
            "vm_1.log",
            "10:00:01.0 INTERNAL EVENT, clock: 1\n\
             10:00:02.0 SENT TO MACHINE #3, clock: 2\n\
             10:00:03.0 SENT TO MACHINE #2 and #3, clock: 3\n\
             10:00:04.0 RECEIVED, queue: 0, clock: 6\n",
        )],
        events: &[
            "1 1 INTERNAL 1 - - - -",
            "1 2 SEND 2 - - - 3",
            "1 3 SEND 3 - - - all",
            "1 4 RECEIVE 6 - 0 - -",
        ],
    },
    Case {
        name: "a first line names columns; the clock is logged before its update but in a RECEIVE",
        logs: &[(
            "vm_A.csv",
            "event,time,queue length,logical clock\n\
             INTERNAL EVENT,1700000001.10,0,0\n\
             SEND TO B,1700000002.10,0,1\n\
             POP FROM QUEUE,1700000003.10,0,6\n\
             SEND TO C,1700000004.10,0,6\n\
             POP FROM QUEUE,1700000005.10,0,9\n\
             INTERNAL EVENT,1700000006.10,0,9\n",
        )],
        events: &[
            "1 2 INTERNAL 1 - 0 - -",
            "1 3 SEND 2 - 0 - 2",
            "1 4 RECEIVE 6 - 0 - -",
            "1 5 SEND 7 - 0 - 3",
            "1 6 RECEIVE 9 - 0 - -",
            "1 7 INTERNAL 10 - 0 - -",
        ],
    },
    Case {
        name: "whole seconds, beside a clock that rises likewise",
        logs: &[(
            "vm_1.txt",
            "INTERNAL EVENT - TIME: 0 - CLOCK: 1\n\
             SENT TO 2 - TIME: 0 - CLOCK: 2\n\
             INTERNAL EVENT - TIME: 1 - CLOCK: 3\n\
             RECEIVED - TIME: 1 - CLOCK: 8 - QUEUE LENGTH: 0\n\
             INTERNAL EVENT - TIME: 2 - CLOCK: 9\n",
        )],
        events: &[
            "1 1 INTERNAL 1 - - - -",
            "1 2 SEND 2 - - - 2",
            "1 3 INTERNAL 3 - - - -",
            "1 4 RECEIVE 8 - 0 - -",
            "1 5 INTERNAL 9 - - - -",
        ],
    },
    Case {
        name: "dates with dashes, ports for machines, the queue counted before the pop",
        logs: &[
            (
                "5001.log",
                "snd 7001 03-04_10-20-58.500000 lc=1\nsnd 7001 03-04_10-20-59.500000 lc=2\n\
                 int 03-04_10-21-00.500000 lc=3\nsnd 7001 03-04_10-21-01.500000 lc=4\n",
            ),
            (
                "7001.log",
                "rcv 5001 03-04_10-21-00.000000 lc=2 q=2\nrcv 5001 03-04_10-21-01.000000 lc=3 q=1\n\
                 rcv 5001 03-04_10-21-02.000000 lc=5 q=1\nint 03-04_10-21-03.000000 lc=6\n",
            ),
        ],
        events: &[
            "1 1 SEND 1 - - - 2",
            "1 2 SEND 2 - - - 2",
            "1 3 INTERNAL 3 - - - -",
            "1 4 SEND 4 - - - 2",
            "2 1 RECEIVE 2 - 1 1 -",
            "2 2 RECEIVE 3 - 0 1 -",
            "2 3 RECEIVE 5 - 0 1 -",
            "2 4 INTERNAL 6 - - - -",
        ],
    },
    Case {
        name: "objects, and machines from 0",
        logs: &[
            (
                "node0.log",
                "{\"lamport\": 1, \"ev\": \"tx\", \"at\": 0.5, \"dst\": [1, 2]}\n\
                 {\"lamport\": 2, \"ev\": \"local\", \"at\": 1.0}\n\
                 {\"lamport\": 3, \"ev\": \"tx\", \"at\": 1.5, \"dst\": 2}\n",
            ),
            ("node1.log", "{\"lamport\": 2, \"ev\": \"rx\", \"at\": 0.6, \"src\": 0, \"qlen\": 0}\n"),
            (
                "node2.log",
                "{\"lamport\": 2, \"ev\": \"rx\", \"at\": 1.6, \"src\": 0, \"qlen\": 1}\n\
                 {\"lamport\": 4, \"ev\": \"rx\", \"at\": 2.6, \"src\": 0, \"qlen\": 0}\n\
                 {\"lamport\": 5, \"ev\": \"local\", \"at\": 3.6}\n",
            ),
        ],
        events: &[
            "1 1 SEND 1 - - - all",
            "1 2 INTERNAL 2 - - - -",
            "1 3 SEND 3 - - - 3",
            "2 1 RECEIVE 2 - 0 1 -",
            "3 1 RECEIVE 2 - 1 1 -",
            "3 2 RECEIVE 4 - 0 1 -",
            "3 3 INTERNAL 5 - - - -",
        ],
    },
    Case {
        name: "records of several lines, in any order",
        logs: &[(
            "vm_1.log",
            "clock = 1\n[SEND]\nto = 2\ntime = 0.5\n\nclock = 5\n[RECEIVE]\ntime = 1.0\nqueue = 0\n\n\
             clock = 6\n[INTERNAL]\ntime = 1.5\n",
        )],
        events: &["1 1 SEND 1 - - - 2", "1 6 RECEIVE 5 - 0 - -", "1 11 INTERNAL 6 - - - -"],
    },
];

#[test]
fn what_no_known_dialect_fits_is_inferred() {
    let mut wrong = Vec::new();
    for case in CASES {
        let lab = Lab::new();
        for (name, text) in case.logs {
            lab.write(&format!("theirs/{name}"), text);
        }
        let said = lab.labctl(&["parse", "theirs"]).code(0).tells(&["dialect: inferred from the logs"]);
        let field = |row: &std::collections::BTreeMap<String, String>, name: &str| {
            if row[name].is_empty() { "-".to_owned() } else { row[name].clone() }
        };
        let names = ["machine", "line", "event", "clock", "message_clock", "queue_length", "from", "to"];
        let read: Vec<String> =
            rows(&said.out).iter().map(|row| names.map(|name| field(row, name)).join(" ")).collect();
        if read != case.events {
            wrong.push(format!("{}:\n{}\n", case.name, read.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_folder_of_a_tree_is_read_in_its_own_dialect() {
    let lab = crate::support::lab_with_notebook_logs();
    lab.write("all/first/port_5001_log.txt", "logical clock: 1 | internal event | global time: 10:00:01.5\n");
    lab.write("all/first/port_5002_log.txt", "logical clock: 1 | internal event | global time: 10:00:01.5\n");
    lab.write("all/second/vm_1.log", "1.0 internal clock=1\n2.0 sent to 2 clock=2\n");
    lab.write("all/second/vm_2.log", "1.0 internal clock=1\n2.5 received from 1 clock=3\n");
    for (name, text) in
        [("log_1.txt", lab.read("theirs/log_1.txt")), ("log_2.txt", lab.read("theirs/log_2.txt"))]
    {
        lab.write(&format!("ours/third/{name}"), text);
    }
    let said = lab
        .labctl(&["parse", "all", "ours"])
        .code(0)
        .tells(&["dialect: clock-pipe-no-day", "dialect: inferred from the logs"]);
    let mut experiments: Vec<String> =
        rows(&said.out).iter().map(|row| format!("{} {}", row["experiment"], row["machine"])).collect();
    experiments.dedup();
    experiments.sort();
    assert_eq!(experiments, ["first 1", "first 2", "second 1", "second 2", "third 1", "third 2"]);
}

#[test]
fn numbers_alone_are_not_taken_for_events() {
    let lab = Lab::new();
    for nth in 1..=3 {
        lab.write(
            &format!("b/run_{nth}.csv"),
            format!("1,0,0,170000000{nth},{nth},0\n1,1,0,170000000{nth},{},0\n", nth + 1),
        );
    }
    lab.labctl(&["parse", "b", "--dialect", "auto"]).code(1).tells(&["no known dialect fits these logs"]);
    // The lines are like a known dialect's, and the names are not: its draws may be something else here.
    lab.write("c/vm_1.txt", "4\t2\t0.5\t0\t1\t0.25\n9\t3\t0.75\t0\t1\t0.25\n-1\t7\t1.0\t0\t1\t0.25\n");
    lab.labctl(&["parse", "c", "--dialect", "auto"]).code(1).tells(&[
        "fit tabs-numbers",
        "their names do not",
        "--dialect tabs-numbers",
    ]);
}

#[test]
fn a_rate_that_the_pace_shows_to_be_of_a_minute_is_read_so() {
    let lab = Lab::new();
    for (machine, rate) in [(1, 120), (2, 300)] {
        let tick_s = 60.0 / f64::from(rate);
        let line = |clock: i32| format!("{:.3} internal event, clock {clock}\n", f64::from(clock) * tick_s);
        let text = format!("clock rate: {rate}\n{}", (1..60).map(line).collect::<String>());
        lab.write(&format!("theirs/vm_{machine}.log"), text);
    }
    let table = lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out;
    let rates: Vec<String> = rows(&table).iter().map(|row| row["clock_rate"].clone()).collect();
    assert_eq!(
        rates.iter().map(|rate| rate.parse::<f64>().unwrap()).collect::<Vec<_>>(),
        [2.0, 5.0],
        "{table}"
    );
}
