//! Every chart of many kinds of runs: sound SVG, all text on the page, no
//! overlaps, and the same bytes each time.

mod distributions;
mod looks;
mod pictures;
pub(super) mod samples;
mod space_time;
mod sweeps;
mod table;
mod theory;

use resvg::tiny_skia::{IntSize, Pixmap};
use resvg::usvg::{Group, Node, Options, Rect, Tree};

use self::samples::{experiments, hostile, run};
use super::*;
use crate::charts::draw::{style, theme};
use crate::metrics::catalogue::SPEED_RATIO;
use crate::metrics::series::RunSeries;
use crate::metrics::{ClockSet, MachineMetrics, WaitSource};

/// The SVG of a chart.
fn svg(chart: &Chart) -> String {
    chart.svg().expect("an SVG")
}

/// A text of a chart: its words, the box around them, and the size of its letters in
/// pixels.
struct Text {
    words: String,
    area: Rect,
    size: f32,
}

/// The texts of a parsed chart.
fn texts(chart: &Chart) -> Vec<Text> {
    let options = Options { fontdb: crate::charts::draw::png::fonts(), ..Options::default() };
    let tree = Tree::from_str(&svg(chart), &options).expect("a sound SVG");
    let size = tree.size().to_int_size();
    assert_eq!((size.width(), size.height()), chart.look.picture_size());
    let mut texts = Vec::new();
    collect(tree.root(), &mut texts);
    texts
}

fn collect(group: &Group, texts: &mut Vec<Text>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, texts),
            Node::Text(text) => {
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                let sizes = text.chunks().iter().flat_map(|chunk| chunk.spans());
                let size = sizes.map(|span| span.font_size().get()).fold(f32::INFINITY, f32::min);
                let (_, scale) = text.abs_transform().get_scale();
                texts.push(Text { words, area: text.abs_bounding_box(), size: size * scale });
            }
            _ => {}
        }
    }
}

fn words(chart: &Chart) -> String {
    texts(chart).into_iter().map(|text| text.words + "\n").collect()
}

#[track_caller]
fn assert_sound(charts: &[Chart]) {
    for chart in charts {
        let (svg, (width, height)) = (svg(chart), chart.look.picture_size());
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{}", chart.name);
        assert!(svg.len() < 4_000_000, "{}: {} bytes", chart.name, svg.len());
        let texts = texts(chart);
        let scale = width as f32 / chart.look.size().0 as f32;
        for (index, Text { words, area, size }) in texts.iter().enumerate() {
            assert!(*size >= 9.0 * scale, "{}: {words:?} has letters of {size} px", chart.name);
            let inside = area.left() >= 4.0
                && area.top() >= 4.0
                && area.right() <= width as f32 - 4.0
                && area.bottom() <= height as f32 - 4.0;
            assert!(inside, "{}: {words:?} leaves the page: {area:?}", chart.name);
            for other in &texts[..index] {
                assert!(!overlap(area, &other.area), "{}: {words:?} lies on {:?}", chart.name, other.words);
            }
        }
    }
}

/// Whether two boxes share more than a hair.
fn overlap(a: &Rect, b: &Rect) -> bool {
    let across = a.right().min(b.right()) - a.left().max(b.left());
    let down = a.bottom().min(b.bottom()) - a.top().max(b.top());
    across > 1.0 && down > 3.0
}

fn run_charts_of(series: &RunSeries) -> Vec<Chart> {
    run_charts_at(series, Look::default())
}

fn run_charts_at(series: &RunSeries, look: Look) -> Vec<Chart> {
    let charts = run_charts(series, &RunTheory::default(), look).expect("charts");
    assert_sound(&charts);
    charts
}

fn experiment_charts_of(rows: &[MachineMetrics]) -> Vec<Chart> {
    let charts =
        experiment_charts(&Experiments::of(rows, Published::new()), Look::default()).expect("charts");
    assert_sound(&charts);
    charts
}

#[test]
fn every_chart_of_the_table_has_a_name_of_its_own_and_says_what_it_shows() {
    for (at, chart) in CHARTS.iter().enumerate() {
        let is_plain = chart.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(is_plain && !chart.name.is_empty(), "{}", chart.name);
        assert!(CHARTS[..at].iter().all(|other| other.name != chart.name), "{} is there twice", chart.name);
        assert!(!chart.shows.is_empty() && chart.shows.len() <= 64, "{}: {}", chart.name, chart.shows);
        let Draw::Run(of_run) = chart.draw else { continue };
        let drawn = (of_run.draw)(&run(3, 60.0), &RunTheory::default(), Look::default()).expect("a chart");
        assert_eq!(drawn.name, chart.name, "a file is named as what is asked for");
        assert!((of_run.of_machine)(&experiments(1, 1, 1)[0]).is_some(), "{}", chart.name);
    }
}

#[test]
fn a_run_has_five_charts_that_say_what_they_show() {
    let charts = run_charts_of(&run(3, 60.0));
    let names: Vec<_> = charts.iter().map(|chart| chart.name.as_str()).collect();
    assert_eq!(names, ["queue", "clocks", "drift", "jumps", "wait"]);
    let axes = [
        "Queue length (messages)",
        "Logical clock (clock units)",
        "Clock difference, leader − own (clock units)",
        "at a RECEIVE (clock units)",
        "Wait in the queue (s)",
    ];
    for (chart, axis) in charts.iter().zip(axes) {
        let words = words(chart);
        assert!(words.contains("experiment e3 · run 0001 · 3 machines"), "{words}");
        assert!(words.contains(axis), "{words}");
    }
}

#[test]
fn runs_of_many_machines_stay_readable() {
    for machines in [1, 2, 12, 16, 17] {
        run_charts_of(&run(machines, 60.0));
    }
    let charts = run_charts_of(&run(100, 60.0));
    assert!(words(&charts[0]).contains("93 other machines"));
    assert!(words(&charts[0]).contains("last logged"), "foreign logs do not tell the end");
    assert!(words(&charts[3]).contains("84 machines with few receives left out"));
}

#[test]
fn shares_of_receives_have_one_precision() {
    let mut series = run(2, 60.0);
    series.machines[0].jumps = [(1, 79), (2, 21)].into();
    series.machines[1].jumps = [(1, 4), (2, 1)].into();
    assert!(
        words(&run_charts_of(&series)[3]).contains("\n79 %\n")
            && words(&run_charts_of(&series)[3]).contains("\n80 %\n")
    );
    series.machines[1].jumps = [(1, 2), (2, 1)].into();
    let said = words(&run_charts_of(&series)[3]);
    assert!(said.contains("\n79.0 %\n") && said.contains("\n66.7 %\n"), "{said}");
}

#[test]
fn the_machine_that_a_title_tells_of_has_a_lane() {
    let mut series = run(40, 60.0);
    series.machines[19].jumps = [(500, 1)].into();
    let chart = &run_charts_of(&series)[3];
    assert!(chart.title.starts_with("Machine 20's clock jumps most"), "{}", chart.title);
    assert!(words(chart).contains("\nm20\n"));
}

#[test]
fn a_logical_clock_is_counted_in_clock_units() {
    for series in [run(3, 60.0), samples::huge(3)] {
        let charts = run_charts_of(&series);
        for nth in [1, 2, 3] {
            let said = words(&charts[nth]).replace("ticks/s", "");
            assert!(said.contains("clock units") && !said.contains("ticks"), "{said}");
        }
    }
}

#[test]
fn waits_that_no_log_tells_are_no_line() {
    let mut silent = run(3, 60.0);
    silent.machines.iter_mut().for_each(|machine| machine.waits = None);
    assert!(words(&run_charts_of(&silent)[4]).contains("these logs do not tell how long messages waited"));
}

#[test]
fn waits_from_sends_are_said_to_be_bounds() {
    let mut series = run(3, 60.0);
    assert!(!words(&run_charts_of(&series)[4]).contains("SEND"));
    series.machines[1].wait_source = WaitSource::FromSends;
    assert!(words(&run_charts_of(&series)[4]).contains("of 1 machine from the SEND"));
    series.machines.iter_mut().for_each(|machine| machine.wait_source = WaitSource::FromSends);
    assert!(words(&run_charts_of(&series)[4]).contains("from its SEND to its pop, so"));
}

#[test]
fn stamps_that_run_back_are_told() {
    let mut back = run(3, 60.0);
    back.machines[1].clock_set = Some(ClockSet { at_s: 30.0, back_s: 3600.0, ahead_s: 0.0 });
    for chart in run_charts_of(&back).iter().filter(|chart| chart.name != run::jumps::JUMPS.name) {
        let words = words(chart);
        assert!(words.contains("stamps run back"), "{words}");
    }
    back.machines[1].clock_set = Some(ClockSet { at_s: 30.0, back_s: 0.0, ahead_s: 3600.0 });
    let words = words(&run_charts_of(&back)[0]);
    assert!(words.contains("stamps leap ahead") && !words.contains("run back"), "{words}");
}

#[test]
fn runs_without_data_say_so() {
    let mut silent = run(3, 60.0);
    silent.machines.iter_mut().for_each(|machine| machine.jumps.clear());
    assert!(words(&run_charts_of(&silent)[3]).contains("no messages received"));
    for machines in [0, 3] {
        let mut empty = run(machines, 60.0);
        empty.machines.iter_mut().for_each(|machine| {
            machine.samples.clear();
            machine.jumps.clear();
        });
        let charts = run_charts_of(&empty);
        assert!(charts[..3].iter().all(|chart| words(chart).contains("no events")));
        assert!(words(&charts[3]).contains("no messages received"));
    }
}

#[test]
fn runs_of_one_event_or_of_broken_times_make_charts() {
    for time in [0.0, 5.0, 1.7e9, f64::NAN, f64::INFINITY] {
        let mut series = run(2, 60.0);
        series.machines.iter_mut().for_each(|machine| machine.samples.truncate(1));
        series.machines[0].samples[0].from_s = time;
        series.machines[0].samples[0].to_s = time;
        run_charts_of(&series);
    }
}

#[test]
fn the_largest_numbers_make_charts() {
    let mut series = run(3, 60.0);
    for sample in series.machines.iter_mut().flat_map(|machine| &mut machine.samples) {
        (sample.queue_max, sample.clock_last) = (u64::MAX, u64::MAX);
    }
    series.machines[0].jumps.insert(u64::MAX, u64::MAX);
    run_charts_of(&series);
}

#[test]
fn a_huge_run_stays_small() {
    let charts = run_charts_of(&samples::huge(100));
    assert!(words(&charts[1]).contains("1.2 G"));
}

#[test]
fn three_charts_set_experiments_side_by_side() {
    for (count, machines, runs) in [(1, 3, 1), (10, 3, 1), (30, 3, 1), (3, 3, 40), (1, 100, 1), (40, 12, 2)] {
        experiment_charts_of(&experiments(count, machines, runs));
    }
    let charts = experiment_charts_of(&experiments(2, 3, 1));
    let titles = [
        "Max queue against",
        "End queue against",
        "Clock difference against",
        "Clock drift against",
        "Mean jump against",
        "Mean wait in the queue against",
    ];
    for (chart, title) in charts.iter().zip(titles) {
        let words = words(chart);
        assert!(words.contains(title) && words.contains(SPEED_RATIO.label));
    }
}

#[test]
fn rows_of_unknown_clock_rate_are_left_out_and_counted() {
    let mut rows = experiments(2, 3, 1);
    rows[0].speed_ratio = None;
    rows[1].speed_ratio = Some(f64::NAN);
    let charts = experiment_charts_of(&rows);
    assert!(words(&charts[0]).contains("2 machines of unknown clock rate left out"));
    rows.iter_mut().for_each(|row| row.speed_ratio = None);
    assert!(words(&experiment_charts_of(&rows)[0]).contains("no clock rate is known"));
    assert!(words(&experiment_charts_of(&[])[0]).contains("no runs"));
}

#[test]
fn hostile_names_do_no_harm() {
    for name in hostile() {
        let mut series = run(3, 60.0);
        series.experiment.clone_from(&name);
        series.run.clone_from(&name);
        let charts = run_charts_of(&series);
        assert!(charts.iter().all(|chart| !svg(chart).contains("<script")));
        let mut rows = experiments(2, 3, 1);
        rows[0].experiment = name.as_str().into();
        experiment_charts_of(&rows);
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let draw = || (run_charts_of(&run(12, 60.0)), experiment_charts_of(&experiments(10, 3, 3)));
    assert_eq!(draw(), draw());
    let chart = &draw().0[0];
    assert_eq!(chart.png().expect("a picture"), chart.png().expect("a picture"));
}

#[test]
fn a_chart_is_written_in_both_formats_and_replaces_only_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("other.png"), "other").expect("a file");
    let chart = &run_charts_of(&run(3, 60.0))[0];
    for format in [Format::Svg, Format::Svg, Format::Png] {
        let path = chart.write(folder.path(), format).expect("written");
        assert!(path.ends_with(format!("queue.{}", format.extension())));
    }
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("one").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["other.png", "queue.png", "queue.svg"]);
    let picture = std::fs::read(folder.path().join("queue.png")).expect("a picture");
    let pixels = Pixmap::decode_png(&picture).expect("a PNG");
    let size = IntSize::from_wh(pixels.width(), pixels.height());
    assert_eq!(size, IntSize::from_wh(1600, 1000));
    assert!(pixels.pixels().iter().any(|pixel| pixel.red() < 64), "there is ink on the page");
}

#[test]
fn a_folder_that_cannot_be_written_is_named_in_the_error() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let chart = &run_charts_of(&run(1, 6.0))[0];
    let error = chart.write(&file.path().join("within"), Format::Svg).expect_err("no such folder");
    assert!(error.to_string().contains("queue.svg"), "{error}");
}

#[test]
fn lines_of_runs_whose_start_is_known_begin_at_the_axis() {
    // The first event of machine 1 comes after 0.9 s; its queue and clock are drawn from 0 s on.
    let first_x = |from_start| {
        let mut series = run(1, 6.0);
        series.machines[0].from_start = from_start;
        let charts = run_charts_of(&series);
        [0, 1, 2].map(|nth| {
            let document = svg(&charts[nth]);
            let axis = theme::hex(Theme::Light.rgb(style::INK));
            let line = theme::hex(Theme::Light.rgb(style::color(0)));
            let begins = |color: &str| {
                let polylines = document.split("<polyline").filter(|polyline| polyline.contains(color));
                let points =
                    polylines.filter_map(|polyline| polyline.split("points=\"").nth(1)?.split(',').next());
                points.map(|x| x.parse::<f32>().expect("a number")).fold(f32::INFINITY, f32::min)
            };
            begins(&line) - begins(&axis)
        })
    };
    assert!(first_x(true).iter().all(|apart| apart.abs() < 4.0), "{:?}", first_x(true));
    assert!(first_x(false).iter().all(|apart| *apart > 40.0), "{:?}", first_x(false));
}

#[test]
fn clocks_that_end_as_one_are_told_as_one() {
    let mut series = run(2, 60.0);
    let mut end_at = |clocks: [u64; 2]| {
        for (machine, clock) in series.machines.iter_mut().zip(clocks) {
            machine.samples.last_mut().expect("a sample").clock_last = clock;
        }
        words(&run_charts_of(&series)[1])
    };
    assert!(end_at([400, 400]).contains("end together: at 400 clock units"));
    assert!(end_at([399, 400]).contains("end together: at 399 to 400 clock units"));
}
