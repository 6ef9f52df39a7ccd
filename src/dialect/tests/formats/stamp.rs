//! How a format writes times.

/// Midnight of 3 March 2025 and the time of day at which runs begin.
const MIDNIGHT_S: f64 = 1_740_960_000.0;
const BEGIN_S: f64 = 40_271.0;

/// A way of writing times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The parts in braces: `{Y}` to `{S}` of the date and the time, `{ms}` and
    /// `{us}` of the second, `{I}` the hour of twelve, `{p}` AM or PM.
    Date(&'static str),
    /// Seconds since 1970, with so many decimals.
    Epoch(usize),
    EpochMs,
    EpochUs,
    /// Seconds since the run's beginning, with so many decimals.
    Elapsed(usize),
    ElapsedMs,
}

/// The ways, each with how often it is met.
pub const STAMPS: [(usize, Stamp); 27] = [
    (4, Stamp::Date("{Y}-{M}-{D} {h}:{m}:{s}.{us}")),
    (3, Stamp::Date("{Y}-{M}-{D} {h}:{m}:{s},{ms}")),
    (2, Stamp::Date("{Y}-{M}-{D}T{h}:{m}:{s}.{us}")),
    (1, Stamp::Date("{Y}-{M}-{D}T{h}:{m}:{s}.{ms}Z")),
    (1, Stamp::Date("{Y}-{M}-{D}T{h}:{m}:{s}.{us}+00:00")),
    (2, Stamp::Date("{Y}-{M}-{D} {h}:{m}:{s}")),
    (2, Stamp::Date("{Y}/{M}/{D} {h}:{m}:{s}")),
    (1, Stamp::Date("{Y}/{M}/{D} {h}:{m}:{s}.{us}")),
    (1, Stamp::Date("{D}/{M}/{Y} {h}:{m}:{s}")),
    (1, Stamp::Date("{M}/{D}/{Y} {h}:{m}:{s}")),
    (1, Stamp::Date("Mon Mar  3 {h}:{m}:{s} {Y}")),
    (1, Stamp::Date("Mar  3 {h}:{m}:{s}.{ms}")),
    (1, Stamp::Date("{Y}-{M}-{D}_{h}-{m}-{s}.{us}")),
    (1, Stamp::Date("{Y}{M}{D}-{h}{m}{s}")),
    (3, Stamp::Date("{h}:{m}:{s}.{ms}")),
    (1, Stamp::Date("{h}:{m}:{s}.{us}")),
    (2, Stamp::Date("{h}:{m}:{s}")),
    (1, Stamp::Date("{I}:{m}:{s} {p}")),
    (1, Stamp::Date("{I}:{m}:{s}.{ms} {p}")),
    (4, Stamp::Epoch(6)),
    (2, Stamp::Epoch(2)),
    (2, Stamp::Epoch(0)),
    (2, Stamp::EpochMs),
    (1, Stamp::EpochUs),
    (2, Stamp::Elapsed(3)),
    (2, Stamp::Elapsed(2)),
    (2, Stamp::ElapsedMs),
];

impl Stamp {
    /// Lab time as it stands in a log.
    pub fn text(self, time_s: f64) -> String {
        let since_epoch_s = MIDNIGHT_S + BEGIN_S + time_s;
        match self {
            Stamp::Date(pattern) => date(pattern, BEGIN_S + time_s),
            Stamp::Epoch(0) => format!("{}", since_epoch_s as u64),
            Stamp::Epoch(decimals) => format!("{since_epoch_s:.decimals$}"),
            Stamp::EpochMs => format!("{}", (since_epoch_s * 1e3) as u64),
            Stamp::EpochUs => format!("{}", (since_epoch_s * 1e6) as u64),
            Stamp::Elapsed(decimals) => format!("{time_s:.decimals$}"),
            Stamp::ElapsedMs => format!("{}", (time_s * 1e3) as u64),
        }
    }
}

fn date(pattern: &str, of_day_s: f64) -> String {
    let us = (of_day_s * 1e6) as u64;
    let (second, us) = (us / 1_000_000, us % 1_000_000);
    let hour = second / 3600;
    let half = if hour < 12 { "AM" } else { "PM" };
    let two = |value: u64| format!("{value:02}");
    [
        ("{Y}", "2025".to_owned()),
        ("{M}", two(3)),
        ("{D}", two(3)),
        ("{h}", two(hour)),
        ("{m}", two(second / 60 % 60)),
        ("{s}", two(second % 60)),
        ("{ms}", format!("{:03}", us / 1000)),
        ("{us}", format!("{us:06}")),
        ("{I}", two((hour + 11) % 12 + 1)),
        ("{p}", half.to_owned()),
    ]
    .iter()
    .fold(pattern.to_owned(), |text, (name, value)| text.replace(name, value))
}
