//! The charts over one and two axes of a sweep.

use super::samples::{Draws, hostile};
use super::*;

fn swept(lines: u64, points: u64) -> Swept {
    let mut draws = Draws(3);
    let mut line = |nth: u64| {
        let mut point = |at: u64| {
            let mean = (draws.below(900) * nth) as f64 / 90.0;
            let (low, high) = (Some(mean - 2.5), Some(mean + 2.0));
            SweptPoint { x: at as f64 / 10.0, mean, low, high }
        };
        SweptLine {
            name: format!("machine {nth}"),
            points: (0..points).rev().map(&mut point).collect(),
            theory: (0..points).map(|at| (at as f64 / 10.0, (at * nth) as f64)).collect(),
        }
    };
    Swept {
        title: "end_queue over internal_prob".to_owned(),
        axis: "internal-event probability".to_owned(),
        places: SweptAxis::Numbers(Vec::new()),
        metric: "End queue (messages)".to_owned(),
        caption: "mean of 30 runs a point, 95 % intervals (t)".to_owned(),
        lines: (1..=lines).map(&mut line).collect(),
    }
}

/// The same over names instead of numbers.
fn named(lines: u64, points: u64) -> Swept {
    let mut swept = swept(lines, points);
    for line in &mut swept.lines {
        line.points.iter_mut().for_each(|point| point.x = (point.x * 10.0).round());
        line.theory.iter_mut().for_each(|(x, _)| *x = (*x * 10.0).round());
    }
    let name = |at: u64| format!("{},{},6", 1 + at % 4, 2 + at % 3);
    Swept { places: SweptAxis::Names((0..points).map(name).collect()), ..swept }
}

fn map(columns: usize, rows: usize) -> HeatMap {
    let mut draws = Draws(4);
    let values = |label: &str, count: usize| AxisValues {
        label: label.to_owned(),
        values: (0..count).map(|at| format!("{}", at as f64 / 8.0)).collect(),
    };
    let mut cell = |column: usize, row: usize| {
        let value = (columns - column) as f64 * row as f64 * 3.7 + draws.below(4) as f64;
        (draws.below(20) > 0).then_some(value)
    };
    HeatMap {
        title: "end_queue over internal_prob and clock rate".to_owned(),
        x: values("internal-event probability", columns),
        y: values("clock rate of machine 1 (ticks/s)", rows),
        metric: "End queue (messages)".to_owned(),
        caption: "mean of 30 runs a cell".to_owned(),
        cells: (0..rows).map(|row| (0..columns).map(|column| cell(column, row)).collect()).collect(),
        overloaded: (0..rows).map(|row| (0..columns).map(|x| Some(x < row)).collect()).collect(),
    }
}

#[track_caller]
fn sound(chart: Result<Chart, ChartError>) -> Chart {
    let charts = [chart.expect("a chart")];
    assert_sound(&charts);
    let [chart] = charts;
    chart
}

#[track_caller]
fn drawn(swept: &Swept) -> Chart {
    sound(swept_chart("swept", swept, Look::default()))
}

#[track_caller]
fn mapped(map: &HeatMap) -> Chart {
    sound(heat_map("heat", map, Look::default()))
}

#[test]
fn a_sweep_is_drawn_whatever_its_size() {
    for (lines, points) in [(1, 2), (3, 1), (3, 9), (3, 50), (12, 50), (16, 4), (17, 9), (100, 3)] {
        drawn(&swept(lines, points));
        drawn(&named(lines, points));
    }
    let words = words(&drawn(&swept(20, 9)));
    assert!(words.contains("13 others") && words.contains("short dashes: expected"), "{words}");
}

#[test]
fn a_sweep_says_what_it_shows_and_what_not() {
    let mut swept = swept(2, 4);
    swept.lines[0].points[1].mean = f64::NAN;
    swept.lines[1].points[0].x = f64::INFINITY;
    swept.lines[1].points[1].low = Some(f64::NEG_INFINITY);
    swept.lines[1].theory[0].1 = f64::NAN;
    let words = words(&drawn(&swept));
    for said in ["Internal-event probability", "End queue (messages)", "2 points without a number"] {
        assert!(words.contains(said), "no {said:?} in {words}");
    }
}

#[test]
fn a_sweep_of_nothing_or_of_extremes_makes_a_chart() {
    assert!(words(&drawn(&swept(0, 0))).contains("no values"));
    assert!(words(&drawn(&named(3, 0))).contains("no values"));
    for value in [0.0, -7.0, 1e-300, 1e20, -1e20, f64::MAX, f64::NAN] {
        let mut swept = swept(2, 3);
        for point in swept.lines.iter_mut().flat_map(|line| &mut line.points) {
            *point = SweptPoint { x: value, mean: value, low: None, high: Some(value) };
        }
        drawn(&swept);
        swept.places = SweptAxis::Names(vec!["only".to_owned()]);
        drawn(&swept);
    }
}

#[test]
fn a_heat_map_is_drawn_whatever_its_size() {
    for (columns, rows) in [(0, 0), (0, 3), (1, 1), (2, 2), (9, 7), (40, 40), (3, 90), (90, 3)] {
        mapped(&map(columns, rows));
    }
    let words = words(&mapped(&map(9, 7)));
    for said in ["border of overload by theory", "without a value", "Clock rate of machine 1", "0.125"] {
        assert!(words.contains(said), "no {said:?} in {words}");
    }
}

#[test]
fn a_heat_map_without_a_border_says_on_which_side_it_lies() {
    let mut map = map(3, 2);
    map.overloaded = vec![vec![Some(true); 3]; 2];
    assert!(words(&mapped(&map)).contains("every cell has an overloaded machine"));
    map.overloaded = vec![vec![None, Some(false)]];
    assert!(words(&mapped(&map)).contains("no cell has an overloaded machine"));
    map.overloaded.clear();
    assert!(!words(&mapped(&map)).contains("theory"));
}

#[test]
fn missing_and_extreme_cells_make_a_heat_map() {
    let mut ragged = map(4, 3);
    ragged.cells = vec![vec![Some(f64::NAN), Some(f64::INFINITY), None], Vec::new()];
    assert!(words(&mapped(&ragged)).contains("12 cells without a value"));
    for value in [0.0, -3.0, 1e-300, 1e20] {
        ragged.cells = vec![vec![Some(value); 4]; 3];
        mapped(&ragged);
        ragged.cells[0][0] = Some(0.5);
        mapped(&ragged);
    }
}

#[test]
fn hostile_words_do_no_harm_to_sweeps() {
    for name in hostile() {
        let mut swept = named(3, 4);
        swept.lines[1].name.clone_from(&name);
        swept.places = SweptAxis::Names(vec![name.clone(); 4]);
        (swept.title, swept.axis) = (name.clone(), name.clone());
        (swept.metric, swept.caption) = (name.clone(), name.clone());
        let chart = drawn(&swept);
        assert!(!svg(&chart).contains("<script"));
        let mut map = map(4, 3);
        for axis in [&mut map.x, &mut map.y] {
            *axis = AxisValues { label: name.clone(), values: vec![name.clone(); axis.values.len()] };
        }
        (map.title, map.metric, map.caption) = (name.clone(), name.clone(), name);
        assert!(!svg(&mapped(&map)).contains("<script"));
    }
}

#[test]
fn the_same_sweep_gives_the_same_bytes() {
    let draw = || (drawn(&swept(3, 9)), mapped(&map(9, 7)));
    assert_eq!(draw(), draw());
}

#[test]
fn a_chart_named_by_a_user_stays_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let chart = sound(heat_map("../machine.1/x", &map(2, 2), Look::default()));
    let path = chart.write(folder.path(), Format::Svg).expect("written");
    assert_eq!(path, folder.path().join("%2E.%2Fmachine.1%2Fx.svg"));
}

#[test]
fn over_names_the_title_tells_the_largest_and_where_it_lies() {
    let mut swept = named(2, 2);
    swept.places = SweptAxis::Names(vec!["1,3,6".to_owned(), "2,4,6".to_owned()]);
    swept.lines[1].points[0] = SweptPoint { x: 1.0, mean: 900.0, low: None, high: None };
    assert_eq!(drawn(&swept).title, "End queue of machine 2: 900 at most, at 2,4,6");
    swept.lines.remove(0);
    let alone = drawn(&swept);
    assert_eq!(alone.title, "End queue: 900 at most, at 2,4,6");
    assert!(!words(&alone).contains("machine 2"), "a single line needs no legend");
}

#[test]
fn a_small_page_breaks_words_instead_of_leaving_some_out() {
    let mut map = map(3, 2);
    map.caption =
        "mean of 30 runs a cell, 95 % intervals (t) of ± 1.5 at most · of each run the largest".to_owned();
    let small = Look::new(640, 400, 1.0, Theme::Light).expect("a size");
    let words = words(&sound(heat_map("heat", &map, small)));
    assert!(!words.contains('…'), "{words}");
    for whole in ["of ± 1.5 at most", "of each run the largest"] {
        assert!(words.contains(whole), "no {whole:?} in {words}");
    }
}

#[test]
fn no_value_lies_under_the_border_of_overload() {
    let small = Look::new(640, 400, 1.0, Theme::Light).expect("a size");
    let mut map = map(7, 11);
    for (row, cells) in map.cells.iter_mut().enumerate() {
        cells.iter_mut().for_each(|cell| *cell = Some(row as f64 + 0.55));
    }
    let shows = |overloaded| {
        let mut map = map.clone();
        map.overloaded = overloaded;
        words(&sound(heat_map("heat", &map, small))).contains("3.55")
    };
    assert!(shows(Vec::new()), "there is room for the values themselves");
    assert!(!shows((0..11).map(|row| vec![Some(row < 4); 7]).collect()));
}

#[test]
fn what_is_swept_over_decades_has_a_logarithmic_axis_that_says_so() {
    let over = |values: [f64; 4]| {
        let mut of = swept(2, 4);
        of.axis = "duration (s)".to_owned();
        for line in &mut of.lines {
            line.points.sort_by(|a, b| a.x.total_cmp(&b.x));
            line.points.iter_mut().zip(values).for_each(|(point, x)| point.x = x);
            line.theory.iter_mut().zip(values).for_each(|(point, x)| point.0 = x);
        }
        let chart = swept_chart("duration", &of, Look::default()).expect("a chart");
        assert_sound(std::slice::from_ref(&chart));
        words(&chart)
    };
    let decades = over([1.0, 10.0, 100.0, 1000.0]);
    assert!(
        decades.contains("Duration (s), logarithmic") && decades.contains("at duration 1 s, "),
        "{decades}"
    );
    let powers = decades.lines().filter(|line| ["1", "100", "1,000"].contains(line)).count();
    assert!(powers == 3 && !decades.contains("200"), "{decades}");
    assert!(!over([10.0, 20.0, 30.0, 40.0]).contains("logarithmic"));
}
