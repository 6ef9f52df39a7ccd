//! What labctl says of itself.

use crate::support::Lab;

/// Every command with those below it, hidden ones too.
const COMMANDS: [&[&str]; 34] = [
    &["init"],
    &["new"],
    &["run"],
    &["watch"],
    &["machine"],
    &["sweep"],
    &["sweep", "plan"],
    &["sweep", "exec"],
    &["sweep", "collect"],
    &["notebook"],
    &["reproduce"],
    &["list"],
    &["metrics"],
    &["plot"],
    &["report"],
    &["check"],
    &["causality"],
    &["causality", "why"],
    &["predict"],
    &["predict", "power"],
    &["compare"],
    &["twin"],
    &["twin", "verify"],
    &["parse"],
    &["export"],
    &["dialect"],
    &["dialect", "list"],
    &["dialect", "show"],
    &["dialect", "test"],
    &["dialect", "new"],
    &["grade"],
    &["schema"],
    &["completions"],
    &["man"],
];

fn help(lab: &Lab, command: &[&str]) -> String {
    let said = lab.shell(&format!("COLUMNS=80 \"$LABCTL\" {} --help", command.join(" ")));
    said.code(0).out
}

#[test]
fn every_command_shows_an_example() {
    let lab = Lab::new();
    let said = help(&lab, &[]);
    assert!(said.contains("labctl run exp4") && said.contains("Exit codes"), "{said}");
    // What a command below dialect does is shown by dialect's own examples.
    for command in COMMANDS.into_iter().filter(|command| command[0] != "dialect" || command.len() == 1) {
        let (help, name) = (help(&lab, command), command.join(" "));
        assert!(help.contains(&format!("\n  labctl {name}")), "no example:\n{help}");
    }
}

/// The whole surface, as it looks on a terminal of 80 columns.
#[test]
fn the_help_of_every_command_is_as_it_was_looked_at() {
    let lab = Lab::new();
    let all = [&[][..]].into_iter().chain(COMMANDS).map(|command| {
        let help = help(&lab, command);
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", command.join(" "));
        }
        format!("$ labctl {} --help\n{help}\n", command.join(" "))
    });
    insta::assert_snapshot!(all.collect::<String>());
}

#[test]
fn the_first_screen_shows_at_most_twenty_one_commands_each_once() {
    let help = help(&Lab::new(), &[]);
    let commands = help.split("Options:").next().unwrap().lines().filter(|line| line.starts_with("  "));
    let names: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() <= 21 && names.contains(&"sweep"), "{names:?}");
    for name in &names {
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
        assert!(COMMANDS.contains(&&[*name][..]), "{name}");
    }
    assert!(help.lines().count() <= 56, "{help}");
}

#[test]
fn a_former_name_is_answered_with_the_one_of_today() {
    let lab = Lab::new();
    for (args, now) in [
        (&["why", "run", "1@2"][..], "`causality why`"),
        (&["power"], "`predict power`"),
        (&["verify", "run"], "`twin verify`"),
        (&["plan"], "`sweep plan`"),
        (&["exec", "plan.json"], "`sweep exec`"),
        (&["collect", "results"], "`sweep collect`"),
        (&["recover"], "`check --recover`"),
        (&["run", "a.toml", "--run-name", "a"], "`--name`"),
        (&["machine", "1", "--spec", "a.toml"], "`labctl machine SPEC ID`"),
    ] {
        lab.labctl(args).code(2).tells(&["is called", now]);
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
        (["machine", "--token"], "'--token-file'"),
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
    for command in ["run", "machine", "parse", "check", "metrics", "dialect", "compare", "plot"] {
        Lab::new().labctl(&[command]).code(2).tells(&[&format!("Usage: labctl {command}")]);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let said = Lab::new().labctl(&["--version"]).code(0);
    assert_eq!(said.out.trim(), format!("labctl {}", env!("CARGO_PKG_VERSION")));
}
