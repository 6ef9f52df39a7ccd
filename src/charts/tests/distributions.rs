//! The chart of replicates as distributions.

use super::samples::{Draws, hostile};
use super::*;

/// Groups of which each fifth is far above the others.
fn distributions(groups: u64, runs: u64) -> Distributions {
    let mut draws = Draws(5);
    let mut group = |nth: u64| {
        let (base, width) = if nth % 5 == 4 { (150, 80) } else { (0, 3) };
        let values = (0..runs).map(|_| (base + draws.below(width)) as f64).collect();
        Distribution {
            name: format!("exp{} m{}", nth / 3 + 1, nth % 3 + 1),
            values,
            published: nth.is_multiple_of(2).then_some(base as f64),
            logged: nth.is_multiple_of(3).then_some((base + 1) as f64),
            theory: (nth % 5 == 4).then_some(183.3),
        }
    };
    Distributions {
        title: "End queue of exp1 to exp5".to_owned(),
        metric: "End queue (messages)".to_owned(),
        caption: "simulated".to_owned(),
        groups: (0..groups).map(&mut group).collect(),
    }
}

#[track_caller]
fn drawn(of: &Distributions) -> Chart {
    let charts = [distribution_chart("distribution", of, Look::default()).expect("a chart")];
    assert_sound(&charts);
    let [chart] = charts;
    chart
}

#[test]
fn distributions_are_drawn_whatever_their_number_and_size() {
    for (groups, runs) in
        [(0, 0), (1, 1), (3, 5), (3, 30), (9, 60), (27, 100), (40, 30), (200, 8), (3, 10_000)]
    {
        drawn(&distributions(groups, runs));
    }
    let words = words(&drawn(&distributions(27, 30)));
    for said in [
        "n = 30 runs a distribution",
        "exp9 m3",
        "median",
        "published",
        "in the published logs",
        "expected: the mean of simulated runs",
    ] {
        assert!(words.contains(said), "no {said:?} in {words}");
    }
}

#[test]
fn an_axis_is_logarithmic_only_where_groups_differ_by_orders_and_says_so() {
    assert!(words(&drawn(&distributions(10, 30))).contains("End queue (messages), logarithmic above 1"));
    assert!(!words(&drawn(&distributions(3, 30))).contains("logarithmic"));
}

#[test]
fn values_all_alike_or_extreme_or_missing_make_a_chart() {
    for value in [0.0, 3.0, 2.5, -4.0, 1e-300, 1e20, -1e20] {
        for runs in [1, 2, 5, 30, 300] {
            let mut of = distributions(2, 1);
            of.groups[0] = Distribution { values: vec![value; runs], ..Distribution::default() };
            drawn(&of);
            of.groups.truncate(1);
            drawn(&of);
        }
    }
    let mut of = distributions(2, 4);
    of.groups[0].values = vec![f64::NAN, f64::INFINITY, f64::MAX, 1.0];
    of.groups[0].published = Some(f64::NAN);
    let said = words(&drawn(&of));
    assert!(said.contains("3 runs without a number left out") && said.contains("n = 1 to 4 runs"), "{said}");
    of.groups.iter_mut().for_each(|group| *group = Distribution::default());
    assert!(words(&drawn(&of)).contains("no values"));
}

#[test]
fn hostile_words_do_no_harm_to_distributions() {
    for name in hostile() {
        let mut of = distributions(5, 8);
        of.groups.iter_mut().for_each(|group| group.name.clone_from(&name));
        (of.title, of.metric, of.caption) = (name.clone(), name.clone(), name);
        assert!(!svg(&drawn(&of)).contains("<script"));
    }
}

#[test]
fn the_same_replicates_give_the_same_bytes() {
    assert_eq!(drawn(&distributions(27, 30)), drawn(&distributions(27, 30)));
}

#[test]
fn replicates_against_speed_ratio_are_boxes_from_five_runs_on() {
    let rows = |runs| experiments(3, 3, runs);
    assert!(!words(&experiment_charts_of(&rows(4))[0]).contains("boxes"));
    assert!(words(&experiment_charts_of(&rows(5))[0]).contains("boxes, from 5 runs on"));
    let few = |row: &MachineMetrics| row.machine.0 > 1 || *row.run < *"0003";
    let mixed: Vec<_> = rows(40).into_iter().filter(few).collect();
    assert!(words(&experiment_charts_of(&mixed)[0]).contains("light: each run"));
}

#[test]
fn published_values_are_marked_and_explained() {
    let rows = experiments(2, 3, 1);
    let of = |experiment: &str| {
        let values = PublishedValues { max_queue: Some(70), ..PublishedValues::default() };
        Published::from([((experiment.to_owned(), rows[0].machine), values)])
    };
    let charts =
        experiment_charts(&Experiments::of(&rows, of(&rows[0].experiment)), Look::default()).expect("charts");
    assert_sound(&charts);
    let [max_queue, end_queue] = [0, 1].map(|nth| words(&charts[nth]));
    assert!(max_queue.contains("published") && max_queue.contains("\n70\n"), "{max_queue}");
    assert!(!end_queue.contains("published"));
    assert_eq!(
        experiment_charts(&Experiments::of(&rows, of("other")), Look::default()).expect("charts"),
        experiment_charts_of(&rows)
    );
}

#[test]
fn runs_of_other_drawn_rates_are_no_replicates_at_one_speed_ratio() {
    let mut rows = experiments(1, 3, 6);
    assert!(words(&experiment_charts_of(&rows)[0]).contains("boxes, from 5 runs on"));
    // Machines 1 and 2 keep their ratios, and machine 3 has another rate in each run.
    for (run, rows) in rows.chunks_mut(3).enumerate() {
        rows[2].clock_rate = Some(1.0 + run as f64 / 8.0);
    }
    assert!(!words(&experiment_charts_of(&rows)[0]).contains("boxes"));
}

#[test]
fn simulated_runs_stand_behind_the_few_runs_of_a_spec() {
    let rows = experiments(1, 3, 1);
    let mut of = Experiments::of(&rows, Published::new());
    assert!(of.are_few_replicates());
    for other in [experiments(2, 3, 1), experiments(1, 3, 5), Vec::new()] {
        assert!(!Experiments::of(&other, Published::new()).are_few_replicates());
    }
    let without = experiment_charts(&of, Look::default()).expect("charts");
    of.simulated = experiments(1, 3, 200);
    let charts = experiment_charts(&of, Look::default()).expect("charts");
    assert_sound(&charts);
    for (chart, without) in charts.iter().zip(&without) {
        let words = words(chart);
        assert!(words.contains("200 simulated runs\nof this spec\n"), "{words}");
        let shapes =
            |chart: &Chart| svg(chart).matches("<polygon").count() + svg(chart).matches("<rect").count();
        assert!(shapes(chart) >= shapes(without) + 3, "a shape a machine: {}", chart.name);
    }
    assert!(!words(&without[0]).contains("simulated"));
}

#[test]
fn no_mark_lies_below_a_ratio_of_one() {
    for (count, machines, runs) in [(9, 3, 1), (9, 3, 3), (9, 3, 9), (1, 100, 1)] {
        let mut rows = experiments(count, machines, runs);
        // All of the first machine of each run at the same place.
        rows.iter_mut().filter(|row| row.machine.0 == 3).for_each(|row| row.max_queue = Some(1));
        let chart = &experiment_charts_of(&rows)[0];
        let document = svg(chart);
        let texts = texts(chart);
        let one = texts
            .iter()
            .filter(|text| text.words == "1")
            .max_by(|a, b| a.area.top().total_cmp(&b.area.top()));
        let one = one.map(|text| (text.area.left() + text.area.right()) / 2.0).expect("a tick at 1");
        let units = crate::charts::draw::style::UNITS_A_PIXEL as f32;
        let number = |text: &str| text.parse::<f32>().expect("a number") / units;
        let values = |element: &'static str, attribute: &'static str| {
            let elements = document.split(element).skip(1);
            elements.filter_map(move |rest| rest.split(attribute).nth(1)?.split('"').next())
        };
        let circles = values("<circle", " cx=\"").map(number);
        // A mark reaches as far from its place as its radius and its light edge.
        let polygons = values("<polygon", " points=\"").flat_map(str::split_whitespace);
        let corners = polygons.filter_map(|point| point.split(',').next());
        let marks = circles.chain(corners.map(|x| number(x) + 10.5));
        let least = marks.fold(f32::INFINITY, f32::min);
        assert!(least.is_finite() && least >= one - 1.0, "a mark at {least}, and 1 at {one}");
    }
}
