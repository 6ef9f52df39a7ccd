//! `labctl notebook`: the assignment's questions, with the runs that answer them.

use std::path::{Path, PathBuf};

use labctl::engine::StopSwitch;
use labctl::files::digest::sha256;
use labctl::files::file_name::is_plain;
use labctl::lab::Hosting;
use labctl::log::EndReason;
use labctl::model::engine::Engine;
use labctl::plan::Run;
use labctl::read::find::find_runs;
use labctl::read::run_path::RunPath;
use labctl::report::notebook_specs::{NotebookSpec, notebook_specs, words};
use labctl::report::subject::RunSubject;
use labctl::report::{Notebook, PageFormat, Setting, Subjects, check_notebook, read_subjects};
use labctl::sample::came_to_its_end;
use labctl::spec::{Spec, to_toml};
use labctl::store::{RESULTS, SPEC_FILE};

use crate::cli::flags::engine::engine;
use crate::cli::flags::spec::RealTimeSpecFlags;
use crate::cli::ui::reading::Watcher;
use crate::cli::ui::run_with_progress::{Show, run_with_progress};
use crate::cli::ui::signals::{Signals, listen};
use crate::cli::ui::view::counted;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl notebook                       notebook.md, on drawn clock rates
  labctl notebook exp4                  notebook_exp4.md, on an experiment
  labctl notebook --engine sim          the same machines, simulated
  labctl notebook my-lab                in that folder
  labctl notebook -o notebook.html      one page for a browser

Asks the questions of the assignment: jumps, drift, gaps and queues in five runs
of a minute, then with closer clock rates, then with a smaller internal_prob. It
makes the runs that are missing, on sockets 20 times faster than real time
unless --speedup says otherwise, and writes tables and charts below each
question. What you expect and think is yours to write: paragraphs for it are
empty, and what you wrote stays when the command is run again, as does a part of
the page that you changed. As Markdown its charts are SVG files in a folder
beside it.

Exit codes: 0 done; 1 a run failed, or its audit is unsound; 2 wrong usage or
spec, or the page's name is that of another file; 130, 143 interrupted.";

/// Draws its clock rates as the assignment does.
pub const EXPERIMENT: &str = "random_rates";
/// The page, unless another is named.
pub const PAGE_FILE: &str = "notebook.md";
const SPEEDUP_ON_SOCKETS: f64 = 20.0;

/// The arguments of `labctl notebook`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// An experiment, by path or name, or the folder to work in [default: random_rates, here]
    #[arg(value_name = "DIR|SPEC")]
    place: Option<PathBuf>,

    /// Runs of each setting that differ in the seed alone
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=50))]
    replicates: u32,

    /// Real sockets in real time, or simulations: the same machines in virtual time
    #[arg(long, value_name = "ENGINE", value_parser = engine(), default_value = "sockets")]
    engine: Engine,

    /// The folder of all results [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,

    /// The page: Markdown, or HTML by the end of its name [default: notebook.md]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    spec_flags: RealTimeSpecFlags,
}

/// Makes the runs that are missing, and writes the page.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let lab = Lab::of(args, terminal)?;
    if let Some(too_long) = lab.specs.iter().map(|one| &one.spec.name).find(|name| !is_plain(name)) {
        terminal.error(format!("{too_long} is too long a name for a folder; give the spec a shorter one"));
        return Ok(Exit::Usage);
    }
    check_notebook(&lab.page)?;
    if lab.page.symlink_metadata().is_err() {
        lab.write(Default::default())?;
        terminal
            .say(format!("page: {}; write down what you expect while the runs are made", lab.page.display()));
    }
    let stop = StopSwitch::default();
    let signals = listen(&stop, terminal);
    if let Some(exit) = lab.make_missing(&stop, &signals, terminal)? {
        return Ok(exit);
    }
    let (subjects, is_sound) = lab.read(terminal)?;
    for part in lab.write(subjects)? {
        terminal.warn(format!(
            "the part of {} behind `{part}` was changed by hand, and stays as it is",
            lab.page.display()
        ));
    }
    terminal.say(format!("page: {}", lab.page.display()));
    Ok(if is_sound { Exit::Done } else { Exit::Failed })
}

/// The page before any run is made.
pub fn blank(base: &Spec) -> anyhow::Result<String> {
    let specs = notebook_specs(base);
    let notebook = notebook(
        &specs,
        "To be run with `labctl notebook`.".to_owned(),
        COMMAND.to_owned(),
        Default::default(),
    );
    Ok(PageFormat::Markdown.sealed(&notebook.document())?)
}

const COMMAND: &str = "labctl notebook";

/// What a notebook is made of.
struct Lab {
    specs: [NotebookSpec; 3],
    engine: Engine,
    replicates: u32,
    results: PathBuf,
    page: PathBuf,
    command: String,
}

impl Lab {
    fn of(args: &Args, terminal: &Terminal) -> anyhow::Result<Lab> {
        let folder = args.place.as_deref().filter(|place| place.is_dir());
        let given = args.place.as_deref().filter(|_| folder.is_none());
        let mut base = args.spec_flags.load(given.unwrap_or(Path::new(EXPERIMENT)), terminal)?;
        if args.engine == Engine::Sockets && !args.spec_flags.has_speedup() && base.speedup == 1.0 {
            base.speedup = SPEEDUP_ON_SOCKETS;
        }
        let below = |name: &str| folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
        // A student's words on one experiment do not come to stand beside the numbers of another.
        let page = match given {
            Some(_) => format!("notebook_{}.md", base.name),
            None => PAGE_FILE.to_owned(),
        };
        let experiment = given.map_or_else(String::new, |given| format!(" {}", given.display()));
        let command = match args.engine {
            Engine::Sockets => format!("{COMMAND}{experiment}"),
            Engine::Simulator => format!("{COMMAND}{experiment} --engine sim"),
        };
        Ok(Lab {
            specs: notebook_specs(&base),
            engine: args.engine,
            replicates: args.replicates,
            results: args.results.clone().unwrap_or_else(|| below(RESULTS)),
            page: args.output.clone().unwrap_or_else(|| below(&page)),
            command,
        })
    }

    /// The runs of a setting, each with the name of its folder.
    fn runs(&self, of: &NotebookSpec) -> Vec<(Run, String)> {
        let run = |replicate: u32| {
            let spec = Spec { seed: of.spec.seed.wrapping_add(u64::from(replicate)), ..of.spec.clone() };
            // Runs that differ in the seed alone differ in their names' ends alone.
            let setting = to_toml(&Spec { seed: 0, ..spec.clone() });
            let digest = sha256(format!("{} {setting}", self.engine).as_bytes());
            let name = format!("notebook-{}_seed-{}", &digest[..8], spec.seed);
            (Run::single(spec, String::new()), name)
        };
        (0..self.replicates).map(run).collect()
    }

    /// Where a run is, or under which name it can be made.
    fn look_for(&self, run: &Run, name: &str) -> Result<RunPath, String> {
        let experiment = self.results.join(&run.spec.name);
        let mut names =
            (1..).map(|number| if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        let found = names.find_map(|name| {
            let folder = experiment.join(&name);
            if folder.symlink_metadata().is_err() {
                return Some(Err(name));
            }
            // One that was interrupted stays, and is made again beside it.
            let is_same =
                std::fs::read_to_string(folder.join(SPEC_FILE)).is_ok_and(|text| text == to_toml(&run.spec));
            let there = find_runs(&folder).ok().filter(|_| is_same)?;
            there.into_iter().next().filter(came_to_its_end).map(Ok)
        });
        found.unwrap_or_else(|| Err(name.to_owned()))
    }

    /// Makes the runs that are missing; gives how it ended where not all are made.
    fn make_missing(
        &self,
        stop: &StopSwitch,
        signals: &Signals,
        terminal: &Terminal,
    ) -> anyhow::Result<Option<Exit>> {
        let all = self.specs.iter().flat_map(|one| self.runs(one));
        let missing: Vec<(Run, String)> =
            all.filter_map(|(run, name)| self.look_for(&run, &name).err().map(|name| (run, name))).collect();
        self.say_what_begins(&missing, terminal);
        for (run, name) in missing {
            let hosting = Hosting::from(self.engine);
            let done =
                run_with_progress(&run, Some(&name), &self.results, hosting, Show::Progress, stop, terminal)?;
            if let Some(signal) = signals.received() {
                terminal.say("stopped; the same command goes on");
                return Ok(Some(Exit::Interrupted(signal)));
            }
            match done {
                Some(done) if done.reason == EndReason::Completed => {}
                Some(done) => {
                    let why =
                        done.failure.map_or_else(|| done.reason.to_string(), |failure| failure.to_string());
                    terminal.error(format!("{}: {why}; every log is kept", done.folder.display()));
                    return Ok(Some(Exit::Failed));
                }
                None => return Ok(Some(Exit::Failed)),
            }
        }
        Ok(None)
    }

    fn say_what_begins(&self, missing: &[(Run, String)], terminal: &Terminal) {
        let all = u64::from(self.replicates) * self.specs.len() as u64;
        let there = all - missing.len() as u64;
        let spec = &self.specs[0].spec;
        let real =
            missing.iter().map(|(run, _)| run.spec.duration.as_secs_f64() / run.spec.speedup).sum::<f64>();
        let time = match self.engine {
            Engine::Sockets => format!(", {real:.0} s in all"),
            Engine::Simulator => String::new(),
        };
        let (runs, pace) = (counted(missing.len() as u64, "run"), self.pace());
        terminal.say(match missing {
            [] => format!("all {all} runs are there"),
            _ => format!(
                "{runs} to make of {all}, {there} are there: {} of lab time each, {pace}{time}",
                spec.duration
            ),
        });
    }

    fn pace(&self) -> String {
        match (self.engine, self.specs[0].spec.speedup) {
            (Engine::Simulator, _) => "simulated".to_owned(),
            (Engine::Sockets, 1.0) => "on real sockets in real time".to_owned(),
            (Engine::Sockets, speedup) => {
                format!("on real sockets, {speedup} times faster than real time")
            }
        }
    }

    /// What the runs of each setting show, and whether all logs are true.
    fn read(&self, terminal: &Terminal) -> anyhow::Result<([Subjects; 3], bool)> {
        let mut is_sound = true;
        let mut read = |of: &NotebookSpec| -> anyhow::Result<Subjects> {
            let runs = self.runs(of);
            let there: Vec<RunPath> =
                runs.iter().filter_map(|(run, name)| self.look_for(run, name).ok()).collect();
            let mut watcher = Watcher::start(there.len(), terminal);
            let subjects = read_subjects(there, &[], &mut watcher)?;
            is_sound &= watcher.unreadable == 0 && !subjects.runs.iter().any(RunSubject::is_unsound);
            Ok(subjects)
        };
        let [assigned, closer, talkative] = &self.specs;
        let subjects = [read(assigned)?, read(closer)?, read(talkative)?];
        Ok((subjects, is_sound))
    }

    /// Writes the page; gives the parts that stay as somebody changed them.
    fn write(&self, subjects: [Subjects; 3]) -> anyhow::Result<Vec<String>> {
        let ran = words(&self.specs, self.replicates, &self.pace());
        let document = notebook(&self.specs, ran, self.command.clone(), subjects).document();
        Ok(self.format().write_around(&document, &self.page)?)
    }

    fn format(&self) -> PageFormat {
        let end = self.page.extension().unwrap_or_default();
        match ["html", "htm"].iter().any(|html| end.eq_ignore_ascii_case(html)) {
            true => PageFormat::Html,
            false => PageFormat::Markdown,
        }
    }
}

fn notebook(specs: &[NotebookSpec; 3], ran: String, command: String, subjects: [Subjects; 3]) -> Notebook {
    let setting = |one: &NotebookSpec, subjects| Setting { title: one.title, subjects };
    let ([assigned, closer, talkative], [first, second, third]) = (specs, subjects);
    Notebook {
        experiment: assigned.spec.name.clone(),
        ran,
        assigned: setting(assigned, first),
        closer: setting(closer, second),
        talkative: setting(talkative, third),
        command,
    }
}
