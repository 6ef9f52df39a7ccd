//! What a key of a spec is: a name, a field that it fills and a kind of value.
//! Knows no key.

use serde_json::{Map, Value, json};

use crate::spec::error::SpecError;
use crate::spec::fields::{Field, Fields};

/// The keys of one table, which fill a `T`.
pub(super) type Keys<T> = &'static [&'static dyn Key<T>];

/// What a table of keys fills; its default is what an empty table means.
pub(super) trait Keyed: Default + 'static {
    const KEYS: Keys<Self>;
}

/// A key, whatever its value.
pub(super) trait Key<T>: Sync {
    fn name(&self) -> &'static str;
    fn is_required(&self) -> bool;
    /// Fills the key's field of `table`, where the spec has the key.
    fn read(&self, fields: &Fields<'_>, table: &mut T) -> Result<(), SpecError>;
    /// The lines of the key in TOML; `path` leads to its table.
    fn write(&self, table: &T, path: &str) -> String;
    fn schema(&self) -> Value;
}

/// What a key may hold: how that is read, written, and described to editors.
pub(super) struct Kind<V> {
    pub read: fn(&Field<'_>) -> Result<V, SpecError>,
    pub write: Write<V>,
    /// As a JSON Schema.
    pub schema: fn() -> Value,
}

/// How a value is written in TOML.
pub(super) enum Write<V> {
    /// Behind its key.
    Value(fn(&V) -> String),
    /// As tables, below the name given.
    Tables(fn(&V, &str) -> String),
    /// Not at all: it is no part of a spec.
    Never,
}

/// What becomes of a key that a spec leaves out.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Need {
    /// The spec is refused, with this line as an example.
    Required(&'static str),
    /// It has its default, which is written to the run's spec.
    Default,
    /// The same, but only another value is written.
    IfOther,
    /// It may be left out; the schema shows no default.
    Optional,
}

/// A key with the field that it fills.
pub(super) struct Entry<T, V> {
    pub name: &'static str,
    pub get: fn(&T) -> &V,
    pub set: fn(&mut T, V),
    pub kind: Kind<V>,
    pub need: Need,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// As overrides write them.
    pub examples: &'static [&'static str],
}

/// `key!("delay", Network.delay, DELAY, Optional, "What it is.", ["none"])`, with
/// examples or none.
macro_rules! key {
    ($name:expr, $table:ident.$($field:ident).+, $kind:expr, $need:expr, $about:expr, [$($example:expr),*]) => {
        &$crate::spec::key::Entry {
            name: $name,
            get: |table: &$table| &table.$($field).+,
            set: |table: &mut $table, value| table.$($field).+ = value,
            kind: $kind,
            need: $need,
            about: $about,
            examples: &[$($example),*],
        }
    };
}
pub(super) use key;

impl<T: Keyed, V> Entry<T, V> {
    fn text(&self, table: &T) -> String {
        match self.kind.write {
            Write::Value(text) => text((self.get)(table)),
            Write::Tables(_) | Write::Never => String::new(),
        }
    }
}

impl<T: Keyed, V> Key<T> for Entry<T, V> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_required(&self) -> bool {
        matches!(self.need, Need::Required(_))
    }

    fn read(&self, fields: &Fields<'_>, table: &mut T) -> Result<(), SpecError> {
        let field = match self.need {
            Need::Required(example) => Some(fields.require(self.name, example)?),
            _ => fields.get(self.name),
        };
        if let Some(field) = field {
            (self.set)(table, (self.kind.read)(&field)?);
        }
        Ok(())
    }

    fn write(&self, table: &T, path: &str) -> String {
        let is_left_out = || self.need == Need::IfOther && self.text(table) == self.text(&T::default());
        match self.kind.write {
            Write::Value(_) if is_left_out() => String::new(),
            Write::Value(_) => format!("{} = {}\n", self.name, self.text(table)),
            Write::Tables(tables) => tables((self.get)(table), &format!("{path}{}", self.name)),
            Write::Never => String::new(),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = (self.kind.schema)();
        schema["description"] = json!(self.about);
        if !self.examples.is_empty() {
            let example = |text: &&str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            schema["examples"] = self.examples.iter().map(example).collect();
        }
        // Numbers, flags and plain texts are the same in TOML and JSON.
        if let (Need::Default | Need::IfOther, Ok(default)) =
            (self.need, serde_json::from_str::<Value>(&self.text(&T::default())))
        {
            schema["default"] = default;
        }
        schema
    }
}

/// A table of these keys and no others.
pub(super) const fn table<T: Keyed>() -> Kind<T> {
    Kind {
        read: |field| read_table(field, "a table"),
        write: Write::Tables(|table, name| {
            format!("\n[{name}]\n{}", write_keys(T::KEYS, table, &format!("{name}.")))
        }),
        schema: || table_schema(T::KEYS),
    }
}

/// A table that may be left out.
pub(super) const fn optional_table<T: Keyed>() -> Kind<Option<T>> {
    Kind {
        read: |field| read_table(field, "a table").map(Some),
        write: Write::Tables(|given: &Option<T>, name| match (&given, table().write) {
            (Some(given), Write::Tables(write)) => write(given, name),
            _ => String::new(),
        }),
        schema: || table_schema(T::KEYS),
    }
}

pub(super) fn read_table<T: Keyed>(field: &Field<'_>, expected: &str) -> Result<T, SpecError> {
    read_keys(&field.table(&format!("{}.", field.key()), expected, &names(T::KEYS))?)
}

pub(super) fn read_keys<T: Keyed>(fields: &Fields<'_>) -> Result<T, SpecError> {
    let mut table = T::default();
    T::KEYS.iter().try_for_each(|key| key.read(fields, &mut table))?;
    Ok(table)
}

pub(super) fn write_keys<T>(keys: Keys<T>, table: &T, path: &str) -> String {
    keys.iter().map(|key| key.write(table, path)).collect()
}

pub(super) fn names<T>(keys: Keys<T>) -> Vec<&'static str> {
    keys.iter().map(|key| key.name()).collect()
}

pub(super) fn table_schema<T>(keys: Keys<T>) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name().into(), key.schema())).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    let required: Vec<&str> = keys.iter().filter(|key| key.is_required()).map(|key| key.name()).collect();
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}
