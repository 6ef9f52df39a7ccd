//! Typed access to a table of a spec, in which every refusal names the key and
//! what it may hold. Knows TOML's types, but no key of the spec.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::time::LabTime;
use crate::spec::error::SpecError;
use crate::spec::source::Source;
use crate::text::suggest::nearest;

/// Durations from here on are taken for slips: a hundred years.
const TOO_LONG: LabTime = LabTime(36_525 * 24 * 3600 * 1_000_000_000);

/// Characters of a text that a message quotes.
const MAX_QUOTED: usize = 120;

/// The keys of one table.
pub(crate) struct Fields<'a> {
    source: Source<'a>,
    table: &'a DeTable<'a>,
    /// Stands before each key in messages: `network.`, or nothing at the root.
    prefix: String,
    /// Where a missing key is reported.
    span: Range<usize>,
}

/// One value, and the key it stands under.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    source: Source<'a>,
    key: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Fields<'a> {
    /// Refuses any key but those `known`.
    pub fn new(
        source: Source<'a>,
        table: &'a DeTable<'a>,
        prefix: &str,
        span: Range<usize>,
        known: &[&str],
    ) -> Result<Fields<'a>, SpecError> {
        let unknown = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        match unknown.min_by_key(|key| key.span().start) {
            Some(key) => Err(unknown_key(&source, key, prefix, known)),
            None => Ok(Fields { source, table, prefix: prefix.to_owned(), span }),
        }
    }

    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        let value = self.table.get(key)?;
        Some(Field { source: self.source, key: format!("{}{key}", self.prefix), value })
    }

    /// The value at a dotted path, through tables that may hold anything.
    pub fn at(&self, path: &str) -> Option<Field<'a>> {
        let (key, rest) = path.split_once('.').unwrap_or((path, ""));
        rest.split('.').filter(|key| !key.is_empty()).try_fold(self.get(key)?, |field, key| field.at(key))
    }

    /// The value of a key that has no default.
    pub fn require(&self, key: &str, example: &str) -> Result<Field<'a>, SpecError> {
        self.get(key).ok_or_else(|| {
            let message = format!("`{}{key}` is missing", self.prefix);
            self.source.error(self.span.clone(), message).with_help(format!("add `{example}`"))
        })
    }

    /// Reads a key, or takes its default where it is not given.
    pub fn or<T>(
        &self,
        key: &str,
        default: T,
        read: impl FnOnce(&Field<'a>) -> Result<T, SpecError>,
    ) -> Result<T, SpecError> {
        self.get(key).map_or(Ok(default), |field| read(&field))
    }
}

fn unknown_key(
    source: &Source<'_>,
    key: &Spanned<std::borrow::Cow<'_, str>>,
    prefix: &str,
    known: &[&str],
) -> SpecError {
    let error = source.error(key.span(), format!("unknown key `{prefix}{}`", key.get_ref()));
    match nearest(&key.get_ref().replace('-', "_"), known.iter().copied()) {
        Some(name) => error.with_help(format!("did you mean `{prefix}{name}`?")),
        None => {
            let names: BTreeSet<_> = known.iter().map(|name| format!("`{name}`")).collect();
            error.with_help(format!("the keys here are {}", Vec::from_iter(names).join(", ")))
        }
    }
}

impl<'a> Field<'a> {
    /// The key it stands under, from the root on.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn source(&self) -> Source<'a> {
        self.source
    }

    pub fn value(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// The value of a key, if this is a table that has it.
    pub fn at(&self, key: &str) -> Option<Field<'a>> {
        let value = self.value().as_table()?.get(key)?;
        Some(Field { value, key: format!("{}.{key}", self.key), ..self.clone() })
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// An error about this value; the message begins with the key.
    pub fn fault(&self, message: impl std::fmt::Display) -> SpecError {
        self.source.error(self.value.span(), format!("`{}` {message}", self.key))
    }

    /// The error of a value that is not what its key may hold.
    pub fn refuse(&self, expected: &str) -> SpecError {
        self.fault(format_args!("must be {expected}, not {}", describe(self.value.get_ref())))
    }

    pub fn text(&self, expected: &str) -> Result<&'a str, SpecError> {
        self.value.get_ref().as_str().ok_or_else(|| self.refuse(expected))
    }

    /// A text in a form of its own, such as an address.
    pub fn form<T>(&self, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, SpecError> {
        self.value.get_ref().as_str().and_then(read).ok_or_else(|| self.refuse(expected))
    }

    /// What one of a few words stands for; a refusal names them all.
    pub fn one_of<V: Copy>(&self, words: &[(&str, V)]) -> Result<V, SpecError> {
        let names: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        let expected = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        let meant = |text: &str| words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        self.form(&expected, meant)
    }

    pub fn flag(&self) -> Result<bool, SpecError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.refuse("true or false"))
    }

    /// A number that passes `allowed`, written with or without a point.
    pub fn number(&self, expected: &str, allowed: impl FnOnce(f64) -> bool) -> Result<f64, SpecError> {
        self.as_number().filter(|number| allowed(*number)).ok_or_else(|| self.refuse(expected))
    }

    fn as_number(&self) -> Option<f64> {
        match self.value.get_ref() {
            DeValue::Integer(_) => self.as_whole::<i128>().map(|whole| whole as f64),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        }
    }

    /// A whole number from 0 on that passes `allowed`.
    pub fn whole(&self, expected: &str, allowed: impl FnOnce(u64) -> bool) -> Result<u64, SpecError> {
        self.as_whole().filter(|whole| allowed(*whole)).ok_or_else(|| self.refuse(expected))
    }

    fn as_whole<T: TryFrom<i128>>(&self) -> Option<T> {
        let integer = self.value.get_ref().as_integer()?;
        let whole = i128::from_str_radix(integer.as_str(), integer.radix()).ok()?;
        T::try_from(whole).ok()
    }

    /// A duration, which may be zero.
    pub fn duration(&self, expected: &str) -> Result<LabTime, SpecError> {
        let duration = self.form(expected, |text| LabTime::parse(text).ok())?;
        if duration >= TOO_LONG {
            return Err(self.fault("must be shorter than a hundred years"));
        }
        Ok(duration)
    }

    pub fn list(&self, expected: &str) -> Result<Vec<Field<'a>>, SpecError> {
        let items = self.value.get_ref().as_array().ok_or_else(|| self.refuse(expected))?;
        Ok(items.iter().map(|value| Field { value, ..self.clone() }).collect())
    }

    /// A list of texts, or a single one.
    pub fn texts(&self, expected: &str) -> Result<Vec<Field<'a>>, SpecError> {
        let items = match self.value.get_ref() {
            DeValue::String(_) => vec![self.clone()],
            _ => self.list(expected)?,
        };
        items.iter().try_for_each(|item| item.text(expected).map(|_| ()))?;
        Ok(items)
    }

    /// The keys of a table that may hold any, in the order of their names.
    pub fn entries(&self, expected: &str) -> Result<Vec<(&'a str, Field<'a>)>, SpecError> {
        let table = self.value.get_ref().as_table().ok_or_else(|| self.refuse(expected))?;
        let entry = |(key, value): (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
            let key: &'a str = key.get_ref();
            (key, Field { value, key: format!("{}.{key}", self.key), ..self.clone() })
        };
        Ok(table.iter().map(entry).collect())
    }

    /// A table that holds only keys `known`.
    pub fn table(&self, prefix: &str, expected: &str, known: &[&str]) -> Result<Fields<'a>, SpecError> {
        let table = self.value.get_ref().as_table().ok_or_else(|| self.refuse(expected))?;
        Fields::new(self.source, table, prefix, self.value.span(), known)
    }
}

fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => match text.char_indices().nth(MAX_QUOTED) {
            Some((end, _)) => format!("the text {:?}…", &text[..end]),
            None => format!("the text {text:?}"),
        },
        DeValue::Integer(integer) => format!("the number {integer}"),
        DeValue::Float(float) => format!("the number {float}"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
