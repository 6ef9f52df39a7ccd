//! The charts of a reproduction: published values among our runs, experiments
//! side by side, and what the claims order.

use super::Reproduction;
use super::cells::Replicates;
use super::claims::ChartOrder;
use super::published_metric::{PUBLISHED_METRICS, PublishedMetric};
use super::setup::Setup;
use crate::charts::sweep::folder::{expectations, mean_of};
use crate::charts::{
    Chart, ChartError, Distribution, Distributions, Experiments, Look, Published, Swept, SweptAxis,
    SweptLine, SweptPoint, distribution_chart, experiment_charts, published_values, swept_chart,
};
use crate::metrics::{MachineMetrics, Metric, Quantity};
use crate::model::event::MachineId;
use crate::predict::expected::Expected;
use crate::sweep::label_of;

/// What the file of a metric's distributions is called.
pub fn distributions_name(metric: &str) -> String {
    format!("{metric}_replicates")
}

/// Our runs as distributions with what was published of them, a chart a metric.
pub fn distributions(of: &Reproduction<'_>) -> Result<Vec<Chart>, ChartError> {
    let metrics = PUBLISHED_METRICS.iter().filter_map(|name| Metric::named(name));
    let expected = expectations(of.claims.published.iter().map(|setup| &setup.spec));
    let charts = metrics.map(|metric| {
        let groups = of.published_metrics.iter().filter(|published| published.metric == metric);
        let of = Distributions {
            title: of.claims.title.clone(),
            metric: metric.label.to_owned(),
            caption: "each group: the runs of a machine, which differ in the seed alone".to_owned(),
            groups: groups.map(|published| distribution(published, of, &expected)).collect(),
        };
        distribution_chart(&distributions_name(metric.name), &of, Look::default())
    });
    charts.collect()
}

fn distribution(
    of_metric: &PublishedMetric,
    of: &Reproduction<'_>,
    expected: &[Option<Expected>],
) -> Distribution {
    let place = of.claims.published.iter().position(|setup| setup.experiment == of_metric.experiment);
    let expected = place.and_then(|place| expected.get(place)?.as_ref());
    Distribution {
        name: format!("{} m{}", of_metric.experiment, of_metric.machine),
        values: of_metric.values.clone(),
        published: of_metric.published.map(|placed| placed.value as f64),
        logged: of_metric.logged.map(|placed| placed.value as f64),
        theory: expected.and_then(|expected| mean_of(expected, of_metric.machine, of_metric.metric.name)),
    }
}

/// The metrics of all published experiments against speed ratio.
pub fn side_by_side(of: &Reproduction<'_>, replicates: &Replicates<'_>) -> Result<Vec<Chart>, ChartError> {
    let setups = &of.claims.published;
    let rows: Vec<MachineMetrics> = setups
        .iter()
        .flat_map(|setup| &replicates.of(setup).runs)
        .flat_map(|run| run.rows.iter().cloned())
        .collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let published: Published =
        setups.iter().flat_map(|setup| published_values(&setup.experiment, &setup.spec)).collect();
    experiment_charts(&Experiments::of(&rows, published), Look::default())
}

/// A metric over one axis, as the claims order it.
pub fn over_axis(order: &ChartOrder, replicates: &Replicates<'_>) -> Result<Chart, ChartError> {
    let machines = order.points.iter().map(|(_, setup)| setup.spec.machine_count()).min().unwrap_or(0);
    let expected = expectations(order.points.iter().map(|(_, setup)| &setup.spec));
    let line = |machine: MachineId| SweptLine {
        name: format!("machine {machine}"),
        points: order
            .points
            .iter()
            .filter_map(|(x, setup)| point(*x, setup, machine, order, replicates))
            .collect(),
        theory: order
            .points
            .iter()
            .zip(&expected)
            .filter_map(|((x, _), expected)| {
                Some((*x, mean_of(expected.as_ref()?, machine, order.metric.name)?))
            })
            .collect(),
    };
    let counts = || order.points.iter().map(|(_, setup)| replicates.of(setup).runs.len());
    let runs = match (counts().min().unwrap_or(0), counts().max().unwrap_or(0)) {
        (least, most) if least < most => format!("{least} to {most}"),
        (_, most) => most.to_string(),
    };
    let swept = Swept {
        title: format!("experiment {}", order.experiment),
        axis: label_of(&order.axis),
        places: SweptAxis::Numbers(order.points.iter().map(|(x, _)| *x).collect()),
        metric: order.metric.label.to_owned(),
        caption: format!("mean of {runs} runs a place, 95 % intervals (t)"),
        lines: MachineId::all(machines).map(line).collect(),
    };
    swept_chart(&order.name, &swept, Look::default())
}

fn point(
    x: f64,
    setup: &Setup,
    machine: MachineId,
    order: &ChartOrder,
    replicates: &Replicates<'_>,
) -> Option<SweptPoint> {
    let quantity = Quantity { metric: order.metric, machine: Some(machine) };
    let values: Vec<f64> = replicates.of(setup).values(&quantity).flatten().collect();
    let summary = order.metric.summary(&values)?;
    let (low, high) = summary.mean_interval.map(|interval| (interval.low, interval.high)).unzip();
    Some(SweptPoint { x, mean: summary.mean, low, high })
}
