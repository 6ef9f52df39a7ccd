//! A setup: an experiment, and what is set differently in it. Pure; where
//! specs come from is the caller's.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::spec::fields::{Field, Fields};
use crate::spec::source::Source;
use crate::spec::{self, Override, Spec, SpecError, SpecText, sweep};

/// Gives the text of a spec by its name, or says why there is none.
pub type Finder<'a> = dyn Fn(&str) -> Result<SpecText, String> + 'a;

/// An experiment as a claim wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The name of its spec.
    pub experiment: String,
    /// What is set differently, by key.
    pub settings: Vec<(String, String)>,
    pub spec: Spec,
}

impl Setup {
    /// The experiment, and what is set differently.
    pub fn title(&self) -> String {
        let settings: Vec<String> =
            self.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        match settings.is_empty() {
            true => self.experiment.clone(),
            false => format!("{} with {}", self.experiment, settings.join(", ")),
        }
    }
}

/// Reads setups from a file of claims.
pub(super) struct Setups<'a> {
    pub source: Source<'a>,
    /// Laid over every spec.
    pub typed: &'a [Override],
    pub find: &'a Finder<'a>,
}

/// A value from a `set` table, and where it stands.
struct Setting {
    setting: Override,
    span: Range<usize>,
}

impl Setups<'_> {
    /// The experiment of this name, as it is.
    pub fn plain(&self, name: &Field<'_>) -> Result<Setup, SpecError> {
        self.resolve(name, Vec::new())
    }

    /// What `experiment` and `set` of a table ask for.
    pub fn of(&self, fields: &Fields<'_>) -> Result<Setup, SpecError> {
        let name = fields.require("experiment", "experiment = \"exp1\"")?;
        self.resolve(&name, settings(fields)?)
    }

    /// The same, with one more key set.
    pub fn with(&self, fields: &Fields<'_>, key: &str, value: &str) -> Result<Setup, SpecError> {
        let name = fields.require("experiment", "experiment = \"exp1\"")?;
        let axis = fields.require("axis", "axis = \"machine.2.clock_rate\"")?;
        let mut settings = settings(fields)?;
        settings.push(Setting { setting: Override::new(origin(key), key, value), span: axis.span() });
        self.resolve(&name, settings)
    }

    fn resolve(&self, name: &Field<'_>, settings: Vec<Setting>) -> Result<Setup, SpecError> {
        let experiment = name.text("the name of an experiment, or the path of a spec")?;
        let found = (self.find)(experiment).map_err(|reason| name.fault(reason))?;
        let laid_over: Vec<Override> =
            settings.iter().map(|one| one.setting.clone()).chain(self.typed.iter().cloned()).collect();
        let spec = spec::parse(&found.name, &found.text, &laid_over);
        let spec = spec.map_err(|error| self.blame(error, &settings))?;
        let settings = settings.into_iter().map(|one| (one.setting.key, one.setting.value)).collect();
        Ok(Setup { experiment: spec.name.clone(), settings, spec })
    }

    /// What a setting brought in is reported where the setting stands.
    fn blame(&self, error: SpecError, settings: &[Setting]) -> SpecError {
        let Some(one) = settings.iter().find(|one| one.setting.origin == error.source_name()) else {
            return error;
        };
        let moved = self.source.error(one.span.clone(), error.message());
        match error.help() {
            Some(help) => moved.with_help(help),
            None => moved,
        }
    }
}

/// Names a setting in errors, until they are given their place.
fn origin(key: &str) -> String {
    format!("set {key}")
}

/// The `set` table, in the order of the text.
fn settings(fields: &Fields<'_>) -> Result<Vec<Setting>, SpecError> {
    let Some(field) = fields.get("set") else { return Ok(Vec::new()) };
    let DeValue::Table(table) = field.value() else {
        return Err(field.refuse("a table of keys and their values, such as `{ duration = \"600s\" }`"));
    };
    let mut found = Vec::new();
    walk(table, "", &mut found);
    found.sort_by_key(|one: &Setting| one.span.start);
    Ok(found)
}

/// Dotted keys are tables within tables.
fn walk(table: &DeTable<'_>, prefix: &str, found: &mut Vec<Setting>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => walk(inner, &format!("{name}."), found),
            single => {
                let setting = Override::new(origin(&name), name, sweep::written(single));
                found.push(Setting { setting, span: value.span() });
            }
        }
    }
}
