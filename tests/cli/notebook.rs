//! The notebook's own data, where they are at hand: `LABCTL_NOTEBOOK` names a
//! folder with the runs in `logs/` and a table of their facts in `README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use labctl::causality::{Chains, clock_gaps};
use labctl::history::EventId;
use labctl::reproduce::kind::Kind;
use labctl::reproduce::{claims, notebook};
use labctl::spec::shipped;

use crate::support::{Lab, rows};

const MACHINES: usize = 27;

fn notebook_folder() -> Option<PathBuf> {
    let folder = env::var_os("LABCTL_NOTEBOOK").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: LABCTL_NOTEBOOK names no folder");
    }
    folder
}

/// The table's cells by run and machine (`e1 m1`).
fn facts(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| ")).map(cells);
    let is_fact = |row: &Vec<String>| row.len() == 10 && row[0].contains(" m");
    rows.filter(is_fact).map(|mut row| (row.remove(0), row)).collect()
}

/// The first line of a log that is an event.
fn first_event(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
    text.lines().find(|line| line.contains(" | Clock: ")).unwrap().to_owned()
}

fn clock_of(line: &str) -> u64 {
    line.split("Clock: ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// Omissions are marked with `…`.
#[test]
fn what_the_claims_quote_stands_in_the_notebook() {
    let Some(folder) = notebook_folder() else { return };
    let on_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = on_one_line(&fs::read_to_string(folder.join("notebook.txt")).unwrap());
    let find = |name: &str| shipped::spec(name).ok_or_else(String::new);
    let claims = claims::parse(notebook::CLAIMS_NAME, notebook::CLAIMS, &[], &find).unwrap();
    for claim in claims.claims.iter().filter(|claim| claim.kind == Kind::Published) {
        for piece in on_one_line(&claim.quote).split('…').filter(|piece| !piece.is_empty()) {
            assert!(text.contains(piece), "{}: `{piece}` is not in the notebook", claim.id);
        }
    }
}

#[test]
fn the_notebooks_runs_measure_as_they_should() {
    let Some(folder) = notebook_folder() else { return };
    let facts = facts(&folder);
    assert_eq!(facts.len(), MACHINES);
    let logs = folder.join("logs");
    let said = Lab::new().labctl(&["metrics", logs.to_str().unwrap(), "--format", "csv"]).code(0);
    let rows = rows(&said.out);
    assert_eq!(rows.len(), MACHINES);
    for row in rows {
        let name = format!("{} m{}", row["run"], row["machine"]);
        let rate: f64 = row["clock_rate"].parse().unwrap();
        let span: f64 = row["span_s"].parse().unwrap();
        let kinds = format!("{}/{}/{}", row["internal"], row["sends"], row["receives"]);
        let measured = [
            rate.to_string(),
            row["events"].clone(),
            kinds,
            row["max_queue"].clone(),
            row["end_queue"].clone(),
            row["final_clock"].clone(),
            row["clock_diff"].clone(),
            row["jump_max"].clone(),
            span.to_string(),
        ];
        let mut expected = facts[&name].clone();
        // The facts leave out the jump of a log's first event, which is one from 0.
        let log = folder.join("logs").join(&row["run"]).join(format!("log_{}.txt", row["machine"]));
        let first = first_event(&log);
        if let Some(clock) = first.contains("| RECEIVE |").then(|| clock_of(&first)) {
            expected[7] = expected[7].parse().map_or(clock, |known: u64| known.max(clock)).to_string();
        }
        assert_eq!(expected, measured, "{name}");
    }
}

#[test]
fn the_notebooks_damaged_run_is_told_of_line_by_line() {
    let Some(folder) = notebook_folder() else { return };
    let run = folder.join("logs/network_delay");
    let said = Lab::new().labctl(&["parse", run.to_str().unwrap()]).code(0).tells(&[
        "log_1.txt:3: a second header",
        "log_1.txt:318: a mistyped line",
        "log_1.txt:349: the log stops here, 9 s before the last of machines 2 and 3",
        "log_2.txt:181: 89 messages were sent to machine 2, which received 94: 5 too many",
        "log_3.txt:262: 66 messages were sent to machine 3, which received 73: 7 too many",
    ]);
    assert_eq!(rows(&said.out).len(), 346 + 179 + 260);
}

/// The run of the notebook that an experiment stands for.
const RUNS: [(&str, &str); 9] = [
    ("exp1", "e1"),
    ("exp2", "e2"),
    ("exp3", "e3"),
    ("exp4", "e4"),
    ("exp5", "e5"),
    ("smaller_internal_prob", "smaller_internal_probability"),
    ("fractional_clocks", "additional_exp_fractional"),
    ("smaller_clock_difference", "smaller_clock_difference"),
    ("network_delay", "network_delay"),
];

#[test]
fn the_shipped_specs_say_what_the_logs_say() {
    let Some(folder) = notebook_folder() else { return };
    for (experiment, run) in RUNS {
        let path = format!("{}/experiments/{experiment}.toml", env!("CARGO_MANIFEST_DIR"));
        let spec = labctl::spec::load(Path::new(&path), &[]).unwrap();
        let logs = spec.published.unwrap().logs.unwrap();
        let measured = folder.join("logs").join(run);
        let said = Lab::new().labctl(&["metrics", measured.to_str().unwrap(), "--format", "csv"]).code(0);
        let rows = rows(&said.out);
        for (column, stated) in
            [("max_queue", logs.max_queue), ("end_queue", logs.end_queue), ("clock_diff", logs.clock_diff)]
        {
            let found: Vec<Option<u64>> = rows.iter().map(|row| row[column].parse().ok()).collect();
            assert_eq!(stated, found, "{experiment} {column}");
        }
    }
}

#[test]
fn the_shipped_specs_say_what_is_printed() {
    let Some(folder) = notebook_folder() else { return };
    let printed = rows(&fs::read_to_string(folder.join("published.csv")).unwrap());
    assert_eq!(printed.len(), 15);
    for row in printed {
        let path = format!("{}/experiments/exp{}.toml", env!("CARGO_MANIFEST_DIR"), row["experiment"]);
        let published = labctl::spec::load(Path::new(&path), &[]).unwrap().published.unwrap();
        let machine = row["machine"].parse::<usize>().unwrap() - 1;
        let stated = [&published.max_queue, &published.end_queue, &published.clock_diff];
        for (column, values) in ["max_queue", "end_queue", "clock_diff"].into_iter().zip(stated) {
            assert_eq!(values[machine], row[column].parse().ok(), "{row:?}");
        }
    }
}

#[test]
fn of_the_notebooks_runs_the_damaged_one_alone_is_unsound() {
    let Some(folder) = notebook_folder() else { return };
    let logs = folder.join("logs");
    let said = Lab::new().labctl(&["check", logs.to_str().unwrap(), "--format", "json"]).code(1);
    let runs: Vec<serde_json::Value> = serde_json::from_str(&said.out).unwrap();
    assert_eq!(runs.len(), MACHINES / 3);
    for run in runs {
        let rules = run["rules"].as_array().unwrap();
        let unsound = rules.iter().filter(|rule| rule["verdict"] == "unsound");
        let reported: Vec<(&str, u64)> =
            unsound.map(|rule| (rule["id"].as_str().unwrap(), rule["count"].as_u64().unwrap())).collect();
        // Its senders sleep to delay their messages, and so lose ticks.
        let damage = [
            ("lines-readable", 1),
            ("one-header", 1),
            ("log-whole", 1),
            ("message-sent", 12),
            ("messages-add-up", 2),
            ("rate-kept", 2),
        ];
        let expected = if run["run"] == "network_delay" { &damage[..] } else { &[] };
        assert_eq!(reported, expected, "{}", run["run"]);
    }
}

#[test]
fn every_clock_of_the_notebooks_runs_is_proved_by_a_chain_but_for_what_the_damaged_one_lost() {
    let Some(folder) = notebook_folder() else { return };
    for (_, run) in RUNS {
        let found = labctl::read::find::find_runs(&folder.join("logs").join(run)).unwrap();
        let history = labctl::read::read_history(&found[0]).unwrap();
        let chains = Chains::of(&history);
        let (mut events, mut short) = (0, 0);
        for (machine, lengths) in history.machines().iter().zip(chains.lengths()) {
            for ((index, record), length) in machine.records().zip(lengths) {
                events += 1;
                if u64::from(*length) != record.clock {
                    short += 1;
                    let event = EventId { machine: machine.id(), index };
                    let clock_gaps = clock_gaps(&history, &chains, &chains.behind(&history, event));
                    assert!(!clock_gaps.is_empty(), "{run}: {event:?}");
                }
            }
        }
        let expected = if run == "network_delay" { 34 } else { 0 };
        assert_eq!((events, short), (history.events(), expected), "{run}");
    }
}

#[test]
fn the_notebooks_runs_are_runs_in_its_dialect_too() {
    let Some(folder) = notebook_folder() else { return };
    let logs = folder.join("logs");
    let said = Lab::new().labctl(&["check", "--dialect", "notebook", logs.to_str().unwrap()]).code(1);
    assert!(said.out.contains("9 runs, 1 of them unsound"), "{}", said.out);
}

#[test]
fn the_notebooks_pairs_of_events_are_as_many_as_is_said() {
    let Some(folder) = notebook_folder() else { return };
    let run = folder.join("logs/e4");
    let said = Lab::new().labctl(&["causality", run.to_str().unwrap()]).code(0);
    for words in
        [" all 660675 ", " concurrent: neither did 90308 ", " order by Lamport's clocks 89916 99.6 % "]
    {
        let reported = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(reported.contains(words), "{words} is not in\n{}", said.out);
    }
}
