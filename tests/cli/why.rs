//! `labctl causality why`: the chain behind an event, on runs of both engines and on
//! foreign logs.

use labctl::causality::Chains;
use labctl::history::History;
use labctl::read::find::find_runs;
use labctl::read::read_history;
use serde_json::Value;

use crate::support::{LAB, Lab, lab_with_notebook_logs};

/// A lab with a simulated run in `results/lab/one`.
fn lab_with_run() -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    lab
}

fn history(lab: &Lab, run: &str) -> History {
    read_history(&find_runs(&lab.path(run)).unwrap()[0]).unwrap()
}

/// Every event of a history has a chain as long as its clock says.
#[track_caller]
fn every_clock_is_proved(history: &History) {
    let chains = Chains::of(history);
    assert!(history.events() > 100);
    for (machine, lengths) in history.machines().iter().zip(chains.lengths()) {
        for ((index, record), length) in machine.records().zip(lengths) {
            assert_eq!(u64::from(*length), record.clock, "machine {}, event {index}", machine.id());
        }
    }
}

#[test]
fn the_path_reads_well() {
    let said = lab_with_run().labctl(&["causality", "why", "results/lab/one", "2@18"]).code(0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_path_that_cannot_be_whole_says_where_and_why() {
    let lab = lab_with_run();
    let log = lab.read("results/lab/one/log_3.txt");
    let kept: Vec<&str> =
        log.lines().enumerate().filter(|(at, _)| !(12..16).contains(at)).map(|(_, line)| line).collect();
    lab.write("results/lab/one/log_3.txt", kept.join("\n") + "\n");
    let said = lab.labctl(&["causality", "why", "results/lab/one", "3@60"]).code(0);
    assert!(said.out.contains("which does not prove its clock of"), "{}", said.out);
    assert!(said.out.contains("log_3.txt:13: from clock 10 to 15: the clock leaps"), "{}", said.out);
}

#[test]
fn every_clock_of_a_run_on_sockets_is_proved() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "one"]).code(0);
    every_clock_is_proved(&history(&lab, "results/lab/one"));
}

#[test]
fn every_clock_of_a_run_whose_messages_are_late_is_proved() {
    let lab = Lab::with_spec(LAB);
    let settings = [
        "--set",
        "network.delay=exponential:700ms",
        "--set",
        "broadcast=per-recipient",
        "--set",
        "internal_prob=0.3",
    ];
    let run = ["run", "lab.toml", "--engine", "sim", "--name", "one"];
    lab.labctl(&[&run[..], &settings].concat()).code(0);
    every_clock_is_proved(&history(&lab, "results/lab/one"));
}

#[test]
fn programs_read_the_chain_and_the_past_and_the_future_as_json() {
    let lab = lab_with_run();
    let said = lab.labctl(&["causality", "why", "results/lab/one", "2@clock:20", "--format", "json"]).code(2);
    assert!(said.talk.contains("machine 2 has no event with clock 20"), "{}", said.talk);
    let said = lab.labctl(&["causality", "why", "results/lab/one", "2@18", "--format", "json"]).code(0);
    let reported: Value = serde_json::from_str(&said.out).unwrap();
    let chain = reported["chain"].as_array().unwrap();
    assert_eq!((&reported["event"]["machine"], &reported["event"]["tick"]), (&2.into(), &18.into()));
    assert_eq!(reported["chain_length"], reported["event"]["clock"]);
    assert_eq!(
        (chain.len(), &reported["proves_the_clock"]),
        (reported["chain_length"].as_u64().unwrap() as usize, &true.into())
    );
    for (link, clock) in chain.iter().zip(1u64..) {
        assert_eq!(link["clock"], clock);
    }
    let hops = chain.windows(2).filter(|pair| pair[0]["machine"] != pair[1]["machine"]);
    for pair in hops {
        let message = &pair[1]["message"];
        assert_eq!((&message["from"], &message["index"]), (&pair[0]["machine"], &pair[0]["index"]));
        assert_eq!((&pair[0]["kind"], &pair[1]["kind"]), (&"SEND".into(), &"RECEIVE".into()));
        assert!(message["taken_s"].as_f64() >= message["waited_in_queue_s"].as_f64(), "{message}");
    }
    let index = reported["event"]["index"].as_u64().unwrap();
    assert_eq!(
        (reported["past"]["2"].as_u64(), reported["future"]["2"].as_u64()),
        (Some(index), Some(index + 1))
    );
    // Both are of the same relation: this event is in the future of the last one in its past.
    let past = reported["past"]["3"].as_u64().unwrap();
    let line = history(&lab, "results/lab/one").machines()[2].line(past as u32 - 1);
    let address = format!("3@line:{line}");
    let said = lab.labctl(&["causality", "why", "results/lab/one", &address, "--format", "json"]).code(0);
    let back: Value = serde_json::from_str(&said.out).unwrap();
    assert!(back["future"]["2"].as_u64().unwrap() <= index, "{back}");
}

#[test]
fn an_event_is_named_by_tick_clock_time_or_line() {
    let lab = lab_with_run();
    let title = |event: &str| {
        let said = lab.labctl(&["causality", "why", "results/lab/one", event]).code(0);
        said.out.lines().next().unwrap_or_default().to_owned()
    };
    let by_tick = title("2@18");
    assert!(by_tick.contains("log_2.txt:20: ") && by_tick.contains("tick 18, with clock "), "{by_tick}");
    let clock = by_tick.split("with clock ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    for other in [format!("2@clock:{clock}"), "2@line:20".to_owned(), "2@time:18.9s".to_owned()] {
        assert_eq!(title(&other), by_tick, "{other}");
    }
}

#[test]
fn what_names_no_event_is_refused_with_advice() {
    let lab = lab_with_run();
    for (event, reported) in [
        ("2@clok:3", "did you mean `2@clock:3`?"),
        ("2@clock3", "did you mean `2@clock:3`?"),
        ("2@12.5s", "did you mean `2@time:12.5s`?"),
        ("9@3", "there are logs of machines 1 to 3"),
        ("2@900", "machine 2 has no event with tick 900: its last is 19"),
        ("2@time:1ms", "its first is at"),
        ("everything", "write machine@tick like `2@57`"),
    ] {
        lab.labctl(&["causality", "why", "results/lab/one", event]).code(2).tells(&[reported]);
    }
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "two"]).code(0);
    lab.labctl(&["causality", "why", "results", "2@3"])
        .code(2)
        .tells(&["there are 2 runs at results, and an event is in one"]);
    lab.labctl(&["causality", "why", "nowhere", "2@3"]).code(2).tells(&["cannot read nowhere"]);
}

#[test]
fn logs_of_others_are_asked_by_clock_and_time_in_whole_seconds() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["causality", "why", "theirs", "1@3"])
        .code(2)
        .tells(&["the log of machine 1 does not number its ticks; name the event by its clock (1@clock:3)"]);
    let said = lab.labctl(&["causality", "why", "theirs", "1@clock:6"]).code(0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn with_one_log_alone_what_came_by_messages_is_unknown() {
    let lab = lab_with_run();
    let said = lab.labctl(&["causality", "why", "results/lab/one/log_2.txt", "2@18"]).code(0);
    assert!(said.out.contains("it is unknown which SEND this message comes from"), "{}", said.out);
}
