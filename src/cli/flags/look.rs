//! Flags for the size and the colours of charts.

use clap::ValueEnum;
use labctl::charts::{Look, LookError, Theme};

/// How charts look
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Looks")]
pub struct LookFlags {
    /// Pixels across
    #[arg(long, value_name = "PIXELS", default_value_t = 1600)]
    width: u32,

    /// Pixels down
    #[arg(long, value_name = "PIXELS", default_value_t = 1000)]
    height: u32,

    /// So many times as many pixels to each side of the picture, for print or a fine screen
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    scale: f64,

    /// Light or dark paper
    #[arg(long, value_name = "THEME", default_value = "light")]
    theme: ThemeFlag,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeFlag {
    Light,
    Dark,
}

impl LookFlags {
    pub fn look(&self) -> Result<Look, LookError> {
        let theme = match self.theme {
            ThemeFlag::Light => Theme::Light,
            ThemeFlag::Dark => Theme::Dark,
        };
        Look::new(self.width, self.height, self.scale, theme)
    }
}
