//! Names of runs, experiments and folders, whoever chose them: told apart
//! everywhere, and harmless in a terminal, a table and a page.

use crate::store::THEIRS;
use crate::support::{LAB, Lab, rows};

#[test]
fn runs_of_one_name_are_told_apart_by_their_folders_in_every_command() {
    let lab = Lab::new();
    for (student, rate) in [("anna", 1), ("ben", 2), ("王小明", 3)] {
        let log = THEIRS.replace("rate: 3", &format!("rate: {rate}"));
        lab.write(&format!("class/{student}/trial1/log_1.txt"), log);
    }
    let runs = ["anna/trial1", "ben/trial1", "王小明/trial1"];
    let of = |csv: &str| rows(csv).iter().map(|row| row["run"].clone()).collect::<Vec<_>>();
    assert_eq!(of(&lab.labctl(&["metrics", "class", "--format", "csv"]).code(0).out), runs);
    assert_eq!(of(&lab.labctl(&["parse", "class"]).code(0).out), runs);
    let shown = lab.labctl(&["metrics", "class"]).code(0).out;
    assert!(!shown.contains("Over the runs"), "they are no replicates:\n{shown}");
    lab.labctl(&["plot", "class"]).code(0);
    for run in runs {
        assert!(lab.has(&format!("plots/{run}/queue.png")), "{run}: {:?}", lab.names("plots"));
        assert!(lab.labctl(&["export", "class", "--to", "shiviz"]).code(0).out.contains(run), "{run}");
    }
    lab.labctl(&["export", "class", "--to", "parquet", "-o", "lake"]).code(0);
    assert_eq!(lab.names("lake/events").len(), 3);
    lab.labctl(&["report", "class", "-o", "all.md"]).code(0);
    assert!(runs.iter().all(|run| lab.read("all.md").contains(run)));
}

#[test]
fn runs_of_two_sweeps_of_one_name_share_no_rows_and_no_section() {
    let lab = Lab::with_spec(LAB);
    for results in ["A", "B"] {
        lab.labctl(&["sweep", "lab.toml", "--replicates=1", "--name=probs", "--results", results]).code(0);
    }
    let of = |csv: &str| {
        let mut names: Vec<_> = rows(csv).iter().map(|row| row["experiment"].clone()).collect();
        names.dedup();
        names
    };
    let told_apart = ["A/probs/lab", "B/probs/lab"];
    assert_eq!(of(&lab.labctl(&["metrics", "A", "B", "--format=csv"]).code(0).out), told_apart);
    assert_eq!(of(&lab.labctl(&["metrics", "A", "--format=csv"]).code(0).out), ["lab"]);
    assert_eq!(of(&lab.labctl(&["parse", "A", "B"]).code(0).out), told_apart);
    assert_eq!(of(&lab.labctl(&["export", "A", "B", "--to=csv"]).code(0).out), told_apart);
    lab.labctl(&["report", "A", "B", "-o", "r.md"]).code(0);
    let page = lab.read("r.md");
    assert!(["## Sweep A/probs\n", "## Sweep B/probs\n"].iter().all(|title| page.contains(title)), "{page}");
    let charts: Vec<&str> =
        page.split("](r_charts/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let distinct: std::collections::BTreeSet<&&str> = charts.iter().collect();
    assert_eq!(charts.len(), distinct.len(), "{charts:?}");
}

#[test]
fn pages_of_grades_are_named_as_the_folders() {
    let lab = Lab::new();
    for student in ["王小明", "Иванов", "عمر", "Müller"] {
        lab.write(&format!("class/{student}/log_1.txt"), THEIRS);
    }
    lab.labctl(&["grade", "class", "-o", "g"]).code(0);
    for student in ["王小明", "Иванов", "عمر", "Müller"] {
        assert!(lab.has(&format!("g/{student}.md")), "{student}: {:?}", lab.names("g"));
    }
}

#[test]
fn names_reach_the_terminal_with_nothing_hidden_in_them() {
    let lab = Lab::with_spec(LAB);
    let name = "a\u{1b}[31mRED\u{1b}]0;title\u{7}\u{202e}txt\nerror: all is lost";
    lab.write(&format!("class/{name}/log_1.txt"), THEIRS);
    let (shown, number) = ("a\\u{1b}[31mRED\\u{1b}]0;title\\u{7}\\u{202e}txt", '\u{202e}');
    lab.write(&format!("class/{name}/second/log_1.txt"), THEIRS);
    let place = format!("class/{name}");
    let commands = [
        vec!["metrics", "class"],
        vec!["metrics", "class", "--format", "csv"],
        vec!["metrics", "class", "--format", "json"],
        vec!["parse", "class"],
        vec!["check", "class"],
        vec!["check", "class", "--format", "json"],
        vec!["causality", "class"],
        vec!["causality", "why", "class", "1@1"],
        vec!["predict", "power", &place, "end_queue ci95 < 10%"],
        vec!["predict", "power", &place, "end_queue ci95 < 10%", "--seed=1"],
        vec!["predict", "power", &place, "m9.end_queue ci95 < 10%"],
        vec!["compare", &place, &place],
        vec!["compare", &place, "class", "--metric", "m9.end_queue"],
        vec!["plot", "class"],
        vec!["grade", "class"],
        vec!["predict", "class"],
        vec!["report", "class"],
        vec!["twin", "verify", "class"],
    ];
    for command in commands {
        let said = lab.labctl(&command);
        let all = said.out + &said.talk;
        let is_hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || c == number;
        assert!(!all.contains(is_hidden), "{command:?}: {all:?}");
        assert!(!all.contains("\nerror: all is lost"), "{command:?}: {all}");
        assert!(!command.contains(&"parse") || all.contains(shown), "{command:?}: {all}");
    }
}

#[test]
fn tables_carry_no_formulas() {
    let lab = Lab::new();
    lab.write("class/=cmd|' '!A1/log_1.txt", THEIRS);
    let name = |csv: &str| rows(csv)[0]["run"].clone();
    for command in [&["metrics", "class", "--format", "csv"][..], &["parse", "class"]] {
        assert_eq!(name(&lab.labctl(command).code(0).out), "'=cmd|' '!A1", "{command:?}");
    }
    lab.labctl(&["parse", "class", "-o", "events.csv"]).code(0);
    lab.labctl(&["export", "class", "--to", "csv", "-o", "exported.csv"]).code(0);
    for table in ["events.csv", "exported.csv"] {
        assert_eq!(name(&lab.read(table)), "'=cmd|' '!A1", "{table}");
    }
}
