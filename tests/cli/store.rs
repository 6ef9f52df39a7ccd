//! What is written, where, and what is never removed: promises of the README
//! about files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;

use crate::support::{LAB, Lab, has, rows, wait_for, wait_for_events};

/// Two machines whose logs labctl did not write, and that it reads.
pub const THEIRS: &str = "Machine 1 log started at 2026-01-02 03:04:05.5\nClock rate: 3 ticks per second\n\
    2026-01-02 03:04:06 | INTERNAL | Clock: 1 | Internal event\n";
const LONG: [&str; 5] = ["run", "lab.toml", "--name=long", "--duration=1h", "--speedup=10"];
const PARTIAL_LOGS: [&str; 3] = [
    "results/lab/long.partial/log_1.txt",
    "results/lab/long.partial/log_2.txt",
    "results/lab/long.partial/log_3.txt",
];

fn fifo(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Everything below a folder, with what files hold.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push((path.display().to_string(), fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_among_journals_is_removed_but_benches_of_killed_processes() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "lab.toml", "--replicates=2", "--engine=sim", "--name=there"]).code(0);
    lab.labctl(&["sweep", "plan", "lab.toml", "--replicates=2", "--name=here"]).code(0);
    let copy = "results/here/journal/from-other-host";
    let copied = lab.shell(&format!("mkdir -p results/here/journal && cp -r results/there {copy}"));
    copied.code(0);
    lab.write("results/here/journal/9.partial/lab/c1_r1.partial/log_1.txt", THEIRS);
    lab.write("results/here/journal/9.partial/lock", "");
    let before = [snapshot(&lab.path(copy)), snapshot(&lab.path("results/here/journal/9.partial"))];
    lab.labctl(&["sweep", "exec", "results/here/plan.json"]).code(0).tells(&[
        "from-other-host is no bench of a killed labctl, and is left alone",
        "9.partial is no bench",
    ]);
    lab.labctl(&["sweep", "lab.toml", "--replicates=2", "--name=here", "--resume"]).code(0);
    let after = [snapshot(&lab.path(copy)), snapshot(&lab.path("results/here/journal/9.partial"))];
    assert_eq!(before, after);
}

#[test]
fn nothing_is_ever_overwritten_in_the_place_of_a_sweeps_run() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "plan", "lab.toml", "--replicates=1", "--name=s"]).code(0);
    let plan = lab.labctl(&["sweep", "exec", "results/s/plan.json"]).code(0);
    drop(plan);
    let place = fs::read_dir(lab.path("results/s/lab")).unwrap().next().unwrap().unwrap().path();
    // Its logs stay whatever becomes of its manifest.
    fs::write(place.join("manifest.json"), "{ corrupted").unwrap();
    fs::remove_dir_all(lab.path("results/s/journal")).unwrap();
    let before = snapshot(&place);
    lab.labctl(&["sweep", "exec", "results/s/plan.json"]).code(1).tells(&["results are never overwritten"]);
    assert_eq!(before, snapshot(&place));
}

#[test]
fn a_file_called_lock_is_nobodys_to_empty() {
    let lab = Lab::with_spec(LAB);
    lab.write("results/s/lock", "of my bicycle");
    lab.labctl(&["sweep", "plan", "lab.toml", "--name=s"])
        .code(1)
        .tells(&["holds something else, such as lock"]);
    assert_eq!(lab.read("results/s/lock"), "of my bicycle");
}

#[test]
fn charts_stay_below_their_folder_whatever_a_manifest_says() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=r"]).code(0);
    for (number, (experiment, run)) in
        [("x", "/../../ABOVE"), ("../UP", "r"), ("..", "."), ("x", "a/b\\c")].iter().enumerate()
    {
        let folder = format!("theirs/{number}/run{number}");
        lab.write(&format!("{folder}/log_1.txt"), THEIRS);
        let mut manifest = lab.json("results/lab/r/manifest.json");
        let absolute = lab.path("ABSOLUTE").display().to_string();
        manifest["experiment"] = (*experiment).into();
        manifest["run"] = if number == 0 { absolute.into() } else { (*run).into() };
        lab.write(&format!("{folder}/manifest.json"), manifest.to_string());
    }
    let before = lab.names("");
    lab.labctl(&["plot", "theirs", "--plots", "deep/down/charts", "--chart", "queue"]).code(0);
    let mut after = lab.names("");
    after.retain(|name| name != "deep");
    assert_eq!(before, after);
    assert_eq!(lab.names("deep"), ["down"]);
    assert_eq!(lab.names("deep/down"), ["charts"]);
    assert_eq!(lab.names("deep/down/charts"), ["run0", "run1", "run2", "run3"]);
}

#[test]
fn ctrl_c_keeps_everything_of_a_run_whose_folder_was_moved() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    fs::rename(lab.path("results/lab/long.partial"), lab.path("results/lab/elsewhere.partial")).unwrap();
    run.signal(Signal::INT);
    let said = run.end().code(1).tells(&["moved or removed", "labctl check --recover"]);
    assert!(!said.talk.contains("nothing was logged"), "{}", said.talk);
    assert!(lab.read("results/lab/elsewhere.partial/log_1.txt").contains("Reason: interrupted"));
    lab.labctl(&["check", "--recover"])
        .code(0)
        .tells(&["results/lab/elsewhere: interrupted", "1 run recovered"]);
}

#[test]
fn a_run_without_files_to_spare_at_its_end_keeps_its_logs() {
    if !Command::new("prlimit").arg("--version").status().is_ok_and(|status| status.success()) {
        return;
    }
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    let limit = ["--pid", &run.id().to_string(), "--nofile=5:20000"].map(str::to_owned);
    assert!(Command::new("prlimit").args(limit).status().unwrap().success());
    run.signal(Signal::INT);
    let said = run.end().code(1).tells(&["is kept in results/lab/long.partial"]);
    assert!(!said.talk.contains("nothing was logged"), "{}", said.talk);
    for log in PARTIAL_LOGS {
        assert!(lab.read(log).contains("Reason: interrupted"), "{log}");
    }
}

#[test]
fn a_killed_run_is_recovered_with_what_was_lost() {
    let lab = Lab::with_spec(LAB);
    let run = lab.start(&LONG);
    wait_for_events(&lab, &PARTIAL_LOGS);
    lab.labctl(&["check", "--recover"])
        .code(0)
        .tells(&["is going on; it is left alone", "no run to recover"]);
    run.signal(Signal::KILL);
    run.end();
    lab.labctl(&["check", "--recover", "results"]).code(0).tells(&[
        "results/lab/long: killed",
        "the log of machine 1 is cut after",
        "1 run recovered",
    ]);
    let manifest = lab.json("results/lab/long/manifest.json");
    assert_eq!(manifest["status"], "killed");
    assert!(manifest["failure"].as_str().unwrap().contains("the log of machine 3 is cut"));
    assert_eq!(lab.rows("results/lab/long/metrics.csv").len(), 3);
    assert!(!lab.rows("results/lab/long/events.csv").is_empty());
    let said = lab.labctl(&["check", "results/lab/long", "--rules", "files-unchanged"]).code(0);
    assert!(said.out.contains("sound"), "{}", said.out);
}

#[test]
fn a_run_whose_logs_are_whole_is_recovered_whole_and_never_over_another() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=r"]).code(0);
    let again = "mv results/lab/r results/lab/r.partial && cd results/lab/r.partial && rm -f manifest.json metrics.csv";
    lab.shell(again).code(0);
    lab.labctl(&["check", "--recover"]).code(0).tells(&["results/lab/r: recovered"]);
    let manifest = lab.json("results/lab/r/manifest.json");
    assert_eq!((&manifest["status"], &manifest["engine"]), (&"recovered".into(), &"simulator".into()));
    lab.labctl(&["check", "results/lab/r"]).code(0);
    lab.labctl(&["predict", "results/lab/r"]).code(0);
    lab.shell("cp -r results/lab/r results/lab/r.partial && rm results/lab/r.partial/manifest.json").code(0);
    let before = snapshot(&lab.path("results"));
    lab.labctl(&["check", "--recover"]).code(1).tells(&["results are never overwritten"]);
    assert_eq!(before, snapshot(&lab.path("results")));
    lab.write("results/lab/mine.partial/log_1.txt", THEIRS);
    lab.labctl(&["check", "--recover", "results/lab/mine.partial"]).code(1).tells(&["without the spec"]);
}

#[test]
fn what_a_killed_command_left_is_removed_by_the_next_that_writes_there() {
    let lab = Lab::new();
    lab.write("theirs/log_1.txt", THEIRS);
    fifo(&lab.path("slow/log_2.txt"));
    lab.write(".labctl-2147483646-AbCdEf.tmp", "half a table");
    lab.write(".labctl-notes.tmp", "mine");
    lab.write(".tmpAbCdEf", "somebody's");
    lab.labctl(&["parse", "theirs", "-o", "events.csv"]).code(0);
    assert_eq!(lab.names(""), [".labctl-notes.tmp", ".tmpAbCdEf", "events.csv", "slow", "theirs"]);
}

#[test]
fn ctrl_c_leaves_nothing_half_written() {
    let lab = Lab::new();
    // Large enough that it is still read when the signal comes.
    let line = "2026-01-02 03:04:06 | INTERNAL | Clock: 1 | Internal event\n";
    let head = "Machine 1 log started at 2026-01-02 03:04:05.5\nClock rate: 3 ticks per second\n";
    lab.write("theirs/log_1.txt", head.to_owned() + &line.repeat(1_000_000));
    for (command, signal, code) in [
        (&["parse", "theirs", "-o", "events.csv"][..], Signal::INT, 130),
        (&["export", "theirs", "--to", "csv", "-o", "events.csv"], Signal::HUP, 129),
        (&["export", "theirs", "--to", "parquet", "-o", "lake"], Signal::TERM, 143),
    ] {
        let writing = lab.start(command);
        wait_for("something in the making", || {
            lab.names("").iter().any(|name| name.starts_with(".labctl-")).then_some(())
        });
        writing.signal(signal);
        let said = writing.end().code(code);
        assert!(!said.talk.contains("error"), "{command:?}: {}", said.talk);
        assert_eq!(lab.names(""), ["theirs"], "{command:?}");
    }
}

#[test]
fn no_file_of_somebody_else_is_ever_overwritten() {
    let lab = Lab::with_spec(LAB);
    lab.write("class/ada/log_1.txt", THEIRS);
    let commands = [
        ("parse class -o mine.csv", "mine.csv"),
        ("parse class -o mine.parquet", "mine.parquet"),
        ("export class --to csv -o mine", "mine"),
        ("export class --to jsonl -o mine", "mine"),
        ("export class --to shiviz -o mine", "mine"),
        ("export class --to perfetto -o mine", "mine"),
        ("export class --to mermaid -o mine", "mine"),
        ("report class -o mine.html", "mine.html"),
        ("report class -o mine.md", "mine.md"),
        ("plot class --chart queue --plots charts", "charts/ada/queue.png"),
        ("plot class --chart queue --plots charts --format svg", "charts/ada/queue.svg"),
        ("grade class -o grades", "grades/README.md"),
        ("grade class -o grades", "grades/ada.md"),
        ("grade class -o grades", "grades/grades.csv"),
        ("man man", "man/labctl-run.1"),
    ];
    for (command, place) in commands {
        let command: Vec<&str> = command.split(' ').collect();
        lab.write(place, "mine");
        let said = lab.labctl(&command);
        assert!(matches!(said.code, Some(1 | 2)), "{command:?}: {}", said.talk);
        assert!(
            said.talk.contains(place) && said.talk.contains("move it away"),
            "{command:?}: {}",
            said.talk
        );
        assert_eq!(lab.read(place), "mine", "{command:?}");
        fs::remove_file(lab.path(place)).unwrap();
        // What labctl wrote itself gives way.
        lab.labctl(&command).code(0);
        lab.labctl(&command).code(0);
        fs::remove_file(lab.path(place)).unwrap();
    }
}

#[test]
fn nothing_that_a_run_or_a_sweep_left_is_ever_overwritten() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=r"]).code(0);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=other"]).code(0);
    lab.labctl(&["sweep", "lab.toml", "--engine=sim", "--name=s"]).code(0);
    let before = [snapshot(&lab.path("results")), snapshot(&lab.path("plots/lab/other"))];
    let spec = lab.read("lab.toml");
    for place in ["r/log_1.txt", "r/events.csv", "r/metrics.csv", "r/manifest.json", "r/spec.toml"] {
        let place = format!("results/lab/{place}");
        lab.labctl(&["parse", "results/lab/r", "-o", &place]).code(1).tells(&["never overwritten"]);
        lab.labctl(&["export", "results/lab/r", "--to=csv", "-o", &place]).code(1);
        lab.labctl(&["report", "results/lab/r", "-o", &place]).code(2);
    }
    for place in ["runs.csv", "summary.csv", "plan.json"] {
        let place = format!("results/s/{place}");
        lab.labctl(&["export", "results/lab/r", "--to=csv", "-o", &place]).code(1);
    }
    lab.labctl(&["export", "results/lab/r", "--to=parquet", "-o", "results/lab/r"]).code(1);
    lab.labctl(&["parse", "results/lab/r", "-o", "lab.toml"]).code(1);
    lab.labctl(&["plot", "results/lab/r", "--chart=queue"]).code(0);
    assert!(before == [snapshot(&lab.path("results")), snapshot(&lab.path("plots/lab/other"))]);
    assert_eq!(lab.read("lab.toml"), spec);
}

#[test]
fn pipes_and_devices_are_refused_wherever_a_file_is_read() {
    let lab = Lab::with_spec(LAB);
    lab.write("run/log_1.txt", THEIRS);
    fifo(&lab.path("run/spec.toml"));
    fifo(&lab.path("run/manifest.json"));
    lab.labctl(&["report", "run", "-o", "r.html"]).code(0);
    for command in ["check", "metrics", "plot", "predict", "causality"] {
        lab.labctl(&[command, "run"]);
    }
    fifo(&lab.path("results/s/plan.json"));
    for command in ["exec", "collect"] {
        lab.labctl(&["sweep", command, "results/s/plan.json"]).code(1).tells(&["only files are read"]);
    }
    fifo(&lab.path("a.toml"));
    symlink("/dev/zero", lab.path("b.toml")).unwrap();
    for spec in ["a.toml", "b.toml"] {
        lab.labctl(&["run", spec]).code(2).tells(&["only files are read"]);
    }
    for arguments in [["--claims", "a.toml"], ["--dialect", "./a.toml"]] {
        let command = if arguments[0] == "--claims" { vec!["reproduce"] } else { vec!["check", "run"] };
        lab.labctl(&[command, arguments.to_vec()].concat()).tells(&["only files are read"]);
    }
}

#[test]
fn one_log_that_cannot_be_read_does_not_stop_a_tree() {
    let lab = Lab::new();
    for run in ["a", "b", "c"] {
        lab.write(&format!("tree/{run}/log_1.txt"), THEIRS);
    }
    lab.write("tree/b/log_1.txt", b"\xff\xfeM\0a\0");
    for command in [vec!["metrics", "tree"], vec!["plot", "tree"], vec!["report", "tree", "-o", "r.md"]] {
        lab.labctl(&command).code(1).tells(&["tree/b/log_1.txt", "UTF-16"]);
    }
    let shown = lab.labctl(&["metrics", "tree", "--format", "csv"]).out;
    assert_eq!(rows(&shown).iter().map(|row| row["run"].as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert!(lab.has("plots/a/queue.png") && lab.has("plots/c/queue.png"));
    assert!(lab.read("r.md").contains("2 runs"), "{}", lab.read("r.md"));
}

#[test]
fn a_manifest_knows_when_it_was_changed() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine=sim", "--name=r"]).code(0);
    let path = "results/lab/r/manifest.json";
    let manifest = lab.read(path);
    lab.labctl(&["check", "results/lab/r"]).code(0);
    let seed = manifest.replacen("\"seed\": 7", "\"seed\": 5", 1);
    let host = manifest.replacen("\"cores\"", "\"corez\"", 1);
    let own = manifest.replacen("\"manifest.json\"", "\"manifesu.json\"", 1);
    for changed in [seed, host, own] {
        assert_ne!(changed, manifest);
        lab.write(path, changed);
        let said = lab.labctl(&["check", "results/lab/r", "--rules", "files-unchanged"]).code(1);
        assert!(said.out.contains("manifest.json was changed after the run"), "{}", said.out);
    }
}

#[test]
fn times_beyond_a_nanosecond_time_line_end_no_export_in_a_panic() {
    let lab = Lab::new();
    let head = "Machine 1 log started at 2026-01-02 03:04:05\nClock rate: 3 ticks per second\n";
    let far = "9999-12-31 23:59:59 | INTERNAL | Clock: 2 | Internal event\n";
    lab.write(
        "run/log_1.txt",
        format!("{head}2026-01-02 03:04:06 | INTERNAL | Clock: 1 | Internal event\n{far}{far}"),
    );
    let said = lab.labctl(&["export", "run", "--to", "perfetto", "-o", "x.json"]);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
}

/// What the system was asked for, in order, as `strace` tells it.
fn calls(lab: &Lab, fsync: &str, arguments: &str) -> Option<Vec<String>> {
    let trace = "strace -f -y -o calls -e trace=fsync,rename,renameat,renameat2";
    let said = lab.shell(&format!("LABCTL_FSYNC={fsync} {trace} \"$LABCTL\" {arguments}"));
    // Where no process may look into another, nothing can be seen.
    (said.code == Some(0)).then(|| lab.read("calls").lines().map(str::to_owned).collect())
}

#[test]
fn results_that_are_said_to_be_written_are_on_the_disk() {
    let lab = Lab::with_spec(LAB);
    if !has("strace") || calls(&lab, "on", "schema").is_none() {
        return;
    }
    let run = calls(&lab, "on", "run lab.toml --engine=sim --name=r").unwrap();
    let place = |calls: &[String], what: &str| {
        let at = calls.iter().position(|call| call.contains(what));
        at.unwrap_or_else(|| panic!("{what} is not among\n{}", calls.join("\n")))
    };
    let into_place = place(&run, "rename(\"results/lab/r.partial\"");
    for file in lab.names("results/lab/r") {
        let is_asked_for =
            |call: &String| call.contains("fsync(") && call.contains(&format!("r.partial/{file}>"));
        assert!(run[..into_place].iter().any(is_asked_for), "{file}");
    }
    place(&run[into_place..], "fsync(");
    place(&run, "results>");
    let sweep = calls(&lab, "on", "sweep lab.toml --engine=sim --name=s").unwrap();
    let journal = sweep.iter().rposition(|call| call.contains("fsync(") && call.contains("journal/1.jsonl>"));
    assert!(journal < Some(place(&sweep, "\"results/s/runs.csv\"")), "{sweep:?}");
    place(&sweep, "results/s>");
    let off = calls(&lab, "off", "run lab.toml --engine=sim --name=quick").unwrap();
    assert!(!off.iter().any(|call| call.contains("fsync(")), "{off:?}");
    lab.labctl(&["check", "results/lab/quick"]).code(0);
}
