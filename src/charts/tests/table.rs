//! Every chart of the table, of few and many machines and runs, on small and
//! large pages: no text is cut, small or on another.

use super::samples::experiments;
use super::space_time::{order, simulated};
use super::*;
use crate::engine::StopSwitch;
use crate::model::engine::Engine;
use crate::plan::{Plan, cells};
use crate::predict::simulated::simulate_metrics;
use crate::spec::Override;
use crate::spec::SpecText;
use crate::sweep::SweepFolder;
use crate::sweep::summary::CellResult;

/// The charts of a sweep over what these overrides vary, of machines of these clock
/// rates that run for a few seconds.
pub(super) fn swept(clock_rates: &[f64], varied: &[(&str, &str)], replicates: u32, look: Look) -> Vec<Chart> {
    let machines: String =
        clock_rates.iter().map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
    let text = format!("name = \"e\"\nduration = \"6s\"\nseed = 5\nstart_stagger = \"1ms\"\n{machines}");
    let source = SpecText { name: "e.toml".to_owned(), text };
    let typed: Vec<Override> =
        varied.iter().map(|(key, values)| Override::new(format!("--set {key}"), *key, *values)).collect();
    let cells = cells(&[source], &typed, Some(replicates)).expect("cells");
    let plan = Plan::new(Engine::Simulator, None, cells);
    let mut picture = SweepPicture::new(&SweepFolder::at("sample"), &plan);
    for cell in 0..plan.cells().len() {
        let rows =
            plan.runs_of(cell).flat_map(|number| simulate_metrics(&plan.run(number), &StopSwitch::default()));
        picture.take(&CellResult { cell, rows: &rows.collect::<Vec<_>>() });
    }
    sweep_charts(&picture, look).expect("charts")
}

#[test]
fn every_chart_is_whole_for_few_and_many_machines_on_small_and_large_pages() {
    let mut drawn = std::collections::BTreeSet::new();
    for (width, height) in [(800, 500), (2400, 1500)] {
        let look = Look::new(width, height, 1.0, Theme::Dark).expect("a size");
        for machines in if width < 1000 { &[1, 3, 12, 100][..] } else { &[3, 100] }.iter().copied() {
            let rates: Vec<f64> = (1..=machines.max(2)).map(f64::from).collect();
            let history = simulated(&rates, "2s", "none");
            for chart in CHARTS {
                let charts = match chart.draw {
                    Draw::Run(of) => {
                        vec![(of.draw)(&run(machines, 20.0), &RunTheory::default(), look).expect("a chart")]
                    }
                    Draw::Events(draw) => vec![draw(&order(&history), look).expect("a chart")],
                    Draw::Experiments(draw) => [1, 40]
                        .into_iter()
                        .flat_map(|runs| {
                            let rows = experiments(1, machines, if machines < 100 { runs } else { 6 });
                            draw(&Experiments::of(&rows, Published::new()), look).expect("charts")
                        })
                        .collect(),
                    // Of hundreds of machines it is the sweep that takes long, not the chart.
                    Draw::Sweep(_) if machines == 100 => continue,
                    Draw::Sweep(_) => {
                        let rates = &rates[..];
                        let two: &[_] = &[("internal_prob", "0.2,0.8"), ("machine.1.clock_rate", "1,5")];
                        [&[][..], &[("duration", "1s,10s,100ms")], two]
                            .into_iter()
                            .flat_map(|varied| swept(rates, varied, 2, look))
                            .collect()
                    }
                };
                assert_sound(&charts);
                drawn.insert(chart.name);
            }
        }
    }
    assert_eq!(drawn.len(), CHARTS.len());
}

#[test]
fn no_axis_is_titled_by_a_key() {
    let keys = [
        &[("internal_prob", "0.2,0.5,0.8")][..],
        &[("network.delay", "none;constant:10ms;constant:1s")],
        &[("clock_rates", "1,2;3,4;5,6")],
        &[("machine.2.clock_rate", "1,2"), ("start_stagger", "1ms,2ms")],
        &[
            ("machine.2.clock_rate", "1,2"),
            ("start_stagger", "1ms,2ms"),
            ("broadcast", "one-event;per-recipient"),
        ],
    ];
    for varied in keys {
        for chart in swept(&[1.0, 5.0], varied, 2, Look::default()) {
            let words = words(&chart);
            let is_key = |word: &str| {
                word.contains('_') || varied.iter().any(|(key, _)| word == *key && key.contains('.'))
            };
            assert!(!words.split_whitespace().any(is_key), "{words}");
        }
    }
}

#[test]
fn what_is_swept_is_in_order_and_to_scale_whatever_the_order_it_is_typed_in() {
    let words = |values| words(&swept(&[1.0, 5.0], &[("duration", values)], 2, Look::default())[0]);
    let typed = words("1s,100s,10s");
    assert!(typed.contains("Duration (s), logarithmic"), "{typed}");
    assert_eq!(typed, words("100s,10s,1s"));
    assert!(words("20s,10s,30s").contains("\nDuration (s)\n"));
}
