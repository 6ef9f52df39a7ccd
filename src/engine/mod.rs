//! Engines drive machines: they bring time, messages and an end, and write
//! down what happens. [`sockets`] does it over real TCP in real time,
//! [`simulator`] in virtual time.

mod in_flight;
pub mod limits;
pub mod simulator;
pub mod sockets;
pub mod token;
pub mod watch;
pub mod wire;

pub use token::Token;
pub use watch::{Gauge, Gauges, Notice, Observer, StopSwitch};
