//! What is refused, where, and with which words.

use super::*;

/// The good spec with `line` in the place of the line that sets the same key,
/// or after the root keys if none does.
fn with(line: &str) -> String {
    let key = line.split('=').next().unwrap_or_default();
    let mut lines: Vec<&str> = GOOD.lines().collect();
    match lines.iter().position(|old| old.starts_with(key)) {
        Some(at) => lines[at] = line,
        None => lines.insert(3, line),
    }
    lines.join("\n")
}

#[track_caller]
fn assert_refused(text: &str, place: (usize, usize), words: &[&str]) {
    let error = refusal(text, &[]);
    let shown = error.to_string();
    assert_eq!((error.line(), error.column()), (Some(place.0), Some(place.1)), "{shown}");
    assert!(shown.contains(&format!("x.toml:{}:{}", place.0, place.1)), "{shown}");
    for word in words {
        assert!(shown.contains(word), "`{word}` is not in\n{shown}");
    }
    schema::assert_marked(text, &shown);
}

#[test]
fn names_that_make_no_folder_are_refused() {
    for name in ["", ".hidden", "a/b", "a b", "é", &"x".repeat(101)] {
        assert_refused(&with(&format!("name = {name:?}")), (1, 8), &["`name`", "a folder's name"]);
    }
}

#[test]
fn impossible_root_values_are_refused_at_their_place() {
    for (line, place, words) in [
        ("duration = \"0s\"", (3, 12), ["`duration`", "above zero"]),
        ("duration = \"soon\"", (3, 12), ["`duration`", "\"60s\""]),
        ("duration = 60", (3, 12), ["the number 60", "\"60s\""]),
        ("duration = \"900000h\"", (3, 12), ["`duration`", "a hundred years"]),
        ("duration = \"1ms\"", (3, 12), ["`duration`", "last machine start"]),
        ("seed = -1", (4, 8), ["`seed`", "from 0"]),
        ("seed = 1.5", (4, 8), ["`seed`", "whole number"]),
        ("internal_prob = 1.01", (4, 17), ["`internal_prob`", "from 0 to 1"]),
        ("internal_prob = -0.1", (4, 17), ["`internal_prob`", "from 0 to 1"]),
        ("internal_prob = nan", (4, 17), ["`internal_prob`", "from 0 to 1"]),
        ("internal_prob = \"0.2\"", (4, 17), ["`internal_prob`", "the text \"0.2\""]),
        ("broadcast = \"all\"", (4, 13), ["\"one-event\"", "\"per-recipient\""]),
        ("start_stagger = \"60s\"", (4, 17), ["`start_stagger`", "last machine start"]),
        ("start_stagger = \"-1s\"", (4, 17), ["`start_stagger`", "a duration"]),
        ("speedup = 0", (4, 11), ["`speedup`", "above 0"]),
        ("speedup = inf", (4, 11), ["`speedup`", "above 0"]),
        ("\"$schema\" = 1", (4, 13), ["`$schema`", "the number 1"]),
        ("why = true", (2, 7), ["`why`", "a text"]),
        ("machine_count = 3", (4, 1), ["unknown key", "`machine`"]),
        ("durations = \"1s\"", (4, 1), ["unknown key `durations`", "did you mean `duration`?"]),
        ("colour = 1", (4, 1), ["unknown key `colour`", "`broadcast`, `duration`"]),
    ] {
        assert_refused(&with(line), place, &words);
    }
}

#[test]
fn impossible_machines_are_refused_at_their_place() {
    for (lines, place, words) in [
        ("clock_rate = 0", (12, 14), ["`machine.clock_rate`", "above 0"]),
        ("clock_rate = -3", (12, 14), ["`machine.clock_rate`", "above 0"]),
        ("clock_rate = inf", (12, 14), ["`machine.clock_rate`", "1e9"]),
        ("clock_rate = \"fast\"", (12, 14), ["the text \"fast\"", "random 1..6"]),
        ("clock_rate = \"random 0..6\"", (12, 14), ["`machine.clock_rate`", "begins at 1"]),
        ("clock_rate = \"random 6..1\"", (12, 14), ["`machine.clock_rate`", "does not end before"]),
        ("count = 2", (11, 1), ["`machine.clock_rate` is missing", "clock_rate = 4"]),
        ("clock_rate = 1\ncount = 0", (13, 9), ["`machine.count`", "from 1"]),
        ("clock_rate = 1\ncount = 9999", (11, 1), ["`machine`", "more than 10000"]),
        ("clock_rate = 1\naddress = \"localhost:0\"", (13, 11), ["`machine.address`", "1 to 65535"]),
        ("clock_rate = 1\naddress = \"example.org:80\"", (13, 11), ["`machine.address`", "IP address"]),
        ("clock_rate = 1\naddress = \"[::1]:1\"\ncount = 2", (14, 9), ["`machine.count`", "`address`"]),
        ("clock_rate = 1\nforeign = true", (13, 11), ["`machine.foreign`", "`address`"]),
        ("clock_rate = 1\nlog = \"x\"", (13, 7), ["`machine.log`", "`foreign = true`"]),
        ("clock_rate = 1\nforeign = 1", (13, 11), ["`machine.foreign`", "true or false"]),
        ("clock_rate = 1\nforeign = true\naddress = \"[::1]:1\"", (13, 11), ["`open = true`", "`[network]`"]),
        ("clock_rate = 1\nclock = 2", (13, 1), ["unknown key", "`machine.clock_rate`?"]),
    ] {
        assert_refused(&and(&format!("\n[[machine]]\n{lines}")), place, &words);
    }
}

#[test]
fn two_machines_cannot_share_an_address() {
    let twins = "[[machine]]\nclock_rate = 1\naddress = \"localhost:5001\"\n\
                 [[machine]]\nclock_rate = 1\naddress = \"127.0.0.1:5001\"";
    assert_refused(
        &and(twins),
        (15, 11),
        &["127.0.0.1:5001 is already that of machine 3", "port of its own"],
    );
}

#[test]
fn a_system_has_at_least_two_machines_and_one_to_run() {
    let one = "name = \"x\"\nduration = \"1s\"\n[[machine]]\nclock_rate = 1\n";
    assert_refused(one, (3, 1), &["make 1 machine", "at least 2"]);
    assert_refused("name = \"x\"\nduration = \"1s\"\n", (1, 1), &["`machine` is missing", "[[machine]]"]);
    assert_refused("name = \"x\"\nduration = \"1s\"\nmachine = 3\n", (3, 11), &["`machine`", "[[machine]]"]);
    let foreign = "[[machine]]\nclock_rate = 1\nforeign = true\naddress = \"[::1]:1\"\n";
    let all_foreign = format!(
        "name = \"x\"\nduration = \"1s\"\nnetwork.open = true\n{foreign}{}",
        foreign.replace(":1\"", ":2\"")
    );
    assert_refused(&all_foreign, (4, 1), &["all `foreign`"]);
}

#[test]
fn impossible_networks_are_refused_at_their_place() {
    for (line, place, words) in [
        ("delay = \"constant:61s\"", (11, 9), ["`network.delay`", "longer than the run"]),
        ("delay = \"uniform:1s..61s\"", (11, 9), ["`network.delay`", "longer than the run"]),
        ("delay = \"exponential:61s\"", (11, 9), ["`network.delay`", "longer than the run"]),
        ("delay = \"uniform:500ms..100ms\"", (11, 9), ["`network.delay`", "from 500ms down to 100ms"]),
        ("delay = \"100ms\"", (11, 9), ["`network.delay`", "`constant:100ms`"]),
        ("delay = 0.1", (11, 9), ["`network.delay`", "`constant:100ms`"]),
        ("where = \"receiver\"", (11, 9), ["\"link\"", "\"sender\""]),
        ("open = \"yes\"", (11, 8), ["`network.open`", "true or false"]),
        ("token = \"secret\"", (11, 9), ["`network.token` does not belong in a spec", "remove it"]),
        ("connect_timeout = \"0s\"", (11, 19), ["`network.connect_timeout`", "above zero"]),
        ("foreign_backlog = 0", (11, 19), ["`network.foreign_backlog`", "from 1 on"]),
        ("latency = 1", (11, 1), ["unknown key `network.latency`", "`delay`"]),
    ] {
        assert_refused(&and(&format!("[network]\n{line}")), place, &words);
    }
    assert_refused(&with("network = 3"), (4, 11), &["`network`", "a table"]);
}

#[test]
fn published_results_are_one_a_machine() {
    let table = |line: &str| and(&format!("[published]\n{line}"));
    assert_refused(&table("max_queue = [1]"), (11, 13), &["1 values for 2 machines"]);
    assert_refused(&table("max_queue = [1, -1]"), (11, 17), &["`published.max_queue`", "whole numbers"]);
    assert_refused(&table("max_queue = 1"), (11, 13), &["`published.max_queue`", "a list"]);
    assert_refused(&table("max_queue = [1, \"?\"]"), (11, 17), &["`published.max_queue`", "\"-\""]);
    assert_refused(
        &table("logs.max_queue = [1]"),
        (11, 18),
        &["`published.logs.max_queue`", "for 2 machines"],
    );
    assert_refused(&table("logs.max = [1]"), (11, 6), &["did you mean `published.logs.max_queue`?"]);
    assert!(parse("x.toml", &table("max_queue = []\nend_queue = [\"-\", 2]"), &[]).is_ok());
}

#[test]
fn what_is_missing_is_named_with_an_example() {
    assert_refused(&GOOD.replace("duration = \"60s\"", ""), (1, 1), &["`duration` is missing", "\"60s\""]);
    assert_refused(&GOOD.replace("name = \"good\"", ""), (2, 1), &["`name` is missing", "name ="]);
    assert_refused("", (1, 1), &["`name` is missing"]);
}

#[test]
fn what_is_no_toml_is_explained_at_its_place() {
    assert_refused(&with("duration = 60s"), (3, 12), &["`duration`", "duration = \"60s\""]);
    assert_refused(&with("duration = \"60s"), (3, 16), &["`duration`", "not valid TOML"]);
    assert_refused(&with("seed = 1\nseed = 2"), (5, 1), &["`seed`", "duplicate key"]);
    assert_refused(&and("[[machine]"), (10, 11), &["not valid TOML"]);
    assert_refused("\u{0}\u{1}\u{2}", (1, 4), &["not valid TOML"]);
}
