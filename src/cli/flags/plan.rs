//! Flags that make a plan, the same for every command that makes one.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use labctl::model::engine::Engine;
use labctl::plan::precision::Precision;
use labctl::plan::{Plan, cells};
use labctl::spec::{self, EXPERIMENTS, shipped};

use super::engine::engine;
use super::name::folder_name;
use super::spec::{RealTimeSpecFlags, tell_shipped};
use crate::cli::Terminal;

/// What to run, and how often
#[derive(Debug, clap::Args)]
pub struct PlanFlags {
    /// Specs to sweep over, by path or name; without one, all in experiments/
    #[arg(value_name = "SPEC")]
    specs: Vec<PathBuf>,

    /// Runs of each cell that differ in the seed alone
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replicates: Option<u32>,

    /// Real sockets in real time, or simulations: the same machines in virtual time
    #[arg(long, value_name = "ENGINE", value_parser = engine(), default_value = "sockets")]
    engine: Engine,

    /// Name the sweep, instead of by its plan
    #[arg(long, value_name = "NAME", value_parser = folder_name)]
    name: Option<String>,

    /// The folder of all results
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    #[command(flatten)]
    spec_flags: RealTimeSpecFlags,
}

impl PlanFlags {
    /// What another command's flags say of the same.
    pub fn of(
        specs: &[PathBuf],
        replicates: u32,
        engine: Engine,
        name: Option<&str>,
        results: &Path,
        spec_flags: &RealTimeSpecFlags,
    ) -> PlanFlags {
        PlanFlags {
            specs: specs.to_vec(),
            replicates: Some(replicates),
            engine,
            name: name.map(str::to_owned),
            results: results.to_owned(),
            spec_flags: spec_flags.clone(),
        }
    }

    /// The plan that is asked for; `until` stops the replicates of a cell at a
    /// precision, or at the most.
    pub fn plan(&self, until: Option<(Precision, u32)>, terminal: &Terminal) -> anyhow::Result<Plan> {
        let paths = self.paths(terminal)?;
        let mut sources = Vec::new();
        for path in &paths {
            sources.push(spec::read(path)?);
            if !self.specs.is_empty() {
                tell_shipped(path, terminal);
            }
        }
        let replicates = until.map(|(_, most)| most).or(self.replicates);
        let cells = cells(&sources, &self.spec_flags.overrides(), replicates)?;
        for path in &paths {
            self.spec_flags.spec.tell_other_machines(path, cells.iter().map(|cell| &cell.spec), terminal);
        }
        Ok(Plan::new(self.engine, until.map(|(precision, _)| precision), cells))
    }

    /// Where a plan with this hash belongs.
    pub fn folder(&self, hash: &str) -> PathBuf {
        /// Enough to tell the sweeps of one lab apart.
        const DIGITS: usize = 8;
        let name = self.name.clone().unwrap_or_else(|| format!("sweep-{}", &hash[..DIGITS]));
        self.results.join(name)
    }

    fn paths(&self, terminal: &Terminal) -> anyhow::Result<Vec<PathBuf>> {
        if !self.specs.is_empty() {
            return Ok(self.specs.clone());
        }
        let here =
            spec::files_here().with_context(|| format!("{EXPERIMENTS}/ cannot be read; name a spec"))?;
        if here.is_empty() && Path::new(EXPERIMENTS).exists() {
            bail!("{EXPERIMENTS}/ holds no specs; name one");
        }
        if here.is_empty() {
            terminal.say(format!("{EXPERIMENTS}/ is not here; all specs that come with labctl are taken"));
            return Ok(shipped::names().map(PathBuf::from).collect());
        }
        Ok(here)
    }
}
