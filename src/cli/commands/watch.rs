//! `labctl watch`: follow a run that another process makes.

use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use labctl::engine::StopSwitch;
use labctl::follow::{Follower, MachineState, Progress, Snapshot, find};

use crate::cli::ui::live::{Leaving, Turn, View, now, whole_seconds};
use crate::cli::ui::signals::{Signals, listen_quietly};
use crate::cli::ui::view::{known, table};
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl watch                            the newest run below results/
  labctl watch results/exp4/latest        the newest run, finished or not
  labctl watch results/exp4/2026-03-05T12-46-02Z_seed-7
  labctl watch results/exp4/latest | cat  plain lines, and a table at the end

A run is read from its logs, which its machines write at most half a second
late; watching costs it nothing, and leaving does not end it. Keys: space pauses
the view, arrows choose a machine, ? helps, q leaves. Off a terminal, watch ends
with the run, and with 1 if its logs stop growing.";

/// The arguments of `labctl watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A run, or a folder whose newest run is meant
    #[arg(value_name = "RUN", default_value = "results")]
    run: PathBuf,
}

/// Off a terminal, how often the logs are looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// Off a terminal, a plain line this often.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Off a terminal, a run whose logs stand still for this long is given up.
const QUIET_MAX: Duration = Duration::from_secs(30);

/// Follows the run.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut follower = Follower::at(find(&args.run)?);
    let signals = listen_quietly(&StopSwitch::default(), terminal);
    if let Some(folder) = follower.folder() {
        terminal.say(format!("watching {}", folder.display()));
    }
    let view =
        if terminal.talk_to_a_person { View::open(Leaving::StopsWatching, terminal) } else { no_view() };
    let exit = match view {
        Ok(view) => show(view, &mut follower, &signals)?,
        Err(error) => {
            if terminal.talk_to_a_person {
                terminal.warn(format!("this terminal cannot show the live view: {error}"));
            }
            tell(&mut follower, &signals, terminal)
        }
    };
    terminal.data(&summary(&follower.snapshot()))?;
    Ok(exit)
}

fn no_view() -> io::Result<View> {
    Err(io::ErrorKind::Unsupported.into())
}

/// On the whole terminal, until the person leaves.
fn show(mut view: View, follower: &mut Follower, signals: &Signals) -> io::Result<Exit> {
    loop {
        if let Some(signal) = signals.received() {
            return Ok(Exit::Interrupted(signal));
        }
        follower.poll(now());
        match view.turn(&follower.snapshot())? {
            Turn::On => {}
            Turn::Interrupted => signals.interrupt(),
            Turn::Left | Turn::Closed => return Ok(Exit::Done),
        }
    }
}

/// In plain lines, until the run has ended.
fn tell(follower: &mut Follower, signals: &Signals, terminal: &Terminal) -> Exit {
    let mut until_line = PLAIN_EVERY;
    loop {
        if let Some(signal) = signals.received() {
            return Exit::Interrupted(signal);
        }
        if follower.poll(now()) {
            continue;
        }
        let snapshot = follower.snapshot();
        match snapshot.progress {
            Progress::Ended { .. } => return Exit::Done,
            Progress::Gone => {
                terminal.error("the run's folder is there no more");
                return Exit::Failed;
            }
            Progress::Quiet { quiet } | Progress::Closing { quiet } if quiet > QUIET_MAX => {
                let since = whole_seconds(quiet);
                terminal.error(format!("the logs have not grown for {since}: stopped, killed or stuck"));
                return Exit::Failed;
            }
            _ => {}
        }
        until_line = until_line.saturating_sub(GLANCE);
        if until_line.is_zero() {
            until_line = PLAIN_EVERY;
            terminal.say(line(&snapshot));
        }
        thread::sleep(GLANCE);
    }
}

fn line(snapshot: &Snapshot) -> String {
    let queues = snapshot.machines.iter().map(|machine| machine.queue_length.to_string());
    let queues: Vec<String> = queues.collect();
    let all = snapshot.about.duration.map(|duration| format!(" of {}", duration.as_secs_f64()));
    format!(
        "{}: {:.0}{} s lab time, queues {}",
        snapshot.about.experiment,
        snapshot.lab_time.as_secs_f64(),
        all.unwrap_or_default(),
        queues.join(" ")
    )
}

/// What was known when the watch ended.
fn summary(snapshot: &Snapshot) -> String {
    let going = match &snapshot.progress {
        Progress::Ended { status } => status.to_string(),
        Progress::Waiting => "not begun".to_owned(),
        Progress::Running | Progress::Closing { .. } => "going on".to_owned(),
        Progress::Quiet { quiet } => format!("no news for {}", whole_seconds(*quiet)),
        Progress::Gone => "gone".to_owned(),
    };
    let (about, reached) = (&snapshot.about, snapshot.lab_time.as_secs_f64());
    let header = ["machine", "rate\n1/s", "queue", "clock", "behind", "achieved\n1/s", "lateness\np99, µs"];
    let row = |machine: &MachineState| {
        let logged = machine.has_log.then_some(machine);
        vec![
            machine.id.to_string(),
            known(machine.clock_rate, |rate| rate.to_string()),
            known(logged, |machine| machine.queue_length.to_string()),
            known(logged, |machine| machine.clock.to_string()),
            known(logged, |machine| machine.behind.to_string()),
            known(machine.achieved_rate, |rate| format!("{rate:.4}")),
            known(machine.lateness_p99_us, |lateness| lateness.to_string()),
        ]
    };
    let rows = table(&header, snapshot.machines.iter().map(row));
    format!("{}/{}, {going} at {reached:.1} s lab time\n{rows}", about.experiment, about.run)
}
