//! `labctl sweep plan`, `exec` and `collect`: a sweep made in shards, anywhere.

use std::fs;

#[cfg(unix)]
use crate::support::wait_for;
use crate::support::{LAB, Lab};
#[cfg(unix)]
use rustix::process::Signal;

const FLAGS: [&str; 5] =
    ["lab.toml", "--engine=sim", "--internal-prob=0.2,0.7", "--replicates=6", "--name=s"];

fn planned() -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&[&["sweep", "plan"], &FLAGS[..]].concat()).code(0).tells(&["plan: results/s/plan.json"]);
    lab
}

/// The bytes of the same sweep made at once.
fn whole() -> (String, String) {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&[&["sweep"], &FLAGS[..]].concat()).code(0);
    (lab.read("results/s/runs.csv"), lab.read("results/s/summary.csv"))
}

#[track_caller]
fn assert_whole(lab: &Lab) {
    assert_eq!((lab.read("results/s/runs.csv"), lab.read("results/s/summary.csv")), whole());
}

#[test]
fn pieces_made_at_once_join_to_the_bytes_of_a_sweep() {
    let lab = planned();
    let shard =
        |number| lab.start(&["sweep", "exec", "results/s/plan.json", "--shard", &format!("{number}/3")]);
    for running in [shard(1), shard(3)] {
        running.end().code(0).tells(&["4 runs done, 0 failed"]);
    }
    lab.labctl(&["sweep", "collect", "results/s"])
        .code(4)
        .tells(&["4 runs are missing", "c1_r2 (lab: internal_prob = 0.2)"]);
    shard(2).end().code(0);
    lab.labctl(&["sweep", "exec", "results/s", "--shard", "2/3"]).code(0).tells(&["4 of them done before"]);
    lab.labctl(&["sweep", "collect", "results/s/plan.json"]).code(0);
    assert_whole(&lab);
}

#[test]
fn a_piece_made_twice_counts_once() {
    let lab = planned();
    let both = [0, 1].map(|_| lab.start(&["sweep", "exec", "results/s"]));
    for running in both {
        running.end().code(0);
    }
    lab.labctl(&["sweep", "collect", "results/s"]).code(0);
    assert_whole(&lab);
    lab.write("copies/a.jsonl", lab.read("results/s/journal/1.jsonl"));
    lab.labctl(&["sweep", "collect", "results/s", "copies"])
        .code(0)
        .tells(&["came in twice, the same; each counts once"]);
    assert_whole(&lab);
}

#[test]
fn pieces_on_sockets_made_twice_at_once_do_not_disturb_each_other() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "plan", "lab.toml", "--replicates=2", "--duration=10s", "--name=s"]).code(0);
    let both = [0, 1].map(|_| lab.start(&["sweep", "exec", "results/s"]));
    for running in both {
        running.end().code(0);
    }
    let said = lab.labctl(&["sweep", "collect", "results/s"]).code(0);
    assert!(!said.talk.contains("differently"), "{}", said.talk);
    assert_eq!(lab.names("results/s/lab"), ["c1_r1", "c1_r2"]);
    assert_eq!(lab.names("results/s/journal"), ["1.jsonl", "2.jsonl"]);
}

#[test]
fn journals_from_elsewhere_are_collected_in_any_order() {
    let (lab, there) = (planned(), planned());
    there.labctl(&["sweep", "exec", "results/s", "--shard", "1/2"]).code(0);
    there.labctl(&["sweep", "exec", "results/s", "--shard", "2/2"]).code(0);
    for (name, to) in [("2", "b/first.jsonl"), ("1", "a/second.jsonl")] {
        lab.write(to, there.read(&format!("results/s/journal/{name}.jsonl")));
    }
    lab.labctl(&["sweep", "collect", "results/s", "b/first.jsonl", "a"]).code(0);
    assert_whole(&lab);
}

#[test]
fn a_damaged_journal_from_elsewhere_is_told_line_by_line() {
    let lab = planned();
    lab.labctl(&["sweep", "exec", "results/s"]).code(0);
    let journal = lab.read("results/s/journal/1.jsonl");
    fs::remove_dir_all(lab.path("results/s/journal")).unwrap();
    let mut lines: Vec<String> = journal.lines().map(str::to_owned).collect();
    lines[3] = "what is this?".to_owned();
    lines[5] = lines[5].replacen("\"ticks\":", "\"ticks\":9", 1);
    lab.write("back.jsonl", lines.join("\n"));
    let said = lab.labctl(&["sweep", "collect", "results/s", "back.jsonl"]).code(4);
    said.tells(&["back.jsonl:4: this line was changed", "back.jsonl:6:", "3 runs are missing"]);
    assert_eq!(lab.rows("results/s/runs.csv").len(), 9 * 3);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let lab = planned();
    lab.labctl(&["sweep", "plan", "lab.toml", "--engine=sim", "--name=other"]).code(0);
    lab.labctl(&["sweep", "exec", "results/other"]).code(0);
    lab.labctl(&["sweep", "collect", "results/s", "results/other/journal"])
        .code(1)
        .tells(&["journal of another plan"]);
    lab.labctl(&["sweep", "collect", "results/s", "gone"]).code(2).tells(&["cannot read gone"]);
    lab.write("empty/notes.txt", "");
    lab.labctl(&["sweep", "collect", "results/s", "empty"]).code(4).tells(&["empty holds no journals"]);
    for path in ["gone", "gone/plan.json", "lab.toml"] {
        lab.labctl(&["sweep", "exec", path]).code(2).tells(&["there is no sweep in"]);
        lab.labctl(&["sweep", "collect", path]).code(2).tells(&["there is no sweep in"]);
    }
    for index in ["0/3", "4/3", "x", "1/0"] {
        lab.labctl(&["sweep", "exec", "results/s", "--shard", index])
            .code(2)
            .tells(&["is no shard of a plan"]);
    }
    let plan = lab.read("results/s/plan.json");
    for (text, reported) in [
        ("{".to_owned(), "this is no plan"),
        (
            plan.replacen("\"replicates\": 6", "\"replicates\": 7", 1),
            "the plan was changed after it was made",
        ),
    ] {
        lab.write("results/s/plan.json", text);
        lab.labctl(&["sweep", "exec", "results/s"]).code(1).tells(&[reported]);
    }
}

#[cfg(unix)]
#[test]
fn what_a_killed_process_left_is_cleared_away_by_the_next() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "plan", "lab.toml", "--replicates=6", "--name=p", "--duration=80s"]).code(0);
    let killed = lab.start(&["sweep", "exec", "results/p/plan.json"]);
    wait_for("a run", || (!lab.names("results/p/journal/1.partial/lab").is_empty()).then_some(()));
    killed.signal(Signal::KILL);
    killed.end();
    lab.labctl(&["sweep", "exec", "results/p/plan.json", "--shard=1/6"]).code(0);
    assert_eq!(lab.names("results/p/journal"), ["1.jsonl", "2.jsonl"]);
    lab.labctl(&["sweep", "collect", "results/p"]).code(4).tells(&["5 runs are missing"]);
}
