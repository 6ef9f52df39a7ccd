//! What is asked for is done, or refused with advice: never passed over in silence.

use crate::support::{LAB, Lab};

#[test]
fn replicates_of_one_run_are_answered_with_a_sweep() {
    let lab = Lab::with_spec(LAB);
    for command in ["run", "twin", "predict"] {
        let said = lab.labctl(&[command, "lab.toml", "--set", "replicates=5"]).code(2);
        said.tells(&["--set replicates=5", "labctl sweep lab.toml --replicates 5"]);
    }
    let said = lab.labctl(&["sweep", "lab.toml", "--engine=sim", "--set", "replicates=5"]).code(2);
    said.tells(&["write --replicates 5"]);
    assert!(!lab.has("results"));
}

#[test]
fn rates_for_another_number_of_machines_are_taken_aloud() {
    let lab = Lab::with_spec(LAB);
    let reported = "lab.toml has 3 machines, and --clock-rates 1,2 makes it 2";
    let run = ["run", "lab.toml", "--engine=sim", "--name=two", "--clock-rates", "1,2"];
    lab.labctl(&run).code(0).tells(&[reported]);
    let sweep = ["sweep", "lab.toml", "--engine=sim", "--name=s", "--clock-rates", "1,2"];
    lab.labctl(&sweep).code(0).tells(&[reported]);
    let same = ["predict", "lab.toml", "--clock-rates", "1,2,3"];
    assert!(!lab.labctl(&same).code(0).talk.contains("machines, and"));
}

#[test]
fn where_a_delay_acts_is_no_axis_without_one() {
    let lab = Lab::with_spec(LAB);
    let sweep = ["sweep", "lab.toml", "--engine=sim", "--name=s", "--set", "network.where=link,sender"];
    lab.labctl(&sweep).code(2).tells(&["`network.where` is an axis", "--delay constant:100ms"]);
    let delayed = [&sweep[..], &["--delay", "constant:100ms"]].concat();
    lab.labctl(&delayed).code(0).tells(&["2 cells"]);
}

#[test]
fn numbers_and_times_are_read_as_people_write_them() {
    let lab = Lab::with_spec(LAB);
    let predict = |args: &[&str]| lab.labctl(&[&["predict", "lab.toml"], args].concat()).code(0).out;
    assert_eq!(predict(&["--internal-prob", ".5"]), predict(&["--internal-prob", "0.5"]));
    assert_eq!(predict(&["--clock-rates", "1,.5,2"]), predict(&["--clock-rates", "1,0.5,2"]));
    for mu in ["500\u{3bc}s", "500\u{b5}s", ".5ms"] {
        predict(&["--delay", &format!("constant:{mu}")]);
    }
}

#[test]
fn a_rate_with_a_decimal_comma_is_read() {
    let lab = Lab::new();
    for (rate, read) in [("2,5", "2.5"), ("1,000", "")] {
        let log = format!(
            "Machine 1 log started at 2026-03-05 12:46:04\nClock rate: {rate} ticks per second\n\
             2026-03-05 12:46:05 | INTERNAL | Clock: 1 | Internal event\n"
        );
        lab.write("own/log_1.txt", log);
        let csv = lab.labctl(&["metrics", "own", "--format", "csv"]).out;
        assert_eq!(crate::support::rows(&csv)[0]["clock_rate"], read, "{csv}");
    }
}

#[test]
fn a_dash_is_standard_output_and_no_file() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=one"]).code(0);
    let at = "results/lab/one";
    assert!(lab.labctl(&["report", at, "-o", "-"]).code(0).out.starts_with("<!"));
    assert!(lab.labctl(&["report", at, "-o", "-", "--format", "md"]).code(0).out.contains("# "));
    let parsed = lab.labctl(&["parse", at, "-o", "-"]).code(0).out;
    assert_eq!(parsed, lab.labctl(&["parse", at]).code(0).out);
    let shown = lab.labctl(&["export", at, "--to", "csv", "-o", "-"]).code(0).out;
    assert_eq!(shown, lab.labctl(&["export", at, "--to", "csv"]).code(0).out);
    lab.labctl(&["export", at, "--to", "parquet", "-o", "-"]).code(2);
    lab.labctl(&["grade", "results", "-o", "-"]).code(2).tells(&["name a folder"]);
    assert!(!lab.has("-") && !lab.has("-_charts"));
}

#[test]
fn the_pilot_of_power_has_the_machine_that_is_asked_for() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["predict", "power", "lab.toml", "m9.end_queue ci95 < 10%"]).code(2).tells(&["m9.end_queue"]);
}

#[test]
fn help_says_each_command_once() {
    let help = Lab::new().labctl(&["--help"]).code(0).out;
    assert_eq!(help.matches("Tell whether logs are true").count(), 1, "{help}");
}
