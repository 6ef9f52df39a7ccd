//! A draft for logs of which each line is a JSON object.

use std::collections::BTreeMap;

use serde_json::Value;

use super::guess;
use super::toml_text::quoted;
use super::{Draft, DraftPattern};
use crate::dialect::Field;
use crate::dialect::pattern::Role;
use crate::dialect::timestamp::{TimeFormat, Unit};
use crate::model::event::Kind;

/// A draft, if the lines are JSON. `is_alone`: all are of one file.
pub fn draft(lines: &[&str], is_alone: bool) -> Option<Draft> {
    let objects: Vec<Value> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).filter(Value::is_object).collect();
    if objects.is_empty() || objects.len() * 10 < lines.len() * 8 {
        return None;
    }
    let keys =
        |object: &Value| object.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    let kind_key = kind_key(&objects)?;
    let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for object in &objects {
        // An object without the key fits no `where` that names it.
        if let Some(word) = object.get(&kind_key).and_then(value_text) {
            groups.entry(word).or_default().push(object);
        }
    }
    let machine = if is_alone { machine_key(&objects) } else { None };
    let (machine_key, first_machine) = machine.unzip();
    let mut draft =
        Draft { first_machine, lines: Some("{ format = \"json\" }".to_owned()), ..Draft::default() };
    for (word, group) in groups {
        let keys: Vec<String> = keys(group[0]);
        let role = guess::role(&word).unwrap_or(Role::Header);
        let role = if role == Role::SendToAll { Role::Event(Kind::Send) } else { role };
        let mut fields = fields(&keys, role);
        let of_machine = machine_key.iter().filter(|key| keys.contains(key));
        fields.extend(of_machine.map(|key| (Field::Machine, key.clone())));
        if draft.time.is_none()
            && let Some((_, key)) = fields.iter().find(|(field, _)| *field == Field::Time)
        {
            draft.time = group[0].get(key).and_then(value_text).map(|text| time_format(&text));
        }
        let is_whole = |wanted| fields.iter().any(|(field, _)| *field == wanted);
        let role = match role {
            Role::Header if is_whole(Field::ClockRate) => Role::Header,
            Role::Header => Role::Ignored,
            role if is_whole(Field::Time) && is_whole(Field::Clock) => role,
            _ => Role::Ignored,
        };
        let places: Vec<String> =
            fields.iter().map(|(field, key)| format!("{} = {}", field.name(), quoted(key))).collect();
        let shown = if role == Role::Ignored {
            String::new()
        } else {
            format!("\nfields = {{ {} }}", places.join(", "))
        };
        let body = format!("where = {{ {} = {} }}{shown}", quoted(&kind_key), quoted(&word));
        draft.patterns.push(DraftPattern {
            role,
            remark: "guessed by the names of the keys".to_owned(),
            body,
            count: group.len(),
        });
    }
    draft.has_events().then_some(draft)
}

/// A value as a text; `None` of `null`.
fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The key that tells in every object whose it is, and the least machine.
fn machine_key(objects: &[Value]) -> Option<(String, u64)> {
    let keys = objects.first()?.as_object()?.keys();
    keys.filter(|key| guess::is_machine(key)).find_map(|key| {
        let values: Vec<String> =
            objects.iter().map(|object| object.get(key).and_then(value_text)).collect::<Option<_>>()?;
        Some((key.clone(), guess::first_of_several(values.iter().map(String::as_str))?))
    })
}

/// The key with texts of which most tell a kind.
fn kind_key(objects: &[Value]) -> Option<String> {
    let mut telling: BTreeMap<&String, usize> = BTreeMap::new();
    for (key, value) in objects.iter().filter_map(Value::as_object).flatten() {
        if value.as_str().is_some_and(|text| guess::role(text).is_some()) {
            *telling.entry(key).or_default() += 1;
        }
    }
    telling.into_iter().max_by_key(|(_, count)| *count).map(|(key, _)| key.clone())
}

fn fields(keys: &[String], role: Role) -> Vec<(Field, String)> {
    let mut found: Vec<(Field, String)> = Vec::new();
    for key in keys {
        let lower = key.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let field = if has(&["rate", "speed"]) {
            Some(Field::ClockRate)
        } else if has(&["time", "stamp"]) && !has(&["logical"]) || lower == "ts" {
            Some(Field::Time)
        } else if has(&["recipient", "dest", "dst", "target"]) || lower == "to" {
            Some(Field::To)
        } else if lower == "from" || lower == "sender" || lower == "src" {
            (role == Role::Event(Kind::Receive)).then_some(Field::From)
        } else {
            guess::field(key, role)
        };
        if let Some(field) = field
            && found.iter().all(|(known, _)| *known != field)
        {
            found.push((field, key.clone()));
        }
    }
    found
}

fn time_format(text: &str) -> TimeFormat {
    guess::epoch(text).unwrap_or(if text.contains(':') {
        if text.contains('-') || text.contains('/') { TimeFormat::DateTime } else { TimeFormat::TimeOfDay }
    } else {
        TimeFormat::Elapsed(Unit::Seconds)
    })
}
