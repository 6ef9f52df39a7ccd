//! Tables: as wide as the terminal that shows them, and no wider.

use crate::support::{LAB, Lab};
use crate::tmux::Tmux;

const COMMANDS: [&str; 9] = [
    "metrics results",
    "metrics results/lab/a --wide",
    "check results --verbose",
    "compare results/lab others/lab",
    "compare results/lab others/lab --metric m1.end_queue",
    "predict lab.toml",
    "predict results/lab/a",
    "causality results/lab/a",
    "list results",
];

fn lab() -> Lab {
    let lab = Lab::with_spec(LAB);
    for (name, seed) in [("a", "1"), ("b", "2"), ("c", "3")] {
        let run = ["run", "lab.toml", "--engine=sim", "--name", name, "--seed", seed];
        lab.labctl(&run).code(0);
        lab.labctl(&[&run[..], &["--results=others", "--internal-prob=0.1"]].concat()).code(0);
    }
    lab
}

/// Whether it is the line under the header of a table.
fn is_rule(line: &str) -> bool {
    line.starts_with('─')
}

#[test]
fn no_table_is_wider_than_the_terminal() {
    let lab = lab();
    let Some(tmux) = Tmux::start(&lab.path(""), 80, 100) else { return };
    let program = assert_cmd::cargo::cargo_bin!("labctl").display();
    tmux.type_line(&format!("LABCTL='{program}'"));
    for columns in [80, 100, 120] {
        tmux.resize(columns, 100);
        for (number, command) in COMMANDS.iter().enumerate() {
            let end = format!("ended {columns} {number}");
            tmux.type_line(&format!("clear; $LABCTL {command}; echo \"ended\" {columns} {number}"));
            let screen = tmux.wait_for(&end);
            let rules: Vec<&str> = screen.lines().filter(|line| is_rule(line)).collect();
            assert!(!rules.is_empty(), "{command}\n{screen}");
            // A line that is too wide goes on in the next, and so would this one.
            for pair in screen.lines().collect::<Vec<_>>().windows(2) {
                assert!(!(is_rule(pair[0]) && is_rule(pair[1])), "{columns}: {command}\n{screen}");
            }
            assert!(rules.iter().all(|rule| rule.chars().count() <= usize::from(columns)), "{command}");
        }
    }
}

#[test]
fn a_table_that_goes_to_no_terminal_has_one_width_and_nothing_blank_at_its_right() {
    let lab = lab();
    for command in COMMANDS {
        let said = lab.labctl(&command.split(' ').collect::<Vec<_>>());
        assert!(said.out.lines().any(is_rule), "{command}\n{}", said.out);
        for line in said.out.lines() {
            assert!(!is_rule(line) || line.chars().count() <= 120, "{command}: {line}");
            assert_eq!(line, line.trim_end(), "{command}");
        }
    }
}
