//! A spec to go on writing: its TOML, with what each key means above its first use.
//! Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{MachineSpec, Network, Spec, schema, to_toml};
use crate::text::wrap;

/// Keys that a beginner does without, where they are as they are by default.
const LEFT_OUT: [&str; 4] = ["start_stagger", "foreign", "open", "connect_timeout"];
/// Columns of a comment with its mark.
const WIDTH: usize = 100;

/// The spec as TOML with comments; [`super::parse`] gives it back.
pub fn commented(spec: &Spec) -> String {
    let (schema, plain) = (schema(), to_toml(&plain(spec)));
    let is_left_out =
        |key: &str, line: &str| LEFT_OUT.contains(&key) && plain.lines().any(|plain| plain == line);
    let (mut text, mut table, mut explained) = (String::new(), String::new(), BTreeSet::new());
    for line in to_toml(spec).lines() {
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']).to_owned();
            if explained.insert(table.clone()) {
                text += &comment(about(&schema, "", &table));
            }
        } else if let Some((key, _)) = line.split_once(" = ") {
            if is_left_out(key, line) {
                continue;
            }
            if explained.insert(format!("{table}.{key}")) {
                text += &comment(about(&schema, &table, key));
            }
        }
        text += line;
        text.push('\n');
    }
    text
}

/// The spec with what it is by default in [`LEFT_OUT`].
fn plain(spec: &Spec) -> Spec {
    let machine = |machine: &MachineSpec| MachineSpec { foreign: false, log: None, ..machine.clone() };
    Spec {
        start_stagger: Spec::default_stagger(spec.machines.len()),
        network: Network { delay: spec.network.delay, ..Network::default() },
        machines: spec.machines.iter().map(machine).collect(),
        ..spec.clone()
    }
}

/// What a key of a table means; the root is the table without a name.
fn about<'a>(schema: &'a Value, table: &str, key: &str) -> Option<&'a str> {
    let place = if table.is_empty() { schema } else { &schema["properties"][table] };
    let keys = [&place["properties"], &place["items"]["properties"]];
    keys.into_iter().find_map(|keys| keys[key]["description"].as_str())
}

fn comment(about: Option<&str>) -> String {
    let Some(about) = about else { return String::new() };
    wrap::cell(about, WIDTH - 2).lines().map(|line| format!("# {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    #[test]
    fn every_key_is_explained_once_and_the_spec_is_the_same() {
        let text = "name = \"x\"\nduration = \"60s\"\n[network]\ndelay = \"constant:10ms\"\n\
                    [[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = \"random 1..6\"\n";
        let spec = parse("x.toml", text, &[]).unwrap();
        let written = commented(&spec);
        assert_eq!(parse("x.toml", &written, &[]).unwrap(), spec);
        let lines: Vec<&str> = written.lines().collect();
        let above = |start: &str| {
            let at = lines.iter().position(|line| line.starts_with(start)).unwrap();
            lines[at - 1]
        };
        for key in
            ["name", "duration", "seed", "internal_prob", "[network]", "delay", "[[machine]]", "clock_rate"]
        {
            assert!(above(key).starts_with("# "), "{key} is not explained\n{written}");
        }
        assert_eq!(written.matches("# Ticks a second").count(), 1, "{written}");
        assert!(LEFT_OUT.iter().all(|key| !written.contains(key)), "{written}");
        let other = parse(
            "x.toml",
            &text.replace("[network]", "start_stagger = \"9ms\"\n[network]\nopen = true"),
            &[],
        )
        .unwrap();
        assert_eq!(parse("x.toml", &commented(&other), &[]).unwrap(), other);
    }
}
