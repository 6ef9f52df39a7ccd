//! A simulated world for the machines' own code: in one thread and in virtual
//! time a seeded scheduler drives meetings, calls, visitors, hosts, ears and
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

fn set(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
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
    let seeds = match set("LABCTL_WORLD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..set("LABCTL_WORLD_SCHEDULES").unwrap_or(SCHEDULES),
    };
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
