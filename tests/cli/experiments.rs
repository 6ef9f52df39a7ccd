//! Experiments by their names, in a folder with nothing in it, and folders and specs
//! to begin with.

use crate::support::{LAB, Lab, rows};

#[test]
fn an_experiment_is_found_by_its_name_in_an_empty_folder() {
    for named in ["exp2", "exp2.toml", "experiments/exp2", "experiments/exp2.toml", "./experiments/exp2.toml"]
    {
        let lab = Lab::new();
        let said = lab.labctl(&["run", named, "--engine", "sim", "--duration", "5s"]).code(0);
        assert!(said.talk.contains("experiments/exp2.toml is not here"), "{}", said.talk);
        assert!(lab.read("results/exp2/sim_seed-1/spec.toml").contains("duration = \"5s\""), "{named}");
        assert_eq!(lab.names("."), ["plots", "results"], "nothing else is written");
    }
}

#[test]
fn a_file_of_ones_own_stands_before_the_shipped_one() {
    let lab = Lab::new();
    lab.write("experiments/exp2.toml", LAB.replace("\"lab\"", "\"mine\""));
    // Folders of results have such names too.
    lab.write("exp2/log_1.txt", "");
    let said = lab.labctl(&["run", "exp2", "--engine", "sim"]).code(0);
    assert!(!said.talk.contains("is not here"), "{}", said.talk);
    assert_eq!(lab.names("results"), ["mine"]);
}

#[test]
fn every_command_that_takes_a_spec_takes_a_name() {
    let lab = Lab::new();
    lab.labctl(&["predict", "exp2"]).code(0);
    lab.labctl(&["predict", "power", "exp2", "end_queue ci95 < 50%", "--duration", "5s"]);
    let twin = lab.labctl(&["twin", "exp2", "--duration", "5s", "--speedup", "5"]);
    assert!(twin.out.starts_with("exp2: "), "{}", twin.talk);
    lab.labctl(&["sweep", "plan", "exp2", "--name", "planned"]).code(0);
    lab.labctl(&["sweep", "exp2", "--engine", "sim", "--duration", "5s", "--replicates", "3"]).code(0);
    lab.labctl(&["machine", "exp2", "9"]).code(2).tells(&["has no machine 9"]);
    let all = lab.labctl(&["sweep", "--engine", "sim", "--duration", "5s", "--name", "all"]).code(0);
    assert!(all.talk.contains("all specs that come with labctl"), "{}", all.talk);
    assert_eq!(lab.rows("results/all/runs.csv").iter().filter(|row| row["machine"] == "1").count(), 10);
}

#[test]
fn a_slip_in_a_name_is_answered_with_the_name() {
    let lab = Lab::new();
    for (typed, meant) in
        [("exp44", "exp4"), ("random_rate", "random_rates"), ("experiments/exp44.toml", "exp4")]
    {
        lab.labctl(&["run", typed]).code(2).tells(&[&format!("did you mean `{meant}`?")]);
    }
    lab.labctl(&["run", "qqq"]).code(2).tells(&["labctl list --experiments"]);
}

#[test]
fn experiments_are_listed_with_what_they_show() {
    let lab = Lab::new();
    lab.write("experiments/exp2.toml", LAB.replace("\"lab\"", "\"lab\"\nwhy = \"Is it so? Look here.\""));
    lab.write("experiments/broken.toml", "name = 3\n");
    let said = lab.labctl(&["list", "--experiments", "--format", "csv"]).code(0);
    let rows = rows(&said.out);
    let row = |name: &str| {
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name}: {rows:?}"))
    };
    assert_eq!(rows.len(), 11, "{rows:?}");
    assert_eq!((&*row("exp4")["clock_rates"], &*row("exp4")["file"]), ("6, 1, 2", ""));
    assert_eq!(row("exp4")["shows"], "One fast machine and two slow ones.");
    assert_eq!(row("exp2")["file"], "experiments/exp2.toml");
    assert!(row("broken")["shows"].starts_with("cannot be run: "), "{rows:?}");
    let table = lab.labctl(&["list", "--experiments"]).code(0);
    assert!(table.out.contains("Slow machines") || table.out.contains("Is it so?"), "{}", table.out);
}

#[test]
fn a_spec_where_results_are_wanted_is_answered_with_the_run_that_is_missing() {
    let lab = Lab::with_spec(LAB);
    for command in ["report", "metrics", "plot", "check", "causality", "parse", "list", "watch"] {
        for spec in ["lab.toml", "exp4", "experiments/exp4.toml"] {
            let advice = format!("{spec} is a spec; run it first: labctl run {spec}");
            lab.labctl(&[command, spec]).code(2).tells(&[&advice]);
        }
    }
    lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
    lab.labctl(&["report", "lab.toml"]).code(2).tells(&["what its runs left is in results/lab"]);
    let of_run = "results/lab/sim_seed-7/spec.toml";
    lab.labctl(&["metrics", of_run]).code(2).tells(&["name the run's folder: results/lab/sim_seed-7"]);
}

#[test]
fn a_folder_to_work_in_is_made_and_nothing_in_it_is_overwritten() {
    let lab = Lab::new();
    lab.write("mine/experiments/exp4.toml", LAB);
    let said = lab.labctl(&["init", "mine"]).code(0);
    assert!(said.talk.contains("kept  mine/experiments/exp4.toml, which was there"), "{}", said.talk);
    assert!(said.talk.contains("wrote mine/experiments/exp1.toml"), "{}", said.talk);
    assert_eq!(lab.read("mine/experiments/exp4.toml"), LAB);
    assert!(lab.read("mine/experiments/exp1.toml").starts_with("#:schema ../labctl.schema.json\n"));
    assert_eq!(lab.json("mine/labctl.schema.json")["title"], "labctl spec");
    assert!(lab.read("mine/.gitignore").contains("/results/"));
    let again = lab.labctl(&["init", "mine"]).code(0);
    assert!(!again.talk.contains("wrote"), "{}", again.talk);
    // What comes with labctl runs from the files as well.
    let run = lab.shell("cd mine && \"$LABCTL\" run exp1 --engine sim --duration 5s").code(0);
    assert!(!run.talk.contains("is not here"), "{}", run.talk);
    lab.write("blocked/experiments", "a file");
    lab.labctl(&["init", "blocked"]).code(1).tells(&["blocked/experiments"]);
    assert_eq!(lab.read("blocked/experiments"), "a file");
}

#[test]
fn a_new_spec_runs_and_is_never_overwritten() {
    let lab = Lab::new();
    lab.labctl(&["new", "mine", "--clock-rates", "1,3,6,9", "--duration", "5s"])
        .code(0)
        .tells(&["experiments/mine.toml"]);
    let written = lab.read("experiments/mine.toml");
    assert!(written.contains("# How long the run lasts, in lab time.\nduration = \"5s\""), "{written}");
    lab.labctl(&["run", "mine", "--engine", "sim"]).code(0);
    assert_eq!(lab.rows("results/mine/sim_seed-1/metrics.csv").len(), 4);
    lab.labctl(&["new", "mine"]).code(2).tells(&["is there already"]);
    assert_eq!(lab.read("experiments/mine.toml"), written);
    lab.labctl(&["new", "exp4"]).code(2).tells(&["comes with labctl"]);
    lab.labctl(&["new", "other", "--clock-rates", "1,x"]).code(2).tells(&["--clock-rates"]);
    lab.labctl(&["new", "../up"]).code(2);
    assert_eq!(lab.names("experiments"), ["mine.toml"]);
}

#[test]
fn a_run_five_times_over_is_a_sweep_that_goes_on() {
    let lab = Lab::with_spec(LAB);
    let args = ["run", "lab.toml", "--engine", "sim", "--replicates", "5", "--name", "five"];
    let said = lab.labctl(&args).code(0);
    assert!(said.out.contains("end queue"), "{}", said.out);
    let machines = lab.rows("results/five/runs.csv");
    let mut seeds: Vec<&str> = machines.iter().map(|row| row["seed"].as_str()).collect();
    seeds.dedup();
    assert_eq!(seeds, ["7", "8", "9", "10", "11"]);
    assert!(lab.has("plots/five"));
    assert_eq!(lab.labctl(&args).code(0).out, said.out, "the same command makes the same table");
    lab.labctl(&["run", "lab.toml", "--replicates", "5", "--live"]).code(2);
}
