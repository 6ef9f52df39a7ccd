//! `labctl sweep`: whole, interrupted, killed, refused and failing.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{LAB, Lab, Running, spec_on_ports, wait_for};

const SIM: [&str; 6] =
    ["sweep", "lab.toml", "--engine=sim", "--name=s", "--internal-prob=0.2,0.7", "--replicates=20"];

/// How many entries the journals of a sweep hold.
fn entries(lab: &Lab, sweep: &str) -> usize {
    let read = |journal: &String| lab.read(journal).lines().count().saturating_sub(1);
    journals(lab, sweep).iter().map(read).sum()
}

/// The paths of a sweep's journals.
fn journals(lab: &Lab, sweep: &str) -> Vec<String> {
    let folder = format!("results/{sweep}/journal");
    let names = lab.names(&folder).into_iter().filter(|name| name.ends_with(".jsonl"));
    names.map(|name| format!("{folder}/{name}")).collect()
}

#[track_caller]
fn wait_for_entries(lab: &Lab, sweep: &str, count: usize) {
    wait_for(format_args!("{count} runs of {sweep}"), || (entries(lab, sweep) >= count).then_some(()));
}

/// The numbers of the runs that the journals hold, in order.
#[cfg(unix)]
fn journalled(lab: &Lab, sweep: &str) -> Vec<u64> {
    let mut runs = Vec::new();
    for journal in journals(lab, sweep) {
        for line in lab.read(&journal).lines().skip(1) {
            let (_, json) = line.split_once(' ').unwrap();
            runs.push(serde_json::from_str::<serde_json::Value>(json).unwrap()["run"].as_u64().unwrap());
        }
    }
    runs.sort_unstable();
    runs
}

#[test]
fn a_sweep_has_a_row_for_every_machine_and_run_with_the_same_seeds_in_every_cell() {
    let lab = Lab::with_spec(LAB);
    let said = lab.labctl(&SIM).code(0).tells(&["2 cells, 40 runs, simulated", "results/s/runs.csv"]);
    assert!(said.out.contains("internal_prob") && said.out.contains("max queue"), "{}", said.out);
    let rows = lab.rows("results/s/runs.csv");
    assert_eq!(rows.len(), 2 * 20 * 3);
    let seeds = |cell: &str| -> Vec<String> {
        rows.iter().filter(|row| row["cell"] == cell).map(|row| row["seed"].clone()).collect()
    };
    assert_eq!(seeds("1"), seeds("2"));
    assert_eq!((seeds("1")[0].as_str(), seeds("1")[59].as_str()), ("7", "26"));
    assert_eq!(lab.rows("results/s/summary.csv")[0]["internal_prob"], "0.2");
    assert!(!lab.names("plots/s").is_empty());
}

#[test]
fn without_a_spec_all_in_experiments_are_swept() {
    let lab = Lab::new();
    for name in ["one", "two"] {
        lab.write(&format!("experiments/{name}.toml"), LAB.replace("\"lab\"", &format!("{name:?}")));
    }
    lab.write("experiments/notes.txt", "no spec");
    lab.labctl(&["sweep", "--internal-prob", "0.2", "--engine", "sim", "--name", "all"]).code(0);
    let rows = lab.rows("results/all/runs.csv");
    assert_eq!(rows.len(), 6);
    assert_eq!(rows.iter().map(|row| row["experiment"].as_str()).collect::<BTreeSet<_>>().len(), 2);
    let shipped = Lab::new();
    let said = shipped.labctl(&["sweep", "--duration", "5s", "--engine", "sim", "--name", "all"]).code(0);
    said.tells(&["experiments/ is not here", "10 cells, 10 runs"]);
}

#[test]
fn a_spec_says_itself_what_varies() {
    let lab = Lab::with_spec(&format!(
        "replicates = 2\n{LAB}[sweep]\nwhere = \"internal_prob < 0.5 || seed == 1000\"\n\
         [sweep.grid]\ninternal_prob = \"0.3..0.7:0.2\"\nseed = [1, 1000]\n"
    ));
    lab.labctl(&["sweep", "lab.toml", "--engine", "sim", "--name", "s"]).code(0).tells(&["4 cells, 8 runs"]);
    let said =
        lab.labctl(&["sweep", "lab.toml", "--engine", "sim", "--set", "seed=1", "--internal-prob", "0.6"]);
    said.code(2).tells(&["no cell meets", "internal_prob < 0.5"]);
}

#[test]
fn what_makes_no_sweep_is_refused_and_leaves_nothing() {
    let lab = Lab::with_spec(LAB);
    for (args, reported) in [
        (&["--replicates", "0"] as &[&str], "0 is not in"),
        (&["--seed", "1..100000", "--speedup", "1..10000"], "1000000000 cells are too many"),
        (&["--seed", "1..100000000:1000000", "--replicates", "1000000"], "100000000 runs are too many"),
        (&["--seed", "1..9:0"], "never ends"),
        (&["--set", "nonsense=1,2"], "`nonsense`"),
        (&["--internal-prob", "0.2,0.20"], "two cells are the same"),
        (&["--set", "name=a,b"], "two cells are the same"),
        (&["--seed", "1,2", "--replicates", "3"], "at least 3 apart"),
        (&["--seed", "1,2", "--set", "seed=3,4"], "`seed` is an axis, and set once more"),
        (&["--internal-prob", "0.2,,0.3"], "empty value"),
        (&["--internal-prob", "0.2\n,0.3;rm -rf"], "internal_prob"),
        (&["--until", "end_queue ci95 < 5%", "--seed", "1,2"], "at least 500 apart"),
        (&["gone.toml"], "gone.toml"),
        (&["--name", "../up"], "letters, digits"),
    ] {
        let all = [&["sweep", "lab.toml", "--engine", "sim"], args].concat();
        lab.labctl(&all).code(2).tells(&[reported]);
    }
    assert!(!lab.has("results"));
}

#[test]
fn text_as_values_stays_text() {
    let lab = Lab::with_spec(LAB);
    let hostile = "[sweep.zip]\ninternal_prob = [0.1, 0.2]\nwhy = [\"a,b = \\\"c\\\"\", \"two\\nlines\"]\n";
    lab.write("lab.toml", format!("{LAB}{hostile}"));
    lab.labctl(&["sweep", "lab.toml", "--engine", "sim", "--name", "s"]).code(0);
    let rows = lab.rows("results/s/runs.csv");
    assert_eq!((rows[0]["why"].as_str(), rows[5]["why"].as_str()), ("a,b = \"c\"", "two\nlines"));
    lab.labctl(&["sweep", "collect", "results/s"]).code(0);
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&SIM).code(0);
    lab.labctl(&SIM).code(1).tells(&["results/s exists already", "--resume"]);
    lab.write("results/lab/old-run/log_1.txt", "");
    let taken = lab.labctl(&["sweep", "lab.toml", "--engine=sim", "--name=lab"]);
    taken.code(1).tells(&["results/lab holds something else, such as old-run"]);
    assert_eq!(lab.names("results/lab"), ["old-run"]);
}

#[test]
fn resuming_needs_the_same_plan() {
    let lab = Lab::with_spec(LAB);
    let resumed = [&SIM[..], &["--resume"]].concat();
    lab.labctl(&resumed).code(2).tells(&["nothing to resume", "no plan.json"]);
    lab.labctl(&SIM).code(0);
    let before = lab.read("results/s/runs.csv");
    lab.labctl(&resumed).code(0).tells(&["done before: 40 runs"]);
    lab.labctl(&[&resumed[..], &["--duration=21s"]].concat())
        .code(1)
        .tells(&["another plan", "`duration = \"21s\"` here, `duration = \"20s\"` there"]);
    let other: Vec<&str> = resumed.iter().map(|arg| arg.replace("=20", "=21").leak() as &str).collect();
    lab.labctl(&other).code(1).tells(&["replicates: 21 here, 20 there"]);
    assert_eq!((entries(&lab, "s"), lab.read("results/s/runs.csv")), (40, before));
}

#[test]
fn a_journal_that_was_cut_or_changed_costs_only_the_runs_it_hits() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&SIM).code(0);
    let (runs, summary) = (lab.read("results/s/runs.csv"), lab.read("results/s/summary.csv"));
    let journal = lab.read("results/s/journal/1.jsonl");
    let changed = journal[..journal.len() - 100].replacen("\"attempts\":1", "\"attempts\":2", 1);
    lab.write("results/s/journal/1.jsonl", changed);
    lab.labctl(&["sweep", "collect", "results/s"])
        .code(4)
        .tells(&["1.jsonl:2: this line was changed", "2 runs are missing"]);
    let resumed = [&SIM[..], &["--resume"]].concat();
    lab.labctl(&resumed).code(0).tells(&["done before: 38 runs"]);
    assert_eq!((lab.read("results/s/runs.csv"), lab.read("results/s/summary.csv")), (runs, summary));
}

/// A sweep that takes a while, however fast the host.
#[cfg(unix)]
const LONG: [&str; 7] = [
    "sweep",
    "lab.toml",
    "--engine=sim",
    "--internal-prob=0.2,0.7",
    "--duration=10m",
    "--clock-rates=10,30,60",
    "--replicates=40",
];

#[cfg(unix)]
#[track_caller]
fn assert_survives_kills(more: &[&str], kills: usize) {
    use rustix::process::Signal;
    let lab = Lab::with_spec(LAB);
    let whole = [&LONG[..], more, &["--name=whole"]].concat();
    lab.labctl(&whole).code(0);
    let cut = [&LONG[..], more, &["--name=cut"]].concat();
    let resumed = [&cut[..], &["--resume"]].concat();
    let start = |at: usize| -> Running { lab.start(if at == 0 { &cut } else { &resumed }) };
    for at in 0..kills {
        let sweep = start(at);
        wait_for_entries(&lab, "cut", 3 * (at + 1));
        // It may have ended by then, on a fast host.
        sweep.signal(Signal::KILL);
        let _ = sweep.end();
    }
    lab.labctl(&resumed).code(0);
    for file in ["runs.csv", "summary.csv"] {
        assert!(
            lab.read(&format!("results/cut/{file}")) == lab.read(&format!("results/whole/{file}")),
            "{file}"
        );
    }
    assert_eq!(journalled(&lab, "cut"), journalled(&lab, "whole"));
}

#[cfg(unix)]
#[test]
fn a_killed_sweep_goes_on_to_the_same_bytes() {
    assert_survives_kills(&[], 4);
}

#[cfg(unix)]
#[test]
fn a_killed_sweep_stops_at_the_same_precision() {
    let lab = Lab::with_spec(LAB);
    let args = ["sweep", "lab.toml", "--engine=sim", "--until=end_queue ci95 < 20%", "--max=400", "--name=u"];
    lab.labctl(&args).code(0).tells(&["400 runs at most, until end_queue ci95 < 20%"]);
    let (runs, count) = (lab.read("results/u/runs.csv"), entries(&lab, "u"));
    assert!(count % 10 == 0 && (50..400).contains(&count), "{count} runs");
    let journal = lab.read("results/u/journal/1.jsonl");
    for lines in [1, 4, 11, 12] {
        let kept: String = journal.lines().take(lines).map(|line| format!("{line}\n")).collect();
        for name in lab.names("results/u/journal") {
            std::fs::remove_file(lab.path("results/u/journal").join(name)).unwrap();
        }
        lab.write("results/u/journal/1.jsonl", kept);
        lab.labctl(&[&args[..], &["--resume"]].concat()).code(0);
        assert_eq!(lab.read("results/u/runs.csv"), runs, "after {lines} lines");
    }
    lab.labctl(&["sweep", "exec", "results/u"])
        .code(2)
        .tells(&["until end_queue ci95 < 20%", "sweep --resume"]);
}

#[test]
fn a_rule_on_what_is_not_there_is_refused_and_one_that_is_not_met_names_its_cells() {
    let lab = Lab::with_spec(LAB);
    let sweep = |rule: &str, more: &[&str]| {
        lab.labctl(&[&["sweep", "lab.toml", "--engine=sim", "--until", rule], more].concat())
    };
    sweep("m9.end_queue ci95 < 5%", &[]).code(2).tells(&["lab has no machine 9", "machines 1 to 3"]);
    let random = ["--clock-rates", "random 1..6,random 1..6,1"];
    sweep("end_queue ci95 < 5%", &random).code(2).tells(&["draws its clock rates", "no replicates"]);
    assert_eq!(lab.names("."), ["lab.toml"], "nothing was begun");
    let wide = sweep("end_queue ci95 < 0.01%", &["--max=60", "--internal-prob=0.6,0.7", "--name=w"]).code(3);
    wide.tells(&["cell 1 (lab: internal_prob = 0.6)", "cell 2 (lab: internal_prob = 0.7)", "after 60 runs"]);
    let equal = sweep("m3.speed_ratio ci95 < 5%", &["--max=60", "--name=e"]).code(3);
    equal.tells(&["cell 1 (lab) does not meet m3.speed_ratio ci95 < 5%", "all 60 values are equal"]);
    let summary = lab.read("results/e/summary.csv");
    let row = summary.lines().find(|line| line.contains(",3,speed_ratio,")).unwrap();
    assert!(row.contains(",,,all equal,") && row.matches("all equal").count() == 2, "{row}");
}

#[test]
fn a_seed_that_is_an_axis_is_one_column() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "lab.toml", "--engine=sim", "--set", "seed=1,5", "--name=s"]).code(0);
    for file in ["runs.csv", "summary.csv"] {
        let table = lab.read(&format!("results/s/{file}"));
        let header = table.lines().next().unwrap();
        assert_eq!(header.split(',').filter(|name| *name == "seed").count(), 1, "{header}");
    }
    lab.labctl(&["compare", "results/s/c1", "results/s/c2"]).tells(&["too few"]);
}

#[test]
fn runs_of_drawn_rates_are_summarised_by_their_rates() {
    let lab = Lab::with_spec(LAB);
    let rates = ["--clock-rates", "random 1..2,1,random 1..2"];
    let sweep = |name: &str, more: &[&str]| {
        let args = ["sweep", "lab.toml", "--engine=sim", "--name", name, "--replicates=30"];
        lab.labctl(&[&args[..], &rates, more].concat()).code(0)
    };
    let said =
        sweep("d", &[]).tells(&["lab draws its clock rates with the seed: 30 runs of 4 different draws"]);
    assert!(said.out.contains("1,1,1") && said.out.contains("2,1,2"), "{}", said.out);
    let runs = lab.rows("results/d/runs.csv");
    for row in lab.rows("results/d/summary.csv").iter().filter(|row| row["metric"] == "final_clock") {
        let at = row["machine"].parse::<usize>().unwrap() - 1;
        let drew = |row: &[BTreeMap<String, String>]| {
            row.iter().map(|row| row["clock_rate"].trim_end_matches(".0")).collect::<Vec<_>>().join(",")
        };
        let own = runs.chunks(3).filter(|run| drew(run) == row["clock_rates"]);
        let clocks: Vec<f64> = own.map(|run| run[at]["final_clock"].parse().unwrap()).collect();
        assert_eq!(row["n"], clocks.len().to_string(), "{row:?}");
        let mean = clocks.iter().sum::<f64>() / clocks.len() as f64;
        assert!((row["mean"].parse::<f64>().unwrap() - mean).abs() < 1e-9, "{row:?}");
    }
    let svg = |name: &str, chart: &str| {
        lab.labctl(&["plot", &format!("results/{name}"), "--format", "svg", "--plots", "svg"]).code(0);
        lab.read(&format!("svg/{name}/end_queue_{chart}.svg"))
    };
    let places = svg("d", "over_drawn_rates");
    assert!(places.contains("2,1,2") && places.contains("for each draw of clock rates"), "{places:.900}");
    assert!(!lab.names("plots/d").contains(&"end_queue_replicates.png".to_owned()));
    sweep("e", &["--internal-prob=0.3,0.7"]);
    assert!(svg("e", "over_internal_prob").contains("rates 1,1,2"));
    sweep("f", &["--internal-prob=0.3,0.7", "--duration=5s,10s"]);
    assert!(lab.has("plots/f/end_queue_over_cells.png"), "a map would be of means over all draws");
}

#[test]
fn clock_rates_that_are_an_axis_are_one_column() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "lab.toml", "--engine=sim", "--clock-rates=1,2,3;3,2,1", "--name=s"]).code(0);
    let summary = lab.read("results/s/summary.csv");
    let header = summary.lines().next().unwrap();
    assert_eq!(header.split(',').filter(|name| *name == "clock_rates").count(), 1, "{header}");
    assert_eq!(lab.rows("results/s/summary.csv")[0]["clock_rates"], "1,2,3");
}

/// More runs than can be made at once, so that a stop always finds some in the making.
#[cfg(unix)]
const MANY: &str = "--replicates=100";

#[cfg(unix)]
#[test]
fn ctrl_c_on_sockets_loses_no_run_and_leaves_no_half_one() {
    use rustix::process::Signal;
    let lab = Lab::with_spec(LAB);
    let args = ["sweep", "lab.toml", "--name=s", MANY, "--duration=10s"];
    for (at, signal, code) in [(0, Signal::INT, 130), (1, Signal::TERM, 143)] {
        let resumed = [&args[..], &["--resume"]].concat();
        let sweep = lab.start(if at == 0 { &args } else { &resumed });
        wait_for_entries(&lab, "s", 1);
        wait_for("a run in the making", || {
            lab.has(&format!("results/s/journal/{}.partial", at + 1)).then_some(())
        });
        sweep.signal(signal);
        sweep.end().code(code).tells(&["--resume goes on", "runs are missing"]);
        assert!(!lab.names("results/s/journal").iter().any(|name| name.ends_with(".partial")));
    }
    lab.labctl(&[&args[..], &["--resume"]].concat()).code(0);
    assert_eq!(journalled(&lab, "s"), (0..100).collect::<Vec<_>>());
    let folders = lab.names("results/s/lab");
    assert!(folders.len() == 100 && folders.iter().all(|name| name.starts_with("c1_r")), "{folders:?}");
    assert_eq!(lab.rows("results/s/runs.csv").len(), 300);
}

#[cfg(unix)]
#[test]
fn a_killed_sweep_on_sockets_leaves_nothing_behind_once_resumed() {
    use rustix::process::Signal;
    let lab = Lab::with_spec(LAB);
    let args = ["sweep", "lab.toml", "--name=s", MANY, "--duration=10s"];
    let sweep = lab.start(&args);
    wait_for_entries(&lab, "s", 1);
    wait_for("a run in the making", || lab.has("results/s/journal/1.partial").then_some(()));
    sweep.signal(Signal::KILL);
    let _ = sweep.end();
    lab.labctl(&[&args[..], &["--resume"]].concat()).code(0);
    assert_eq!(lab.names("results/s/journal"), ["1.jsonl", "2.jsonl"]);
    assert_eq!(lab.names("results/s/lab").len(), 100);
    assert_eq!(journalled(&lab, "s"), (0..100).collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn one_sweep_is_made_by_one_process_at_a_time() {
    let lab = Lab::with_spec(LAB);
    let args = ["sweep", "lab.toml", "--name=s", "--duration=10h", "--speedup=1"];
    let first = lab.start(&args);
    wait_for("a run in the making", || lab.has("results/s/journal/1.partial").then_some(()));
    lab.labctl(&[&args[..], &["--resume"]].concat()).code(1).tells(&["in use by another labctl"]);
    first.signal(rustix::process::Signal::INT);
    first.end().code(130);
}

#[test]
fn failing_runs_are_listed_and_succeed_later() {
    let (spec, ports) = spec_on_ports("duration = \"2s\"\nspeedup = 40", &["4", "3"]);
    let lab = Lab::with_spec(&spec);
    let taken = std::net::TcpListener::bind(("127.0.0.1", ports[1])).unwrap();
    let args = ["sweep", "lab.toml", "--name=s", "--replicates=3"];
    let said =
        lab.labctl(&args).code(4).tells(&["3 runs failed: c1_r1 (lab) to c1_r3 (lab): ", "another port"]);
    assert_eq!(said.talk.matches("cannot listen").count(), 2, "{}", said.talk);
    let first = lab.labctl(&["sweep", "lab.toml", "--name=f", "--replicates=3", "--fail-fast"]).code(4);
    let first = first.tells(&["c1_r1", "2 runs are missing"]);
    assert!(!first.talk.contains("c1_r2 (lab) failed"), "{}", first.talk);
    drop(taken);
    lab.labctl(&[&args[..], &["--resume"]].concat()).code(0);
    assert_eq!(lab.rows("results/s/runs.csv").len(), 6);
    assert!(!lab.labctl(&["sweep", "collect", "results/s"]).code(0).talk.contains("failed"));
}

#[test]
fn machines_of_others_cannot_be_simulated() {
    let lab = Lab::with_spec(
        "name = \"lab\"\nduration = \"2s\"\nnetwork.open = true\n[[machine]]\nclock_rate = 4\n\
         [[machine]]\nclock_rate = 4\nforeign = true\naddress = \"127.0.0.1:29999\"\n",
    );
    lab.labctl(&["sweep", "lab.toml", "--engine", "sim"])
        .code(4)
        .tells(&["written by someone else", "real sockets"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_a_sweep_that_goes_on_when_there_is_room() {
    let lab = Lab::with_spec(LAB);
    let args = "sweep lab.toml --engine sim --replicates 60 --name";
    lab.shell(&format!("\"$LABCTL\" {args} whole")).code(0);
    let small = "ulimit -f 32; trap '' XFSZ; exec";
    let said = lab.shell(&format!("{small} \"$LABCTL\" {args} full")).code(1);
    let said = said.tells(&["cannot write", "File too large", "--resume"]);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    let done = entries(&lab, "full");
    assert!((1..60).contains(&done), "{done}");
    let said = lab.shell(&format!("\"$LABCTL\" {args} full --resume")).code(0);
    said.tells(&[&format!("done before: {done} runs")]);
    assert!(lab.read("results/full/runs.csv") == lab.read("results/whole/runs.csv"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let lab = Lab::with_spec(LAB);
    let line =
        format!("\"$LABCTL\" {} | true; \"$LABCTL\" {} --resume >&-; echo $?", SIM.join(" "), SIM.join(" "));
    let said = lab.shell(&line).code(0);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    assert_eq!(lab.rows("results/s/runs.csv").len(), 120);
}

/// More ticks than any host serves in that time.
#[test]
fn a_run_whose_clocks_did_not_keep_the_pace_is_made_again() {
    let lab = Lab::with_spec(
        "name = \"lab\"\nduration = \"100ms\"\nspeedup = 1000\n[[machine]]\nclock_rate = 20000\ncount = 2\n",
    );
    lab.labctl(&["sweep", "lab.toml", "--name=s"]).code(0).tells(&[
        "made again, as clocks had not kept the pace: 4 runs",
        "warning: c1_r1 (lab): machine 1 ran at",
    ]);
    assert!(lab.read("results/s/journal/1.jsonl").contains("\"attempts\":5"));
    assert_eq!(lab.names("results/s/lab"), ["c1_r1"]);
}
