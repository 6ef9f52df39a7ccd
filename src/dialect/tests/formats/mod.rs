//! Formats drawn at random, and how much of them is read right by what is inferred
//! of their logs alone.

pub mod dice;
pub mod expected;
mod format;
mod line;
mod names;
pub mod reading;
mod rendering;
pub mod share;
pub mod simulation;
mod stamp;
mod words;

use std::ops::Range;
use std::thread;

use dice::Dice;
use format::Format;
use rendering::Rendered;
use share::Share;
use simulation::{ToAll, simulated};

/// Formats that are drawn without `LABCTL_FORMATS`.
const FORMATS: u64 = 100;
/// Formats are independent of each other.
const THREADS: u64 = 2;
/// Formats that are read wrongly and are shown.
const SHOWN: usize = 12;

/// The seeds that are asked for: the first so many, or those `FROM..TO`.
fn seeds() -> Range<u64> {
    let number =
        |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("`{text}` is no number of a seed"));
    match std::env::var("LABCTL_FORMATS").ok().as_deref() {
        None => 0..FORMATS,
        Some(range) => match range.split_once("..") {
            Some((from, to)) => number(from)..number(to),
            None => 0..number(range),
        },
    }
}

/// The format of a seed, and logs in it.
pub fn drawn(seed: u64) -> (Format, Rendered) {
    let mut dice = Dice::new(seed);
    let machines = dice.weighted(&[(5, 3), (1, 2), (1, 4)]);
    let format = Format::drawn(machines, dice.percent(8), &mut dice);
    let to_all = dice.weighted(&[(12, ToAll::OneEvent), (1, ToAll::EventEach), (1, ToAll::Never)]);
    let mut rendered = Rendered::default();
    for run in 0..format.names.runs() {
        let model = format::model(to_all, machines, &mut dice);
        rendered.add(&format, run, &model, &simulated(&model, &mut dice));
    }
    (format, rendered)
}

/// How much of each seed's format is read right.
pub fn shares(seeds: Range<u64>) -> Vec<(u64, Share)> {
    let of = |seed: u64| {
        let (_, rendered) = drawn(seed);
        (seed, Share::of(&rendered.samples, &rendered.expected))
    };
    let mut shares: Vec<(u64, Share)> = thread::scope(|scope| {
        let part = |first| seeds.clone().skip(first as usize).step_by(THREADS as usize);
        let parts: Vec<_> =
            (0..THREADS).map(|first| scope.spawn(move || part(first).map(of).collect::<Vec<_>>())).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    shares.sort_by_key(|(seed, _)| *seed);
    shares
}

#[test]
fn most_formats_are_read_right_and_hardly_any_is_confidently_wrong() {
    let shares = shares(seeds());
    let mean = shares.iter().map(|(_, share)| share.value()).sum::<f64>() / shares.len() as f64;
    let wrong: Vec<_> = shares.iter().filter(|(_, share)| share.is_confidently_wrong()).collect();
    let shown = |(seed, share): &&(u64, Share)| {
        format!("seed {seed}: {:.2}, {}: {}\n", share.value(), share.cause(), share.example)
    };
    let list: String = wrong.iter().take(SHOWN).map(shown).collect();
    println!("{} formats, {mean:.3} read right; {} confidently wrong:\n{list}", shares.len(), wrong.len());
    assert!(mean >= 0.9, "{mean:.3} of the events of a format are read right");
    assert!(wrong.len() * 50 <= shares.len(), "{} of {}:\n{list}", wrong.len(), shares.len());
}
