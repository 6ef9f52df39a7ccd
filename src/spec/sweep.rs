//! What a spec says of many runs: its `replicates` and its `[sweep]` table.

use toml::de::DeValue;

use crate::spec::condition::Condition;
use crate::spec::error::SpecError;
use crate::spec::source::{CLOCK_RATES, Override};
use crate::spec::values;

/// The key that says how many runs a cell has.
pub const REPLICATES: &str = "replicates";

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

/// `replicates` and `[sweep]` as a spec holds them.
#[derive(Default)]
pub(super) struct ManyRuns {
    pub replicates: Option<u32>,
    pub sweep: SweepTable,
}

#[derive(Default)]
pub(super) struct SweepTable {
    pub grid: Vec<Axis>,
    pub zip: Option<Axis>,
    pub condition: Option<Condition>,
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
        let values = values::split(&typed.value, Axis::holds_lists(&typed.key))
            .map_err(|error| SpecError::new(&typed.origin, error.to_string()))?;
        Ok(Axis::along(typed, values))
    }

    pub(super) fn along(typed: &Override, values: Vec<String>) -> Axis {
        let several = values.len() > 1;
        let step = |value: String| {
            let origin = if several { format!("{}, at {value}", typed.origin) } else { typed.origin.clone() };
            vec![Override::new(origin, &typed.key, value)]
        };
        Axis { steps: values.into_iter().map(step).collect() }
    }

    /// Whether a key's values are lists themselves.
    pub(super) fn holds_lists(key: &str) -> bool {
        key == CLOCK_RATES || key.starts_with("published.")
    }
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
