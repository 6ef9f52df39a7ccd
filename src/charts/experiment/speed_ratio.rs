//! The charts that set a metric of each machine against its speed ratio.

use std::collections::{BTreeMap, BTreeSet};

use super::experiments::Experiments;
use super::list::{ExperimentList, SIMULATED, published_mark};
use super::spread::Spread;
use super::{outline, published, replicates};
use crate::charts::draw::axis::{self, Axis};
use crate::charts::draw::canvas::{self, Canvas};
use crate::charts::draw::heading::Heading;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::scatter::{self, Area, Mark, Range};
use crate::charts::draw::style::MarkStyle;
use crate::charts::draw::{number, wording};
use crate::charts::{Chart, ChartError, ChartType, Draw, Look};
use crate::metrics::catalogue::SPEED_RATIO as SPEED_RATIO_METRIC;
use crate::metrics::{EndQueueSource, MAIN_METRICS, MachineMetrics, Metric, WaitSource};
use crate::model::event::MachineId;

/// Each of the main metrics against speed ratio.
pub const SPEED_RATIO: ChartType = ChartType {
    name: "speed-ratio",
    shows: "Main metrics of all runs against speed ratio, side by side",
    draw: Draw::Experiments(draw),
};

fn draw(of: &Experiments<'_>, look: Look) -> Result<Vec<Chart>, ChartError> {
    let one = |measure: &Metric| {
        let name = format!("{}_vs_speed_ratio", measure.name);
        canvas::draw(&name, look, |canvas| Scatter::new(measure, of).paint(canvas))
    };
    MAIN_METRICS.iter().map(one).collect()
}

/// One machine of one experiment, over its runs with the same clock rates.
struct Group {
    experiment: usize,
    machine: MachineId,
    ratio: f64,
    spread: Spread,
    /// In order of size.
    values: Vec<f64>,
    published: Option<f64>,
}

impl Group {
    fn is_box(&self) -> bool {
        self.values.len() >= replicates::LEAST
    }
}

struct Scatter<'a> {
    measure: &'a Metric,
    of: &'a Experiments<'a>,
    groups: Vec<Group>,
    /// Of each machine, in order of size.
    simulated: BTreeMap<MachineId, Vec<f64>>,
}

impl<'a> Scatter<'a> {
    fn new(measure: &'a Metric, of: &'a Experiments<'a>) -> Scatter<'a> {
        let mut groups: BTreeMap<(u64, usize, MachineId, usize), Vec<f64>> = BTreeMap::new();
        for ((experiment, run), nth) in of.runs.iter().zip(&of.alike) {
            for row in *run {
                if let Some((ratio, value)) = ratio(row).zip(value(measure, row)) {
                    groups.entry((ratio.to_bits(), *experiment, row.machine, *nth)).or_default().push(value);
                }
            }
        }
        let group =
            |((ratio, experiment, machine, _), mut values): ((u64, usize, MachineId, usize), Vec<f64>)| {
                values.sort_by(f64::total_cmp);
                let spread = Spread::of(&values)?;
                let known = of.published.get(&(of.experiments[experiment].clone(), machine));
                let published = known.and_then(|known| known.of(measure.name)).map(|value| value as f64);
                Some(Group { experiment, machine, ratio: f64::from_bits(ratio), spread, values, published })
            };
        // Ratios are above 0, and their bits in the order of their size.
        let groups = groups.into_iter().filter_map(group).collect();
        Scatter { measure, of, groups, simulated: simulated(measure, of) }
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let x = Axis::ratios(&self.groups.iter().map(|group| group.ratio).collect::<Vec<_>>());
        let legend = self.legend(canvas)?;
        let y = self.y_axis();
        let mut heading = Heading { title: self.title(), subject: self.subject(), notes: self.notes() };
        // How many labels have no room is known last, and the note has room kept for it.
        heading.notes.push(no_room(self.groups.len()));
        let top = heading.top(canvas)? + legend.height(canvas)?;
        let plot = Plot::new(canvas, top, x, y, legend.width(canvas))?;
        heading.notes.pop();
        plot.draw(canvas, SPEED_RATIO_METRIC.label, self.measure.label)?;
        legend.draw(canvas, &plot)?;
        if self.groups.is_empty() {
            plot.say(canvas, &self.what_is_missing())?;
        } else {
            let unlabelled = self.draw_groups(canvas, &plot)?;
            if unlabelled > 0 {
                heading.notes.push(no_room(unlabelled));
            }
        }
        heading.draw(canvas).map(drop)
    }

    fn what_is_missing(&self) -> String {
        if self.of.runs.is_empty() {
            "no runs".to_owned()
        } else if self.of.rows().all(|row| ratio(row).is_none()) {
            "no clock rate is known".to_owned()
        } else {
            format!("no {} is known", self.quantity())
        }
    }

    /// The metric, as it stands within a sentence.
    fn quantity(&self) -> String {
        let title = wording::without_unit(self.measure.label);
        let (first, rest) = title.split_at(1);
        first.to_lowercase() + rest
    }

    /// Runs that differ by orders of magnitude need another axis, once so many
    /// are shown that the small ones matter too.
    fn y_axis(&self) -> Axis {
        let shown = || self.groups.iter().flat_map(|group| group.values.iter().chain(&group.published));
        let all = || shown().chain(self.simulated.values().flatten()).copied();
        let (smallest, largest) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
        let medians: Vec<f64> = self.groups.iter().map(|group| group.spread.median).collect();
        if self.has_boxes() && Axis::needs_symlog(smallest, largest, &medians) {
            return Axis::symlog(smallest, largest, 1.0).with_room_below();
        }
        let counts = smallest == 0.0 && all().all(|value| value.fract() == 0.0);
        let axis = if counts { Axis::counts(largest) } else { Axis::measured(smallest, largest) };
        if self.stand_apart() { axis.with_room_below() } else { axis }
    }

    fn has_boxes(&self) -> bool {
        self.groups.iter().any(Group::is_box)
    }

    /// Whether each group has a place of its own beside the others of its ratio.
    fn stand_apart(&self) -> bool {
        self.has_boxes() || !self.simulated.is_empty()
    }

    /// Says how many labels found no room.
    fn draw_groups(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<usize, ChartError> {
        let ratios: Vec<f64> = self.groups.iter().map(|group| plot.x(group.ratio)).collect();
        let places = if self.stand_apart() { replicates::side_by_side(&ratios, plot) } else { ratios };
        self.draw_simulated(canvas, plot, &places)?;
        for (group, x) in self.groups.iter().zip(&places) {
            if group.is_box() {
                replicates::draw(canvas, plot, *x, &group.spread, MarkStyle::nth(group.experiment))?;
            } else if self.stand_apart() {
                draw_runs(canvas, plot, *x, group, &mut BTreeSet::new())?;
            }
        }
        if !self.stand_apart() {
            self.draw_single_runs(canvas, plot)?;
        }
        // Between boxes that stand close together there is less room.
        let crowded = self.stand_apart() && least_gap(&places) < 24.0;
        let half = if crowded { 8.0 } else { 12.0 };
        let mut obstacles = Vec::new();
        for (group, x) in self.groups.iter().zip(&places) {
            let Some(value) = group.published else { continue };
            let y = plot.y(value);
            published_mark(canvas, (*x, y), half)?;
            obstacles.push(Area { left: x - half, right: x + half, top: y - 3.0, bottom: y + 3.0 });
        }
        scatter::draw(canvas, plot, &self.marks(plot, &places), &obstacles)
    }

    /// The shape of simulated runs behind each machine.
    fn draw_simulated(&self, canvas: &Canvas<'_>, plot: &Plot, places: &[f64]) -> Result<(), ChartError> {
        for (nth, group) in self.groups.iter().enumerate() {
            if let Some(values) = self.simulated.get(&group.machine) {
                outline::draw(canvas, plot, values, places[nth], half_width(places, nth), SIMULATED)?;
            }
        }
        Ok(())
    }

    fn simulated_runs(&self) -> usize {
        self.simulated.values().map(Vec::len).max().unwrap_or(0)
    }

    /// What a group's own place shows besides its mark, from the least to the most.
    fn range(&self, group: &Group) -> Option<(f64, f64)> {
        let simulated = self.simulated.get(&group.machine);
        let ends = simulated.and_then(|values| Some((*values.first()?, *values.last()?)));
        let (least, most) = ends.unwrap_or((group.spread.least, group.spread.most));
        self.stand_apart().then(|| (least.min(group.spread.least), most.max(group.spread.most)))
    }

    /// The marks that are labelled: the value, or the median of several.
    fn marks(&self, plot: &Plot, places: &[f64]) -> Vec<Mark> {
        let range = |nth: usize, group: &Group| {
            let (least, most) = self.range(group)?;
            let half =
                if self.simulated.contains_key(&group.machine) { half_width(places, nth) } else { 0.0 };
            Some(Range { upper: plot.y(most), lower: plot.y(least), half })
        };
        let mark = |(nth, group): (usize, &Group)| Mark {
            at: (places[nth], plot.y(group.spread.median)),
            style: MarkStyle::nth(group.experiment),
            machine: group.machine,
            of_range: range(nth, group),
        };
        self.groups.iter().enumerate().map(mark).collect()
    }

    /// A light mark for each run where a machine has several; experiments of
    /// the same speed ratio stand side by side.
    fn draw_single_runs(&self, canvas: &Canvas<'_>, plot: &Plot) -> Result<(), ChartError> {
        let mut beside: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        let several = || self.groups.iter().filter(|group| group.values.len() > 1);
        for group in several() {
            beside.entry(group.ratio.to_bits()).or_default().insert(group.experiment);
        }
        let mut drawn = BTreeSet::new();
        for group in several() {
            let all = &beside[&group.ratio.to_bits()];
            let before = all.range(..group.experiment).count() as f64;
            let middle = (all.len() - 1) as f64 / 2.0;
            let x = plot.x(group.ratio) + (before - middle) * (60.0 / all.len() as f64).min(11.0);
            let x = x.max(plot.x(1.0));
            draw_runs(canvas, plot, x, group, &mut drawn)?;
        }
        Ok(())
    }

    fn legend(&self, canvas: &Canvas<'_>) -> Result<ExperimentList, ChartError> {
        let published = self.groups.iter().any(|group| group.published.is_some());
        ExperimentList::new(canvas, &self.of.experiments, self.simulated_runs(), published)
    }

    /// What it shows, and where the largest lies.
    fn title(&self) -> String {
        let plain = format!("{} against speed ratio", wording::without_unit(self.measure.label));
        let largest = |group: &Group| Some((group.values.last().copied()?, group.ratio));
        match self
            .groups
            .iter()
            .filter_map(largest)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)))
        {
            Some((value, ratio)) if value > 0.0 => {
                format!("{plain}: {} at most, at ratio {}", number::plain(value), number::plain(ratio))
            }
            _ => plain,
        }
    }

    fn subject(&self) -> String {
        let Experiments { experiments, names, machines, .. } = self.of;
        let experiments = match &experiments[..] {
            [only] => format!("experiment {}", wording::brief(only)),
            _ => wording::many(experiments.len(), "experiment", "experiments"),
        };
        let runs = wording::many(*names, "run", "runs");
        format!("{experiments} · {runs} · {}", wording::many(*machines, "machine", "machines"))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.groups.iter().any(|group| group.values.len() > 1 && !group.is_box()) {
            let (run, median) = if self.has_boxes() { ("light", "strong") } else { ("small", "large") };
            notes.push(format!("{run}: each run, {median}: the median"));
        }
        if self.has_boxes() {
            let least = replicates::LEAST;
            notes.push(format!("boxes, from {least} runs on: median, quartiles, least and most"));
            notes.push("moved apart sideways at one place".to_owned());
        }
        if self.simulated_runs() > 0 {
            notes.push("grey: the wider, the more simulated runs came to that value".to_owned());
        }
        if self.groups.iter().any(|group| group.published.is_some()) {
            notes.push(published::NOTE.to_owned());
        }
        if !self.stand_apart() && self.groups.len() > 1 {
            notes.push("marks at one place are fanned out sideways".to_owned());
        }
        let machines = |count| wording::many(count, "machine", "machines");
        let unknown = self.of.rows().filter(|row| ratio(row).is_none()).count();
        if unknown > 0 {
            notes.push(format!("{} of unknown clock rate left out", machines(unknown)));
        }
        let silent = self.of.rows().filter(|row| value(self.measure, row).is_none()).count();
        if silent > 0 {
            notes.push(format!("{} of unknown {} left out", machines(silent), self.quantity()));
        }
        let is_bound = |row: &&MachineMetrics| row.wait_source == WaitSource::FromSends;
        let bounds = self.of.rows().filter(is_bound).count();
        if self.measure.name == "wait_mean" && bounds > 0 {
            notes.push(format!(
                "of {} from the SEND, so that the time on the way counts too",
                machines(bounds)
            ));
        }
        let unrecorded = |row: &&MachineMetrics| row.end_queue_source == EndQueueSource::LastLogged;
        let logged = self.of.rows().filter(unrecorded).count();
        if self.measure.name == "end_queue" && logged > 0 {
            notes.push(format!("{} without a record of the end: last length logged", machines(logged)));
        }
        notes
    }
}

/// The values of each machine in the simulated runs, in order of size.
fn simulated(measure: &Metric, of: &Experiments<'_>) -> BTreeMap<MachineId, Vec<f64>> {
    let mut values: BTreeMap<MachineId, Vec<f64>> = BTreeMap::new();
    for row in &of.simulated {
        values.entry(row.machine).or_default().extend(value(measure, row));
    }
    values.values_mut().for_each(|values| values.sort_by(f64::total_cmp));
    values
}

/// How far the shape at a place reaches to both sides, so as to leave room to its
/// neighbours'.
fn half_width(places: &[f64], nth: usize) -> f64 {
    const WIDEST: f64 = 34.0;
    let neighbours = &places[nth.saturating_sub(1)..places.len().min(nth + 2)];
    (least_gap(neighbours) * 0.46).min(WIDEST)
}

/// The least distance between neighbours.
fn least_gap(places: &[f64]) -> f64 {
    places.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min)
}

fn no_room(labels: usize) -> String {
    format!("no room for {}", wording::many(labels, "label", "labels"))
}

/// Draws a light mark for each run that has none yet at its place.
fn draw_runs(
    canvas: &Canvas<'_>,
    plot: &Plot,
    x: f64,
    group: &Group,
    drawn: &mut BTreeSet<(usize, i64, i64)>,
) -> Result<(), ChartError> {
    let style = MarkStyle::nth(group.experiment).faint(35);
    for value in &group.values {
        let y = plot.y(*value);
        if drawn.insert((group.experiment, x.round() as i64, y.round() as i64)) {
            canvas.mark((x, y), 5.0, style)?;
        }
    }
    Ok(())
}

/// The speed ratio where it is known, and a number.
fn ratio(row: &MachineMetrics) -> Option<f64> {
    row.speed_ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}

/// The metric where it is known, and a number that a chart has a place for.
fn value(measure: &Metric, row: &MachineMetrics) -> Option<f64> {
    measure.of(row).filter(|value| axis::can_show(*value))
}
