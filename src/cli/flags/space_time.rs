//! Flags for the stretch of a run that a space-time diagram shows.

use labctl::model::time::LabTime;

/// The space-time diagram
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "With --chart space-time")]
pub struct SpaceTimeFlags {
    /// Lab time at which it begins, such as 10s; without, the beginning of the run
    #[arg(long, value_name = "TIME", value_parser = LabTime::parse)]
    from: Option<LabTime>,

    /// Lab time at which it ends; without, as much as has room
    #[arg(long, value_name = "TIME", value_parser = LabTime::parse)]
    until: Option<LabTime>,

    /// Write the logical clock to each event with room for it, not only where nearly all have
    #[arg(long)]
    pub clocks: bool,
}

impl SpaceTimeFlags {
    /// Why these flags cannot be used, if so; `is_drawn` says whether there is a
    /// diagram.
    pub fn refusal(&self, is_drawn: bool) -> Option<String> {
        if !is_drawn && (self.from.is_some() || self.until.is_some() || self.clocks) {
            return Some(
                "--from, --until and --clocks are for a space-time diagram; add --chart space-time"
                    .to_owned(),
            );
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => Some(format!(
                "there is nothing between --from {from} and --until {until}; begin earlier or end later"
            )),
            (_, Some(LabTime::ZERO)) => Some("there is nothing before --until 0s; end later".to_owned()),
            _ => None,
        }
    }

    /// Where it begins and where it ends, in seconds, as far as it is reported.
    pub fn ends_s(&self) -> [Option<f64>; 2] {
        [self.from, self.until].map(|time| time.map(LabTime::as_secs_f64))
    }
}
