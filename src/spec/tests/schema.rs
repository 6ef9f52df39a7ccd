//! The schema and the reader, compared with each other.

use std::fs;

use serde_json::Value;

use super::validator::{as_json, takes};
use super::*;

/// Words of refusals that are about more than one value, or more than its form:
/// no schema can see what they are about.
const BEYOND_A_SCHEMA: [&str; 11] = [
    "last machine start",
    "longer than the run",
    "a hundred years",
    "write the shorter time first",
    "does not end before, such as \"random 1..6\", not the text \"random 6..1\"",
    "add up to more",
    "is already that of machine",
    "at least 2",
    "are all `foreign`",
    "for 2 machines",
    "lets such a machine in",
];

/// Whether an editor marks the text as wrong. What is no TOML it marks anyway.
fn marks(text: &str) -> bool {
    as_json(text).is_none_or(|spec| !takes(&schema(), &spec))
}

/// What the reader refuses with these words, the schema refuses too, or cannot.
#[track_caller]
pub fn assert_marked(text: &str, shown: &str) {
    let can_see = !BEYOND_A_SCHEMA.iter().any(|words| shown.contains(words));
    assert_eq!(marks(text), can_see, "{text}\n{shown}");
}

#[test]
fn every_key_is_explained() {
    fn walk(name: &str, schema: &Value) {
        let about = schema["description"].as_str().unwrap_or_default();
        assert!(about.len() > 10 && about.ends_with('.'), "{name}: {about}");
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            walk(&format!("{name}.{key}"), inner);
        }
    }
    walk("", &schema());
    walk("machine", &schema()["properties"]["machine"]["items"]);
}

#[test]
fn the_shipped_specs_are_not_marked() {
    let mut specs = 0;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/experiments")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = read(&path).unwrap();
            assert!(!marks(&text.text), "{}", path.display());
            assert!(
                !marks(&to_toml(&parse("x", &text.text, &[]).unwrap())),
                "{}, written out",
                path.display()
            );
            specs += 1;
        }
    }
    assert!(specs >= 10, "{specs} specs");
}

/// Values of every kind, as TOML.
fn values() -> Vec<String> {
    let numbers = "0 1 2 10000 10001 -1 1.5 0.0 -0.5 1e9 1e10 inf nan 0x10 18446744073709551615 true false";
    let texts = [
        "",
        "x",
        "-",
        "a b",
        ".hidden",
        "é",
        "none",
        "link",
        "sender",
        "one-event",
        "per-recipient",
        "0s",
        "0.0ms",
        "1s",
        "-1s",
        "+1s",
        " 1s ",
        "1 s",
        "1m 30s",
        "1m, 30s",
        "1m,30s",
        "00:01:00",
        "1h 00:01:00",
        "1.5s",
        "1,5s",
        "1h ago",
        "5 µs",
        "5 micros",
        "2 seconds",
        "3 mins",
        "1d",
        "2w",
        "1y",
        "60",
        "soon",
        "1s x",
        "constant:1s",
        "constant: 1s",
        "exponential:1s",
        "uniform:1s..2s",
        "uniform: 1s .. 2s ",
        "uniform:1s",
        "normal:1s",
        "random 1..6",
        " random  1 .. 6 ",
        "random 0..6",
        "random +1..6",
        "random 1",
        "127.0.0.1:5001",
        "localhost:05001",
        "localhost:+5001",
        "[::1]:5001",
        "[fe80::1%1]:80",
        "localhost:0",
        "example.org:80",
        "127.0.0.1",
        "::1:80",
        "internal_prob < 0.5",
        "0.1..0.9:0.1",
    ];
    let lists =
        ["[]", "[1]", "[0, 1]", "[\"-\", 2]", "[1, -1]", "[\"x\", 1]", "[1.5, 1]", "{}", "1979-05-27"];
    let texts = texts.map(|text| toml::Value::String(text.to_owned()).to_string());
    let long = format!("\"{}\"", "x".repeat(101));
    let bare = numbers.split(' ').chain(lists).map(str::to_owned);
    bare.chain(texts).chain([long]).collect()
}

/// A spec with this value at this key, and whatever else the key needs.
pub fn with_value(table: &str, key: &str, value: &str) -> String {
    let good = GOOD.lines().filter(|line| !table.is_empty() || !line.starts_with(&format!("{key} =")));
    let good: Vec<&str> = good.collect();
    match table {
        "" if key == "machine" => format!("{}\nmachine = {value}\n", good[..3].join("\n")),
        "" => format!("\"{key}\" = {value}\n{}\n", good.join("\n")),
        "machine" => format!(
            "network.open = true\n{GOOD}\n[[machine]]\n{}{}{key} = {value}\n",
            if key == "clock_rate" { "" } else { "clock_rate = 1\n" },
            match key {
                "foreign" => "address = \"[::1]:1\"\n",
                "log" => "address = \"[::1]:1\"\nforeign = true\n",
                _ => "",
            },
        ),
        "sweep" if key == "where" => format!("{GOOD}\n[sweep]\ngrid.internal_prob = [1]\nwhere = {value}\n"),
        "grid" | "zip" => format!("{GOOD}\n[sweep.{table}]\n{key} = {value}\n"),
        _ => format!("{GOOD}\n[{table}]\n{key} = {value}\n"),
    }
}

#[test]
fn whatever_the_reader_takes_is_not_marked() {
    let mut keys: Vec<(&str, String)> = leaves()
        .into_iter()
        .map(|(table, key, _)| (table, key))
        .filter(|(table, _)| *table != "zip")
        .collect();
    keys.push(("grid", "machine.1.clock_rate".to_owned()));
    let schema = schema();
    let (mut taken, mut both_refuse) = (0, 0);
    for (table, key) in keys {
        // A grid's values are looked at when it is run: until then it takes numbers that
        // JSON has not, and tables that say nothing.
        let is_sound = |value: &String| table != "grid" || !["inf", "nan", "{}"].contains(&value.as_str());
        for value in values().into_iter().filter(is_sound) {
            let text = with_value(table, &key, &value);
            let is_marked = !takes(&schema, &as_json(&text).unwrap_or_else(|| panic!("{text}")));
            match parse("x.toml", &text, &[]) {
                Ok(_) => {
                    assert!(!is_marked, "{text}");
                    taken += 1;
                }
                Err(_) => both_refuse += u32::from(is_marked),
            }
        }
    }
    assert!(taken > 300 && both_refuse > 1000, "{taken} taken, {both_refuse} refused by both");
}

#[test]
fn durations_are_marked_where_no_reader_would_take_them() {
    for value in ["60", "soon", "1d", "2w", "1y", "-1s", "1s x", "", "0s", "0.0ms"] {
        assert!(marks(&with_value("", "duration", &format!("{value:?}"))), "{value}");
    }
}

/// Every schema of one value, with the table and the key it belongs to.
pub fn leaves() -> Vec<(&'static str, String, Value)> {
    let schema = schema();
    let root = &schema["properties"];
    let tables = [
        ("", &schema),
        ("network", &root["network"]),
        ("published", &root["published"]),
        ("published.logs", &root["published"]["properties"]["logs"]),
        ("machine", &root["machine"]["items"]),
        ("sweep", &root["sweep"]),
        ("grid", &root["sweep"]["properties"]["grid"]),
        ("zip", &root["sweep"]["properties"]["zip"]),
    ];
    let leaves = tables.into_iter().flat_map(|(name, table)| {
        let keys = table["properties"].as_object().unwrap().iter();
        keys.map(move |(key, leaf)| (name, key.clone(), leaf.clone()))
    });
    leaves.collect()
}

#[test]
fn what_an_editor_offers_is_taken_by_both() {
    let mut offers = 0;
    for (table, key, leaf) in leaves() {
        let offered =
            ["examples", "enum"].into_iter().filter_map(|keyword| leaf[keyword].as_array()).flatten();
        for offer in offered.chain(leaf.get("default")) {
            // JSON's texts, numbers, flags and lists of them are TOML's.
            let mut text = with_value(table, &key, &offer.to_string());
            if key == "where" && table == "sweep" {
                text = text.replace(
                    "grid.internal_prob = [1]",
                    "grid.internal_prob = [1]\ngrid.duration = [\"60s\"]",
                );
            }
            let read = parse("x.toml", &text, &[]);
            assert!(read.is_ok(), "{text}\n{}", read.unwrap_err());
            assert!(!marks(&text), "{text}");
            offers += 1;
        }
    }
    assert!(offers > 20, "{offers} offers");
}

#[test]
fn the_defaults_are_those_of_the_reader() {
    let mut defaults = 0;
    for (table, key, leaf) in leaves() {
        let Some(default) = leaf.get("default") else { continue };
        let given = with_value(table, &key, &default.to_string());
        let line = format!("{key} = {default}");
        let left_out: String = given
            .lines()
            .filter(|given| given.replace('"', "") != line.replace('"', ""))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_ne!(given, left_out);
        assert_eq!(parse("x.toml", &given, &[]), parse("x.toml", &left_out, &[]), "{table}.{key}");
        defaults += 1;
    }
    assert!(defaults >= 10, "{defaults} defaults");
}
