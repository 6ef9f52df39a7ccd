//! The cells of a sweep: every combination of the values of its axes that its
//! condition lets through. Pure.

use std::collections::BTreeSet;

use super::cell::Cell;
use super::overlap::{Overlap, SeedsTaken};
use crate::error_kind::{ErrorKind, HasKind};
use crate::model::delay::Delay;
use crate::model::time::LabTime;
use crate::spec::condition::ConditionError;
use crate::spec::{self, Axis, Override, REPLICATES, Spec, SpecError, SpecText, Sweep, parse_sweep};

/// More combinations than this are taken for a slip.
pub const MAX_COMBINATIONS: u128 = 1_000_000;
/// More cells than this are too many to look at, and to hold in memory.
pub const MAX_CELLS: usize = 100_000;
/// More runs than this are taken for a slip too.
pub const MAX_RUNS: u64 = 10_000_000;

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
    #[error(
        "{runs} runs are too many; on sockets, one after the other, they would take {time}: choose fewer \
         values or replicates, or several smaller sweeps"
    )]
    TooManyRuns { runs: u64, time: String },
    #[error("{name}: no cell meets `where = \"{condition}\"`; {count} combinations were tried")]
    NoneWanted { name: String, condition: String, count: u128 },
    #[error(
        "{name}: `network.where` is an axis, and changes nothing as no cell has a delay: add one, as with --delay \
         constant:100ms"
    )]
    NoDelay { name: String },
    #[error("{name}: `where` {source}")]
    Condition { name: String, source: ConditionError },
    #[error("{name}: `{key}` is an axis, and set once more; give all its values in one place")]
    Twice { name: String, key: String },
    #[error(
        "{name}: two cells are the same, `{first}` and `{second}`: they would make the same runs; more runs of a \
         cell are made with --replicates"
    )]
    Same { name: String, first: String, second: String },
    #[error(
        "{name}: the cells `{first}` and `{second}` have runs in common, as the replicates of a cell have its seed \
         and those that follow: set their seeds at least {replicates} apart, or leave `seed` to --replicates"
    )]
    SharedSeeds { name: String, first: String, second: String, replicates: u32 },
}

impl HasKind for CellsError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Usage
    }
}

/// The cells of all `sources`, in their order and that of their axes. What is
/// `typed` stands above what a spec says: several values make an axis, a single
/// one holds in every cell. `replicates` stands above the specs' own.
pub fn cells(
    sources: &[SpecText],
    typed: &[Override],
    replicates: Option<u32>,
) -> Result<Vec<Cell>, CellsError> {
    if let Some(setting) = typed.iter().find(|setting| setting.key == REPLICATES) {
        let error = SpecError::new(&setting.origin, "`replicates` is no key of a run");
        return Err(error.with_help(format!("write --replicates {}", setting.value)).into());
    }
    let flags = typed.iter().map(Axis::of).collect::<Result<Vec<Axis>, SpecError>>()?;
    let mut seeds = SeedsTaken::default();
    let mut all = Vec::new();
    for source in sources {
        let sweep = parse_sweep(&source.name, &source.text)?;
        let replicates = replicates.or(sweep.replicates).unwrap_or(1);
        let grid = Grid { source, sweep: typed_over(sweep, &flags), fixed: fixed(&flags), replicates };
        all.extend(grid.cells(&mut seeds)?);
    }
    let runs = all.iter().map(|cell| u64::from(cell.replicates)).sum();
    if runs > MAX_RUNS {
        let seconds = all.iter().map(|cell| seconds_of(&cell.spec) * f64::from(cell.replicates)).sum();
        return Err(CellsError::TooManyRuns { runs, time: in_words(seconds) });
    }
    Ok(all)
}

/// What flags with a single value set in every cell.
fn fixed(flags: &[Axis]) -> Vec<Override> {
    flags.iter().filter(|axis| axis.steps.len() == 1).flat_map(|axis| axis.steps[0].clone()).collect()
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
    source: &'a SpecText,
    sweep: Sweep,
    /// Holds in every cell.
    fixed: Vec<Override>,
    replicates: u32,
}

impl Grid<'_> {
    fn cells(&self, seeds: &mut SeedsTaken) -> Result<Vec<Cell>, CellsError> {
        self.check_keys()?;
        let experiment = self.spec(&[])?.name;
        let mut cells = Vec::new();
        for number in self.wanted()? {
            let settings = self.settings(number);
            let spec = self.spec(&settings)?;
            let settings = settings.into_iter().map(|setting| (setting.key, setting.value)).collect();
            let cell = Cell { settings, replicates: self.replicates, spec };
            if let Err(Overlap { first, is_same }) = seeds.take(&experiment, &cell) {
                let (name, second, replicates) = (self.source.name.clone(), cell.title(), self.replicates);
                return Err(if is_same {
                    CellsError::Same { name, first, second }
                } else {
                    CellsError::SharedSeeds { name, first, second, replicates }
                });
            }
            cells.push(cell);
        }
        self.check_delay(&cells)?;
        Ok(cells)
    }

    /// Where a delay acts is no question where there is none.
    fn check_delay(&self, cells: &[Cell]) -> Result<(), CellsError> {
        const WHERE: &str = "network.where";
        let is_axis = self.sweep.axes.iter().flat_map(Axis::keys).any(|key| key == WHERE);
        if is_axis && cells.iter().all(|cell| cell.spec.network.delay == Delay::None) {
            return Err(CellsError::NoDelay { name: self.source.name.clone() });
        }
        Ok(())
    }

    /// A key leads along one axis at most, and is not set besides.
    fn check_keys(&self) -> Result<(), CellsError> {
        let mut seen: BTreeSet<&str> = self.fixed.iter().map(|setting| setting.key.as_str()).collect();
        match self.sweep.axes.iter().flat_map(Axis::keys).find(|key| !seen.insert(key)) {
            Some(key) => Err(CellsError::Twice { name: self.source.name.clone(), key: key.to_owned() }),
            None => Ok(()),
        }
    }

    /// The numbers of the combinations that meet the condition.
    fn wanted(&self) -> Result<Vec<u128>, CellsError> {
        let steps = self.sweep.axes.iter().map(|axis| axis.steps.len() as u128);
        let count = steps.fold(1, u128::saturating_mul);
        if count > MAX_COMBINATIONS {
            return Err(self.too_many(count)?);
        }
        let mut wanted = Vec::new();
        for number in 0..count {
            if self.is_wanted(&self.settings(number))? {
                wanted.push(number);
            }
        }
        match &self.sweep.condition {
            Some(condition) if wanted.is_empty() => {
                let (name, condition) = (self.source.name.clone(), condition.as_str().to_owned());
                Err(CellsError::NoneWanted { name, condition, count })
            }
            _ if wanted.len() > MAX_CELLS => Err(self.too_many(wanted.len() as u128)?),
            _ => Ok(wanted),
        }
    }

    /// The error that says how long so many cells would take.
    fn too_many(&self, count: u128) -> Result<CellsError, CellsError> {
        let seconds = seconds_of(&self.spec(&self.settings(0))?) * count as f64 * f64::from(self.replicates);
        Ok(CellsError::TooMany { name: self.source.name.clone(), count, time: in_words(seconds) })
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
        let all = self.fixed.iter().chain(settings);
        let values = all.map(|setting| (setting.key.as_str(), setting.value.as_str()));
        let failed = |source| CellsError::Condition { name: self.source.name.clone(), source };
        condition.holds(values).map_err(failed)
    }

    fn spec(&self, settings: &[Override]) -> Result<Spec, SpecError> {
        spec::parse(&self.source.name, &self.source.text, &[&self.fixed, settings].concat())
    }
}

/// How long a run of this spec lasts on sockets.
fn seconds_of(spec: &Spec) -> f64 {
    spec.duration.as_secs_f64() / spec.speedup
}

fn in_words(seconds: f64) -> String {
    const YEAR_S: f64 = 365.25 * 24.0 * 3600.0;
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
        let source = SpecText { name: "x.toml".to_owned(), text: format!("{SPEC}{sweep}") };
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
            "[sweep.grid]\nclock_rates = [\"1,3,6\", [2, 4, 6]]\nbroadcast = \"one-event;per-recipient\"\n\
             [sweep.zip]\nseed = [1, 2]\nduration = \"10s..20s:10s\"\n",
            &[],
        )
        .unwrap();
        assert_eq!(cells.len(), 8);
        assert_eq!(cells[0].title(), "clock_rates = 1,3,6, broadcast = one-event, seed = 1, duration = 10s");
        assert_eq!(
            cells[7].title(),
            "clock_rates = [2, 4, 6], broadcast = per-recipient, seed = 2, duration = 20s"
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
        let reported = refusal("", &many);
        assert!(reported.contains("1000100000 cells") && reported.contains("1901 years"), "{reported}");
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
    fn a_condition_knows_what_flags_set() {
        let sweep = "[sweep]\nwhere = \"internal_prob > 0.3\"\n[sweep.grid]\ninternal_prob = [0.2, 0.7]\n";
        assert_eq!(titles(&of(sweep, &[("internal_prob", "0.5")]).unwrap()), ["as it is"]);
        assert!(matches!(of(sweep, &[("internal_prob", "0.1")]), Err(CellsError::NoneWanted { .. })));
        assert_eq!(titles(&of(sweep, &[("internal_prob", "0.3,0.4")]).unwrap()), ["internal_prob = 0.4"]);
    }

    #[test]
    fn a_key_leads_along_one_axis_only() {
        for (sweep, typed) in [
            ("", [("seed", "1,2"), ("seed", "3,4")]),
            ("", [("seed", "1,2"), ("seed", "3")]),
            (
                "[sweep.grid]\nspeedup = [1, 2]\n[sweep.zip]\nspeedup = [1, 2]\n",
                [("seed", "1"), ("seed", "2")],
            ),
        ] {
            assert!(matches!(of(sweep, &typed), Err(CellsError::Twice { .. })), "{sweep} {typed:?}");
        }
    }

    #[test]
    fn no_two_cells_make_the_same_runs() {
        let refused = |sweep: &str, typed: &[(&str, &str)]| of(sweep, typed).unwrap_err();
        for typed in [("name", "a,b"), ("why", "a,b"), ("clock_rates", "1,2;1.0,2.0")] {
            assert!(matches!(refused("", &[typed]), CellsError::Same { .. }), "{typed:?}");
        }
        let seeds = "[sweep.grid]\nseed = [5, 1, 4]\n";
        let source = SpecText { name: "x.toml".to_owned(), text: format!("{SPEC}{seeds}") };
        for (replicates, wanted) in [(1, true), (2, false), (4, false)] {
            let cells = cells(std::slice::from_ref(&source), &[], Some(replicates));
            assert_eq!(cells.is_ok(), wanted, "{replicates}: {cells:?}");
        }
        let reported = cells(std::slice::from_ref(&source), &[], Some(2)).unwrap_err().to_string();
        assert!(
            reported.contains("`seed = 5` and `seed = 4`") && reported.contains("at least 2 apart"),
            "{reported}"
        );
        let named = of("[sweep.zip]\nname = [\"a\", \"b\"]\ninternal_prob = [0.1, 0.2]\n", &[]).unwrap();
        assert_eq!(named[1].spec.name, "b");
    }

    #[test]
    fn the_same_spec_twice_is_refused_and_under_another_name_is_not() {
        let source = |name: &str| SpecText {
            name: format!("{name}.toml"),
            text: SPEC.replace("\"x\"", &format!("{name:?}")),
        };
        assert!(matches!(cells(&[source("x"), source("x")], &[], None), Err(CellsError::Same { .. })));
        assert_eq!(cells(&[source("x"), source("y")], &[], None).unwrap().len(), 2);
    }

    #[test]
    fn too_much_is_refused_before_it_is_made() {
        let source = SpecText { name: "x.toml".to_owned(), text: SPEC.to_owned() };
        let typed = |values: &str| [Override::new("--seed", "seed", values)];
        let runs = cells(&[source], &typed("1..20000000:1000000"), Some(1_000_000)).unwrap_err();
        assert!(matches!(&runs, CellsError::TooManyRuns { runs: 20_000_000, .. }), "{runs}");
        assert!(matches!(
            of("", &[("seed", "1..50001"), ("speedup", "1,2")]),
            Err(CellsError::TooMany { .. })
        ));
        let numbers =
            ["seed", "speedup", "machine.1.clock_rate", "machine.2.clock_rate", "machine.3.clock_rate"];
        let times = ["start_stagger", "network.connect_timeout"];
        let beyond_u128: Vec<_> = (numbers.map(|key| (key, "1..100000")).into_iter())
            .chain(times.map(|key| (key, "1ms..100000ms:1ms")))
            .chain([("internal_prob", "0..1:0.0001")])
            .collect();
        let reported = of("", &beyond_u128).unwrap_err();
        assert!(matches!(&reported, CellsError::TooMany { .. }), "{reported}");
    }

    #[test]
    fn specs_without_axes_are_a_cell_each() {
        let cells = of("", &[("internal_prob", "0.2")]).unwrap();
        assert_eq!(cells.len(), 1);
        assert_eq!((cells[0].title().as_str(), cells[0].spec.internal_prob), ("as it is", 0.2));
    }
}
