//! What labctl costs, from a tick to a whole run.
//!
//! `cargo bench` runs all; `cargo bench -- machine` what is named so.

mod causality;
mod charts;
mod dialect;
mod log;
mod machine;
mod metrics;
mod samples;
mod simulator;
mod sockets;
mod sweep;
mod wire;

use criterion::{criterion_group, criterion_main};

criterion_group! {
    benches,
    machine::bench,
    simulator::bench,
    sweep::bench,
    wire::bench,
    log::bench,
    dialect::bench,
    metrics::bench,
    causality::bench,
    charts::bench,
    sockets::bench
}
criterion_main!(benches);
