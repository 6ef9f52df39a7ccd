//! Tests of what is wanted, and of folders.

use std::path::{Path, PathBuf};

use super::*;
use crate::charts::{CHARTS, ChartType, Format, Look};

fn order(names: &[&str]) -> Order {
    let chart = |name: &&str| ChartType::named(name).expect("a chart");
    Order {
        charts: names.iter().map(chart).collect(),
        from_s: None,
        to_s: None,
        clocks: false,
        look: Look::default(),
        format: Format::Png,
        plots: PathBuf::from("plots"),
    }
}

#[test]
fn what_takes_memory_is_drawn_only_where_it_is_asked_for() {
    let all = order(&[]);
    assert!(!all.wants_events() && all.wants_runs() && all.wants_sweeps() && !all.wants_sweeps_alone());
    let on_demand = CHARTS.iter().filter(|chart| chart.is_on_demand()).count();
    assert_eq!(all.wanted().count() + on_demand, CHARTS.len());
    let diagram = order(&["space-time"]);
    assert!(diagram.wants_events() && diagram.wants_runs() && !diagram.wants_sweeps());
    assert!(order(&["sweep"]).wants_sweeps_alone() && !order(&["sweep", "queue"]).wants_sweeps_alone());
    assert!(!order(&["speed-ratio"]).wants_runs());
}

#[test]
fn charts_are_drawn_once_and_in_the_order_of_the_table() {
    let names: Vec<&str> = order(&["wait", "queue", "wait"]).wanted().map(|chart| chart.name).collect();
    assert_eq!(names, ["queue", "wait"]);
}

#[test]
fn sweeps_of_one_name_are_drawn_into_folders_that_tell_them_apart() {
    let folders = |sweeps: &[&str]| {
        sweep_folders(Path::new("p"), &sweeps.iter().map(PathBuf::from).collect::<Vec<_>>())
    };
    assert_eq!(folders(&["/no/such/a"]), [Path::new("p/a")]);
    assert_eq!(
        folders(&["/no/one/a", "/no/two/a", "/no/two/b"]),
        ["p/one/a", "p/two/a", "p/b"].map(Path::new)
    );
}
