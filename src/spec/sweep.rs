//! What a spec says of many runs: its `replicates` and its `[sweep]` table.
//! Knows the table's keys; what an axis may hold, the spec itself decides.

use toml::de::{DeTable, DeValue};

use crate::spec::condition::Condition;
use crate::spec::document;
use crate::spec::error::SpecError;
use crate::spec::fields::{Field, Fields};
use crate::spec::overrides::{CLOCK_RATES, Override};
use crate::spec::source::Source;
use crate::spec::values;

pub(super) const KEYS: [&str; 3] = ["grid", "zip", "where"];
/// The key that says how many runs a cell has.
pub const REPLICATES: &str = "replicates";
pub(super) const MAX_REPLICATES: u64 = 1_000_000;

/// What varies between the runs of a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    /// In their order; the last varies fastest.
    pub axes: Vec<Axis>,
    /// Which cells of the grid are wanted; all, without one.
    pub condition: Option<Condition>,
    /// Runs of each cell that differ in the seed alone.
    pub replicates: Option<u32>,
}

/// One axis: a key and its values, or several keys that step together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// For each step, a value for each key.
    pub steps: Vec<Vec<Override>>,
}

impl Axis {
    /// The keys that this axis steps through, as specs write them.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().take(1).flatten().map(|setting| setting.key.as_str())
    }

    /// The axis that a flag with several values makes; a single value makes one
    /// of a single step.
    ///
    /// # Errors
    ///
    /// A range without end, or an empty value.
    pub fn of(typed: &Override) -> Result<Axis, SpecError> {
        let values = values::split(&typed.value, commas_belong(&typed.key))
            .map_err(|error| SpecError::new(&typed.origin, error.to_string()))?;
        Ok(Axis::along(typed, values))
    }

    fn along(typed: &Override, values: Vec<String>) -> Axis {
        let several = values.len() > 1;
        let step = |value: String| {
            let origin = if several { format!("{}, at {value}", typed.origin) } else { typed.origin.clone() };
            vec![Override::new(origin, &typed.key, value)]
        };
        Axis { steps: values.into_iter().map(step).collect() }
    }
}

/// Keys whose values are lists themselves.
fn commas_belong(key: &str) -> bool {
    key == CLOCK_RATES || key.starts_with("published.")
}

/// Reads what a spec's text says of many runs.
///
/// # Errors
///
/// As [`document::parse`].
pub fn parse_sweep(source_name: &str, text: &str) -> Result<Sweep, SpecError> {
    let source = Source { name: source_name, text, overrides: &[] };
    let root = document::table(&source)?;
    resolve(&source, &document::root_fields(&source, &root)?)
}

/// Reads `replicates` and `[sweep]`, and refuses what they may not hold.
pub(super) fn resolve(source: &Source<'_>, root: &Fields<'_>) -> Result<Sweep, SpecError> {
    let replicates = root.or(REPLICATES, None, |field| {
        let expected = "a whole number from 1 to 1000000";
        field.whole(expected, |count| (1..=MAX_REPLICATES).contains(&count)).map(|count| Some(count as u32))
    })?;
    let Some(sweep) = root.get("sweep") else { return Ok(Sweep { replicates, ..Sweep::default() }) };
    let fields = sweep.table("sweep.", "a table", &KEYS)?;
    let mut axes = Vec::new();
    if let Some(grid) = fields.get("grid") {
        axes.extend(columns(source, &grid)?.into_iter().map(|(_, axis)| axis));
    }
    if let Some(zip) = fields.get("zip") {
        axes.extend(zipped(source, &zip)?);
    }
    let condition = fields.or("where", None, |field| {
        let condition = Condition::parse(field.text("a condition, such as \"internal_prob < 0.5\"")?);
        let condition = condition.map_err(|error| field.fault(error))?;
        let keys: Vec<&str> = axes.iter().flat_map(Axis::keys).collect();
        condition.check(&keys).map_err(|error| field.fault(error))?;
        Ok(Some(condition))
    })?;
    Ok(Sweep { axes, condition, replicates })
}

/// The axes in a table, in the order of the text, each with where it stands.
fn columns<'a>(source: &Source<'a>, field: &Field<'a>) -> Result<Vec<(usize, Axis)>, SpecError> {
    let DeValue::Table(table) = field.value() else {
        return Err(field.refuse("a table of keys and their values, such as `internal_prob = [0.2, 0.7]`"));
    };
    let mut found = Vec::new();
    walk(source, table, "", &mut found)?;
    found.sort_by_key(|(place, _)| *place);
    Ok(found)
}

/// Dotted keys are tables within tables.
fn walk(
    source: &Source<'_>,
    table: &DeTable<'_>,
    prefix: &str,
    found: &mut Vec<(usize, Axis)>,
) -> Result<(), SpecError> {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            walk(source, inner, &format!("{name}."), found)?;
            continue;
        }
        let values = match value.get_ref() {
            DeValue::Array(items) => Ok(items.iter().map(|item| written(item.get_ref())).collect()),
            DeValue::String(text) => values::split(text, commas_belong(&name)),
            single => Ok(vec![written(single)]),
        };
        let fault = |message: String| source.error(value.span(), format!("`sweep` key `{name}`: {message}"));
        let values: Vec<String> = values.map_err(|error| fault(error.to_string()))?;
        if values.is_empty() {
            return Err(fault("has no values, so the grid is empty".to_owned()));
        }
        let origin = format!("{}, [sweep] {name}", source.name);
        found.push((key.span().start, Axis::along(&Override::new(origin, name, ""), values)));
    }
    Ok(())
}

/// Keys that step together make one axis.
fn zipped(source: &Source<'_>, field: &Field<'_>) -> Result<Option<Axis>, SpecError> {
    let mut columns = columns(source, field)?.into_iter().map(|(_, axis)| axis);
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

/// A value as an override writes it.
pub(crate) fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| nested(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(_) => String::new(),
    }
}

/// Within a list, a text keeps its quotes.
fn nested(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()).to_string(),
        other => written(other),
    }
}
