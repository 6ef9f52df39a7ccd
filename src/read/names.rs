//! Names of runs that no two share: as many of the folders above a run as make
//! its name unique.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::file_name::file_name;
use crate::read::run_path::RunPath;
use crate::text::sanitize::on_one_line;

/// Between the folders in a name. No name has it by itself.
const SEPARATOR: char = '/';

/// Names runs that share a name after the folders they lie in, so that no two
/// share a row's keys, a chart's folder or an average. Runs of labctl keep their
/// own name within an experiment that is named so; those of others have one
/// name only.
pub fn tell_apart(runs: &mut [RunPath]) {
    let twins = twins(runs);
    if twins.is_empty() {
        return;
    }
    let named: Vec<Named> = runs.iter().map(Named::of).collect();
    name_after_own_folders(runs, &named, &twins);
    let mut depths = vec![0; runs.len()];
    loop {
        let mut twins = self::twins(runs);
        // Folders do not tell runs of one folder apart.
        twins.retain(|places| places.iter().any(|place| runs[*place].folder != runs[places[0]].folder));
        let families: BTreeSet<&Family> = twins.iter().flatten().map(|place| &named[*place].family).collect();
        let mut is_told = families.is_empty();
        for (place, run) in runs.iter_mut().enumerate() {
            let Named { family, above } = &named[place];
            if families.contains(family) && depths[place] < above.len() {
                let folder = &above[depths[place]];
                depths[place] += 1;
                is_told = true;
                prefix(run, folder);
            }
        }
        if families.is_empty() || !is_told {
            break;
        }
    }
    number_the_rest(runs);
}

/// Where runs of several sweeps, or of none, share a row's keys in a table that
/// has no column for sweeps, names their experiments after these: probs/exp4.
pub fn name_by_sweep(runs: &mut [RunPath]) {
    let mut keys: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for run in runs.iter() {
        *keys.entry((&run.experiment, &run.run)).or_default() += 1;
    }
    let shares = |run: &&RunPath| keys[&(&*run.experiment, &*run.run)] > 1;
    let of = |run: &RunPath| (run.sweep.clone(), run.experiment.clone());
    let renamed: BTreeSet<_> = runs.iter().filter(shares).map(of).collect();
    for run in runs.iter_mut().filter(|run| renamed.contains(&of(run))) {
        if let Some(sweep) = &run.sweep {
            run.experiment = format!("{sweep}{SEPARATOR}{}", run.experiment).into();
        }
    }
}

/// Whether a run was named after the folders that it lies in.
pub fn is_told_apart(run: &RunPath) -> bool {
    let names = [Some(&run.experiment), Some(&run.run), run.sweep.as_ref()];
    names.into_iter().flatten().any(|name| name.contains(SEPARATOR))
}

/// The folder below `charts` in which the charts of a run go.
pub fn charts_folder(charts: &Path, run: &RunPath) -> PathBuf {
    let mut folder = charts.to_owned();
    let sweep = run.sweep.as_deref().unwrap_or_default();
    // Every sweep has runs of the same names. Those of others have one name.
    let experiment = if run.experiment == run.run { "" } else { &run.experiment };
    for name in [sweep, experiment, &run.run].into_iter().filter(|name| !name.is_empty()) {
        folder.extend(name.split(SEPARATOR).map(file_name));
    }
    folder
}

/// Who share a name for their rows, or a folder for their charts, by their places.
fn twins(runs: &[RunPath]) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        // A file system may not tell large letters from small.
        let folder = charts_folder(Path::new(""), run).to_string_lossy().to_lowercase();
        places.entry(folder.into()).or_default().push(place);
    }
    places.into_values().filter(|places| places.len() > 1).collect()
}

/// Runs that are renamed together: those of one experiment in one folder, and
/// each run of others by itself.
type Family = (PathBuf, Option<Arc<str>>);

struct Named {
    family: Family,
    /// The folders above, the nearest first.
    above: Vec<String>,
}

impl Named {
    fn of(run: &RunPath) -> Named {
        let real = run.folder.canonicalize().unwrap_or_else(|_| run.folder.clone());
        let mut above: Vec<String> = real
            .ancestors()
            .skip(1)
            .filter_map(|folder| Some(on_one_line(&folder.file_name()?.to_string_lossy())))
            .collect();
        // Folders that the name has already.
        let is_ours = run.experiment != run.run;
        for name in [Some(&run.experiment).filter(|_| is_ours), run.sweep.as_ref()].into_iter().flatten() {
            if above.first().is_some_and(|first| **first == **name) {
                above.remove(0);
            }
        }
        let family = match is_ours {
            true => (real.parent().unwrap_or(&real).to_owned(), Some(run.experiment.clone())),
            false => (real, None),
        };
        Named { family, above }
    }
}

/// Copies of a run beside each other have one manifest, but not one folder.
fn name_after_own_folders(runs: &mut [RunPath], named: &[Named], twins: &[Vec<usize>]) {
    for places in twins {
        let folder = |place: &usize| runs[*place].folder.clone();
        let is_ours = |place: &&usize| named[**place].family.1.is_some();
        let folders: BTreeMap<usize, PathBuf> =
            places.iter().filter(is_ours).map(|place| (*place, folder(place))).collect();
        for (place, folder) in &folders {
            let shares_family =
                folders.keys().any(|other| other != place && named[*other].family == named[*place].family);
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            if let Some(name) = real.file_name().filter(|_| shares_family) {
                runs[*place].run = on_one_line(&name.to_string_lossy()).into();
            }
        }
    }
}

fn prefix(run: &mut RunPath, folder: &str) {
    let with_folder = |name: &str| Arc::from(format!("{folder}{SEPARATOR}{name}"));
    if run.experiment == run.run {
        run.run = with_folder(&run.run);
        run.experiment.clone_from(&run.run);
    } else if let Some(sweep) = &run.sweep {
        run.sweep = Some(with_folder(sweep));
    } else {
        run.experiment = with_folder(&run.experiment);
    }
}

/// Several runs may lie in one folder.
fn number_the_rest(runs: &mut [RunPath]) {
    while let Some(places) = twins(runs).first() {
        for (number, place) in places.iter().enumerate().skip(1) {
            let run = &mut runs[*place];
            let is_other = run.experiment == run.run;
            run.run = format!("{}-{}", run.run, number + 1).into();
            if is_other {
                run.experiment.clone_from(&run.run);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::find::find_runs;
    use std::fs;

    fn named(files: &[&str]) -> Vec<(String, PathBuf)> {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let mut runs = find_runs(root.path()).unwrap();
        tell_apart(&mut runs);
        runs.iter()
            .map(|run| (format!("{} | {}", run.experiment, run.run), charts_folder(Path::new("p"), run)))
            .collect()
    }

    fn names(files: &[&str]) -> Vec<String> {
        named(files).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_name_that_is_unique_stays() {
        assert_eq!(names(&["a/t1/log_1.txt", "b/t2/log_1.txt"]), ["t1 | t1", "t2 | t2"]);
    }

    #[test]
    fn runs_of_one_name_are_named_by_as_many_folders_as_it_takes() {
        let runs = named(&["x/anna/t/log_1.txt", "x/ben/t/log_1.txt", "y/ben/t/log_1.txt", "y/u/log_1.txt"]);
        let names: Vec<&str> = runs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["anna/t | anna/t", "x/ben/t | x/ben/t", "y/ben/t | y/ben/t", "u | u"]);
        assert_eq!(runs[1].1, Path::new("p/x/ben/t"));
    }

    #[test]
    fn an_experiment_in_two_trees_is_two_experiments() {
        let files = ["a/exp/r1/spec.toml", "a/exp/r2/spec.toml", "b/exp/r1/spec.toml"];
        let logs = ["a/exp/r1/log_1.txt", "a/exp/r2/log_1.txt", "b/exp/r1/log_1.txt"];
        assert_eq!(names(&[files, logs].concat()), ["a/exp | r1", "a/exp | r2", "b/exp | r1"]);
    }

    #[test]
    fn names_that_differ_in_large_letters_alone_have_two_folders() {
        assert_eq!(names(&["a/T/log_1.txt", "b/t/log_1.txt"]), ["a/T | a/T", "b/t | b/t"]);
    }
}
