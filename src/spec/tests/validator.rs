//! The keywords of JSON Schema (draft 7) that the schema of specs uses, and what
//! they demand; any other keyword fails the test that meets it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// A spec's text as the JSON that a validator sees; `None` if it is no TOML.
pub fn as_json(text: &str) -> Option<Value> {
    Some(table(DeTable::parse(text).ok()?.get_ref()))
}

fn table(table: &DeTable<'_>) -> Value {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
        .collect::<Map<_, _>>()
        .into()
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(integer) => {
            let whole = i128::from_str_radix(integer.as_str(), integer.radix()).unwrap();
            Number::from_i128(whole).map_or((whole as f64).into(), Value::Number)
        }
        // JSON knows neither infinities nor NaN.
        DeValue::Float(float) => float.as_str().parse::<f64>().unwrap().into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(inner) => table(inner),
    }
}

/// Whether the schema takes the value.
pub fn takes(schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, demand)| match keyword.as_str() {
        "$schema" | "title" | "description" | "default" | "examples" | "then" => true,
        "type" => is_of_type(demand, value),
        "const" => demand == value,
        "enum" => demand.as_array().unwrap().contains(value),
        "anyOf" => demand.as_array().unwrap().iter().any(|any| takes(any, value)),
        "allOf" => demand.as_array().unwrap().iter().all(|all| takes(all, value)),
        "if" => !takes(demand, value) || takes(&schema["then"], value),
        "pattern" => value.as_str().is_none_or(|text| fits(demand.as_str().unwrap(), text)),
        "maxLength" => {
            value.as_str().is_none_or(|text| text.chars().count() <= demand.as_u64().unwrap() as usize)
        }
        "minimum" => value.as_f64().is_none_or(|number| number >= demand.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= demand.as_f64().unwrap()),
        "exclusiveMinimum" => value.as_f64().is_none_or(|number| number > demand.as_f64().unwrap()),
        "minItems" => value.as_array().is_none_or(|items| items.len() >= demand.as_u64().unwrap() as usize),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| takes(demand, item))),
        "required" => value.as_object().is_none_or(|table| {
            demand.as_array().unwrap().iter().all(|key| table.contains_key(key.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|table| {
            demand
                .as_object()
                .unwrap()
                .iter()
                .all(|(key, inner)| table.get(key).is_none_or(|value| takes(inner, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|table| {
            let mut others = table.iter().filter(|(key, _)| schema["properties"].get(key).is_none());
            others.all(|(_, value)| demand.as_bool().unwrap_or_else(|| takes(demand, value)))
        }),
        unknown => panic!("no validator for `{unknown}`"),
    })
}

/// Patterns are few and met often.
fn fits(pattern: &str, text: &str) -> bool {
    thread_local!(static MET: RefCell<BTreeMap<String, Regex>> = const { RefCell::new(BTreeMap::new()) });
    MET.with_borrow_mut(|met| {
        met.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    })
}

fn is_of_type(demand: &Value, value: &Value) -> bool {
    if let Value::Array(any) = demand {
        return any.iter().any(|one| is_of_type(one, value));
    }
    match demand.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        unknown => panic!("no type `{unknown}`"),
    }
}
