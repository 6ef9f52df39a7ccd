//! Where pictures go: a folder a run, one for what shows several, one a sweep.

use std::path::{Path, PathBuf};

use crate::files::file_name::file_name;
use crate::read::names::charts_folder;
use crate::read::run_path::RunPath;

/// The folder of a sweep's charts.
pub fn sweep_folder(plots: &Path, sweep: &str) -> PathBuf {
    plots.join(file_name(sweep))
}

/// The folders of the charts of sweeps: named as they are, and as many of the
/// folders above them as tell them apart.
pub fn sweep_folders(plots: &Path, sweeps: &[PathBuf]) -> Vec<PathBuf> {
    let real: Vec<Vec<String>> = sweeps.iter().map(|sweep| file_names(sweep)).collect();
    let ending = |names: &[String], length: usize| names[names.len().saturating_sub(length)..].to_vec();
    let is_alone = |names: &[String], length| {
        real.iter().filter(|other| ending(other, length) == ending(names, length)).count() == 1
    };
    let shortest = |names: &Vec<String>| {
        let length = (1..=names.len()).find(|length| is_alone(names, *length));
        plots.join(ending(names, length.unwrap_or(names.len())).iter().collect::<PathBuf>())
    };
    real.iter().map(shortest).collect()
}

fn file_names(path: &Path) -> Vec<String> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.iter().filter(|name| *name != "/").map(|name| file_name(&name.to_string_lossy())).collect()
}

/// The smallest folder that all runs have in common; there is one at least.
pub(super) fn common_folder(plots: &Path, runs: &[RunPath]) -> PathBuf {
    let first = &runs[0];
    let share_sweep = runs.iter().all(|run| run.sweep == first.sweep);
    if runs.len() == 1 {
        charts_folder(plots, first)
    } else if share_sweep && runs.iter().all(|run| run.experiment == first.experiment) {
        charts_folder(plots, first).parent().unwrap_or(plots).to_owned()
    } else {
        let sweep = first.sweep.as_ref().filter(|_| share_sweep);
        sweep.map_or(plots.to_owned(), |sweep| sweep_folder(plots, sweep))
    }
}
