//! Flags that override a spec, the same for every command that reads one.

use std::path::Path;

use labctl::spec::{self, Override, Spec, SpecError};

/// Change the spec for this run
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Change the spec for this run")]
pub struct SpecFlags {
    /// Chance that an idle tick is INTERNAL, from 0 to 1
    #[arg(long, value_name = "P")]
    internal_prob: Option<String>,

    /// Clock rates of the machines, in ticks per second: 1,3,6
    #[arg(long, value_name = "R,R,…")]
    clock_rates: Option<String>,

    /// How long the run lasts, in lab time: 60s, 1m 30s
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,

    /// Decides every draw of the run
    #[arg(long, value_name = "N")]
    seed: Option<String>,

    /// Network delay: none, constant:100ms, uniform:100ms..500ms, exponential:200ms
    #[arg(long, value_name = "LAW")]
    delay: Option<String>,

    /// Lab time runs this many times faster than real time
    #[arg(long, value_name = "X")]
    speedup: Option<String>,

    /// Set any other key: --set network.where=sender, --set machine.2.clock_rate=3
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl SpecFlags {
    /// Reads a spec and applies the flags to it.
    pub fn load(&self, path: &Path) -> Result<Spec, SpecError> {
        spec::load(path, &self.overrides())
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
            ("--speedup", "speedup", &self.speedup),
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
