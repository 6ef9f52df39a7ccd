//! `labctl machine`: one machine, by hand or as a run's process.

use std::io::{self, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use labctl::engine::sockets::{Controlled, Epoch, LogPlace, Setup, run_controlled, run_one};
use labctl::engine::{Gauges, Notice, StopSwitch, Token};
use labctl::files::digest::sha256;
use labctl::log::EndReason;
use labctl::model::event::MachineId;
use labctl::plan::Run;
use labctl::spec::{self, Spec, to_toml};

use crate::cli::flags::token::{self, random_token};
use crate::cli::ui::signals::listen;
use crate::cli::{Exit, Terminal};

const EXAMPLES: &str = "\
Start each machine in a terminal of its own; they wait for each other:
  labctl machine lab.toml 1
  labctl machine lab.toml 2
  labctl machine lab.toml 3
The spec gives every [[machine]] an address, and is the same for all. Their logs
meet in results/<experiment>/<start>/.

Machines let each other in by a token, which only you can read: the first one
makes it, in ~/.local/state/labctl/token or the file of --token-file, and the
others find it there. On another host they need a copy:
  scp -p ~/.local/state/labctl/token HOST:.local/state/labctl/
Or give them the token in LABCTL_TOKEN. It never goes over the network, nor into
results.";

/// The arguments of `labctl machine`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The spec, the same for all machines
    #[arg(value_name = "SPEC")]
    spec: PathBuf,

    /// Which machine of the spec, counted from 1
    #[arg(value_name = "ID")]
    id: MachineId,

    /// The folder of the log, instead of one named by the start
    #[arg(long, value_name = "DIR")]
    logs: Option<PathBuf>,

    /// The file of the token that lets machines in, made where there is none
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Ordered by a run over standard input and output
    #[arg(long, hide = true, requires = "logs")]
    controlled: bool,
}

/// Runs one machine to its end.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let spec = spec::load(&args.spec, &[])?;
    if args.id.0 > spec.machine_count() || spec.machines[args.id.index()].foreign {
        let text = format!(
            "{} has no machine {} to run here; it has {}",
            args.spec.display(),
            args.id,
            spec.machine_count()
        );
        terminal.error(text);
        return Ok(Exit::Usage);
    }
    // A run tells its machines the token over their pipes.
    let token = if args.controlled {
        Ok(random_token()?)
    } else {
        token::shared(args.token_file.as_deref(), |talk| terminal.say(talk))
    };
    let token = match token {
        Ok(token) => token,
        Err(error) => {
            terminal.error(error);
            return Ok(Exit::Usage);
        }
    };
    let setup = setup(args, spec, token, terminal);
    if args.controlled {
        let pipes = Controlled { orders: BufReader::new(io::stdin()), reports: io::stdout() };
        // What goes wrong is reported over the pipe, by the run.
        return Ok(if run_controlled(setup, args.id, pipes).is_ok() { Exit::Done } else { Exit::Failed });
    }
    by_hand(args, &setup, terminal)
}

/// Machines started one by one have nobody to name their run: its name follows
/// from the spec, so that only machines of one spec meet.
fn setup(args: &Args, spec: Spec, token: Token, terminal: &Terminal) -> Setup {
    let mut run = Run::single(spec, String::new());
    let digest = sha256(to_toml(&run.spec).as_bytes());
    let logs = match &args.logs {
        Some(folder) => LogPlace::Folder(folder.clone()),
        None => LogPlace::ByStart(PathBuf::from("results").join(&run.spec.name)),
    };
    run.name = digest[..16].to_owned();
    let talk = terminal.clone();
    Setup {
        gauges: Gauges::new(run.spec.machine_count()),
        run: Arc::new(run),
        logs,
        token,
        stop: StopSwitch::default(),
        observer: Arc::new(move |notice: Notice| talk.warn(notice.text)),
        epoch: Epoch::now(),
    }
}

fn by_hand(args: &Args, setup: &Setup, terminal: &Terminal) -> anyhow::Result<Exit> {
    let signals = listen(&setup.stop, terminal);
    let spec = &setup.run.spec;
    terminal.say(format!(
        "machine {} of {}: waiting for the other {} for up to {}",
        args.id,
        spec.name,
        spec.machine_count() - 1,
        spec.network.connect_timeout
    ));
    let outcome = run_one(setup, args.id);
    if let (Some(signal), Err(_)) = (signals.received(), &outcome) {
        return Ok(Exit::Interrupted(signal));
    }
    let (end, log) = outcome?;
    terminal.say(format!(
        "{}: clock {}, {} ticks, {} messages sent, {} received, {} left in the queue",
        end.reason, end.clock, end.ticks, end.sent, end.received, end.queue_length
    ));
    terminal.data(&format!("{}\n", log.display()))?;
    Ok(match (signals.received(), end.reason) {
        (Some(signal), _) => Exit::Interrupted(signal),
        (None, EndReason::Completed) => Exit::Done,
        (None, _) => Exit::Failed,
    })
}
