//! `labctl plot`: what is drawn, where, and what stays as it was.

use std::fs;

use crate::support::{LAB, Lab, NOTEBOOK_LOGS, lab_with_notebook_logs};

const OF_A_RUN: [&str; 5] = ["clocks", "drift", "jumps", "queue", "wait"];
const AGAINST_SPEED_RATIO: [&str; 6] = [
    "clock_diff_vs_speed_ratio",
    "clock_drift_vs_speed_ratio",
    "end_queue_vs_speed_ratio",
    "jump_mean_vs_speed_ratio",
    "max_queue_vs_speed_ratio",
    "wait_mean_vs_speed_ratio",
];

fn named(names: &[&str], extension: &str) -> Vec<String> {
    let mut files: Vec<String> = names.iter().map(|name| format!("{name}.{extension}")).collect();
    files.sort();
    files
}

#[test]
fn a_run_has_eleven_charts() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["plot", "theirs"]).code(0).tells(&["plots/theirs: 5 charts"]);
    assert_eq!(lab.names("plots/theirs"), named(&[&OF_A_RUN[..], &AGAINST_SPEED_RATIO].concat(), "png"));
}

#[test]
fn only_what_is_asked_for_is_drawn() {
    let lab = Lab::new();
    for (name, text) in NOTEBOOK_LOGS {
        lab.write(&format!("one/{name}"), text);
        lab.write(&format!("two/{name}"), text);
    }
    lab.write("plots/one/queue.png", "an older chart");
    lab.write("plots/two/notes.txt", "somebody's notes");
    lab.labctl(&["plot", "two"]).code(0);
    assert_eq!(lab.read("plots/one/queue.png"), "an older chart");
    assert_eq!(lab.names("plots/one"), ["queue.png"]);
    assert_eq!(lab.read("plots/two/notes.txt"), "somebody's notes");
    assert_eq!(lab.names("plots"), ["one", "two"], "nothing against speed ratio over both");
}

#[test]
fn a_tree_of_runs_is_also_drawn_side_by_side() {
    let lab = Lab::new();
    for (name, text) in NOTEBOOK_LOGS {
        lab.write(&format!("tree/one/{name}"), text);
        lab.write(&format!("tree/two/{name}"), text);
    }
    lab.labctl(&["plot", "tree", "--plots", "charts", "--format", "svg"])
        .code(0)
        .tells(&["2 runs against speed ratio"]);
    assert_eq!(lab.names("charts/one"), named(&OF_A_RUN, "svg"));
    let mut expected = named(&AGAINST_SPEED_RATIO, "svg");
    expected.extend(["one".to_owned(), "two".to_owned()]);
    expected.sort();
    assert_eq!(lab.names("charts"), expected);
    assert!(!lab.has("plots"));
}

#[test]
fn a_chart_can_be_svg_and_is_the_same_each_time() {
    let lab = lab_with_notebook_logs();
    let draw = |plots: &str| {
        lab.labctl(&["plot", "theirs", "--format", "svg", "--plots", plots]).code(0);
        lab.names(&format!("{plots}/theirs"))
            .iter()
            .map(|name| lab.read(&format!("{plots}/theirs/{name}")))
            .collect()
    };
    let (first, second): (Vec<String>, Vec<String>) = (draw("first"), draw("second"));
    assert_eq!(first.len(), 11);
    assert!(
        first.iter().all(|svg| svg.trim_start().starts_with("<svg") && svg.trim_end().ends_with("</svg>"))
    );
    assert!(first == second, "the same data give the same bytes");
}

#[test]
fn kept_metrics_are_enough_for_the_charts_against_speed_ratio() {
    let lab = lab_with_notebook_logs();
    let csv = lab.labctl(&["metrics", "theirs", "--format", "csv"]).code(0).out;
    fs::remove_dir_all(lab.path("theirs")).unwrap();
    lab.write("theirs/metrics.csv", csv);
    lab.labctl(&["plot", "theirs"]).code(0).tells(&["of 1 run: no logs here, only metrics"]);
    assert_eq!(lab.names("plots/theirs"), named(&AGAINST_SPEED_RATIO, "png"));
}

#[test]
fn logs_without_an_event_are_no_reason_to_crash() {
    let lab = Lab::new();
    lab.write("empty/log_1.txt", "");
    let said = lab.labctl(&["plot", "empty"]);
    assert!(matches!(said.code, Some(0 | 1)) && !said.talk.contains("panicked"), "{said:?}");
}

#[test]
fn theory_is_drawn_where_a_spec_says_how_the_run_was_set_up() {
    let lab = Lab::with_spec(LAB);
    let run = ["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"];
    lab.labctl(&run).code(0);
    let drawn = |plots: &str| {
        lab.labctl(&["plot", "ours", "--format", "svg", "--plots", plots]).code(0);
        lab.read(&format!("{plots}/lab/r/clocks.svg")).contains("dashes: expected")
    };
    assert!(drawn("with"));
    lab.write("ours/lab/r/spec.toml", "no longer a spec");
    assert!(!drawn("without"), "a spec that cannot be read costs the theory, and no more");
}

#[test]
fn a_delay_in_the_sender_is_expected_as_it_is_simulated() {
    let lab = Lab::with_spec(LAB);
    let delayed = ["--delay", "constant:100ms", "--set", "network.where=sender"];
    let run = ["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"];
    lab.labctl(&[&run[..], &delayed].concat()).code(0);
    lab.labctl(&["plot", "ours", "--format", "svg", "--plots", "svg"]).code(0).tells(&["5 charts"]);
    assert!(lab.read("svg/lab/r/clocks.svg").contains("dashes: expected"));
}

#[test]
fn behind_a_single_run_stand_simulated_runs_of_its_spec_where_that_is_known() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r"]).code(0);
    let draw = |of: &str| {
        lab.labctl(&["plot", of, "--chart", "speed-ratio", "--format", "svg", "--plots", "svg"]).code(0);
        lab.read("svg/lab/r/max_queue_vs_speed_ratio.svg")
    };
    let known = draw("results/lab/r");
    assert!(
        known.contains("200 simulated runs") && known.contains("Speed ratio (fastest ÷ own)"),
        "{known:.900}"
    );
    fs::remove_file(lab.path("results/lab/r/spec.toml")).unwrap();
    assert!(!draw("results/lab/r").contains("simulated runs"));
    let others = lab_with_notebook_logs();
    others.labctl(&["plot", "theirs", "--format", "svg", "--plots", "svg"]).code(0);
    assert!(!others.read("svg/theirs/max_queue_vs_speed_ratio.svg").contains("simulated runs"));
}

#[test]
fn published_values_are_drawn_against_speed_ratio() {
    let published = "[published]\nsource = \"a paper\"\nmax_queue = [70, 1, 0]\n";
    let lab = Lab::with_spec(&format!("{LAB}{published}"));
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"]).code(0);
    lab.labctl(&["plot", "ours", "--format", "svg", "--plots", "svg"]).code(0);
    let says =
        |measure: &str| lab.read(&format!("svg/lab/r/{measure}_vs_speed_ratio.svg")).contains("published");
    assert!(says("max_queue") && !says("end_queue"));
    let other = ["run", "lab.toml", "--engine", "sim", "--internal-prob", "0.2", "--name", "s"];
    lab.labctl(&[&other[..], &["--results", "ours"]].concat()).code(0);
    lab.labctl(&["plot", "ours/lab/s", "--format", "svg", "--plots", "svg"]).code(0);
    assert!(!lab.read("svg/lab/s/max_queue_vs_speed_ratio.svg").contains("published"));
    lab.labctl(&["plot", "ours", "--format", "svg", "--plots", "svg"]).code(0);
    let both = lab.read("svg/lab/max_queue_vs_speed_ratio.svg");
    for text in ["lab (r)", "lab (s)", "published"] {
        assert!(both.contains(text), "`{text}` is not in the chart");
    }
}

/// The pixels across and down that a PNG says it has.
fn png_size(path: &std::path::Path) -> (u32, u32) {
    let bytes = fs::read(path).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn only_the_charts_that_are_named_are_drawn() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["plot", "theirs", "--chart", "queue,drift", "--format", "svg"])
        .code(0)
        .tells(&["plots/theirs: 2 charts"]);
    assert_eq!(lab.names("plots/theirs"), ["drift.svg", "queue.svg"]);
    lab.labctl(&["plot", "theirs", "--chart", "speed-ratio", "--plots", "ratio"]).code(0);
    assert_eq!(lab.names("ratio/theirs"), named(&AGAINST_SPEED_RATIO, "png"));
    lab.labctl(&["plot", "theirs", "--chart", "pie"]).code(2).tells(&["space-time"]);
}

#[test]
fn a_chart_has_the_size_and_the_paper_that_are_asked_for() {
    let lab = lab_with_notebook_logs();
    let look = ["--width", "800", "--height", "500", "--scale", "1.5", "--theme", "dark"];
    let queue = ["plot", "theirs", "--chart", "queue"];
    lab.labctl(&[&queue[..], &look].concat()).code(0);
    assert_eq!(png_size(&lab.path("plots/theirs/queue.png")), (1200, 750));
    lab.labctl(&[&queue[..], &look, &["--format", "svg"]].concat()).code(0);
    let svg = lab.read("plots/theirs/queue.svg");
    assert!(svg.contains("width=\"1200\" height=\"750\"") && svg.contains("fill=\"#15181D\""), "{svg:.300}");
    for (flags, says) in [
        (["--width", "90"], "its width lies between 640 and 8000"),
        (["--scale", "0"], "lies between 0.25 and 8"),
        (["--scale", "nan"], "lies between 0.25 and 8"),
        (["--theme", "pink"], "light, dark"),
    ] {
        lab.labctl(&[&queue[..], &flags].concat()).code(2).tells(&[says]);
    }
}

#[test]
fn a_stretch_of_a_run_is_drawn_as_a_space_time_diagram() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"]).code(0);
    let space_time = ["plot", "ours", "--chart", "space-time", "--format", "svg", "--plots", "svg"];
    lab.labctl(&[&space_time[..], &["--from", "2s", "--until", "4s"]].concat())
        .code(0)
        .tells(&["svg/lab/r: 1 chart"]);
    assert_eq!(lab.names("svg/lab/r"), ["space-time.svg"]);
    let svg = lab.read("svg/lab/r/space-time.svg");
    for words in ["Messages from 2 s to 4 s", "waits in the queue", "RECEIVE"] {
        assert!(svg.contains(words), "{words}");
    }
    lab.labctl(&[&space_time[..], &["--from", "2s", "--until", "4s"]].concat()).code(0);
    assert_eq!(lab.read("svg/lab/r/space-time.svg"), svg, "--until is --to");
    lab.labctl(&[&space_time[..], &["--from", "4s", "--until", "2s"]].concat())
        .code(2)
        .tells(&["nothing between --from 4s and --until 2s"]);
    lab.labctl(&[&space_time[..], &["--from", "soon"]].concat()).code(2).tells(&["`soon` is not a duration"]);
    lab.labctl(&["plot", "ours", "--from", "2s"]).code(2).tells(&["add --chart space-time"]);
}

#[test]
fn a_stretch_outside_of_a_run_is_refused_with_where_the_run_ends() {
    let lab = Lab::with_spec(LAB);
    let run = ["run", "lab.toml", "--engine", "sim", "--results", "ours", "--name"];
    lab.labctl(&[&run[..], &["short"]].concat()).code(0);
    let space_time = ["plot", "ours", "--chart", "space-time", "--plots", "drawn", "--from"];
    for stretch in [&["2000s", "--until", "2010s"][..], &["2000s"]] {
        lab.labctl(&[&space_time[..], stretch].concat())
            .code(2)
            .tells(&["error: lab, short: no space-time diagram", "events lie between 0 s and 20"]);
        assert!(!lab.has("drawn"));
    }
    // Of several runs those are drawn that have the stretch.
    lab.labctl(&[&run[..], &["long", "--duration", "60s"]].concat()).code(0);
    lab.labctl(&[&space_time[..], &["30s"]].concat()).code(0).tells(&["warning: lab, short: no space-time"]);
    assert_eq!(lab.names("drawn/lab"), ["long"]);
}

#[test]
fn logs_of_others_are_drawn_as_a_space_time_diagram() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["plot", "theirs", "--chart", "space-time", "--format", "svg"]).code(0);
    let svg = lab.read("plots/theirs/space-time.svg");
    assert!(svg.contains("stamps in whole seconds") && svg.contains("do not tell when messages arrived"));
}

/// A simulated sweep named `probs`, its charts in `plots/probs/`.
fn simulate(lab: &Lab, flags: &[&str]) {
    lab.labctl(&[&["sweep", "lab.toml", "--engine", "sim", "--name", "probs"], flags].concat()).code(0);
}

fn bytes(lab: &Lab, folder: &str) -> Vec<(String, Vec<u8>)> {
    let names = lab.names(folder).into_iter();
    names.map(|name| (name.clone(), fs::read(lab.path(&format!("{folder}/{name}"))).unwrap())).collect()
}

#[test]
fn a_stored_sweep_is_drawn_as_it_drew_itself_at_its_end() {
    for flags in [&["--internal-prob", "0.2,0.8", "--replicates", "3"][..], &["--replicates", "6"]] {
        let lab = Lab::with_spec(LAB);
        simulate(&lab, flags);
        lab.labctl(&["plot", "results/probs", "--plots", "again"])
            .code(0)
            .tells(&["again/probs:", "charts of a sweep, 6 runs"]);
        assert!(bytes(&lab, "again/probs") == bytes(&lab, "plots/probs"));
        fs::remove_file(lab.path("results/probs/runs.csv")).unwrap();
        lab.labctl(&["plot", "results/probs", "--plots", "journal"]).code(0);
        assert!(bytes(&lab, "journal/probs") == bytes(&lab, "plots/probs"), "the journals are enough");
        assert!(!lab.has("results/probs/runs.csv"), "nothing is written");
    }
}

#[test]
fn the_charts_of_a_sweep_have_the_size_the_paper_and_the_format_that_are_asked_for() {
    let lab = Lab::with_spec(LAB);
    for (flags, charts) in [(&["--internal-prob", "0.2,0.8"][..], 6), (&["--replicates", "6"], 12)] {
        let _ = fs::remove_dir_all(lab.path("results"));
        let _ = fs::remove_dir_all(lab.path("svg"));
        simulate(&lab, flags);
        let look = ["--width", "800", "--height", "500", "--theme", "dark", "--format", "svg"];
        lab.labctl(&[&["plot", "results/probs", "--plots", "svg"], &look[..]].concat()).code(0);
        let names = lab.names("svg/probs");
        assert_eq!(names.len(), charts);
        for name in names {
            let svg = lab.read(&format!("svg/probs/{name}"));
            let is_dark = svg.contains("width=\"800\" height=\"500\"") && svg.contains("fill=\"#15181D\"");
            assert!(is_dark, "{name}: {svg:.300}");
        }
    }
}

#[test]
fn a_tree_of_sweeps_and_runs_is_drawn_whole() {
    let lab = Lab::with_spec(LAB);
    simulate(&lab, &["--internal-prob", "0.2,0.8"]);
    lab.labctl(&["plot", "results", "--plots", "sweeps"]).code(0).tells(&["sweeps/probs: 6 charts"]);
    assert_eq!(lab.names("sweeps"), ["probs"], "without runs there is nothing against speed ratio");
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r"]).code(0);
    lab.labctl(&["plot", "results", "--plots", "both"]).code(0).tells(&["both/probs: 6", "both/lab/r: 5"]);
    lab.labctl(&["plot", "results", "--chart", "sweep", "--plots", "only"]).code(0);
    assert_eq!(lab.names("only"), ["probs"]);
    lab.labctl(&["plot", "results", "--chart", "queue", "--plots", "queue"]).code(0);
    assert_eq!(
        (lab.names("queue"), lab.names("queue/lab/r")),
        (vec!["lab".into()], vec!["queue.png".into()])
    );
    lab.write("results/probs/plan.json", "{}");
    lab.labctl(&["plot", "results", "--plots", "rest"]).code(1).tells(&["results/probs/plan.json"]);
    assert!(lab.has("rest/lab/r/queue.png"), "one that cannot be read keeps nothing from being drawn");
}

#[test]
fn where_there_is_no_sweep_to_draw_it_is_told_why() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"]).code(0);
    lab.labctl(&["plot", "ours", "--chart", "sweep"]).code(1).tells(&["there is no sweep at ours"]);
    simulate(&lab, &["--internal-prob", "0.2,0.8"]);
    lab.labctl(&["plot", "results/probs", "--chart", "queue"]).code(2).tells(&["whose runs were simulated"]);
    lab.labctl(&["sweep", "plan", "lab.toml", "--engine", "sim", "--name", "later"]).code(0);
    lab.labctl(&["plot", "results/later"]).code(2).tells(&["no run of it is begun", "labctl sweep exec"]);
}

/// The first words of the chart of the end queue in a sweep.
fn end_queue(flags: &[&str], spec: &str, chart: &str) -> String {
    let lab = Lab::with_spec(spec);
    simulate(&lab, flags);
    lab.labctl(&["plot", "results/probs", "--format", "svg", "--plots", "svg"]).code(0);
    lab.read(&format!("svg/probs/end_queue_over_{chart}.svg"))
}

#[test]
fn the_charts_of_a_sweep_say_of_how_many_runs_they_are_and_by_which_method() {
    let probs = ["--internal-prob", "0.2,0.8"];
    let single = end_queue(&probs, LAB, "internal_prob");
    assert!(single.contains("1 run a cell") && !single.contains("intervals"), "{single:.900}");
    let rates = ["--set", "machine.1.clock_rate=1,2,3", "--replicates", "4"];
    let map = end_queue(&[&probs[..], &rates].concat(), LAB, "machine_1_clock_rate_and_internal_prob");
    assert!(map.contains("mean of 4 runs a cell, 95 % intervals (t) of ±"), "{map:.900}");
    assert!(map.contains("Clock rate of machine 1 (ticks/s)"));
}

#[test]
fn the_cells_of_many_axes_are_told_apart_by_their_values() {
    let flags = ["--internal-prob", "0.2,0.8", "--set", "machine.1.clock_rate=1,2", "--seed", "1,2"];
    let svg = end_queue(&flags, LAB, "cells");
    for words in [
        "0.2 · 1 · 1",
        "0.8 · 2 · 2",
        "Internal-event probability · seed · clock rate of machine 1 (ticks/s)",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    assert!(svg.contains(" at most, at 0.2 · ") && svg.contains("the largest over its machines"));
}

#[test]
fn keys_that_step_together_are_one_axis() {
    let spec = format!("{LAB}\n[sweep.zip]\ninternal_prob = [0.2, 0.8]\nseed = [1, 2]\n");
    let svg = end_queue(&[], &spec, "internal_prob_with_seed");
    assert!(svg.contains("0.2 · 1") && svg.contains("0.8 · 2") && !svg.contains("hatched"), "{svg:.900}");
}

#[test]
fn a_sweep_that_is_not_whole_is_drawn_over_all_its_axis_and_says_so() {
    let lab = Lab::with_spec(LAB);
    simulate(&lab, &["--internal-prob", "0.2,0.5,0.8", "--replicates", "3"]);
    let runs = lab.read("results/probs/runs.csv");
    let first: String =
        runs.lines().filter(|row| !row.starts_with("3,")).map(|row| format!("{row}\n")).collect();
    lab.write("results/probs/runs.csv", first);
    lab.labctl(&["plot", "results/probs", "--format", "svg", "--plots", "svg"])
        .code(0)
        .tells(&["6 of 9 runs"]);
    let svg = lab.read("svg/probs/end_queue_over_internal_prob.svg");
    assert!(svg.contains("mean of 3 runs a cell") && svg.contains("1 of 3 cells without a run yet"));
    assert!(svg.contains("\n0.8\n"), "the axis goes on to what is still to come");
}
