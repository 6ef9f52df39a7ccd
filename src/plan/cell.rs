//! A cell of a sweep: one combination of the values of its axes.

use crate::spec::Spec;

/// One point of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The values of the axes here, by key; empty for a spec without axes.
    pub settings: Vec<(String, String)>,
    /// Runs that differ in the seed alone; with `until`, the most there may be.
    pub replicates: u32,
    /// With the first replicate's seed.
    pub spec: Spec,
}

impl Cell {
    /// The values of its axes, as a person reads them.
    pub fn title(&self) -> String {
        if self.settings.is_empty() {
            return "as it is".to_owned();
        }
        let settings: Vec<String> =
            self.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        settings.join(", ")
    }

    /// Its experiment, and the values of its axes if there are any.
    pub fn full_title(&self) -> String {
        if self.settings.is_empty() {
            self.spec.name.clone()
        } else {
            format!("{}: {}", self.spec.name, self.title())
        }
    }
}
