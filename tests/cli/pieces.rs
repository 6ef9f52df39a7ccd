//! Pieces of a plan, run anywhere and more than once.
#![cfg(unix)]

use rustix::process::Signal;

use crate::support::{LAB, Lab, wait_for};

const RUNS: usize = 6;

fn lab_with_plan(duration: &str) -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["plan", "lab.toml", "--replicates=6", "--name=p", duration]).code(0);
    lab
}

#[test]
fn a_piece_run_twice_at_once_on_sockets_spoils_nothing() {
    let lab = lab_with_plan("--duration=40s");
    let both = [1, 2].map(|_| lab.start(&["exec", "results/p/plan.json"]));
    for one in both {
        one.end().code(0);
    }
    lab.labctl(&["collect", "results/p"]).code(0);
    assert_eq!(lab.rows("results/p/runs.csv").len(), RUNS * 3);
    assert_eq!(lab.names("results/p/lab").len(), RUNS);
    assert_eq!(lab.names("results/p/journal"), ["1.jsonl", "2.jsonl"]);
    lab.labctl(&["metrics", "results/p"]).code(0);
}

#[test]
fn what_a_killed_process_left_is_cleared_away_by_the_next() {
    let lab = lab_with_plan("--duration=80s");
    let killed = lab.start(&["exec", "results/p/plan.json"]);
    wait_for("a run", || (!lab.names("results/p/journal/1.partial/lab").is_empty()).then_some(()));
    killed.signal(Signal::KILL);
    killed.end();
    lab.labctl(&["exec", "results/p/plan.json", "--index=1/6"]).code(0);
    assert_eq!(lab.names("results/p/journal"), ["1.jsonl", "2.jsonl"]);
    lab.labctl(&["collect", "results/p"]).code(4).tells(&["5 runs are missing"]);
}
