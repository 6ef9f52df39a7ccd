//! A small picture of each chart of the gallery, held as it was last looked at.
//! Where one changes, a sheet of before, after and difference is put below
//! `target/changed/` for a person to look at; `docs/changed.sh accept` takes the
//! new ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use resvg::tiny_skia::{Color, PremultipliedColorU8};

use super::samples::{experiments, run};
use super::space_time::{order, simulated};
use super::table::swept;
use super::*;

/// Set where the pictures of now are to be held from now on.
const ACCEPT: &str = "LABCTL_ACCEPT_PICTURES";
/// Between the pictures of a sheet.
const GAP: u32 = 12;

fn look(width: u32, height: u32, theme: Theme) -> Look {
    Look::new(width, height, 0.5, theme).expect("a look")
}

/// Each picture of the gallery and a few more, by name.
fn pictures() -> Vec<(&'static str, Chart)> {
    let light = look(1000, 625, Theme::Light);
    let dark = look(1000, 625, Theme::Dark);
    let three = || {
        let mut three = run(3, 60.0);
        three.machines.iter_mut().for_each(|machine| machine.from_start = true);
        three
    };
    let of_run = |nth: usize, machines: &RunSeries, look| {
        run_charts(machines, &RunTheory::default(), look).expect("charts").swap_remove(nth)
    };
    let of_events = |rates: &[f64], duration, delay, look| {
        let history = simulated(rates, duration, delay);
        let Draw::Events(draw) = crate::charts::space_time::SPACE_TIME.draw else {
            panic!("it is of events")
        };
        draw(&order(&history), look).expect("a diagram")
    };
    let ratios = |runs: u64, simulated: u64, nth: usize| {
        let rows = experiments(1, 3, runs);
        let published = PublishedValues { max_queue: Some(70), ..PublishedValues::default() };
        let published = Published::from([((rows[0].experiment.to_string(), rows[0].machine), published)]);
        let mut of = Experiments::of(&rows, published);
        of.simulated = experiments(1, 3, simulated);
        experiment_charts(&of, light).expect("charts").swap_remove(nth)
    };
    let rates = [1.0, 2.0, 6.0];
    let of_sweep = |varied: &[(&str, &str)], nth: usize| swept(&rates, varied, 10, light).swap_remove(nth);
    let mut named = three();
    "名前 🦀 <b>é</b> \u{202E}عربي".clone_into(&mut named.experiment);
    let twenty: Vec<f64> = (0..20).map(|nth| 1.0 + 0.4 * f64::from(nth)).collect();
    vec![
        ("queue", of_run(0, &three(), light)),
        ("clocks", of_run(1, &three(), light)),
        ("drift", of_run(2, &three(), light)),
        ("drift-dark", of_run(2, &three(), dark)),
        ("drift-small", of_run(2, &three(), look(800, 500, Theme::Light))),
        ("jumps", of_run(3, &three(), light)),
        ("wait", of_run(4, &three(), light)),
        ("names", of_run(1, &named, light)),
        ("queue-twenty", of_run(0, &run(20, 30.0), light)),
        ("space-time", of_events(&rates, "8s", "none", light)),
        ("space-time-delayed", of_events(&rates, "6s", "exponential:300ms", light)),
        ("space-time-end-dark", of_events(&rates, "20s", "none", dark)),
        ("space-time-twenty", of_events(&twenty, "1s", "none", light)),
        ("replicates", of_sweep(&[], 6)),
        ("speed-ratio", ratios(40, 0, 0)),
        ("speed-ratio-drift", ratios(40, 0, 3)),
        ("speed-ratio-run", ratios(1, 200, 0)),
        ("swept", of_sweep(&[("internal_prob", "0.1..0.9:0.1")], 1)),
        ("heat-map", of_sweep(&[("internal_prob", "0.1..0.9:0.2"), ("machine.1.clock_rate", "1,3,9,27")], 1)),
        ("heat-map-few", of_sweep(&[("internal_prob", "0.2,0.8"), ("machine.1.clock_rate", "2,20")], 1)),
    ]
}

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

/// The names of the files in a folder, without their extension.
fn stems(of: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder(of)).expect("a folder").map(|entry| entry.expect("a file").path());
    files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

fn held(name: &str) -> PathBuf {
    folder("src/charts/tests/pictures").join(format!("{name}.png"))
}

/// Before, after, and the after in which all that changed is red and all else faint.
fn sheet(before: &Pixmap, after: &Pixmap) -> Pixmap {
    let (width, height) = (before.width().max(after.width()), before.height().max(after.height()));
    let mut sheet = Pixmap::new(3 * width + 2 * GAP, height).expect("a sheet");
    sheet.fill(Color::from_rgba8(128, 128, 128, 255));
    let across = sheet.width();
    let pixels = sheet.pixels_mut();
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let (old, new) = (before.pixel(x, y), after.pixel(x, y));
        let difference = match (old == new, new) {
            (true, Some(same)) => {
                let faint = |part: u8| 191 + part / 4;
                PremultipliedColorU8::from_rgba(
                    faint(same.red()),
                    faint(same.green()),
                    faint(same.blue()),
                    255,
                )
            }
            _ => PremultipliedColorU8::from_rgba(220, 0, 0, 255),
        };
        for (nth, pixel) in [old, new, difference].into_iter().enumerate() {
            let at = y * across + nth as u32 * (width + GAP) + x;
            if let Some(pixel) = pixel {
                pixels[at as usize] = pixel;
            }
        }
    }
    sheet
}

#[test]
fn every_picture_is_as_it_was_last_looked_at() {
    let accepts = std::env::var_os(ACCEPT).is_some();
    let changed = folder("target/changed");
    let _ = fs::remove_dir_all(&changed);
    let mut differ = Vec::new();
    let mut drawn = BTreeSet::new();
    for (name, chart) in pictures() {
        drawn.insert(name.to_owned());
        assert_sound(std::slice::from_ref(&chart));
        let png = chart.png().expect("a picture");
        let after = Pixmap::decode_png(&png).expect("a PNG");
        let before = fs::read(held(name)).ok().and_then(|png| Pixmap::decode_png(&png).ok());
        if before.as_ref() == Some(&after) {
            continue;
        }
        let before =
            before.unwrap_or_else(|| Pixmap::new(after.width(), after.height()).expect("an empty one"));
        fs::create_dir_all(&changed).expect("a folder");
        fs::write(changed.join(format!("{name}.png")), sheet(&before, &after).encode_png().expect("a PNG"))
            .expect("a sheet");
        if accepts {
            fs::write(held(name), png).expect("held");
        }
        differ.push(name);
    }
    assert!(
        accepts || differ.is_empty(),
        "{differ:?} look different: see {}, and run docs/changed.sh accept if that is right",
        changed.display()
    );
    assert_eq!(stems("src/charts/tests/pictures"), drawn);
    let of_gallery = stems("docs/gallery");
    assert!(of_gallery.is_subset(&drawn), "{:?}", of_gallery.difference(&drawn));
}
