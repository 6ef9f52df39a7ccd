//! `labctl check`: what is sound, what is not, and what cannot be reported.

use crate::support::{LAB, Lab, lab_with_notebook_logs, wait_for_events};

/// A lab with a simulated run in `results/lab/one`.
fn lab_with_run() -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"])
        .code(0)
        .tells(&["audit:   sound (24 rules)"]);
    lab
}

/// Changes a log of that run.
fn corrupt(lab: &Lab, log: &str, change: impl Fn(String) -> String) {
    let path = format!("results/lab/one/{log}");
    lab.write(&path, change(lab.read(&path)));
}

#[test]
fn a_clean_run_is_sound_by_every_rule() {
    let lab = lab_with_run();
    let said = lab.labctl(&["check", "results"]).code(0);
    assert_eq!(said.out, "results/lab/one: sound (218 events in 3 logs, 24 rules)\n");
    assert!(said.talk.is_empty(), "{}", said.talk);
    let every = lab.labctl(&["check", "results", "--verbose"]).code(0);
    assert_eq!(every.out.matches(" sound ").count(), 25, "{}", every.out);
}

#[test]
fn a_corrupted_run_is_unsound_and_the_lines_are_quoted() {
    let lab = lab_with_run();
    corrupt(&lab, "log_3.txt", |text| text.replacen("Clock: 9 |", "Clock: 8 |", 1));
    let said = lab.labctl(&["check", "results/lab/one"]).code(1);
    let lines: Vec<&str> = said.out.lines().collect();
    let at = lines.iter().position(|line| line.contains(": the logical clock does not rise: 8 after 8"));
    let at = at.unwrap_or_else(|| panic!("{}", said.out));
    assert!(lines[at].contains("results/lab/one/log_3.txt:11: "), "{}", lines[at]);
    assert!(
        lines[at + 1].contains("log_3.txt:11  20") && lines[at + 1].contains("Clock: 8 |"),
        "{}",
        lines[at + 1]
    );
    assert!(lines[at + 2].contains("log_3.txt:10  20"), "{}", lines[at + 2]);
    assert!(said.out.starts_with("results/lab/one: unsound"), "{}", said.out);
}

#[test]
fn rules_can_be_chosen() {
    let lab = lab_with_run();
    corrupt(&lab, "log_3.txt", |text| text.replacen("Clock: 9 |", "Clock: 8 |", 1));
    lab.labctl(&["check", "results", "--rules", "time-forward,message-once"]).code(0);
    lab.labctl(&["check", "results", "--rules", "time-forward,clock-rises"]).code(1);
    lab.labctl(&["check", "results", "--rules", "clock-stp"])
        .code(2)
        .tells(&["there is no such rule; did you mean `clock-step`?"]);
    lab.labctl(&["check", "--explain", "zebra"])
        .code(2)
        .tells(&["there is no such rule; there are lines-readable", "clock-rises"]);
}

#[test]
fn every_rule_is_explained() {
    let lab = Lab::new();
    for rule in labctl::audit::RULES {
        let said = lab.labctl(&["check", "--explain", rule.id]).code(0);
        assert!(said.out.starts_with(&format!("{}: {}\n\n", rule.id, rule.reason)), "{}", said.out);
    }
    lab.labctl(&["check"]).code(2).tells(&["Usage: labctl check"]);
}

#[test]
fn programs_read_verdicts_as_json() {
    let lab = lab_with_run();
    corrupt(&lab, "log_3.txt", |text| text.replacen("Clock: 9 |", "Clock: 8 |", 1));
    let said = lab.labctl(&["check", "results", "--format", "json"]).code(1);
    let runs: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&runs[0]["run"], &runs[0]["verdict"]), (&"one".into(), &"unsound".into()));
    let rules = runs[0]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 24);
    let rises = rules.iter().find(|rule| rule["id"] == "clock-rises").unwrap();
    assert_eq!((&rises["verdict"], &rises["count"]), (&"unsound".into(), &1.into()));
    let finding = &rises["findings"][0];
    assert!(finding["file"].as_str().is_some_and(|file| file.ends_with("log_3.txt")), "{finding}");
    assert_eq!(finding["line"], 11);
    assert!(finding["quote"].as_str().is_some_and(|quote| quote.contains("Clock: 8 |")), "{finding}");
    assert_eq!(finding["proof"][0]["line"], 10);
}

#[test]
fn what_others_logs_cannot_show_is_named() {
    let said = lab_with_notebook_logs().labctl(&["check", "theirs"]).code(0);
    for text in ["sound, as far as these logs can show", "log-whole: the logs have no records of their end"] {
        assert!(said.out.contains(text), "`{text}` is not in\n{}", said.out);
    }
}

#[test]
fn a_spec_or_manifest_of_another_run_is_found() {
    let lab = lab_with_run();
    let spec = lab.read("results/lab/one/spec.toml");
    lab.write("results/lab/one/spec.toml", spec.replace("seed = 7", "seed = 8"));
    let said = lab.labctl(&["check", "results"]).code(1);
    assert!(said.out.contains("the manifest says seed 7, and the spec 8"), "{}", said.out);
    lab.write("results/lab/one/spec.toml", "nonsense");
    let said = lab.labctl(&["check", "results"]).code(1).tells(&["nothing is checked against its spec"]);
    assert!(said.out.contains("spec.toml was changed after the run"), "{}", said.out);
    lab.write("results/lab/one/manifest.json", "nonsense");
    lab.labctl(&["check", "results"]).code(0).tells(&["manifest.json is no manifest that can be read"]);
}

#[test]
fn a_log_that_was_changed_after_the_run_is_found_by_its_name() {
    let lab = lab_with_run();
    // Windows' line ends: no other rule minds them.
    corrupt(&lab, "log_2.txt", |text| text.replace('\n', "\r\n"));
    std::fs::remove_file(lab.path("results/lab/one/metrics.csv")).unwrap();
    let said = lab.labctl(&["check", "results"]).code(1);
    assert_eq!(said.out.matches(" unsound ").count(), 1, "{}", said.out);
    let words = "results/lab/one/log_2.txt: log_2.txt differs in its line ends alone (CRLF)";
    assert!(said.out.contains(words), "{}", said.out);
    lab.labctl(&["check", "results/lab/one/log_1.txt"]).code(0);
    std::fs::rename(lab.path("results/lab/one/log_3.txt"), lab.path("results/lab/one/log_4.txt")).unwrap();
    let said = lab.labctl(&["check", "results", "--rules", "files-unchanged"]).code(1);
    for text in ["log_3.txt is in the manifest, and not in the folder", "log_4.txt is no file of this run"] {
        assert!(said.out.contains(text), "`{text}` is not in\n{}", said.out);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_and_what_cannot_be_read_stop_nothing() {
    let lab = lab_with_run();
    let make_pipe = |path: &str| {
        let path = lab.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    };
    make_pipe("results/pipe/log_1.txt");
    make_pipe("results/lab/one/log_4.txt");
    std::fs::create_dir_all(lab.path("results/folder/log_1.txt")).unwrap();
    std::fs::create_dir_all(lab.path("results/broken")).unwrap();
    std::os::unix::fs::symlink("nowhere", lab.path("results/broken/log_1.txt")).unwrap();
    let said = lab.labctl(&["check", "results"]).code(1).tells(&["cannot read results/broken/log_1.txt"]);
    assert!(said.out.ends_with("2 runs, 0 of them unsound, 1 unreadable\n"), "{}", said.out);
    for dialect in ["labctl", "notebook", "auto"] {
        let args = ["check", "results/pipe/log_1.txt", "--dialect", dialect];
        lab.labctl(&args).code(2).tells(&["is neither a file nor a folder"]);
    }
}

#[test]
fn where_no_line_is_an_event_nothing_is_sound() {
    let lab = Lab::new();
    lab.write("logs/log_1.txt", "");
    let said = lab.labctl(&["check", "logs"]).code(3);
    assert!(said.out.contains("logs: unknown, there is no event in these logs"), "{}", said.out);
    lab.write("logs/log_1.txt", b"\x7fELF\0\0\n\n\xff\xfe\n");
    assert!(lab.labctl(&["check", "logs"]).code(1).out.contains("logs: unsound"));
}

#[test]
fn where_there_are_no_logs_nothing_is_sound() {
    let lab = Lab::new();
    lab.write("notes/readme.md", "nothing");
    lab.labctl(&["check", "notes"]).code(2).tells(&["notes holds no runs"]);
    let kept = lab_with_run();
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        std::fs::remove_file(kept.path(&format!("results/lab/one/{log}"))).unwrap();
    }
    kept.labctl(&["check", "results"]).code(1).tells(&["no logs here; only what was measured is kept"]);
}

/// Runs over real sockets: machines of all kinds, with and without delays. A
/// thousand of them take half a minute: `LABCTL_SOCKET_RUNS=1000 cargo test`.
/// Only that a machine keeps its rate, a busy host may spoil.
#[test]
fn runs_on_sockets_are_sound() {
    const KINDS: [(&str, &str, &str); 6] = [
        ("", "", "4 1 6"),
        ("broadcast = \"per-recipient\"", "", "3.48 3.78 3.25"),
        ("internal_prob = 0.2", "delay = \"exponential:100ms\"", "5 2 3 1"),
        ("internal_prob = 0", "", "6 1"),
        ("", "delay = \"uniform:100ms..300ms\"\nwhere = \"sender\"", "4 3 2"),
        ("internal_prob = 0.4\nbroadcast = \"per-recipient\"", "delay = \"constant:200ms\"", "2 2 2 2 2 2"),
    ];
    let asked = std::env::var("LABCTL_SOCKET_RUNS").ok().map(|runs| runs.parse().expect("a number of runs"));
    let replicates: usize = asked.unwrap_or(48_usize).div_ceil(KINDS.len());
    let lab = Lab::new();
    let mut args: Vec<String> =
        ["sweep", "--name", "many", "--replicates"].map(str::to_owned).into_iter().collect();
    args.push(replicates.to_string());
    for (kind, (root, network, rates)) in KINDS.into_iter().enumerate() {
        let machines: String =
            rates.split(' ').map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
        let spec = format!(
            "name = \"kind-{kind}\"\nduration = \"10s\"\nspeedup = 20\n{root}\n[network]\n{network}\n{machines}"
        );
        let path = format!("specs/{kind}.toml");
        lab.write(&path, spec);
        args.push(path);
    }
    lab.labctl(&args.iter().map(String::as_str).collect::<Vec<_>>()).code(0);
    let others: Vec<&str> =
        labctl::audit::RULES.iter().map(|rule| rule.id).filter(|id| *id != "rate-kept").collect();
    let said = lab.labctl(&["check", "results", "--rules", &others.join(",")]).code(0);
    let count = replicates * KINDS.len();
    assert!(said.out.ends_with(&format!("{count} runs, 0 of them unsound\n")), "{}", said.out);
    assert_eq!(said.out.matches(": sound (").count(), count, "{}", said.out);
    let rates = lab.labctl(&["check", "results", "--rules", "rate-kept"]);
    println!("{}", rates.out.lines().last().unwrap_or_default());
}

#[test]
fn logs_of_others_are_checked_through_their_dialect() {
    let lab = lab_with_notebook_logs();
    let args = ["check", "theirs", "--dialect", "notebook"];
    let said = lab.labctl(&args).code(0);
    assert!(said.out.contains("sound"), "{}", said.out);
    let log = lab.read("theirs/log_2.txt").replace("RECEIVE | Clock: 3", "RECEIVE | Clock: 9");
    lab.write("theirs/log_2.txt", log);
    let said = lab.labctl(&args).code(1);
    assert!(said.out.contains("clock-step") && said.out.contains("log_2.txt:3"), "{}", said.out);
}

#[test]
fn a_log_in_utf_16_is_told_with_what_to_do() {
    let lab = lab_with_notebook_logs();
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        let text = lab.read(&format!("theirs/{log}"));
        let wide = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes);
        lab.write(&format!("wide/{log}"), wide.collect::<Vec<u8>>());
    }
    lab.labctl(&["check", "wide"]).code(1).tells(&["wide/log_1.txt: it is in UTF-16; save it in UTF-8"]);
    // What is no log may be written as it likes.
    std::fs::rename(lab.path("wide/log_1.txt"), lab.path("theirs/notes.txt")).unwrap();
    lab.labctl(&["check", "theirs"]).code(0);
}

#[test]
fn a_log_that_hardly_fits_its_dialect_is_not_accused() {
    let lab = Lab::new();
    let line = |second: u32| {
        format!(
            "0.{second:03}\tInternal\tLogical Clock: {second}\tQueue Length: 0\tNo external communication\n"
        )
    };
    let text: String =
        (1..=90).map(|second| if second % 9 == 0 { "noise\n".to_owned() } else { line(second) }).collect();
    lab.write("logs/vm_0.log", text);
    let check = ["check", "logs", "--dialect", "tabs-named-fields"];
    let said = lab.labctl(&check).code(1);
    said.tells(&["11.1 % of the lines fit nothing in the dialect tabs-named-fields", "--max-unmatched"]);
    let allowed = lab.labctl(&[&check[..], &["--max-unmatched", "0.2"]].concat()).code(1);
    assert!(allowed.out.contains("logs: unsound") && allowed.out.contains("`noise`"), "{}", allowed.out);
}

#[cfg(unix)]
#[test]
fn a_run_is_not_accused_while_it_goes_on_and_found_cut_once_its_process_is_killed() {
    for isolation in ["--isolation=tasks", "--isolation=process"] {
        let lab = Lab::with_spec(LAB);
        let run = lab.start(&["run", "lab.toml", "--name=long", "--duration=1h", "--speedup=10", isolation]);
        let folder = "results/lab/long.partial";
        let logs = [1, 2, 3].map(|id| format!("{folder}/log_{id}.txt"));
        wait_for_events(&lab, &logs.each_ref().map(String::as_str));
        for _ in 0..5 {
            let said = lab.labctl(&["check", folder]).code(0).tells(&["this run is going on"]);
            assert!(said.out.contains("\n  log-whole: the run is going on"), "{}", said.out);
        }
        run.signal(rustix::process::Signal::KILL);
        assert_eq!(run.end().code, None);
        let said = lab.labctl(&["check", folder]).tells(&["was cut short"]);
        // Machines in processes of their own may still end their logs as they should.
        if isolation == "--isolation=tasks" {
            assert!(said.code == Some(1) && said.out.contains("the log is cut here"), "{}", said.out);
        }
    }
}

#[test]
fn a_table_that_was_changed_is_told_at_its_own_name() {
    let lab = lab_with_run();
    corrupt(&lab, "events.csv", |text| text.replacen("INTERNAL", "EXTERNAL", 1));
    corrupt(&lab, "metrics.csv", |text| text.replace('\n', "\r\n"));
    let said = lab.labctl(&["check", "results"]).code(1);
    for words in [
        "results/lab/one/events.csv: events.csv was changed after the run",
        "results/lab/one/metrics.csv: metrics.csv differs in its line ends alone (CRLF)",
    ] {
        assert!(said.out.contains(words), "`{words}` is not in\n{}", said.out);
    }
    let said = lab.labctl(&["check", "results", "--format", "json"]).code(1);
    assert!(said.out.contains("\"file\": \"results/lab/one/events.csv\""), "{}", said.out);
}

/// The folder as a process leaves it that is killed: logs without their ends,
/// one written further than another, a spec and no manifest.
#[test]
fn a_run_that_was_killed_is_held_against_its_spec_and_not_accused() {
    let lab = lab_with_run();
    for file in ["manifest.json", "events.csv", "metrics.csv"] {
        std::fs::remove_file(lab.path("results/lab/one").join(file)).unwrap();
    }
    for (log, lines) in [("log_1.txt", 20), ("log_2.txt", 12), ("log_3.txt", 100)] {
        corrupt(&lab, log, |text| text.split_inclusive('\n').take(lines).collect());
    }
    std::fs::rename(lab.path("results/lab/one"), lab.path("results/lab/one.partial")).unwrap();
    let check = ["check", "results", "--verbose"];
    let said = lab.labctl(&check).code(1).tells(&["cut short: its process is there no more"]);
    assert_eq!(said.out.matches(" unsound ").count(), 1, "{}", said.out);
    for words in [
        "the log is cut here",
        "process died",
        "message-sent: the run was cut short",
        "messages-add-up: the run",
    ] {
        assert!(said.out.contains(words), "`{words}` is not in\n{}", said.out);
    }
    for wrong in ["no manifest or spec", "without tick numbers"] {
        assert!(!said.out.contains(wrong), "{}", said.out);
    }
    let log = lab.read("results/lab/one.partial/log_3.txt");
    lab.write("results/lab/one.partial/log_3.txt", log.replace("Clock rate: 6", "Clock rate: 5"));
    let said = lab.labctl(&["check", "results", "--rules", "parameters"]).code(1);
    assert!(said.out.contains("the header says clock rate 5, and the spec 6"), "{}", said.out);
}

#[test]
fn no_clock_is_told_to_follow_the_largest_of_all() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r"]).code(0);
    let log = lab.read("results/lab/r/log_2.txt");
    let third = log.lines().nth(2).unwrap();
    let (before, clock) = third.split_once("Clock: ").unwrap();
    let after = clock.trim_start_matches(|c: char| c.is_ascii_digit());
    lab.write(
        "results/lab/r/log_2.txt",
        log.replacen(third, &format!("{before}Clock: {}{after}", u64::MAX), 1),
    );
    let said = lab.labctl(&["check", "results/lab/r"]).code(1);
    assert!(said.out.contains(&format!("is {}, and no larger one can be shown", u64::MAX)), "{}", said.out);
}
