//! Many runs at once: the same to the byte on any number of processors, with
//! what lies beside the logs read in their place, and few pictures.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use crate::support::{LAB, Lab, has, rows, wait_for};

/// A lab with simulated runs of these durations.
fn lab_with_runs(spec: &str, durations: &[&str]) -> Lab {
    let lab = Lab::with_spec(spec);
    for (at, duration) in durations.iter().enumerate() {
        let (seed, name) = (at.to_string(), format!("r{at:02}"));
        let run =
            ["run", "lab.toml", "--engine", "sim", "--plots", "drawn", "--seed", &seed, "--name", &name];
        lab.labctl(&[&run[..], &["--duration", duration]].concat()).code(0);
    }
    lab
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for path in fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn one_processor_and_all_of_them_give_the_same_bytes() {
    if !has("taskset") {
        return;
    }
    let spec =
        LAB.replace("clock_rate = 6", "clock_rate = 700").replace("clock_rate = 4", "clock_rate = 500");
    let lab = lab_with_runs(&spec, &["60s", "1s", "2s", "3s", "1s"]);
    for command in [
        "check results",
        "check results --format json",
        "causality results",
        "causality results --format json",
        "metrics results",
        "metrics results --format csv",
        "parse results",
        "export results --to csv",
    ] {
        // Logs that were written to after their metrics are read themselves.
        lab.shell("touch results/lab/*/log_*.txt").code(0);
        let alone = lab.shell(&format!("taskset -c 0 $LABCTL {command}"));
        let together = lab.shell(&format!("$LABCTL {command}"));
        assert!(alone.out == together.out && alone.talk == together.talk, "{command}");
        assert_eq!((alone.code, alone.out.is_empty()), (together.code, false), "{command}: {}", alone.talk);
    }
    lab.shell("taskset -c 0 $LABCTL export results --to parquet -o alone").code(0);
    lab.shell("$LABCTL export results --to parquet -o together").code(0);
    let alone = files(&lab.path("alone"));
    assert!(alone.len() == 2 && alone == files(&lab.path("together")));
}

#[test]
fn metrics_beside_the_logs_are_read_only_while_they_are_sure_to_be_the_same() {
    let lab = lab_with_runs(LAB, &["20s"]);
    let folder = lab.path("results/lab/r00");
    let log = folder.join("log_3.txt");
    let measured = || {
        let said = lab.labctl(&["metrics", "results/lab/r00", "--format", "csv"]).code(0);
        rows(&said.out).iter().map(|row| row["events"].clone()).collect::<Vec<_>>()
    };
    let kept = measured();
    let written = fs::metadata(&log).unwrap().modified().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    let set = |path: &Path, time| File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    let first_event = text.lines().position(|line| line.contains("Clock: 1 ")).unwrap();
    let without: Vec<&str> =
        text.lines().enumerate().filter(|(at, _)| *at != first_event).map(|(_, line)| line).collect();
    fs::write(&log, without.join("\n") + "\n").unwrap();
    set(&log, written);
    assert_eq!(
        measured(),
        kept,
        "nothing tells that the log was changed, and labctl check holds its checksum"
    );
    let metrics = folder.join("metrics.csv");
    set(&log, fs::metadata(&metrics).unwrap().modified().unwrap() + std::time::Duration::from_secs(1));
    assert_ne!(measured(), kept, "the log is newer than the metrics");
    set(&log, written);
    let table = fs::read_to_string(&metrics).unwrap();
    fs::write(&metrics, table.replace("lab,", "lab ,")).unwrap();
    assert_ne!(measured(), kept, "the table is not as its checksum says");
    fs::write(&metrics, &table).unwrap();
    assert_eq!(measured(), kept);
    fs::remove_file(&log).unwrap();
    assert_ne!(measured(), kept, "a log is not here");
}

#[test]
fn of_many_runs_the_newest_are_drawn_and_it_is_said_how_many_are_not() {
    let lab = lab_with_runs(LAB, &["5s"; 22]);
    let said = lab.labctl(&["plot", "results", "--chart", "queue,speed-ratio", "--format", "svg"]).code(0);
    let reported = "charts over time are those of the newest 20 runs; left out: 2 runs";
    assert!(
        said.talk.contains(reported) && said.talk.contains("22 runs against speed ratio"),
        "{}",
        said.talk
    );
    let drawn = |run: &str| {
        lab.has(&format!("plots/lab/{run}/queue.svg")) || lab.names(&format!("plots/lab/{run}")).len() == 1
    };
    let runs: Vec<String> = lab.names("results/lab").into_iter().filter(|name| name != "latest").collect();
    assert_eq!(runs.iter().filter(|run| drawn(run)).count(), 20);
    assert!(!drawn("r00") && drawn("r21"));
    lab.labctl(&["plot", "results/lab/r00", "--chart", "queue", "--format", "svg"]).code(0);
    assert!(drawn("r00"), "whoever asks for a run gets it");
}

/// Whether a process hears Ctrl-C itself, as its table of caught signals says.
#[cfg(target_os = "linux")]
fn hears_ctrl_c(process: u32) -> Option<()> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
    (caught & 1 << 1 != 0).then_some(())
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_every_command_that_walks_and_leaves_nothing_behind() {
    let lab = Lab::new();
    let lines: String = (1..200)
        .map(|clock| format!("2026-03-05 12:46:04 | INTERNAL | Clock: {clock} | Internal event\n"))
        .collect();
    for run in 0..1500 {
        lab.write(&format!("runs/r{run:04}/log_1.txt"), &lines);
    }
    for command in [
        "metrics runs --format csv",
        "metrics runs --format json",
        "check runs",
        "causality runs",
        "parse runs -o table.csv",
        "parse runs -o table.parquet",
        "export runs --to csv -o table.csv",
        "export runs --to jsonl -o table.jsonl",
        "export runs --to shiviz -o table.log",
        "export runs --to parquet -o table",
        "report runs -o page.html",
        "plot runs",
        "compare runs runs",
    ] {
        let running = lab.start(&command.split(' ').collect::<Vec<_>>());
        wait_for(format!("`{command}` to listen"), || hears_ctrl_c(running.id()));
        running.signal(rustix::process::Signal::INT);
        let said = running.end();
        assert_eq!(said.code, Some(130), "{command}: {}", said.talk);
        let left: Vec<String> = lab.names(".").into_iter().filter(|name| name != "runs").collect();
        assert!(left.is_empty(), "{command}: {left:?}");
    }
}
