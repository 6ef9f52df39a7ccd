//! `labctl list`.

use crate::support::{LAB, Lab};

#[test]
fn runs_and_sweeps_are_listed_with_how_they_ended() {
    let lab = Lab::new();
    lab.write("lab.toml", LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    lab.labctl(&["sweep", "lab.toml", "--engine", "sim", "--replicates", "3", "--name", "many"]).code(0);
    std::fs::create_dir_all(lab.path("results/lab/cut.partial")).unwrap();
    lab.write("results/lab/cut.partial/log_1.txt", "1 x\n");
    let csv = lab.labctl(&["list", "--format", "csv"]).code(0).out;
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..4], ["path", "kind", "engine", "status"]);
    let statuses: Vec<&[&str]> = rows[1..].iter().map(|row| &row[..4]).collect();
    assert_eq!(
        statuses,
        [
            &["results/lab/cut.partial", "run", "", "cut short"][..],
            &["results/lab/one", "run", "simulator", "completed"],
            &["results/many", "sweep", "simulator", "complete"],
        ]
    );
    assert!(rows[3].ends_with(&["3", "3"]), "{csv}");
    let table = lab.labctl(&["list"]).code(0).out;
    assert!(table.contains("cut short") && table.contains("results/many"), "{table}");
    let json = lab.labctl(&["list", "results/lab/one", "--format", "json"]).code(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json[0]["seed"].as_u64(), json[0]["status"].as_str()), (Some(7), Some("completed")));
}

#[test]
fn a_sweep_of_which_a_piece_is_done_is_in_part_and_nothing_is_refused() {
    let lab = Lab::new();
    lab.write("lab.toml", LAB);
    lab.labctl(&["sweep", "plan", "lab.toml", "--engine", "sim", "--replicates", "4", "--name", "later"])
        .code(0);
    lab.labctl(&["list"]).code(2).tells(&["holds no runs"]);
    lab.labctl(&["sweep", "exec", "results/later/plan.json", "--shard", "1/2"]).code(0);
    let table = lab.labctl(&["list"]).code(0).out;
    assert!(table.contains("in part") && table.contains("2 of 4"), "{table}");
    lab.labctl(&["list", "resluts"]).code(2).tells(&["no such file or folder", "results"]);
}
