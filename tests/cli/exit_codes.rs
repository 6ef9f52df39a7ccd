//! Exit codes: what is wrong with what was named, and what went wrong with it,
//! over all commands that take a path.

use crate::support::{LAB, Lab};

/// Each command with `PATH` where a path is named.
const COMMANDS: [&[&str]; 25] = [
    &["run", "PATH"],
    &["watch", "PATH"],
    &["parse", "PATH"],
    &["parse", "PATH", "--dialect", "auto"],
    &["parse", "PATH", "--dialect", "notebook"],
    &["check", "PATH"],
    &["causality", "why", "PATH", "1@3"],
    &["causality", "PATH"],
    &["metrics", "PATH"],
    &["dialect", "test", "notebook", "PATH"],
    &["dialect", "new", "PATH"],
    &["grade", "PATH"],
    &["export", "PATH", "--to", "shiviz"],
    &["compare", "PATH", "PATH"],
    &["predict", "power", "PATH", "end_queue ci95 < 10%"],
    &["plot", "PATH"],
    &["report", "PATH"],
    &["sweep", "PATH"],
    &["sweep", "plan", "PATH"],
    &["sweep", "exec", "PATH", "--shard", "1/2"],
    &["sweep", "collect", "PATH"],
    &["reproduce", "--claims", "PATH"],
    &["predict", "PATH"],
    &["twin", "PATH"],
    &["twin", "verify", "PATH"],
];

/// Runs every command on `path`, and demands a code of each.
#[track_caller]
fn assert_all_end_with(code: i32, lab: &Lab, path: &str, commands: &[&[&str]]) {
    let mut wrong = String::new();
    for command in commands {
        let args: Vec<&str> = command.iter().map(|arg| if *arg == "PATH" { path } else { arg }).collect();
        let said = lab.labctl(&args);
        let panicked = said.talk.contains("panicked");
        if said.code != Some(code) || said.talk.is_empty() || panicked {
            wrong += &format!("{:?}: {}: {}", said.code, args.join(" "), said.talk);
        }
    }
    assert!(wrong.is_empty(), "{path} should end with {code}:\n{wrong}");
}

#[test]
fn a_path_that_leads_nowhere_is_wrong_usage_of_every_command() {
    let lab = Lab::new();
    lab.write("file.txt", "no log\n");
    assert_all_end_with(2, &lab, "gone", &COMMANDS);
    assert_all_end_with(2, &lab, "file.txt/below", &COMMANDS);
}

#[test]
fn a_mistyped_path_is_answered_with_the_one_that_was_meant() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim"]).code(0);
    // These take specs, claims and dialects.
    let others = ["run", "power", "sweep", "plan", "predict", "twin", "reproduce"];
    for command in COMMANDS.iter().filter(|command| !others.contains(&command[0])) {
        let path = "results/lab/lates";
        let args: Vec<&str> = command.iter().map(|arg| if *arg == "PATH" { path } else { arg }).collect();
        let meant = "; did you mean `results/lab/latest`?";
        lab.labctl(&args).code(2).tells(&[path, meant]);
    }
}

#[test]
fn a_folder_without_what_is_asked_for_is_wrong_usage_of_every_command() {
    let lab = Lab::new();
    std::fs::create_dir(lab.path("empty")).unwrap();
    // What looks for events anywhere has failed to find one.
    let asking: Vec<&[&str]> =
        COMMANDS.into_iter().filter(|command| command[..2] != ["dialect", "new"]).collect();
    assert_all_end_with(2, &lab, "empty", &asking);
}

#[test]
fn what_cannot_be_written_fails_and_a_reader_that_has_seen_enough_does_not() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    let run = "results/lab/one";
    for command in [
        format!("check {run}"),
        format!("parse {run}"),
        format!("metrics {run}"),
        format!("causality why {run} 1@3"),
        format!("causality {run}"),
        format!("export {run} --to shiviz"),
        format!("export {run} --to csv"),
        format!("twin verify {run}"),
        format!("predict {run}"),
        "predict power lab.toml 'end_queue ci95 < 10%'".to_owned(),
        "dialect list".to_owned(),
        "schema".to_owned(),
        "man".to_owned(),
        "completions bash".to_owned(),
    ] {
        let said = lab.shell(&format!("\"$LABCTL\" {command} > /dev/full"));
        assert_eq!(said.code, Some(1), "{command}: {}", said.talk);
        assert!(said.talk.contains("No space left"), "{command}: {}", said.talk);
        let said = lab.shell(&format!("{{ \"$LABCTL\" {command}; echo $? >&2; }} | true"));
        assert!(said.talk.ends_with("0\n") && !said.talk.contains("panicked"), "{command}: {}", said.talk);
    }
}

/// More ticks than any host serves in that time: the clock rate is not kept.
#[test]
fn a_run_whose_audit_is_unsound_ends_with_1() {
    let lab = Lab::with_spec(
        "name = \"lab\"\nduration = \"10s\"\nspeedup = 1000\n[[machine]]\nclock_rate = 50000\ncount = 2\n",
    );
    lab.labctl(&["run", "lab.toml", "--name", "r"]).code(1).tells(&["audit, rate-kept", "audit:   unsound"]);
    lab.labctl(&["check", "results"]).code(1);
}
