//! The chart of clock jumps: by how much a RECEIVE raised each machine's clock.

use super::timeline;
use crate::charts::draw::axis::Axis;
use crate::charts::draw::bins::{self, Bins};
use crate::charts::draw::canvas::{self, Canvas, Font, Point};
use crate::charts::draw::color::Color;
use crate::charts::draw::heading::Heading;
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, GRID, INK, MUTED, Stroke};
use crate::charts::draw::{number, wording};
use crate::charts::{Chart, ChartError, ChartType, Draw, Look, RunChart, RunTheory};
use crate::metrics::series::{MachineSeries, RunSeries};
use crate::model::event::MachineId;

/// The most machines a page has room for.
const LANES: usize = 16;
/// The height that a lane needs, and the tallest heading above all lanes.
const LEAST_LANE: f64 = 42.0;
const HEADING: f64 = 190.0;
/// The share of a lane that its highest bar fills.
const FILLED: f64 = 0.74;
/// A bar that stands for anything at all is at least this high.
const LEAST_PX: f64 = 2.0;
/// The heads of the table at the right, and the gap before each column.
const HEADS: [&str; 3] = ["receives", "mean", "max"];
const GAP: f64 = 24.0;

/// By how much RECEIVE events raise each clock.
pub const JUMPS: ChartType = ChartType {
    name: "jumps",
    shows: "By how much RECEIVE events raise each clock",
    draw: Draw::Run(RunChart {
        draw,
        caption: "The farther to the right a bar, the further the sender's clock was ahead of the receiver's; a jump \
                  of 1 tells nothing new. 95 % of jumps are at most",
        of_machine: |row| row.jump_p95.map(|jump| jump.to_string()),
    }),
};

/// Draws a lane for each machine: the share of its receives in each bin.
fn draw(series: &RunSeries, _theory: &RunTheory, look: Look) -> Result<Chart, ChartError> {
    canvas::draw(JUMPS.name, look, |canvas| paint(canvas, series))
}

fn paint(canvas: &Canvas<'_>, series: &RunSeries) -> Result<(), ChartError> {
    let (shown, left_out) = chosen(canvas, series);
    let bins = Bins::for_all(shown.iter().map(|machine| &machine.jumps));
    let largest = shown.iter().filter_map(|machine| bins::largest(&machine.jumps)).max();
    let top = heading(series, bins, &left_out, largest.is_some()).draw(canvas)?;
    let cells = cells(&shown);
    let (columns, table) = columns(canvas, &cells)?;
    let mut plot = Plot {
        left: canvas.page.margin() + if canvas.page.is_narrow() { 104.0 } else { 160.0 },
        right: (canvas.page.right() - table).round(),
        top,
        bottom: canvas.page.bottom(),
        x: bins.axis(largest.unwrap_or(1)),
        y: Axis::counts(1.0),
    };
    if largest.is_none() {
        plot.right = canvas.page.right();
        plot.x.ticks.clear();
    }
    plot.draw_x_ticks(canvas)?;
    plot.draw_titles(
        canvas,
        "Jump of the clock at a RECEIVE (clock units)",
        "Share of the machine's receives (%)",
    )?;
    if largest.is_none() {
        plot.draw_axes(canvas)?;
        return plot.say(canvas, "no messages received");
    }
    // Without room beside the lanes there is no table.
    let heads = if canvas.page.is_narrow() { &[][..] } else { &HEADS[..] };
    for (head, right) in heads.iter().zip(columns) {
        canvas.text(head, (right, top - 2.0), Font::size(style::LABEL).color(MUTED).ending())?;
    }
    let height = (plot.bottom - plot.top) / shown.len().max(1) as f64;
    let decimals = decimals(&shown, bins);
    for (index, machine) in shown.iter().enumerate() {
        let base = canvas.page.sharp(plot.top + height * (index + 1) as f64);
        let lane = Lane { canvas, plot: &plot, columns, bins, base, height, decimals };
        lane.draw(machine, &cells[index], style::color(index))?;
    }
    Ok(())
}

/// The right ends of the columns of the table, and its whole width.
fn columns(canvas: &Canvas<'_>, cells: &[[String; 3]]) -> Result<([f64; 3], f64), ChartError> {
    let font = Font::size(style::LABEL);
    let mut widths = [0.0_f64; 3];
    for cells in cells.iter().chain([&HEADS.map(str::to_owned)]) {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = width.max(canvas.width(cell, font)?);
        }
    }
    if canvas.page.is_narrow() {
        return Ok(([0.0; 3], 0.0));
    }
    let [_, mean, max] = widths;
    let right = canvas.page.right();
    let ends = [right - max - GAP - mean - GAP, right - max - GAP, right];
    Ok((ends, widths.iter().map(|width| width + GAP).sum()))
}

/// What the table says of each machine.
fn cells(shown: &[&MachineSeries]) -> Vec<[String; 3]> {
    let means = shown.iter().map(|machine| bins::mean(&machine.jumps)).collect::<Vec<_>>();
    let row = |(machine, mean): (&&MachineSeries, String)| {
        let largest = bins::largest(&machine.jumps);
        [
            number::count(bins::total(&machine.jumps)),
            mean,
            largest.map_or_else(|| "–".to_owned(), number::count),
        ]
    };
    shown.iter().zip(number::measured_alike(&means)).map(row).collect()
}

/// The machines that get a lane, and those that do not: where there are too
/// many, those that received least are left out, but never the one that the title
/// names.
fn chosen<'a>(canvas: &Canvas<'_>, series: &'a RunSeries) -> (Vec<&'a MachineSeries>, Vec<MachineId>) {
    let lanes = ((canvas.page.bottom() - HEADING) / LEAST_LANE).max(1.0) as usize;
    let mut order: Vec<usize> = (0..series.machines.len()).collect();
    let told = jumps_most(series).map(|(_, machine)| machine);
    let rank = |machine: &MachineSeries| (Some(machine.machine) == told, bins::total(&machine.jumps));
    order.sort_by_key(|index| std::cmp::Reverse(rank(&series.machines[*index])));
    let mut left_out = order.split_off(LANES.min(lanes).min(order.len()));
    order.sort_unstable();
    left_out.sort_unstable();
    (
        order.into_iter().map(|index| &series.machines[index]).collect(),
        left_out.into_iter().map(|index| series.machines[index].machine).collect(),
    )
}

fn heading(series: &RunSeries, bins: Bins, left_out: &[MachineId], any: bool) -> Heading {
    let mut notes = Vec::new();
    if any {
        notes.push("each lane has its own height".to_owned());
        notes.push("upright line: mean".to_owned());
        notes.extend(bins.note());
    }
    if !left_out.is_empty() {
        let count = wording::many(left_out.len(), "machine", "machines");
        let names = wording::machines(left_out);
        notes.push(format!("{count} with few receives left out: {names}"));
    }
    Heading { title: title(series), subject: timeline::subject(series), notes }
}

/// Whose clock jumps most.
fn title(series: &RunSeries) -> String {
    match jumps_most(series) {
        Some((mean, machine)) => {
            let mean = number::measured(mean);
            format!("Machine {machine}'s clock jumps most at a RECEIVE: by {mean} clock units on average")
        }
        None => "Clock jumps at RECEIVE".to_owned(),
    }
}

/// The machine of the largest mean jump, and that mean.
fn jumps_most(series: &RunSeries) -> Option<(f64, MachineId)> {
    let mean = |machine: &MachineSeries| Some((bins::mean(&machine.jumps)?, machine.machine));
    series.machines.iter().filter_map(mean).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
}

/// The place of one machine's distribution.
struct Lane<'a, 'page> {
    canvas: &'a Canvas<'page>,
    plot: &'a Plot,
    columns: [f64; 3],
    bins: Bins,
    base: f64,
    height: f64,
    /// Of shares in percent.
    decimals: usize,
}

impl Lane<'_, '_> {
    fn draw(&self, machine: &MachineSeries, cells: &[String; 3], color: Color) -> Result<(), ChartError> {
        let Plot { left, right, .. } = *self.plot;
        self.name(machine)?;
        let counts = self.bins.sort(&machine.jumps);
        let (total, most) = (bins::total(&machine.jumps), counts.values().copied().max().unwrap_or(0));
        if most == 0 {
            let font = Font::size(style::LABEL).color(MUTED);
            self.canvas.text("no messages received", (left + 16.0, self.base - self.height * 0.4), font)?;
        } else {
            self.scale(100.0 * most as f64 / total as f64)?;
        }
        for (bin, count) in &counts {
            self.bar(f64::from(*bin), *count as f64 / most as f64, color)?;
        }
        self.canvas.line(&[(left, self.base), (right, self.base)], Stroke::new(INK, 1.0))?;
        self.mean(machine)?;
        if self.canvas.page.is_narrow() { Ok(()) } else { self.numbers(cells) }
    }

    fn bar(&self, bin: f64, height: f64, color: Color) -> Result<(), ChartError> {
        let (from, to) = (self.plot.x(bin), self.plot.x(bin + 1.0));
        let gap = ((to - from) * 0.12).min(2.0);
        let top = self.base - (height * FILLED * self.height).max(LEAST_PX);
        self.canvas.fill((from + gap, top), (to - gap, self.base), color)
    }

    fn name(&self, machine: &MachineSeries) -> Result<(), ChartError> {
        let middle = self.base - FILLED * self.height / 2.0;
        let left = self.canvas.page.margin() + if self.canvas.page.is_narrow() { 24.0 } else { 34.0 };
        let rate = machine.clock_rate.map(|rate| format!("{}/s", number::plain(rate)));
        let apart = if rate.is_some() { 9.0 } else { 0.0 };
        let name = wording::machine(machine.machine);
        self.canvas.text(&name, (left, middle - apart), Font::size(style::LABEL).bold())?;
        let font = Font::size(style::LABEL).color(MUTED);
        rate.map_or(Ok(()), |rate| self.canvas.text(&rate, (left, middle + apart), font))
    }

    /// The height of the highest bar in percent, and 0 where a lane has room for it.
    fn scale(&self, highest: f64) -> Result<(), ChartError> {
        let Plot { left, right, .. } = *self.plot;
        let font = Font::size(style::LABEL).ending();
        let top = self.canvas.page.sharp(self.base - FILLED * self.height);
        self.canvas.line(&[(left, top), (right, top)], Stroke::new(GRID, 1.0))?;
        self.canvas.text(&format!("{highest:.0$} %", self.decimals), (left - 10.0, top), font)?;
        if self.height > 60.0 {
            self.canvas.text("0 %", (left - 10.0, self.base - 6.0), font)?;
        }
        Ok(())
    }

    /// The mean as a line through the bars.
    fn mean(&self, machine: &MachineSeries) -> Result<(), ChartError> {
        let Some(mean) = bins::mean(&machine.jumps) else { return Ok(()) };
        let x = self.plot.x(self.bins.place_of(mean));
        let line: [Point; 2] = [(x, self.base + 4.0), (x, self.base - (FILLED + 0.08) * self.height)];
        self.canvas.line(&line, Stroke::new(style::PAPER, 4.0))?;
        self.canvas.line(&line, Stroke::new(INK, 1.75))
    }

    fn numbers(&self, cells: &[String; 3]) -> Result<(), ChartError> {
        let middle = self.base - FILLED * self.height / 2.0;
        let font = Font::size(style::LABEL).ending();
        let mut cells = cells.iter().zip(self.columns);
        cells.try_for_each(|(text, right)| self.canvas.text(text, (right, middle), font))
    }
}

/// As many decimals for the shares of all lanes as the least round of them needs.
fn decimals(shown: &[&MachineSeries], bins: Bins) -> usize {
    let is_whole = |machine: &&MachineSeries| {
        let (most, total) =
            (bins.sort(&machine.jumps).into_values().max().unwrap_or(0), bins::total(&machine.jumps));
        total == 0 || (u128::from(most) * 100).is_multiple_of(u128::from(total))
    };
    usize::from(!shown.iter().all(is_whole))
}
