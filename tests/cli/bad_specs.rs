//! Specs that cannot be used: reported where and why, before anything is written.

use std::net::TcpListener;

use crate::support::{LAB, Lab};

#[track_caller]
fn assert_refused(lab: &Lab, args: &[&str], words: &[&str]) {
    let said = lab.labctl(args).code(2).tells(words);
    assert_eq!(said.out, "");
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    assert!(!lab.has("results") && !lab.has("plots"), "something was written");
}

#[test]
fn what_is_no_spec_file_is_refused() {
    let lab = Lab::new();
    lab.write("folder/in.toml", LAB);
    lab.write("empty.toml", "");
    lab.write("latin.toml", b"name = \"caf\xe9\"");
    lab.write("noise.toml", vec![0xa5; 10 << 20]);
    for (path, why) in [
        ("folder", "this is a folder"),
        ("missing.toml", "there is no such file"),
        ("empty.toml", "the file is empty"),
        ("latin.toml", "not UTF-8"),
        ("noise.toml", "larger than 1 MiB"),
    ] {
        assert_refused(&lab, &["run", path], &[path, why]);
        assert_refused(&lab, &["machine", path, "1"], &[path, why]);
    }
}

#[test]
fn a_mistyped_spec_is_answered_with_the_one_that_was_meant() {
    let lab = Lab::new();
    lab.write("experiments/exp4.toml", LAB);
    lab.write("mine.toml", LAB);
    for (typed, meant) in [
        ("exp44", "experiments/exp4.toml"),
        ("experiment/exp4.toml", "experiments/exp4.toml"),
        ("mine", "mine.toml"),
        ("mien.toml", "mine.toml"),
    ] {
        let meant = format!("did you mean `{meant}`?");
        assert_refused(&lab, &["run", typed], &["there is no such file", &meant]);
        assert_refused(&lab, &["predict", typed], &[&meant]);
    }
}

#[test]
fn a_bad_spec_after_a_good_one_keeps_both_from_running() {
    let lab = Lab::with_spec(LAB);
    lab.write("bad.toml", LAB.replace("seed", "sed"));
    assert_refused(&lab, &["run", "lab.toml", "bad.toml"], &["bad.toml:4:1", "did you mean `seed`?"]);
}

#[test]
fn what_is_no_toml_is_refused_at_its_place() {
    for (old, new, place) in [
        ("seed = 7", "seed = ", "lab.toml:4:"),
        ("\"20s\"", "20s", "lab.toml:2:12"),
        ("seed = 7", "seed = 7\nseed = 8", "lab.toml:5:1"),
        ("[[machine]]", "[[machine]", "lab.toml:5:"),
    ] {
        let lab = Lab::with_spec(&LAB.replacen(old, new, 1));
        assert_refused(&lab, &["run", "lab.toml"], &[place]);
    }
}

#[test]
fn impossible_values_are_refused_with_their_key_and_place() {
    for (old, new, place, key) in [
        ("\"lab\"", "\"../lab\"", "1:8", "`name`"),
        ("\"lab\"", "\"\"", "1:8", "`name`"),
        ("\"lab\"", "3", "1:8", "`name`"),
        ("\"20s\"", "\"0s\"", "2:12", "`duration`"),
        ("\"20s\"", "\"-1s\"", "2:12", "`duration`"),
        ("\"20s\"", "20", "2:12", "`duration`"),
        ("speedup = 40", "speedup = 0", "3:11", "`speedup`"),
        ("speedup = 40", "speedup = nan", "3:11", "`speedup`"),
        ("speedup = 40", "speedup = \"fast\"", "3:11", "`speedup`"),
        ("seed = 7", "seed = -7", "4:8", "`seed`"),
        ("seed = 7", "seed = 0.7", "4:8", "`seed`"),
        ("seed = 7", "internal_prob = 1.5", "4:17", "`internal_prob`"),
        ("seed = 7", "internal_prob = -0.5", "4:17", "`internal_prob`"),
        ("seed = 7", "internal_prob = inf", "4:17", "`internal_prob`"),
        ("seed = 7", "broadcast = \"never\"", "4:13", "`broadcast`"),
        ("seed = 7", "start_stagger = \"1h\"", "4:17", "`start_stagger`"),
        ("seed = 7", "network.delay = \"constant:-1s\"", "4:17", "`network.delay`"),
        ("seed = 7", "network.delay = \"constant:1h\"", "4:17", "`network.delay`"),
        ("seed = 7", "network.delay = \"uniform:2s..1s\"", "4:17", "`network.delay`"),
        ("seed = 7", "network.where = \"moon\"", "4:17", "`network.where`"),
        ("seed = 7", "network.open = 1", "4:16", "`network.open`"),
        ("seed = 7", "network.token = \"secret\"", "4:17", "machines started by hand share one in a file"),
        ("seed = 7", "network.connect_timeout = \"0s\"", "4:27", "`network.connect_timeout`"),
        ("seed = 7", "network.lag = 1", "4:9", "`network.lag`"),
        ("seed = 7", "speed_up = 2", "4:1", "did you mean `speedup`?"),
        ("clock_rate = 4", "clock_rate = 0", "6:14", "`machine.clock_rate`"),
        ("clock_rate = 4", "clock_rate = -4", "6:14", "`machine.clock_rate`"),
        ("clock_rate = 4", "clock_rate = 2e9", "6:14", "`machine.clock_rate`"),
        ("clock_rate = 4", "clock_rate = \"random 6..1\"", "6:14", "`machine.clock_rate`"),
        ("clock_rate = 4", "clock_rat = 4", "6:1", "did you mean `machine.clock_rate`?"),
        ("clock_rate = 4", "clock_rate = 4\ncount = 0", "7:9", "`machine.count`"),
        ("clock_rate = 4", "clock_rate = 4\naddress = \"nowhere\"", "7:11", "`machine.address`"),
        ("clock_rate = 4", "clock_rate = 4\naddress = \"127.0.0.1:70000\"", "7:11", "`machine.address`"),
        ("clock_rate = 4", "clock_rate = 4\nforeign = true", "7:11", "`machine.foreign`"),
    ] {
        let lab = Lab::with_spec(&LAB.replacen(old, new, 1));
        assert_refused(&lab, &["run", "lab.toml"], &[&format!("lab.toml:{place}"), key]);
    }
}

#[test]
fn an_impossible_flag_is_refused_as_it_was_typed() {
    let lab = Lab::with_spec(LAB);
    for (flags, words) in [
        (["--internal-prob", "2"], ["--internal-prob 2", "from 0 to 1"]),
        (["--clock-rates", "1,zwei,3"], ["--clock-rates 1,zwei,3", "clock_rate"]),
        (["--duration", "never"], ["--duration never", "60s"]),
        (["--seed", "x"], ["--seed x", "whole number"]),
        (["--delay", "slow"], ["--delay slow", "constant:100ms"]),
        (["--speedup", "0"], ["--speedup 0", "above 0"]),
        (["--set", "network.wher=link"], ["--set network.wher=link", "did you mean `network.where`?"]),
        (["--set", "machine.9.clock_rate=1"], ["--set machine.9.clock_rate=1", "machine"]),
        (["--set", "nonsense"], ["KEY=VALUE", "--set"]),
        (["--name", "../escape"], ["--name", "letters"]),
        (["--name", "latest"], ["--name", "a meaning of their own"]),
        (["--name", "x.partial"], ["--name", "a meaning of their own"]),
    ] {
        assert_refused(&lab, &["run", "lab.toml", flags[0], flags[1]], &words);
    }
}

#[test]
fn a_taken_port_is_named() {
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = squatter.local_addr().unwrap();
    let lab =
        Lab::with_spec(&LAB.replacen("[[machine]]", &format!("[[machine]]\naddress = \"{address}\""), 1));
    for isolation in ["tasks", "process"] {
        lab.labctl(&["run", "lab.toml", "--isolation", isolation]).code(1).tells(&[
            "machine 1",
            &format!("cannot listen on {address}"),
            "choose another port",
        ]);
        assert!(lab.names("results/lab").is_empty(), "{isolation}: {:?}", lab.names("results/lab"));
    }
}
