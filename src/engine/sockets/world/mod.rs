//! A simulated world for the machines' own code: in one thread and in virtual
//! time a seeded scheduler drives meetings, dialers, visitors, nodes, ears and
//! links over connections that tear writes and reads, hang and break, among
//! strangers, and over disks that fill; it stops and kills at any step. What
//! must hold on every schedule is checked on each; the seed of one that fails is
//! named, and `LABCTL_WORLD_SEED=<seed>` replays it alone.

mod acceptors;
mod breaking;
mod building;
mod dice;
mod disk;
mod judge;
mod node;
mod pipe;
mod plan;
mod planted;
mod reading;
mod schedule;
mod stranger;

use std::ops::Range;
use std::thread;

use planted::Planted;
use schedule::World;

/// Schedules of one test, without `LABCTL_WORLD_SCHEDULES`.
const SCHEDULES: u64 = 400;
/// Schedules are independent of each other.
const THREADS: usize = 2;
/// Failures that are reported.
const SHOWN: usize = 5;
/// A planted fault is found in so many at most.
const SCHEDULES_TO_FIND: u64 = 2000;

/// The seeds of the schedules that are asked for: one to replay, the first so
/// many, or those `FROM..TO`.
fn seeds() -> Range<u64> {
    let set = |name| std::env::var(name).ok();
    let number =
        |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("`{text}` is no number of a seed"));
    if let Some(seed) = set("LABCTL_WORLD_SEED").as_deref().map(number) {
        return seed..seed + 1;
    }
    match set("LABCTL_WORLD_SCHEDULES").as_deref() {
        None => 0..SCHEDULES,
        Some(range) => match range.split_once("..") {
            Some((from, to)) => number(from)..number(to),
            None => 0..number(range),
        },
    }
}

/// What fails of these, with how to replay it.
fn failures(seeds: impl Iterator<Item = u64>) -> Vec<String> {
    let fails = |seed| {
        let mut world = World::new(seed, None);
        let why = world.live().err()?;
        Some(format!("{why}\nin {:?}\n(LABCTL_WORLD_SEED={seed} replays it)", world.plan))
    };
    seeds.filter_map(fails).collect()
}

#[test]
fn what_must_hold_holds_on_every_schedule() {
    let seeds = seeds();
    let failed: Vec<String> = thread::scope(|scope| {
        let part = |first| seeds.clone().skip(first).step_by(THREADS);
        let parts: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || failures(part(first)))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(
        failed.is_empty(),
        "{} schedules failed; some of them:\n{}",
        failed.len(),
        failed[..failed.len().min(SHOWN)].join("\n")
    );
}

#[test]
fn the_world_finds_every_planted_fault() {
    let is_found =
        |planted| (0..SCHEDULES_TO_FIND).any(|seed| World::new(seed, Some(planted)).live().is_err());
    let missed: Vec<Planted> = planted::ALL.into_iter().filter(|planted| !is_found(*planted)).collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
}
