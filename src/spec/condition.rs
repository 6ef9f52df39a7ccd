//! A condition on the values of a sweep's axes, such as
//! `internal_prob < 0.5 || network.where == "link"`. Pure.

use evalexpr::{
    ContextWithMutableVariables, EvalexprError, HashMapContext, Node, Value, build_operator_tree,
};

use crate::model::time::LabTime;

/// Brackets nest no deeper than a condition is long, and each level costs stack.
pub(super) const MAX_BYTES: usize = 1000;

/// Which cells of a grid are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    tree: Node,
}

/// Text that is no condition, or none on these axes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("is no condition: {0}")]
    Form(String),
    #[error("sets a value with `=`; compare with `==`")]
    Sets,
    #[error("is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("asks for `{name}`, which is no axis of the sweep; the axes are {axes}")]
    Unknown { name: String, axes: String },
    #[error("must be true or false, not {0}")]
    NotABool(String),
}

impl Condition {
    /// Reads a condition: comparisons of axes with numbers, durations in
    /// seconds or texts, joined by `&&`, `||` and `!`.
    pub fn parse(text: &str) -> Result<Condition, ConditionError> {
        if text.len() > MAX_BYTES {
            return Err(ConditionError::TooLong);
        }
        let tree = build_operator_tree(text).map_err(|error| ConditionError::Form(error.to_string()))?;
        Ok(Condition { text: text.to_owned(), tree })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Refuses names that are not among `axes`.
    pub fn check(&self, axes: &[&str]) -> Result<(), ConditionError> {
        match self.tree.iter_variable_identifiers().find(|name| !axes.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let axes: Vec<String> = axes.iter().map(|axis| format!("`{axis}`")).collect();
                Err(ConditionError::Unknown { name: name.to_owned(), axes: axes.join(", ") })
            }
        }
    }

    /// Whether a cell with these values of the axes is wanted.
    pub fn holds<'a>(
        &self,
        settings: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<bool, ConditionError> {
        let mut context = HashMapContext::new();
        for (key, value) in settings {
            context
                .set_value(key.to_owned(), typed(value))
                .map_err(|error| ConditionError::Form(error.to_string()))?;
        }
        match self.tree.eval_with_context(&context) {
            Ok(Value::Boolean(holds)) => Ok(holds),
            Ok(other) => Err(ConditionError::NotABool(other.to_string())),
            Err(EvalexprError::ContextNotMutable) => Err(ConditionError::Sets),
            Err(error) => Err(ConditionError::Form(error.to_string())),
        }
    }
}

/// Numbers compare as numbers, durations by their seconds, all else as text.
fn typed(value: &str) -> Value {
    if let Ok(whole) = value.parse::<i64>() {
        return Value::Int(whole);
    }
    let seconds = || LabTime::parse(value).ok().map(LabTime::as_secs_f64);
    match value.parse::<f64>().ok().or_else(seconds) {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::Int(number as i64),
        Some(number) => Value::Float(number),
        None => Value::String(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, settings: &[(&str, &str)]) -> Result<bool, ConditionError> {
        Condition::parse(condition)?.holds(settings.iter().copied())
    }

    #[test]
    fn numbers_durations_and_texts_compare_as_what_they_are() {
        let cell = [
            ("internal_prob", "0.2"),
            ("machine.2.clock_rate", "2.0"),
            ("duration", "1m"),
            ("network.where", "link"),
        ];
        for (condition, wanted) in [
            ("internal_prob < 0.5", true),
            ("machine.2.clock_rate == 2", true),
            ("internal_prob * 10 >= machine.2.clock_rate && duration == 60", true),
            ("network.where == \"sender\" || !(internal_prob > 0.1)", false),
        ] {
            assert_eq!(holds(condition, &cell), Ok(wanted), "{condition}");
        }
    }

    #[test]
    fn what_is_no_condition_is_said_to_be_none() {
        for text in ["internal_prob <", "1 + 1", "(", "\"yes\"", ""] {
            assert!(holds(text, &[("internal_prob", "0.2")]).is_err(), "{text}");
        }
        assert_eq!(holds("internal_prob = 1", &[("internal_prob", "1")]), Err(ConditionError::Sets));
        let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(holds(&nested(490), &[]), Ok(true));
        assert_eq!(holds(&nested(100_000), &[]), Err(ConditionError::TooLong));
        let unknown = Condition::parse("intern_prob < 1").unwrap().check(&["internal_prob", "seed"]);
        assert_eq!(
            unknown.unwrap_err().to_string(),
            "asks for `intern_prob`, which is no axis of the sweep; the axes are `internal_prob`, `seed`"
        );
    }
}
