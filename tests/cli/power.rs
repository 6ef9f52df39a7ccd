//! `labctl predict power`: how many runs a wanted precision needs.

use crate::compare::lab_with_sweep;
use crate::support::{LAB, Lab};

#[track_caller]
fn needed(out: &str) -> u64 {
    let line = out.lines().find_map(|line| line.strip_prefix("runs needed: "));
    let number = line.unwrap_or_else(|| panic!("{out}")).split(',').next().unwrap();
    number.parse().unwrap()
}

#[test]
fn a_spec_is_simulated_to_tell_and_the_finer_the_wish_the_more_it_takes() {
    let lab = Lab::with_spec(LAB);
    let power = |rule: &str| lab.labctl(&["predict", "power", "lab.toml", rule]).code(0).out;
    let said = power("m2.end_queue ci95 < 20%");
    assert!(
        said.starts_with("m2.end_queue ci95 < 20%\npilot: 200 simulated runs of lab, seeds 7 to 206\n"),
        "{said}"
    );
    for word in ["n 200,", "mean ", "sd ", "half width"] {
        assert!(said.contains(word), "{said}");
    }
    let (coarse, fine) = (needed(&said), needed(&power("m2.end_queue ci95 < 2%")));
    assert!(fine > 10 * coarse, "{coarse} {fine}");
    assert_eq!(lab.names("."), ["lab.toml"], "nothing is left behind");
}

#[test]
fn the_runs_that_are_there_are_a_pilot_too() {
    let lab = lab_with_sweep(&[(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 20), (&[1], 20)]);
    let said = lab.labctl(&["predict", "power", "sweep/c1", "m2.end_queue ci95 < 50%"]).code(0).out;
    assert!(said.contains("pilot: 10 runs in sweep/c1\nn 10,"), "{said}");
    assert!(needed(&said) >= 50, "fewer make no interval to be trusted: {said}");
    let few = lab.labctl(&["predict", "power", "sweep/c2", "m2.end_queue ci95 < 50%"]).code(3);
    few.tells(&["one run tells no spread", "at least 2"]);
}

#[test]
fn what_does_not_vary_tells_no_number_and_nor_does_a_share_of_nothing() {
    let lab = lab_with_sweep(&[(&[1, 2, 3], 0)]);
    let power = |rule: &str| lab.labctl(&["predict", "power", "sweep/c1", rule]);
    for rule in ["m3.speed_ratio ci95 < 1%", "lost_ticks ci95 < 1"] {
        let reported = power(rule).code(3);
        let out = reported.out.clone();
        assert!(out.contains("(all equal)") && !out.contains("runs needed"), "{out}");
        reported.tells(&["all 3 values of the pilot are equal", "no spread"]);
    }
    lab.write("sweep/runs.csv", {
        // Around 0, as no metric of ours is, but as a foreign table may hold it.
        let table = lab.read("sweep/runs.csv");
        let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
        let drift = header.iter().position(|name| *name == "clock_drift").unwrap();
        let row = |(number, line): (usize, &str)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if number > 0 {
                cells[drift] = ["-1", "0", "1"][(number - 1) / 3];
            }
            cells.join(",") + "\n"
        };
        table.lines().enumerate().map(row).collect::<String>()
    });
    power("m1.clock_drift ci95 < 10%").code(3).tells(&["no number of runs", "own unit"]);
    assert!(needed(&power("m1.clock_drift ci95 < 0.5").code(0).out) > 10);
}

#[test]
fn what_cannot_be_answered_is_answered_with_advice() {
    let lab = Lab::with_spec(LAB);
    let power = |args: &[&str]| lab.labctl(&[&["predict", "power"], args].concat());
    power(&["lab.toml", "end_queue < 2"]).code(2).tells(&["end_queue ci95 < 10%"]);
    power(&["lab.toml", "end_queu ci95 < 2"]).code(2).tells(&["did you mean `end_queue`"]);
    power(&["lab.toml", "end_queue ci95 < 0"]).code(2).tells(&["above 0"]);
    power(&["lab.toml", "m9.end_queue ci95 < 2"]).code(2).tells(&["m9.end_queue is not known"]);
    power(&["gone.toml", "end_queue ci95 < 2"]).code(2).tells(&["there is no such file"]);
    power(&["results", "end_queue ci95 < 2", "--seed", "3"]).code(2).tells(&["results is no spec"]);
    power(&["results", "end_queue ci95 < 2"]).code(2).tells(&["results"]);
    let foreign =
        "[network]\nopen = true\n[[machine]]\nclock_rate = 1\nforeign = true\naddress = \"127.0.0.1:5001\"\n";
    lab.write("foreign.toml", LAB.replacen("[[machine]]", &format!("{foreign}[[machine]]"), 1));
    power(&["foreign.toml", "end_queue ci95 < 2"]).code(1).tells(&["machine 1 is written by someone else"]);
}
