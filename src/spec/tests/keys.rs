//! Each key of the table, in all places where keys are used.

use std::fs;

use serde_json::Value;

use super::schema::{leaves, with_value};
use super::*;

/// Its name from the root on, as overrides and refusals have it; of machine 3, which
/// [`with_value`] adds.
fn path(table: &str, key: &str) -> String {
    match table {
        "" => key.to_owned(),
        "machine" => format!("machine.3.{key}"),
        "grid" | "zip" => format!("sweep.{table}.{key}"),
        table => format!("{table}.{key}"),
    }
}

/// A value that the key may hold and that is not its default, in JSON and TOML.
fn other_value(leaf: &Value) -> Value {
    if leaf["type"] == "boolean" {
        return Value::from(!leaf["default"].as_bool().unwrap());
    }
    if leaf["type"] == "array" {
        return serde_json::json!(["-", 2]);
    }
    let offered = ["examples", "enum"].into_iter().filter_map(|keyword| leaf[keyword].as_array()).flatten();
    let other = offered.into_iter().find(|&offer| Some(offer) != leaf.get("default")).cloned();
    other.unwrap_or_else(|| if leaf["type"] == "integer" { Value::from(5) } else { Value::from("x") })
}

#[test]
fn every_key_is_read_written_overridden_and_refused_by_its_name() {
    let mut keys = 0;
    for (table, key, leaf) in leaves() {
        let is_table = leaf["type"] == "object" || key == "machine";
        if is_table || ["grid", "zip"].contains(&table) {
            continue;
        }
        let path = path(table, &key);
        let value = other_value(&leaf).to_string();
        let mut text = with_value(table, &key, &value);
        if table == "sweep" {
            text = text.replace("[sweep]", "[sweep]\ngrid.duration = [\"60s\"]");
        }
        let read = parse("x.toml", &text, &[]).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let is_of_sweep = table == "sweep" || key == REPLICATES;
        if !is_of_sweep && key != "$schema" {
            let written = to_toml(&read);
            let line = |line: &str| line.replace('"', "").starts_with(&format!("{key} = "));
            assert!(written.lines().any(line), "{path} is not in\n{written}");
            assert_eq!(parse("again", &written, &[]).as_ref(), Ok(&read));
        }
        let without: Vec<&str> =
            text.lines().filter(|line| !line.contains(&format!("{key} = {value}"))).collect();
        let set = |value: &str| {
            let value = Override::new(format!("--set {path}={value}"), &path, value);
            parse("x.toml", &without.join("\n"), &[value])
        };
        // Published results do not outlive other settings, and overrides are some.
        let expected = Spec { published: None, ..read };
        assert_eq!(set(&value).map(|spec| Spec { published: None, ..spec }), Ok(expected), "{path}");
        let error = set("1979-05-27").unwrap_err();
        assert!(
            error.message().contains(&format!("`{}`", path.replace("machine.3.", "machine."))),
            "{error}"
        );
        assert!(Axis::holds_lists(&path) || leaf["type"] != "array", "{path}");
        keys += 1;
    }
    assert!(keys >= 28, "{keys} keys");
}

/// A row a key: its name, its default and what it is.
fn table_of_keys() -> String {
    let mut rows = "| key | default | what it is |\n|---|---|---|\n".to_owned();
    for (table, key, leaf) in leaves() {
        if ["grid", "zip"].contains(&table) {
            continue;
        }
        let name = path(table, &key).replace("machine.3.", "machine.N.");
        let default = leaf.get("default").map_or(String::new(), |default| format!("`{default}`"));
        let about = leaf["description"].as_str().unwrap();
        rows.push_str(&format!("| `{name}` | {default} | {about} |\n"));
    }
    rows
}

#[test]
fn the_docs_have_every_key() {
    const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/spec.md");
    let docs = fs::read_to_string(DOCS).unwrap();
    let (before, rest) = docs.split_once("| key |").unwrap();
    let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
    let expected = format!("{before}{}\n{after}", table_of_keys());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(DOCS, &expected).unwrap();
    }
    assert_eq!(docs, expected, "UPDATE_DOCS=1 writes the table of keys again");
}
