//! Where foreign logs lie: which files are logs, which of them make up a run,
//! and whose each is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dialect::file_names::{NameSays, unpacked};
use crate::dialect::interpreter::LogContext;
use crate::dialect::naming::sort_naturally;
use crate::dialect::parts::{Accounts, NamedPart, PARTS_MAX, Part};
use crate::dialect::{Dialect, DialectRuns, Starts, StatedRate, TimeFormat};
use crate::log::open_log;
use crate::model::event::MachineId;
use crate::parallel;
use crate::read::log_files::{files_below, files_beside, is_named_as, last_parts, real_path, run_folder};
use crate::read::passed_over::is_packed;
use crate::read::run_path::{RunPath, RunState};
use crate::read::runs_error::RunsError;
use crate::read::until;
use crate::text::sanitize::{harmless, on_one_line};

/// The runs at or below `paths`, in the order of their folders. `clock_rates`
/// are the user's, one for each machine, or one for all.
pub fn find_runs(
    dialect: &Arc<Dialect>,
    paths: &[PathBuf],
    clock_rates: &[f64],
) -> Result<FoundInDialect, RunsError> {
    let mut groups = BTreeMap::new();
    for path in paths {
        let found = match files_below(path)? {
            None => add_with_siblings(dialect, path, &mut groups)?,
            Some(mut files) => {
                files.retain(|file| is_named_as(dialect, file));
                files.iter().try_for_each(|file| add(dialect, file, true, &mut groups))?;
                !files.is_empty()
            }
        };
        if !found {
            return Err(RunsError::Nothing { path: path.clone(), dialect: dialect.name.clone() });
        }
    }
    groups.values_mut().for_each(Group::keep_those_named);
    let mut found = FoundInDialect::default();
    if *dialect.time_format() == TimeFormat::None {
        let name = &dialect.name;
        found.notes.push(format!("dialect {name}: no time is told, so what rests on time is unknown"));
    }
    look_into(dialect, &mut groups);
    let stated = take_silent(dialect, &mut groups, &mut found.notes);
    groups.retain(|_, group| group.logs.values().any(|log| log.wanted));
    for ((real, _), group) in groups {
        let known = Known { real: &real, clock_rates, stated: stated.get(&real).map_or(&[], Vec::as_slice) };
        found.runs.extend(group.into_runs(dialect, &known, &mut found.notes)?);
    }
    Ok(found)
}

/// Runs whose logs are in one dialect.
#[derive(Debug, Default)]
pub struct FoundInDialect {
    pub runs: Vec<RunPath>,
    /// What there is to tell of how files were taken for runs.
    pub notes: Vec<String>,
}

/// What is known of the machines of a run besides their logs.
struct Known<'a> {
    /// The real path of its folder.
    real: &'a Path,
    /// The user's, one for each machine, or one for all.
    clock_rates: &'a [f64],
    /// Told by a file beside the logs.
    stated: &'a [StatedRate],
}

/// Finds out of every log whether it has events, and how often it starts. What
/// cannot be read is reported where its run is read.
fn look_into(dialect: &Dialect, groups: &mut Groups) {
    let logs: Vec<&mut Log> = groups.values_mut().flat_map(|group| group.logs.values_mut()).collect();
    let paths: Vec<PathBuf> = logs.iter().map(|log| log.path.clone()).collect();
    let looked = parallel::map(&paths, |path| {
        let is_silent =
            open_log(path).and_then(|file| until::has_events(dialect, file)).is_ok_and(|has| !has);
        let starts =
            if dialect.has_parts() { Ok(Starts::default()) } else { dialect.starts(|| open_log(path)) };
        (is_silent, starts.unwrap_or_default())
    });
    for (log, (is_silent, starts)) in logs.into_iter().zip(looked) {
        (log.is_silent, log.starts) = (is_silent, starts);
    }
}

/// Takes away files that have no events and are of no machine; gives the clock
/// rates that they tell, by the folder of their runs.
fn take_silent(
    dialect: &Dialect,
    groups: &mut Groups,
    notes: &mut Vec<String>,
) -> BTreeMap<PathBuf, Vec<StatedRate>> {
    let mut stated: BTreeMap<PathBuf, Vec<StatedRate>> = BTreeMap::new();
    let is_no_run = |group: &Group| group.logs.values().all(|log| log.is_silent);
    if groups.values().all(is_no_run) {
        return stated;
    }
    for ((folder, _), group) in groups.iter_mut() {
        let is_no_run = is_no_run(group);
        let is_left = |log: &mut Log| log.is_silent && (is_no_run || log.says.machine.is_none());
        for (_, log) in group.logs.extract_if(.., |_, log| is_left(log)) {
            let rates = open_log(&log.path).and_then(|file| dialect.stated_rates(file)).unwrap_or_default();
            if rates.is_empty() {
                notes.push(format!("{}: no line of it is an event, so it is no run", shown(&log.path)));
            }
            stated.entry(folder.clone()).or_default().extend(rates);
        }
    }
    stated
}

fn shown(path: &Path) -> String {
    harmless(&path.display().to_string())
}

/// Logs that make up a run, by their real paths.
struct Group {
    folder: PathBuf,
    run: Option<String>,
    logs: BTreeMap<PathBuf, Log>,
}

/// A file, or what one machine in it logged.
#[derive(Clone)]
struct Log {
    path: PathBuf,
    says: NameSays,
    /// Asked for, and not only known to be there.
    wanted: bool,
    /// No line of it is an event.
    is_silent: bool,
    starts: Starts,
    part: Option<NamedPart>,
    accounts: Accounts,
}

type Groups = BTreeMap<(PathBuf, Option<String>), Group>;

fn add(dialect: &Dialect, path: &Path, wanted: bool, groups: &mut Groups) -> Result<(), RunsError> {
    let text = last_parts(path, dialect.files.parts);
    let mut says = dialect.files.says(&text);
    if dialect.tells_machines() && says.machine.is_none() {
        // All machines of a run log into one file.
        says.run = says.run.or(unpacked(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    let fits = dialect.files.fits(&text);
    let folder = run_folder(path, if fits { dialect.files.parts } else { 1 });
    let real = real_path(&folder)?;
    let group = groups.entry((real, says.run.clone())).or_insert_with(|| Group {
        folder,
        run: says.run.clone(),
        logs: BTreeMap::new(),
    });
    let log = group.logs.entry(real_path(path)?);
    let new = || Log {
        path: path.to_owned(),
        says,
        wanted: false,
        is_silent: false,
        starts: Starts::default(),
        part: None,
        accounts: Accounts::Whole,
    };
    log.or_insert_with(new).wanted |= wanted;
    Ok(())
}

/// A log, and those beside it, which tell how the machines are called if it is the
/// only one of its run that is named.
fn add_with_siblings(dialect: &Dialect, path: &Path, groups: &mut Groups) -> Result<bool, RunsError> {
    add(dialect, path, true, groups)?;
    let parts = dialect.files.parts;
    if dialect.files.are_stated() && dialect.files.fits(&last_parts(path, parts)) {
        for file in files_beside(path, parts)?.iter().filter(|file| is_named_as(dialect, file)) {
            add(dialect, file, false, groups)?;
        }
    }
    Ok(true)
}

impl Group {
    /// Where several logs are named, they are the run, whatever lies beside them.
    fn keep_those_named(&mut self) {
        if self.logs.values().filter(|log| log.wanted).count() > 1 {
            self.logs.retain(|_, log| log.wanted);
        }
    }

    /// The dialect, with the headers that begin further runs in these logs.
    fn with_starts(&self, dialect: &Arc<Dialect>, notes: &mut Vec<String>) -> Arc<Dialect> {
        let mut starts = Starts::default();
        for log in self.logs.values().filter(|log| log.starts.count > 1) {
            let (path, count) = (shown(&log.path), log.starts.count);
            notes.push(format!(
                "{path}: {count} starts, by a header that comes again with the clock back at its start; each is a run"
            ));
            starts.add(&log.starts);
        }
        if starts.count > 1 { Arc::new(dialect.starting_at(&starts)) } else { Arc::clone(dialect) }
    }

    /// The runs that its files hold, in their order, each with a log for each machine.
    fn into_runs(
        self,
        dialect: &Arc<Dialect>,
        known: &Known<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<RunPath>, RunsError> {
        let dialect = &self.with_starts(dialect, notes);
        let mut runs: Vec<(Option<String>, Vec<Log>)> = Vec::new();
        for log in self.logs.into_values().map(|log| in_parts(dialect, log)) {
            for log in log? {
                let inside = log.part.as_ref().map(|part| part.run.clone()).filter(|run| !run.is_empty());
                let name = match (&self.run, inside) {
                    (Some(outside), Some(inside)) => Some(format!("{outside}-{inside}")),
                    (outside, inside) => inside.or_else(|| outside.clone()),
                };
                match runs.iter_mut().find(|(run, _)| *run == name) {
                    Some((_, logs)) => logs.push(log),
                    None => runs.push((name, vec![log])),
                }
            }
        }
        let run = |(name, logs)| run_of(dialect, known, &self.folder, name, logs);
        runs.into_iter().map(run).collect()
    }
}

/// What each machine logged in each run, where lines tell; the log as it is where not.
fn in_parts(dialect: &Dialect, log: Log) -> Result<Vec<Log>, RunsError> {
    if !dialect.has_parts() {
        return Ok(vec![log]);
    }
    let parts = open_log(&log.path).and_then(|file| dialect.parts(file));
    let parts = parts.map_err(|source| RunsError::Read { path: log.path.clone(), source })?;
    match parts.len() {
        0 => Ok(vec![log]),
        1..=PARTS_MAX => {
            let mut runs = BTreeSet::new();
            let mut part = |(nth, part): (usize, NamedPart)| {
                let is_first_of_run = runs.insert(part.run.clone());
                let own = if is_first_of_run { Accounts::Run } else { Accounts::Own };
                let accounts = if nth == 0 { Accounts::Whole } else { own };
                Log { part: Some(part), accounts, ..log.clone() }
            };
            Ok(parts.into_iter().enumerate().map(&mut part).collect())
        }
        _ => Err(RunsError::Parts { path: log.path }),
    }
}

fn run_of(
    dialect: &Arc<Dialect>,
    known: &Known<'_>,
    folder: &Path,
    run: Option<String>,
    mut logs: Vec<Log>,
) -> Result<RunPath, RunsError> {
    let machine_names = machine_names(&mut logs);
    let mut numbered: BTreeMap<MachineId, Log> = BTreeMap::new();
    for (nth, log) in logs.into_iter().enumerate() {
        let machine = log.machine(dialect, &machine_names)?.unwrap_or(MachineId(nth as u32 + 1));
        match numbered.get_mut(&machine) {
            // One machine by two names, such as `VM 1` and `vm1`.
            Some(other) if log.part.is_some() && other.path == log.path => {
                other.accounts = other.accounts.max(log.accounts)
            }
            Some(other) => {
                let (first, second) = (other.path.clone(), log.path);
                return Err(RunsError::Twice { machine, first, second });
            }
            None => drop(numbered.insert(machine, log)),
        }
    }
    let machines = numbered.len() as u32;
    let context = |(machine, log): (&MachineId, &Log)| LogContext {
        machine: *machine,
        machines: if machines > 1 { machines } else { 0 },
        machine_names: machine_names.clone(),
        clock_rate: of_machine(known.clock_rates, *machine),
        file_clock_rate: of_machine(&log.says.clock_rates, *machine)
            .or_else(|| dialect.stated_rate(known.stated, *machine, &machine_names)),
        part: log.part.as_ref().map(|part| Part {
            run: part.run.clone(),
            machine: part.machine.as_ref().map(|_| *machine),
            accounts: log.accounts,
        }),
    };
    numbered.retain(|_, log| log.wanted);
    let contexts = numbered.iter().map(context).collect();
    let folder_name = known.real.file_name().map(|name| on_one_line(&name.to_string_lossy()));
    let folder_name = folder_name.map_or_else(|| "logs".into(), Arc::<str>::from);
    Ok(RunPath {
        experiment: Arc::clone(&folder_name),
        run: run.map_or(folder_name, |run| on_one_line(&run).into()),
        folder: folder.to_owned(),
        logs: numbered.into_values().map(|log| log.path).collect(),
        seen: None,
        manifest: None,
        state: RunState::InPlace,
        sweep: None,
        passed_over: packed_beside(dialect, folder),
        dialect: Some(DialectRuns { dialect: Arc::clone(dialect), contexts }),
    })
}

/// The rate of a machine, where there is one for each, or one for all.
fn of_machine(clock_rates: &[f64], machine: MachineId) -> Option<f64> {
    match clock_rates {
        [only] => Some(*only),
        rates => rates.get(machine.index()).copied(),
    }
}

/// Packed files in a run's folder that are its logs by their names, and cannot be read as such.
fn packed_beside(dialect: &Dialect, folder: &Path) -> Vec<PathBuf> {
    let names_a_log = |path: &PathBuf| {
        let mut bare = unpacked(path);
        while is_packed(&bare) {
            bare.set_extension("");
        }
        is_packed(&unpacked(path)) && is_named_as(dialect, &bare)
    };
    let mut beside: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| names_a_log(path))
        .collect();
    beside.sort();
    beside
}

impl Log {
    /// Whose it is, by its lines or else by its file; `None` where neither tells.
    fn machine(&self, dialect: &Dialect, machine_names: &[String]) -> Result<Option<MachineId>, RunsError> {
        let (path, called) = (self.path.clone(), dialect.name.clone());
        if let Some(name) = self.part.as_ref().and_then(|part| part.machine.as_ref()) {
            let name_text = || String::from_utf8_lossy(name).into_owned();
            let unknown = || RunsError::NoMachineInside { path, dialect: called, name: name_text() };
            return dialect.peer(name, machine_names).ok_or_else(unknown).map(Some);
        }
        let Some(name) = &self.says.machine else { return Ok(None) };
        let unknown = || RunsError::NoMachine { path, dialect: called };
        dialect.machines.machine(name.as_bytes(), machine_names).ok_or_else(unknown).map(Some)
    }

    /// What it is called, for machines that are numbered by their names.
    fn name(&self) -> String {
        let inside = self.part.as_ref().and_then(|part| part.machine.as_ref());
        let inside = inside.map(|name| String::from_utf8_lossy(name).into_owned());
        let file = || self.path.file_name().map(|name| name.to_string_lossy().into_owned());
        inside.or_else(|| self.says.machine.clone()).or_else(file).unwrap_or_default()
    }
}

/// Puts the logs of a run in the order of their names, which it gives.
fn machine_names(logs: &mut [Log]) -> Vec<String> {
    let mut names: Vec<String> = logs.iter().map(Log::name).collect();
    sort_naturally(&mut names);
    names.dedup();
    logs.sort_by_cached_key(|log| names.iter().position(|known| *known == log.name()));
    names
}
