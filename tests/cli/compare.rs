//! `labctl compare`: two samples, and whether they differ by more than chance.

use crate::support::{LAB, Lab, rows};

/// The sweep of a lab: cells with their replicates' seeds, and what is added to
/// the end queue of machine 2 in that cell, beside what the seed decides.
pub fn lab_with_sweep(cells: &[(&[u64], u64)]) -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
    let metrics = lab.read("results/lab/sim_seed-7/metrics.csv");
    let mut rows = metrics.lines();
    let header = rows.next().unwrap();
    let queue = header.split(',').position(|name| name == "end_queue").unwrap();
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(',').collect()).collect();
    let mut table = format!("cell,replicate,seed,internal_prob,{header}\n");
    for (cell, (seeds, more)) in (1..).zip(cells) {
        for (replicate, seed) in (1..).zip(*seeds) {
            for (machine, row) in (1..).zip(&rows) {
                let mut row = row.clone();
                let end_queue = (seed * seed % 11 * 2 + more + seed % 2).to_string();
                if machine == 2 {
                    row[queue] = &end_queue;
                }
                table += &format!("{cell},{replicate},{seed},0.5,{}\n", row.join(","));
            }
        }
    }
    lab.write("sweep/runs.csv", table);
    lab
}

const TEN: &[u64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const TEN_OTHERS: &[u64] = &[11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

#[test]
fn the_table_reads_well() {
    let lab = lab_with_sweep(&[(TEN, 20), (TEN_OTHERS, 40)]);
    let said = lab.labctl(&["compare", "sweep/c1", "sweep/c2"]).code(0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn runs_of_the_same_seeds_are_compared_in_pairs_and_others_after_welch() {
    let lab = lab_with_sweep(&[(TEN, 20), (TEN, 22), (TEN_OTHERS, 22)]);
    let compare = |b: &str| {
        let args = ["compare", "sweep/c1", b, "--metric", "m2.end_queue", "--format", "json"];
        serde_json::from_str::<serde_json::Value>(&lab.labctl(&args).code(0).out).unwrap()
    };
    let (paired, apart) = (compare("sweep/c2"), compare("sweep/c3"));
    assert_eq!((&paired["test"], &apart["test"]), (&"paired".into(), &"welch".into()));
    let (row, other) = (&paired["rows"][0], &apart["rows"][0]);
    assert_eq!((&row["quantity"], &row["verdict"]), (&"m2.end_queue".into(), &"higher".into()));
    assert_eq!((&row["difference"], &row["n_a"], &row["n_b"]), (&2.0.into(), &10.into(), &10.into()));
    // Every pair differs by 2: one in 2⁹ by chance.
    assert_eq!(row["p"], 1.0 / 512.0);
    assert_eq!(other["verdict"], "no_difference_seen");
    assert!(other["difference_low"].as_f64().unwrap() < 0.0 && other["p"].as_f64().unwrap() > 0.05);
}

#[test]
fn programs_get_the_same_rows_as_csv_and_as_json() {
    let lab = lab_with_sweep(&[(TEN, 20), (TEN, 30)]);
    let data =
        |format: &str| lab.labctl(&["compare", "sweep/c2", "sweep/c1", "--format", format]).code(0).out;
    let csv = rows(&data("csv"));
    let json: serde_json::Value = serde_json::from_str(&data("json")).unwrap();
    assert_eq!(json["correction"], "holm");
    assert_eq!(json["comparisons"], csv.iter().filter(|row| !row["p"].is_empty()).count());
    let all = json["rows"].as_array().unwrap();
    assert_eq!(all.len(), csv.len());
    for (row, line) in all.iter().zip(&csv) {
        assert_eq!(
            (&row["quantity"], &row["verdict"]),
            (&line["quantity"].as_str().into(), &line["verdict"].as_str().into())
        );
    }
    let changed: Vec<&str> =
        csv.iter().filter(|row| row["verdict"] == "lower").map(|row| row["quantity"].as_str()).collect();
    assert_eq!(changed, ["m2.end_queue"]);
}

#[test]
fn where_all_is_undecided_the_exit_code_is_3() {
    let lab = lab_with_sweep(&[(&TEN[..3], 20), (&TEN_OTHERS[..3], 24)]);
    for metric in [&[] as &[&str], &["--metric", "m2.end_queue"]] {
        let args = [&["compare", "sweep/c1", "sweep/c2"], metric].concat();
        lab.labctl(&args).code(3).tells(&["too few runs", "--metric"]);
    }
    // What never varies is decided.
    lab.labctl(&["compare", "sweep/c1", "sweep/c2", "--metric", "m2.speed_ratio"]).code(0);
}

#[test]
fn one_simulated_run_each_is_too_little() {
    let lab = Lab::with_spec(LAB);
    for results in ["a", "b"] {
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--results", results]).code(0);
    }
    let said = lab.labctl(&["compare", "a/lab", "b/lab"]).code(3).tells(&["too few runs"]);
    let why = "Compared after Welch, as one pair of the same seed tells nothing of chance.";
    assert!(said.out.contains(why), "{}", said.out);
}

#[test]
fn runs_of_other_machines_are_compared_as_a_whole_and_that_is_said() {
    let lab = lab_with_sweep(&[(TEN, 20), (TEN, 50)]);
    let table = lab.read("sweep/runs.csv");
    let of_two: String =
        table.lines().filter(|row| !row.contains(",sim_seed-7,3,")).map(|row| format!("{row}\n")).collect();
    assert!(of_two.lines().count() < table.lines().count());
    lab.write("two/runs.csv", of_two);
    let args = ["compare", "sweep/c1", "two/c2", "--format", "csv"];
    let said = lab.labctl(&args).code(0).tells(&["only whole runs are compared"]);
    let rows = rows(&said.out);
    assert!(rows.iter().all(|row| !row["quantity"].contains('.')));
    let queue = rows.iter().find(|row| row["quantity"] == "end_queue").unwrap();
    assert_eq!(queue["verdict"], "higher");
}

#[test]
fn what_cannot_be_compared_is_answered_with_advice() {
    let lab = lab_with_sweep(&[(TEN, 20), (TEN, 50)]);
    let compare = |more: &[&str]| lab.labctl(&[&["compare", "sweep/c1"], more].concat());
    compare(&["sweep/c2", "--metric", "m2.end_queu"]).code(2).tells(&["did you mean `m2.end_queue`"]);
    compare(&["sweep"]).code(1).tells(&["holds 2 cells", "sweep/c1"]);
    compare(&["sweep/c3"]).code(1).tells(&["no cell 3", "1 to 2"]);
    compare(&["gone/c1"]).code(2).tells(&["gone/c1"]);
    compare(&["sweep/c2", "--metric", "m9.end_queue"])
        .code(1)
        .tells(&["m9.end_queue is not known", "nothing in common"]);
    lab.write("bad/runs.csv", lab.read("sweep/runs.csv").replacen("1,1,1,", "1,one,1,", 1));
    compare(&["bad/c1"]).code(1).tells(&["bad/runs.csv:2: column replicate"]);
}

#[test]
fn runs_that_are_no_replicates_are_warned_of() {
    let lab = lab_with_sweep(&[(TEN, 20), (&[1, 1, 2, 3, 4, 5, 6, 7, 8, 9], 50)]);
    lab.labctl(&["compare", "sweep/c1", "sweep/c2"])
        .code(0)
        .tells(&["sweep/c2: runs left out, as they have the seed of another run", "no replicates: 1"]);
}

#[test]
fn runs_of_other_settings_or_of_drawn_rates_are_not_pooled() {
    let lab = Lab::with_spec(LAB);
    let run = |more: &[&str]| lab.labctl(&[&["run", "lab.toml", "--engine", "sim"], more].concat()).code(0);
    run(&["--name", "short", "--seed", "1"]);
    run(&["--name", "long", "--seed", "2", "--duration", "40s"]);
    for command in [
        &["compare", "results/lab", "results/lab"][..],
        &["predict", "power", "results/lab", "end_queue ci95 < 2"],
    ] {
        lab.labctl(command).code(1).tells(&["several settings", "duration = \"40s\"", "duration = \"20s\""]);
    }
    let drawn = ["--clock-rates", "random 1..6,random 1..6,1", "--replicates", "4", "--name", "drawn"];
    lab.labctl(&[&["sweep", "lab.toml", "--engine", "sim"], &drawn[..]].concat()).code(0);
    for command in [
        &["compare", "results/drawn/c1", "results/drawn/c1"][..],
        &["predict", "power", "results/drawn", "end_queue ci95 < 2"],
    ] {
        lab.labctl(command).code(1).tells(&["several clock rates", "--clock-rates"]);
    }
}

#[test]
fn cells_of_a_real_sweep_are_compared_in_pairs() {
    let lab = Lab::with_spec(LAB);
    let axis = ["--internal-prob", "0.2,0.9", "--replicates", "8"];
    lab.labctl(&[&["sweep", "lab.toml", "--engine", "sim", "--name", "probs"][..], &axis].concat()).code(0);
    let args = ["compare", "results/probs/c1", "results/probs/c2", "--metric", "messages_sent"];
    let said = lab.labctl(&args).code(0).out;
    assert!(said.contains("in 8 pairs of the same seed") && said.contains("B is lower"), "{said}");
    let power = lab.labctl(&["predict", "power", "results/probs/c1", "messages_sent ci95 < 5%"]).code(0).out;
    assert!(power.contains("pilot: 8 runs in results/probs/c1"), "{power}");
}

#[test]
fn packed_logs_beside_runs_are_told_of() {
    let lab = Lab::with_spec(LAB);
    for run in ["a", "b"] {
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", run]).code(0);
    }
    std::fs::rename(lab.path("results/lab/a/log_3.txt"), lab.path("results/lab/a/log_3.txt.gz")).unwrap();
    let (a, b) = ("results/lab/a", "results/lab/b");
    let words = "results/lab/a: log_3.txt.gz is not read; unpack it first";
    lab.labctl(&["compare", a, b]).tells(&[words]);
    lab.labctl(&["predict", "power", a, "end_queue ci95 < 10%"]).tells(&[words]);
    lab.labctl(&["predict", a]).tells(&[words]);
    lab.labctl(&["twin", "verify", a]).tells(&[words]);
    let said = lab.labctl(&["compare", b, b]);
    assert!(!said.talk.contains("not read"), "{}", said.talk);
}
