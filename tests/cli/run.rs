//! `labctl run`, when all goes well, and what a run leaves.

use std::fs;

use sha2::{Digest, Sha256};

use crate::support::{LAB, Lab, spec_on_ports};

const LOGS: [&str; 3] = ["log_1.txt", "log_2.txt", "log_3.txt"];

#[test]
fn a_run_leaves_every_file_it_promises() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "first"]).code(0);
    assert_eq!(
        lab.names("results/lab/first"),
        ["events.csv", LOGS[0], LOGS[1], LOGS[2], "manifest.json", "metrics.csv", "spec.toml"]
    );
    assert_eq!(fs::read_link(lab.path("results/lab/latest")).unwrap().to_str(), Some("first"));
    let charts = lab.names("plots/lab/first");
    assert_eq!(charts.len(), 11, "{charts:?}");
    for chart in charts {
        let bytes = fs::read(lab.path(&format!("plots/lab/first/{chart}"))).unwrap();
        assert!(chart.ends_with(".png") && bytes.starts_with(b"\x89PNG"), "{chart}");
    }
}

#[test]
fn the_manifest_says_what_ran_and_its_checksums_hold() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "first"]).code(0);
    let manifest = lab.json("results/lab/first/manifest.json");
    for (key, value) in
        [("status", "completed"), ("experiment", "lab"), ("run", "first"), ("isolation", "tasks")]
    {
        assert_eq!(manifest[key], value, "{key}");
    }
    assert_eq!(manifest["seed"], 7);
    let sums = manifest["sha256"].as_object().unwrap();
    let files = lab.names("results/lab/first");
    assert_eq!(sums.keys().collect::<Vec<_>>(), files.iter().collect::<Vec<_>>());
    for (name, sum) in sums {
        let mut bytes = fs::read(lab.path(&format!("results/lab/first/{name}"))).unwrap();
        if name == "manifest.json" {
            let text = String::from_utf8(bytes).unwrap();
            bytes = text.replace(sum.as_str().unwrap(), &"0".repeat(64)).into_bytes();
        }
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, &digest, "{name}");
    }
}

#[test]
fn the_table_is_data_and_everything_else_is_talk() {
    let lab = Lab::with_spec(LAB);
    let said =
        lab.labctl(&["run", "lab.toml"]).code(0).tells(&["3 machines at 4, 1, 6", "results: ", "charts: "]);
    assert!(said.out.starts_with("lab, completed\n"), "{}", said.out);
    assert!(said.out.contains("all accounted for"), "{}", said.out);
    assert!(!said.out.contains("results: "), "{}", said.out);
    assert!(!said.talk.contains("machine   rate"), "{}", said.talk);
    assert!(!said.out.contains('\u{1b}') && !said.talk.contains('\u{1b}'), "colour in a pipe");
}

#[test]
fn flags_go_before_the_spec_and_are_recorded() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&[
        "run",
        "lab.toml",
        "--clock-rates=2,3,5",
        "--duration=10s",
        "--internal-prob=0.5",
        "--seed=11",
        "--delay=uniform:10ms..20ms",
        "--set=network.where=sender",
        "--set=machine.2.clock_rate=2.5",
    ])
    .code(0);
    let stored: toml::Table = lab.read("results/lab/latest/spec.toml").parse().unwrap();
    assert_eq!(stored["duration"].as_str(), Some("10s"));
    assert_eq!(stored["internal_prob"].as_float(), Some(0.5));
    assert_eq!(stored["seed"].as_integer(), Some(11));
    assert_eq!(stored["network"]["delay"].as_str(), Some("uniform:10ms..20ms"));
    assert_eq!(stored["network"]["where"].as_str(), Some("sender"));
    let rates: Vec<_> = stored["machine"]
        .as_array()
        .unwrap()
        .iter()
        .map(|machine| machine["clock_rate"].as_float())
        .collect();
    assert_eq!(rates, [Some(2.0), Some(2.5), Some(5.0)]);
    assert!(lab.read("results/lab/latest/log_2.txt").contains("Clock rate: 2.5 ticks per second"));
}

#[test]
fn a_stored_spec_can_be_run_again_and_latest_is_the_newest_run() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "first", "--seed", "3"]).code(0);
    lab.labctl(&["run", "results/lab/first/spec.toml", "--name", "second"]).code(0);
    assert_eq!(lab.read("results/lab/first/spec.toml"), lab.read("results/lab/second/spec.toml"));
    assert_eq!(fs::read_link(lab.path("results/lab/latest")).unwrap().to_str(), Some("second"));
}

#[test]
fn a_run_is_never_overwritten() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--name", "once"]).code(0);
    let before = lab.read("results/lab/once/manifest.json");
    lab.labctl(&["run", "lab.toml", "--name", "once", "--seed", "8"])
        .code(1)
        .tells(&["results/lab/once exists already", "--name"]);
    assert_eq!(lab.read("results/lab/once/manifest.json"), before);
    assert_eq!(lab.names("results/lab"), ["latest", "once"]);
}

#[test]
fn runs_of_the_same_second_get_names_of_their_own() {
    let lab = Lab::with_spec(LAB);
    for _ in 0..2 {
        lab.labctl(&["run", "lab.toml", "--duration", "1s"]).code(0);
    }
    assert_eq!(lab.names("results/lab").len(), 3, "two runs and `latest`");
}

#[test]
fn a_second_run_on_the_same_ports_starts_at_once() {
    let (spec, _) = spec_on_ports("duration = \"2s\"\nspeedup = 20", &["4", "5", "6"]);
    let lab = Lab::with_spec(&spec);
    lab.labctl(&["run", "lab.toml", "--name", "first"]).code(0);
    lab.labctl(&["run", "lab.toml", "--name", "second"]).code(0);
}

#[test]
fn random_rates_are_drawn_by_the_seed_and_recorded() {
    let lab = Lab::with_spec(
        "name = \"lab\"\nduration = \"4s\"\nspeedup = 20\n[[machine]]\nclock_rate = \"random 1..6\"\ncount = 3\n",
    );
    let rates = |name: &str, seed: &str| {
        lab.labctl(&["run", "lab.toml", "--name", name, "--seed", seed]).code(0);
        let manifest = lab.json(&format!("results/lab/{name}/manifest.json"));
        let rates: Vec<f64> =
            manifest["clock_rates"].as_array().unwrap().iter().map(|rate| rate.as_f64().unwrap()).collect();
        for (log, rate) in LOGS.iter().zip(&rates) {
            let header = format!("Clock rate: {rate} ticks per second");
            assert!(lab.read(&format!("results/lab/{name}/{log}")).contains(&header), "{log}: {header}");
        }
        rates
    };
    let first = rates("first", "5");
    assert!(first.iter().all(|rate| (1.0..=6.0).contains(rate) && rate.fract() == 0.0), "{first:?}");
    assert_eq!(rates("again", "5"), first);
    let others: Vec<_> = (6..9).map(|seed| rates(&format!("other-{seed}"), &seed.to_string())).collect();
    assert!(others.iter().any(|other| *other != first), "the seed draws nothing: {others:?}");
}

#[test]
fn a_delay_on_the_link_holds_messages_up() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--delay", "constant:5s", "--internal-prob", "0.2"]).code(0);
    let events = lab.rows("results/lab/latest/events.csv");
    let received: Vec<i64> = events
        .iter()
        .filter(|event| event["event"] == "RECEIVE")
        .map(|event| event["time_us"].parse().unwrap())
        .collect();
    assert!(!received.is_empty());
    assert!(received.iter().all(|time_us| *time_us >= 5_000_000), "{received:?}");
}

#[test]
fn several_specs_run_one_after_the_other() {
    let lab = Lab::with_spec(LAB);
    lab.write("other.toml", LAB.replace("\"lab\"", "\"other\""));
    let said = lab.labctl(&["run", "lab.toml", "other.toml", "--duration", "2s"]).code(0);
    assert!(said.out.find("lab, completed") < said.out.find("other, completed"), "{}", said.out);
    assert!(lab.has("results/lab/latest/log_1.txt") && lab.has("results/other/latest/log_1.txt"));
}
