//! Flags that override a spec, the same for every command that reads one.

use std::path::Path;

use labctl::spec::{self, Override, REPLICATES, Spec, SpecError, SpecPlace, SpecText};

use crate::cli::Terminal;

/// Change the spec for this run
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Change the spec for this run")]
pub struct SpecFlags {
    /// Chance that an idle tick is INTERNAL, from 0 to 1
    #[arg(long, value_name = "P")]
    internal_prob: Option<String>,

    /// Clock rates of the machines, in ticks per second: 1,3,6; as many as you name, which is said where the spec has more or fewer
    #[arg(long, value_name = "R,R,…")]
    clock_rates: Option<String>,

    /// How long the run lasts, in lab time: 60s, 1m 30s
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,

    /// Decides every draw of the run
    #[arg(long, value_name = "N")]
    seed: Option<String>,

    /// Network delay: none, constant:100ms, uniform:100ms..500ms, exponential:200ms
    #[arg(long, value_name = "DELAY")]
    delay: Option<String>,

    /// Set any other key: --set network.where=sender, --set machine.2.clock_rate=3
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
}

/// The same, for commands that run a spec in real time.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Change the spec for this run")]
pub struct RealTimeSpecFlags {
    #[command(flatten)]
    pub spec: SpecFlags,

    /// Lab time runs this many times faster than real time
    #[arg(long, value_name = "X")]
    speedup: Option<String>,
}

impl RealTimeSpecFlags {
    /// Reads a spec and applies the flags to it.
    pub fn load(&self, path: &Path, terminal: &Terminal) -> Result<Spec, SpecError> {
        self.spec.load_with(path, &self.overrides(), terminal)
    }

    /// Whether they set the speedup.
    pub fn has_speedup(&self) -> bool {
        self.overrides().iter().any(|setting| setting.key == "speedup")
    }

    /// The flags as overrides, in the order in which they are laid over a spec.
    pub fn overrides(&self) -> Vec<Override> {
        let speedup = self.speedup.iter();
        let speedup = speedup.map(|value| Override::new(format!("--speedup {value}"), "speedup", value));
        speedup.chain(self.spec.overrides()).collect()
    }
}

/// Says that a spec comes with the program, as a file of the same name may be meant.
pub fn tell_shipped(path: &Path, terminal: &Terminal) {
    if let SpecPlace::Shipped(SpecText { name, .. }) = spec::find(path) {
        terminal.say(format!("{name} is not here; the one that comes with labctl is taken"));
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl SpecFlags {
    /// Reads a spec and applies the flags to it, for commands of which each makes one run of a spec.
    pub fn load(&self, path: &Path, terminal: &Terminal) -> Result<Spec, SpecError> {
        self.load_with(path, &self.overrides(), terminal)
    }

    fn load_with(&self, path: &Path, overrides: &[Override], terminal: &Terminal) -> Result<Spec, SpecError> {
        if let Some((key, value)) = self.set.iter().find(|(key, _)| key == REPLICATES) {
            let error = SpecError::new(
                format!("--set {key}={value}"),
                "`replicates` is of a sweep, and this makes one run",
            );
            return Err(error.with_help(format!("labctl sweep {} --replicates {value}", path.display())));
        }
        let spec = spec::load(path, overrides)?;
        tell_shipped(path, terminal);
        self.tell_other_machines(path, [&spec], terminal);
        Ok(spec)
    }

    /// Clock rates may make a list of machines of their own; then it is said, once for a spec.
    pub fn tell_other_machines<'a>(
        &self,
        path: &Path,
        made: impl IntoIterator<Item = &'a Spec>,
        terminal: &Terminal,
    ) {
        let Some(rates) = &self.clock_rates else { return };
        // What cannot be read without the flags has no machines to compare with.
        let Ok(own) = spec::load(path, &[]) else { return };
        let other = |spec: &&Spec| spec.name == own.name && spec.machine_count() != own.machine_count();
        if let Some(spec) = made.into_iter().find(other) {
            let (stated, made) = (own.machine_count(), spec.machine_count());
            terminal.warn(format!(
                "{} has {stated} machines, and --clock-rates {rates} makes it {made}",
                path.display()
            ));
        }
    }

    /// Whether they leave a spec as it is.
    pub fn is_empty(&self) -> bool {
        self.overrides().is_empty()
    }

    /// The flags as overrides, in the order in which they are laid over a spec.
    pub fn overrides(&self) -> Vec<Override> {
        let keyed = [
            ("--internal-prob", "internal_prob", &self.internal_prob),
            ("--duration", "duration", &self.duration),
            ("--seed", "seed", &self.seed),
            ("--delay", "network.delay", &self.delay),
        ];
        let rates = self
            .clock_rates
            .iter()
            .map(|rates| Override::clock_rates(format!("--clock-rates {rates}"), rates));
        let named = keyed.into_iter().filter_map(|(flag, key, value)| {
            value.as_ref().map(|value| Override::new(format!("{flag} {value}"), key, value))
        });
        let set =
            self.set.iter().map(|(key, value)| Override::new(format!("--set {key}={value}"), key, value));
        rates.chain(named).chain(set).collect()
    }
}
