//! The kinds of values of a sweep's keys: axes, and a condition on them. What an
//! axis may hold, the spec itself decides.

use serde_json::{Value, json};
use toml::de::DeValue;

use crate::spec::condition::{Condition, MAX_BYTES};
use crate::spec::error::SpecError;
use crate::spec::fields::Field;
use crate::spec::key::{Kind, Write};
use crate::spec::source::Override;
use crate::spec::sweep::{Axis, written};
use crate::spec::values;

/// Keys with their values, each an axis of its own.
pub(super) const GRID: Kind<Vec<Axis>> = Kind { read: columns, write: Write::Never, schema: axes };

/// Keys that step together, which make one axis.
pub(super) const ZIP: Kind<Option<Axis>> =
    Kind { read: |field| zipped(field, columns(field)?), write: Write::Never, schema: axes };

/// A condition on the axes.
pub(super) const CONDITION: Kind<Option<Condition>> = Kind {
    read: |field| {
        let text = field.text("a condition, such as \"internal_prob < 0.5\"")?;
        Condition::parse(text).map(Some).map_err(|error| field.fault(error))
    },
    write: Write::Never,
    schema: || json!({"type": "string", "maxLength": MAX_BYTES}),
};

/// Any key of a spec with its values; the usual ones by name.
fn axes() -> Value {
    let axis = |about: &str, example: Value| {
        json!({
            "description": about,
            "type": ["array", "string", "number", "boolean"],
            "minItems": 1,
            "examples": [example],
        })
    };
    json!({
        "type": "object",
        "properties": {
            "internal_prob": axis("Values of internal_prob.", json!([0.2, 0.7])),
            "duration": axis("Values of duration.", json!("30s..120s:30s")),
            "clock_rates": axis("All clock rates at once; sets are parted by `;`.", json!("1,3,6; 2,4,6")),
            "broadcast": axis("Values of broadcast.", json!(["one-event", "per-recipient"])),
        },
        "additionalProperties": {
            "type": ["array", "string", "number", "boolean", "object"],
            "minItems": 1,
        },
    })
}

/// The axes in a table, in the order of the text.
fn columns(field: &Field<'_>) -> Result<Vec<Axis>, SpecError> {
    let mut found = Vec::new();
    walk(field, "", &mut found)?;
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, axis)| axis).collect())
}

/// The axes in a table, each with where it stands. Dotted keys are tables within
/// tables.
fn walk(field: &Field<'_>, prefix: &str, found: &mut Vec<(usize, Axis)>) -> Result<(), SpecError> {
    let entries = field.entries("a table of keys and their values, such as `internal_prob = [0.2, 0.7]`")?;
    for (key, value) in entries {
        let name = format!("{prefix}{key}");
        let values = match value.value() {
            DeValue::Table(_) => {
                walk(&value, &format!("{name}."), found)?;
                continue;
            }
            DeValue::Array(items) => Ok(items.iter().map(|item| written(item.get_ref())).collect()),
            DeValue::String(text) => values::split(text, Axis::holds_lists(&name)),
            single => Ok(vec![written(single)]),
        };
        let source = field.source();
        let fault = |message: String| source.error(value.span(), format!("`sweep` key `{name}`: {message}"));
        let values: Vec<String> = values.map_err(|error| fault(error.to_string()))?;
        if values.is_empty() {
            return Err(fault("has no values, so the grid is empty".to_owned()));
        }
        let origin = format!("{}, [sweep] {name}", source.name);
        found.push((value.span().start, Axis::along(&Override::new(origin, name, ""), values)));
    }
    Ok(())
}

/// Keys that step together make one axis.
fn zipped(field: &Field<'_>, columns: Vec<Axis>) -> Result<Option<Axis>, SpecError> {
    let mut columns = columns.into_iter();
    let Some(mut joined) = columns.next() else { return Ok(None) };
    for column in columns {
        let (have, wanted) = (column.steps.len(), joined.steps.len());
        if have != wanted {
            let error = field.fault(format_args!(
                "steps through its keys together, but they have {wanted} and {have} values"
            ));
            return Err(error.with_help("give every key under [sweep.zip] as many values"));
        }
        joined.steps.iter_mut().zip(column.steps).for_each(|(step, more)| step.extend(more));
    }
    Ok(Some(joined))
}
