//! What labctl says of itself.

use crate::support::Lab;

#[test]
fn every_command_shows_an_example() {
    let lab = Lab::new();
    let said = lab.labctl(&["--help"]).code(0);
    assert!(said.out.contains("labctl run experiments/") && said.out.contains("Exit codes"), "{}", said.out);
    for command in commands(&lab) {
        let help = lab.labctl(&[&command, "--help"]).code(0).out;
        assert!(help.contains(&format!("\n  labctl {command} ")), "no example:\n{help}");
    }
}

/// All that `labctl --help` lists, but for `help` itself.
fn commands(lab: &Lab) -> Vec<String> {
    let help = lab.labctl(&["--help"]).code(0).out;
    let list = help.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    // What goes on in the next line begins further in.
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() > 20 && names.iter().any(|name| name == "grade"), "{names:?}");
    names
}

#[test]
fn an_unknown_flag_is_refused_with_the_one_meant() {
    let lab = Lab::new();
    for (args, meant) in [
        (["run", "--clock-rate"], "'--clock-rates'"),
        (["parse", "--outputs"], "'--output'"),
        (["metrics", "--fromat"], "'--format'"),
        (["plot", "--plot"], "'--plots'"),
        (["machine", "--specs"], "'--spec'"),
    ] {
        lab.labctl(&args).code(2).tells(&["unexpected argument", meant]);
    }
}

#[test]
fn an_unknown_command_is_refused_with_the_one_meant() {
    Lab::new().labctl(&["metric"]).code(2).tells(&["unrecognized subcommand 'metric'", "'metrics'"]);
}

#[test]
fn a_command_without_its_arguments_shows_its_usage() {
    for command in ["run", "machine", "parse", "check", "metrics", "dialect", "compare", "power", "plot"] {
        Lab::new().labctl(&[command]).code(2).tells(&[&format!("Usage: labctl {command}")]);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let said = Lab::new().labctl(&["--version"]).code(0);
    assert_eq!(said.out.trim(), format!("labctl {}", env!("CARGO_PKG_VERSION")));
}
