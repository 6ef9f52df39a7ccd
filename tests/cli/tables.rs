//! Tables and talk: as wide as the terminal that shows them, and no wider.

use labctl::text::wrap::columns;

use crate::support::{LAB, Lab, NOTEBOOK_LOGS};
use crate::tmux::Tmux;

/// What prints a table, besides which it says something.
const TABLES: [&str; 18] = [
    "run lab.toml --engine sim --results elsewhere --plots elsewhere",
    "metrics results",
    "metrics results/lab/a --wide",
    "metrics results --wide",
    "metrics theirs",
    "check results --verbose",
    "compare results/lab others/lab",
    "compare results/lab others/lab --metric m1.end_queue",
    "predict lab.toml",
    "predict results/lab/a",
    "causality results/lab/a",
    "causality why results/lab/a 2@15",
    "list results theirs",
    "sweep collect results/swept --plots elsewhere",
    "sweep plan lab.toml --set machine.1.clock_rate=1,2 --set network.delay=constant:10ms --results elsewhere",
    "parse theirs -o elsewhere/events.csv",
    "grade theirs",
    "dialect list",
];

/// What prints lines, and no table.
const TALK: [&str; 10] = [
    "check theirs",
    "check results/lab/a results/lab/b",
    "check --explain clock-condition",
    "check --explain clock",
    "predict power lab.toml 'end_queue ci95 < 10%'",
    "run lab.toml --set nonsense=1",
    "run lab.toml --engine nonsense --plots",
    "metrics results/swept",
    "export results/lab/a --to shiviz",
    "help sweep",
];

/// A name of many words, and one of one word that is all of wide letters.
const LONG: &str = "a name that somebody gave to a folder of logs and that is as long as this";
const WIDE: &str = "日本語の長い長い名前_そして_絵文字🚀🚀🚀_と_まだまだ続く";

fn lab() -> Lab {
    let lab = Lab::with_spec(LAB);
    for (name, seed) in [("a", "1"), ("b", "2"), ("c", "3")] {
        let run = ["run", "lab.toml", "--engine=sim", "--name", name, "--seed", seed];
        lab.labctl(&run).code(0);
        lab.labctl(&[&run[..], &["--results=others", "--internal-prob=0.1"]].concat()).code(0);
    }
    let sweep = ["sweep", "lab.toml", "--engine=sim", "--replicates=3", "--name=swept"];
    let axes = ["--set=machine.1.clock_rate=1,2", "--set=network.delay=constant:10ms,constant:500ms"];
    lab.labctl(&[&sweep[..], &axes].concat()).code(0);
    for folder in [LONG, WIDE] {
        for (log, text) in NOTEBOOK_LOGS {
            lab.write(&format!("theirs/{folder}/{log}"), text);
        }
    }
    lab.write("elsewhere/empty", "");
    lab
}

/// Whether it is the line under the header of a table.
fn is_rule(line: &str) -> bool {
    line.starts_with('─')
}

#[test]
fn nothing_that_is_shown_is_wider_than_the_terminal() {
    let lab = lab();
    let Some(tmux) = Tmux::start(&lab.path(""), 80, 500) else { return };
    let program = assert_cmd::cargo::cargo_bin!("labctl").display();
    tmux.type_line(&format!("LABCTL='{program}'"));
    for width in [80, 100, 120] {
        tmux.resize(width, 500);
        for (number, command) in TABLES.iter().chain(&TALK).enumerate() {
            let end = format!("ended {width} {number}");
            let again = format!("rm -rf elsewhere/*; clear; $LABCTL {command}");
            tmux.type_line(&format!("{again}; echo \"ended\" {width} {number}"));
            let screen = tmux.wait_for(&end);
            // A row that is too wide goes on in the next, and is one here.
            for line in screen.lines() {
                assert!(
                    columns(line.trim_end()) <= usize::from(width),
                    "{width}: {command}: {line}\n{screen}"
                );
            }
            let has_table = screen.lines().any(is_rule);
            assert_eq!(has_table, TABLES.contains(command), "{command}\n{screen}");
            assert!(screen.lines().count() > 1, "{command}\n{screen}");
        }
    }
}

#[test]
fn a_table_that_goes_to_no_terminal_has_one_width_and_nothing_blank_at_its_right() {
    let lab = lab();
    for command in TABLES {
        let said = lab.labctl(&command.split(' ').collect::<Vec<_>>());
        let told = said.out + &said.talk;
        assert!(told.lines().any(is_rule), "{command}\n{told}");
        for line in told.lines() {
            assert!(!is_rule(line) || columns(line) <= 120, "{command}: {line}");
            assert_eq!(line, line.trim_end(), "{command}");
        }
    }
}

#[test]
fn data_for_other_programs_goes_to_a_terminal_only_when_it_is_asked_for() {
    let lab = lab();
    let Some(tmux) = Tmux::start(&lab.path(""), 80, 500) else { return };
    let program = assert_cmd::cargo::cargo_bin!("labctl").display();
    tmux.type_line(&format!("LABCTL='{program}'"));
    for format in ["shiviz", "perfetto", "mermaid", "csv", "jsonl"] {
        let command = format!("$LABCTL export results/lab/a --to {format} --until 1s");
        tmux.type_line(&format!("clear; {command}; echo \"code=$?\" {format}"));
        let refused = tmux.wait_for(&format!("code=2 {format}"));
        assert!(refused.contains("no sight for a terminal") && refused.contains("-o"), "{refused}");
        tmux.type_line(&format!("clear; {command} -o -; echo \"code=$?\" {format}"));
        let shown = tmux.wait_for(&format!("code=0 {format}"));
        assert!(shown.contains(" events"), "{shown}");
        let piped = lab.labctl(&["export", "results/lab/a", "--to", format, "--until=1s"]).code(0);
        assert!(piped.out.lines().all(|line| line.len() > 60 || shown.contains(line)), "{}", piped.out);
    }
    tmux.type_line("clear; $LABCTL parse results/lab/a; echo \"code=$?\" parsed");
    let told = tmux.wait_for("code=0 parsed");
    assert!(told.contains("-o events.csv") && !told.contains("stamp_us"), "{told}");
}
