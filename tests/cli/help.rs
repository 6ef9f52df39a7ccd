//! What labctl says of itself.

use crate::support::Lab;

#[test]
fn every_command_shows_an_example() {
    let lab = Lab::new();
    let said = lab.labctl(&["--help"]).code(0);
    assert!(said.out.contains("labctl run experiments/") && said.out.contains("Exit codes"), "{}", said.out);
    let commands = [
        "run",
        "machine",
        "parse",
        "check",
        "why",
        "causality",
        "metrics",
        "dialect",
        "compare",
        "power",
        "plot",
        "report",
        "reproduce",
        "watch",
        "schema",
        "completions",
        "man",
    ];
    for command in commands {
        let help = lab.labctl(&[command, "--help"]).code(0).out;
        assert!(help.contains(&format!("\n  labctl {command} ")), "no example:\n{help}");
        assert_eq!(said.out.matches(&format!("\n  {command} ")).count(), 1, "{command} is listed");
    }
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
    for command in
        ["run", "machine", "parse", "check", "metrics", "dialect", "compare", "power", "plot", "report"]
    {
        Lab::new().labctl(&[command]).code(2).tells(&[&format!("Usage: labctl {command}")]);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let said = Lab::new().labctl(&["--version"]).code(0);
    assert_eq!(said.out.trim(), format!("labctl {}", env!("CARGO_PKG_VERSION")));
}
