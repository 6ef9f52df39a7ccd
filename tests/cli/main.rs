//! labctl as its users meet it: real processes, real sockets, real signals and
//! real files. Nothing here asks how fast something is.

mod asked;
mod bad_specs;
mod causality;
mod check;
mod compare;
mod dialect;
mod disk;
mod engines;
mod exit_codes;
mod experiments;
mod export;
mod grade;
mod guide;
mod help;
mod inference;
mod isolation;
mod kills;
#[cfg(unix)]
mod lab_notebook;
#[cfg(unix)]
mod list;
mod live;
mod machine;
mod many;
mod metrics;
#[cfg(unix)]
mod names;
mod notebook;
mod parse;
mod player_script;
mod plot;
mod power;
mod promises;
mod report;
mod reproduce;
mod run;
mod shards;
mod shell;
mod signals;
mod simulation;
mod slurm;
#[cfg(unix)]
mod store;
mod strangers;
mod support;
mod sweep;
mod tables;
#[cfg(unix)]
mod tmux;
mod verdicts;
mod whose_logs;
mod why;
