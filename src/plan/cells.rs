//! The cells of a sweep: every combination of the values of its axes that its
//! condition lets through. Pure.

use std::collections::BTreeMap;

use super::sweep::Cell;
use crate::spec::condition::ConditionError;
use crate::spec::{self, Axis, Override, Spec, SpecError, Sweep, parse_sweep, to_toml};
use crate::time::LabTime;

/// More combinations than this are taken for a slip.
pub const MAX_COMBINATIONS: u128 = 1_000_000;

/// The text of a spec, and what errors call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub text: String,
}

/// Specs and axes that make no cells.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CellsError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(
        "{name}: {count} cells are too many; on sockets, one after the other, their runs would take {time}: \
         choose fewer values, or several smaller sweeps"
    )]
    TooMany { name: String, count: u128, time: String },
    #[error("{name}: no cell meets `where = \"{condition}\"`; {count} combinations were tried")]
    NoneWanted { name: String, condition: String, count: u128 },
    #[error("{name}: `where` {source}")]
    Condition { name: String, source: ConditionError },
    #[error(
        "{name}: two cells are the same, {first} and {second}; a cell is run more often with --replicates"
    )]
    Same { name: String, first: String, second: String },
}

/// The cells of all `sources`, in their order and that of their axes. What is
/// `typed` stands above what a spec says: several values make an axis, a single
/// one holds in every cell. `replicates` stands above the specs' own.
pub fn cells(
    sources: &[Source],
    typed: &[Override],
    replicates: Option<u32>,
) -> Result<Vec<Cell>, CellsError> {
    let flags = typed.iter().map(Axis::of).collect::<Result<Vec<Axis>, SpecError>>()?;
    let mut all = Vec::new();
    for source in sources {
        let sweep = typed_over(parse_sweep(&source.name, &source.text)?, &flags);
        let replicates = replicates.or(sweep.replicates).unwrap_or(1);
        all.extend(Grid { source, sweep, replicates }.cells(&flags)?);
    }
    Ok(all)
}

/// A spec's axes, with those that flags name replaced by the flags'.
fn typed_over(mut sweep: Sweep, flags: &[Axis]) -> Sweep {
    let named: Vec<&str> = flags.iter().flat_map(Axis::keys).collect();
    for axis in &mut sweep.axes {
        axis.steps.iter_mut().for_each(|step| step.retain(|setting| !named.contains(&setting.key.as_str())));
    }
    sweep.axes.retain(|axis| axis.keys().next().is_some());
    sweep.axes.extend(flags.iter().filter(|axis| axis.steps.len() > 1).cloned());
    sweep
}

/// One spec and its axes.
struct Grid<'a> {
    source: &'a Source,
    sweep: Sweep,
    replicates: u32,
}

impl Grid<'_> {
    fn cells(&self, flags: &[Axis]) -> Result<Vec<Cell>, CellsError> {
        let name = || self.source.name.clone();
        let fixed = flags.iter().filter(|axis| axis.steps.len() == 1);
        let fixed: Vec<Override> = fixed.flat_map(|axis| axis.steps[0].clone()).collect();
        let count: u128 = self.sweep.axes.iter().map(|axis| axis.steps.len() as u128).product();
        if count > MAX_COMBINATIONS {
            let runs = count as f64 * f64::from(self.replicates);
            let spec = self.spec(&fixed, &self.settings(0))?;
            return Err(CellsError::TooMany { name: name(), count, time: time_of(&spec, runs) });
        }
        let mut cells = Vec::new();
        let mut seen = BTreeMap::new();
        for number in 0..count {
            let settings = self.settings(number);
            if !self.is_wanted(&settings)? {
                continue;
            }
            let spec = self.spec(&fixed, &settings)?;
            let settings: Vec<(String, String)> =
                settings.into_iter().map(|setting| (setting.key, setting.value)).collect();
            let cell = Cell { settings, replicates: self.replicates, spec };
            if let Some(first) = seen.insert(to_toml(&cell.spec), cell.title()) {
                return Err(CellsError::Same { name: name(), first, second: cell.title() });
            }
            cells.push(cell);
        }
        match (&self.sweep.condition, cells.is_empty()) {
            (Some(condition), true) => {
                let condition = condition.as_str().to_owned();
                Err(CellsError::NoneWanted { name: name(), condition, count })
            }
            _ => Ok(cells),
        }
    }

    /// The settings of combination `number`; the last axis varies fastest.
    fn settings(&self, mut number: u128) -> Vec<Override> {
        let mut chosen = Vec::new();
        for axis in self.sweep.axes.iter().rev() {
            let steps = axis.steps.len() as u128;
            chosen.push(axis.steps[(number % steps) as usize].clone());
            number /= steps;
        }
        chosen.into_iter().rev().flatten().collect()
    }

    fn is_wanted(&self, settings: &[Override]) -> Result<bool, CellsError> {
        let Some(condition) = &self.sweep.condition else { return Ok(true) };
        let values = settings.iter().map(|setting| (setting.key.as_str(), setting.value.as_str()));
        let failed = |source| CellsError::Condition { name: self.source.name.clone(), source };
        condition.holds(values).map_err(failed)
    }

    fn spec(&self, fixed: &[Override], settings: &[Override]) -> Result<Spec, SpecError> {
        spec::parse(&self.source.name, &self.source.text, &[fixed, settings].concat())
    }
}

/// How long `runs` of a spec last on sockets, in words.
fn time_of(spec: &Spec, runs: f64) -> String {
    const YEAR_S: f64 = 365.25 * 24.0 * 3600.0;
    let seconds = spec.duration.as_secs_f64() / spec.speedup * runs;
    if seconds > YEAR_S {
        format!("{:.0} years", seconds / YEAR_S)
    } else {
        LabTime::from_secs_f64(seconds.round()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "name = \"x\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 1\ncount = 3\n";

    fn of(sweep: &str, typed: &[(&str, &str)]) -> Result<Vec<Cell>, CellsError> {
        let source = Source { name: "x.toml".to_owned(), text: format!("{SPEC}{sweep}") };
        let typed: Vec<Override> = typed
            .iter()
            .map(|(key, value)| Override::new(format!("--set {key}={value}"), *key, *value))
            .collect();
        cells(&[source], &typed, None)
    }

    fn titles(cells: &[Cell]) -> Vec<String> {
        cells.iter().map(Cell::title).collect()
    }

    #[test]
    fn a_grid_is_every_combination_and_a_zip_steps_together() {
        let cells = of(
            "[sweep.grid]\nclock_rates = [\"1,3,6\", [2, 4, 6]]\nnetwork.where = \"link;sender\"\n\
             [sweep.zip]\nseed = [1, 2]\nduration = \"10s..20s:10s\"\n",
            &[],
        )
        .unwrap();
        assert_eq!(cells.len(), 8);
        assert_eq!(cells[0].title(), "clock_rates = 1,3,6, network.where = link, seed = 1, duration = 10s");
        assert_eq!(
            cells[7].title(),
            "clock_rates = [2, 4, 6], network.where = sender, seed = 2, duration = 20s"
        );
        assert_eq!((cells[7].spec.seed, cells[7].spec.duration.as_secs_f64()), (2, 20.0));
    }

    #[test]
    fn a_condition_leaves_cells_out() {
        let sweep = "[sweep]\nwhere = \"internal_prob > 0.4 && seed != 2\"\n\
                     [sweep.grid]\ninternal_prob = \"0.3..0.5:0.1\"\nseed = [1, 2]\n";
        assert_eq!(titles(&of(sweep, &[]).unwrap()), ["internal_prob = 0.5, seed = 1"]);
        let none = of(&sweep.replace("0.4", "0.9"), &[]).unwrap_err().to_string();
        assert!(none.contains("no cell meets") && none.contains("6 combinations"), "{none}");
    }

    #[test]
    fn flags_stand_above_the_specs_own_axes() {
        let sweep = "[sweep.grid]\ninternal_prob = [0.1, 0.2]\nseed = [1, 2]\n";
        let cells = of(sweep, &[("internal_prob", "0.5"), ("speedup", "1..3")]).unwrap();
        assert_eq!(cells.len(), 6);
        assert!(cells.iter().all(|cell| cell.spec.internal_prob == 0.5));
        assert_eq!(cells[5].title(), "seed = 2, speedup = 3");
    }

    #[test]
    fn what_makes_no_sweep_is_refused_with_its_reason() {
        let refusal = |sweep: &str, typed: &[(&str, &str)]| of(sweep, typed).unwrap_err().to_string();
        let many = [("seed", "1..100000"), ("internal_prob", "0..1:0.0001")];
        let told = refusal("", &many);
        assert!(told.contains("1000100000 cells") && told.contains("1901 years"), "{told}");
        assert!(refusal("", &[("internal_prob", "0.2,0.20")]).contains("two cells are the same"));
        assert!(refusal("", &[("internal_probe", "0.1,0.2")]).contains("did you mean `internal_prob`"));
        assert!(refusal("", &[("internal_prob", "0.1..0.9:0")]).contains("never ends"));
        assert!(refusal("", &[("internal_prob", "0.5,1.5")]).contains("--set internal_prob=0.5,1.5, at 1.5"));
        assert!(refusal("[sweep.grid]\nseed = []\n", &[]).contains("has no values, so the grid is empty"));
        assert!(refusal("[sweep.zip]\nseed = [1, 2]\nspeedup = [1]\n", &[]).contains("2 and 1 values"));
        assert!(refusal("[sweep]\nwhere = \"sed > 1\"\n[sweep.grid]\nseed = [1]\n", &[]).contains("`seed`"));
        assert!(refusal("[sweep]\ngird = {}\n", &[]).contains("did you mean `sweep.grid`"));
        assert!(
            refusal("[sweep]\nwhere = \"seed\"\n[sweep.grid]\nseed = [1]\n", &[]).contains("true or false")
        );
    }

    #[test]
    fn specs_without_axes_are_a_cell_each() {
        let cells = of("", &[("internal_prob", "0.2")]).unwrap();
        assert_eq!(cells.len(), 1);
        assert_eq!((cells[0].title().as_str(), cells[0].spec.internal_prob), ("as it is", 0.2));
    }
}
