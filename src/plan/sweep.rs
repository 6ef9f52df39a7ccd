//! The plan of a sweep: its cells and their replicates, every run numbered.
//! Pure; its text is its identity.

use serde::{Deserialize, Serialize};

use super::Run;
use super::cell::Cell;
use super::cells::{MAX_CELLS, MAX_RUNS};
use crate::files::digest::sha256;
use crate::model::engine::Engine;
use crate::plan::precision::Precision;
use crate::plan::precision::PrecisionError;
use crate::spec::{self, SpecError, to_toml};

/// All runs of a sweep, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub engine: Engine,
    /// Stops a cell's replicates once they are as precise as wanted.
    pub until: Option<Precision>,
    cells: Vec<Cell>,
    /// The number of each cell's first run.
    starts: Vec<u64>,
}

/// A plan's text that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlanError {
    #[error("this is no plan: {0}")]
    Form(String),
    #[error("the plan was changed after it was made: its hash is {stated}, its content's {actual}")]
    Hash { stated: String, actual: String },
    #[error("the plan was made by labctl {theirs}, this is {ours}; make it anew, or use that version")]
    Version { theirs: String, ours: String },
    #[error(
        "the plan claims {runs} runs in {cells} cells; a plan has at most {MAX_RUNS} runs in {MAX_CELLS} cells"
    )]
    TooMany { runs: u64, cells: usize },
    #[error("cell {cell} of the plan has no replicates; every cell has at least one")]
    NoReplicates { cell: usize },
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// The file of a plan.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// SHA-256 of the plan as compact JSON.
    sha256: String,
    plan: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    labctl_version: String,
    engine: Engine,
    until: Option<String>,
    cells: Vec<CellBody>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellBody {
    settings: Vec<(String, String)>,
    replicates: u32,
    spec: String,
}

impl Plan {
    pub fn new(engine: Engine, until: Option<Precision>, cells: Vec<Cell>) -> Plan {
        let starts = cells.iter().scan(0, |next, cell| {
            let start = *next;
            *next += u64::from(cell.replicates);
            Some(start)
        });
        Plan { engine, until, starts: starts.collect(), cells }
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// How many runs there are, or with `until` may be.
    pub fn run_count(&self) -> u64 {
        self.cells.iter().map(|cell| u64::from(cell.replicates)).sum()
    }

    /// The numbers of a cell's runs, counted from 0.
    pub fn runs_of(&self, cell: usize) -> std::ops::Range<u64> {
        let start = self.starts[cell];
        start..start + u64::from(self.cells[cell].replicates)
    }

    /// The cell that run `number` belongs to, and which of its replicates it
    /// is; both counted from 0.
    pub fn place(&self, number: u64) -> (usize, u32) {
        let cell = self.starts.partition_point(|start| *start <= number) - 1;
        (cell, (number - self.starts[cell]) as u32)
    }

    /// Run `number` in full: replicate k of every cell has the cell's seed + k,
    /// so that the same replicate meets the same draws in every cell.
    pub fn run(&self, number: u64) -> Run {
        let (cell, replicate) = self.place(number);
        let mut spec = self.cells[cell].spec.clone();
        spec.seed = spec.seed.wrapping_add(u64::from(replicate));
        Run::single(spec, self.run_name(number))
    }

    /// The name of run `number`, which its folder has.
    pub fn run_name(&self, number: u64) -> String {
        let (cell, replicate) = self.place(number);
        format!("c{}_r{}", cell + 1, replicate + 1)
    }

    /// The keys of all axes, in the order in which the cells name them.
    pub fn axes(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        for (key, _) in self.cells.iter().flat_map(|cell| &cell.settings) {
            if !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
        keys
    }

    fn body(&self, version: &str) -> Body {
        let cell = |cell: &Cell| CellBody {
            settings: cell.settings.clone(),
            replicates: cell.replicates,
            spec: to_toml(&cell.spec),
        };
        Body {
            labctl_version: version.to_owned(),
            engine: self.engine,
            until: self.until.map(|until| until.to_string()),
            cells: self.cells.iter().map(cell).collect(),
        }
    }

    /// The plan's hash, by which its results know it: of all that decides its
    /// runs, the version of this program included.
    pub fn hash(&self, version: &str) -> String {
        hash(&self.body(version))
    }

    /// The plan as JSON; [`Plan::from_json`] gives it back.
    pub fn to_json(&self, version: &str) -> String {
        let body = self.body(version);
        let document = Document { sha256: hash(&body), plan: body };
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// Reads a plan that [`Plan::to_json`] of the same `version` wrote.
    ///
    /// # Errors
    ///
    /// Text of another form, of another version, or changed since.
    pub fn from_json(text: &str, version: &str) -> Result<Plan, PlanError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| PlanError::Form(error.to_string()))?;
        let body = document.plan;
        let actual = hash(&body);
        if document.sha256 != actual {
            return Err(PlanError::Hash { stated: document.sha256, actual });
        }
        if body.labctl_version != version {
            return Err(PlanError::Version { theirs: body.labctl_version, ours: version.to_owned() });
        }
        check_size(&body.cells)?;
        let mut cells = Vec::new();
        for (at, cell) in body.cells.into_iter().enumerate() {
            let spec = spec::parse(&format!("cell {} of the plan", at + 1), &cell.spec, &[])?;
            cells.push(Cell { settings: cell.settings, replicates: cell.replicates, spec });
        }
        let until = body.until.map(|text| text.parse()).transpose();
        let until = until.map_err(|error: PrecisionError| PlanError::Form(error.to_string()))?;
        Ok(Plan::new(body.engine, until, cells))
    }

    /// What is different in `other`, a line each; empty for the same plan.
    pub fn differences(&self, other: &Plan) -> Vec<String> {
        let mut found = Vec::new();
        if self.engine != other.engine {
            found.push(format!("engine: {} here, {} there", self.engine, other.engine));
        }
        if self.until != other.until {
            let reported = |until: &Option<Precision>| {
                until.map_or_else(|| "none".to_owned(), |until| until.to_string())
            };
            found.push(format!("--until: {} here, {} there", reported(&self.until), reported(&other.until)));
        }
        if self.cells.len() != other.cells.len() {
            found.push(format!("cells: {} here, {} there", self.cells.len(), other.cells.len()));
        }
        for (at, (mine, theirs)) in self.cells.iter().zip(&other.cells).enumerate() {
            let mut tell = |what: &str, here: String, there: String| {
                if here != there {
                    found.push(format!("cell {}, {what}: {here} here, {there} there", at + 1));
                }
            };
            tell("axes", mine.full_title(), theirs.full_title());
            tell("replicates", mine.replicates.to_string(), theirs.replicates.to_string());
            let (mine, theirs) = (to_toml(&mine.spec), to_toml(&theirs.spec));
            let (mut mine, mut theirs) = (mine.lines(), theirs.lines());
            loop {
                let (here, there) = (mine.next(), theirs.next());
                if (here, there) == (None, None) {
                    break;
                }
                let reported =
                    |line: Option<&str>| line.map_or("nothing".to_owned(), |line| format!("`{line}`"));
                tell("spec", reported(here), reported(there));
            }
        }
        found
    }
}

/// What only a file claims is held to the bounds of what this program makes,
/// before anything is made room for.
fn check_size(cells: &[CellBody]) -> Result<(), PlanError> {
    let runs = cells.iter().map(|cell| u64::from(cell.replicates)).fold(0, u64::saturating_add);
    if runs > MAX_RUNS || cells.len() > MAX_CELLS {
        return Err(PlanError::TooMany { runs, cells: cells.len() });
    }
    match cells.iter().position(|cell| cell.replicates == 0) {
        Some(at) => Err(PlanError::NoReplicates { cell: at + 1 }),
        None => Ok(()),
    }
}

fn hash(body: &Body) -> String {
    // Nothing in a plan can fail to be written as JSON.
    sha256(&serde_json::to_vec(body).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::cells;
    use super::*;
    use crate::spec::{Override, SpecText};

    fn plan(rates: &str, replicates: u32) -> Plan {
        let text = "name = \"x\"\nduration = \"60s\"\nseed = 7\n[[machine]]\nclock_rate = \"random 1..6\"\ncount = 3\n";
        let source = SpecText { name: "x.toml".to_owned(), text: text.to_owned() };
        let typed = [Override::clock_rates("--clock-rates", rates)];
        Plan::new(Engine::Simulator, None, cells(&[source], &typed, Some(replicates)).unwrap())
    }

    #[test]
    fn every_run_has_a_place_a_name_and_a_seed() {
        let plan = plan("1,2,3;4,5,6", 3);
        assert_eq!(plan.run_count(), 6);
        let runs: Vec<Run> = (0..6).map(|number| plan.run(number)).collect();
        let reported: Vec<_> = runs.iter().map(|run| (run.name.as_str(), run.spec.seed)).collect();
        assert_eq!(
            reported,
            [("c1_r1", 7), ("c1_r2", 8), ("c1_r3", 9), ("c2_r1", 7), ("c2_r2", 8), ("c2_r3", 9)]
        );
        assert_eq!((plan.place(3), plan.runs_of(1)), ((1, 0), 3..6));
        assert_eq!(runs[5].clock_rates(), [4.0, 5.0, 6.0]);
    }

    #[test]
    fn a_plan_reads_back_from_its_text_and_knows_a_changed_one() {
        let one = plan("1,2,3;4,5,6", 3);
        let text = one.to_json("1.0");
        assert_eq!(Plan::from_json(&text, "1.0").unwrap(), one);
        assert!(matches!(Plan::from_json(&text, "1.1"), Err(PlanError::Version { .. })));
        let changed = text.replace("\"replicates\": 3", "\"replicates\": 4");
        assert!(matches!(Plan::from_json(&changed, "1.0"), Err(PlanError::Hash { .. })));
        assert!(matches!(Plan::from_json("{}", "1.0"), Err(PlanError::Form(_))));
    }

    #[test]
    fn what_a_plan_only_claims_is_bounded_before_room_is_made() {
        let mut claimed = plan("1,2,3;4,5,6", 3);
        claimed.cells.iter_mut().for_each(|cell| cell.replicates = u32::MAX);
        let reported = Plan::from_json(&claimed.to_json("1.0"), "1.0").unwrap_err();
        assert_eq!(reported, PlanError::TooMany { runs: 2 * u64::from(u32::MAX), cells: 2 });
        claimed.cells.iter_mut().for_each(|cell| cell.replicates = 0);
        let reported = Plan::from_json(&claimed.to_json("1.0"), "1.0").unwrap_err();
        assert_eq!(reported, PlanError::NoReplicates { cell: 1 });
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_plan_is_refused(
            at in proptest::prelude::any::<proptest::sample::Index>(), with in "[ -~]{0,3}"
        ) {
            let whole = plan("1,2,3;4,5,6", 2).to_json("1.0");
            let mut bytes = whole.clone().into_bytes();
            let start = at.index(bytes.len());
            let end = (start + with.len()).min(bytes.len());
            bytes.splice(start..end, with.into_bytes());
            // The plan has letters of several bytes, and the damage may split one.
            let text = String::from_utf8_lossy(&bytes);
            let found = Plan::from_json(&text, "1.0");
            proptest::prop_assert!(text == whole || found.is_err() || found.unwrap() == plan("1,2,3;4,5,6", 2));
        }
    }

    #[test]
    fn the_difference_of_two_plans_is_told() {
        let differences = plan("1,2,3;4,5,6", 3).differences(&plan("1,2,3;4,5,7", 3));
        assert_eq!(differences.len(), 2, "{differences:?}");
        assert!(differences[0].contains("cell 2") && differences[0].contains("4,5,7"), "{differences:?}");
        assert!(differences[1].contains("`clock_rate = 6.0` here"), "{differences:?}");
        let more = plan("1,2,3", 4).differences(&plan("1,2,3", 3));
        assert_eq!(more, ["cell 1, replicates: 4 here, 3 there"]);
    }
}
