//! Sizes and themes: every chart in each of them, as a picture and in a page.

use super::samples::{experiments, run};
use super::*;

const SIZES: [(u32, u32); 4] = [(640, 400), (800, 500), (1000, 1400), (3200, 2000)];

fn all_charts(machines: u32, look: Look) -> Vec<Chart> {
    let mut charts = run_charts_at(&run(machines, 60.0), look);
    let across = experiment_charts(&Experiments::of(&experiments(8, machines, 3), Published::new()), look)
        .expect("charts");
    assert_sound(&across);
    charts.extend(across);
    charts
}

#[test]
fn charts_have_room_for_their_words_in_every_size() {
    for (width, height) in SIZES {
        for machines in [2, 20] {
            all_charts(machines, Look::new(width, height, 1.0, Theme::Light).expect("a size"));
        }
    }
}

#[test]
fn titles_and_what_is_measured_are_whole_in_every_size() {
    let cut = |chart: &Chart| -> Vec<String> {
        let text = svg(chart);
        let words: Vec<&str> = text.split("<text").skip(1).collect();
        let is_title = |words: &&&str| words.contains("font-weight=\"bold\"") || words.contains("rotate(270");
        words
            .iter()
            .filter(is_title)
            .filter(|words| words.contains('…'))
            .map(|words| words.to_string())
            .collect()
    };
    let mut far_apart = experiments(3, 3, 12);
    for row in &mut far_apart {
        for value in [&mut row.max_queue, &mut row.end_queue, &mut row.clock_diff] {
            *value = value.map(|value| value.pow(3));
        }
    }
    for (width, height) in SIZES {
        for machines in [2, 20] {
            let look = Look::new(width, height, 1.0, Theme::Light).expect("a size");
            for chart in run_charts_at(&run(machines, 60.0), look) {
                assert_eq!(cut(&chart), Vec::<String>::new(), "{} at {width}", chart.name);
            }
            for chart in
                experiment_charts(&Experiments::of(&far_apart, Published::new()), look).expect("charts")
            {
                assert_eq!(cut(&chart), Vec::<String>::new(), "{} at {width}", chart.name);
                let is_far_apart =
                    ["max_queue", "end_queue", "clock_diff"].iter().any(|of| chart.name.starts_with(of));
                assert_eq!(words(&chart).contains("logarithmic"), is_far_apart, "{} at {width}", chart.name);
                assert_sound(&[chart]);
            }
        }
    }
}

#[test]
fn scale_multiplies_the_pixels_and_changes_nothing_else() {
    let chart = |scale| {
        let look = Look::new(800, 500, scale, Theme::Light).expect("a look");
        run_charts_at(&run(3, 60.0), look).remove(0)
    };
    let picture = Pixmap::decode_png(&chart(1.5).png().expect("a picture")).expect("a PNG");
    assert_eq!((picture.width(), picture.height()), (1200, 750));
    let shapes = |scale| svg(&chart(scale)).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(shapes(1.0), shapes(2.0));
}

#[test]
fn dark_charts_are_drawn_on_dark_paper_and_the_same_otherwise() {
    let chart = |theme| {
        let look = Look::new(800, 500, 1.0, theme).expect("a look");
        run_charts_at(&run(3, 60.0), look).remove(0)
    };
    let (light, dark) = (chart(Theme::Light), chart(Theme::Dark));
    assert_eq!(light.shapes, dark.shapes);
    let corner = |chart: &Chart| {
        let picture = Pixmap::decode_png(&chart.png().expect("a picture")).expect("a PNG");
        picture.pixel(2, 2).expect("a pixel").red()
    };
    assert_eq!((corner(&light), corner(&dark)), (0xFF, 0x15));
}

#[test]
fn every_colour_of_a_page_is_one_that_the_themes_declare() {
    let declared = theme_css(Theme::Dark);
    for chart in all_charts(20, Look::default()) {
        let inline = chart.inline("one").expect("an element");
        let named = inline.split("var(").skip(1).map(|rest| rest.split(',').next().unwrap_or_default());
        for name in named {
            assert!(declared.contains(&format!("{name}:#")), "{name} of {}", chart.name);
        }
    }
}

#[test]
fn an_element_of_a_page_tells_what_it_shows_to_those_who_do_not_see_it() {
    let mut series = run(3, 60.0);
    series.run = "<b>&\"".to_owned();
    let chart = run_charts_at(&series, Look::default()).remove(0);
    let inline = chart.inline("queue-3").expect("an element");
    let opening = inline.lines().next().expect("a line");
    for part in
        ["id=\"queue-3\"", "role=\"img\"", "aria-labelledby=\"queue-3-title queue-3-desc\"", "viewBox"]
    {
        assert!(opening.contains(part), "{opening}");
    }
    assert!(!opening.contains("width=") && !opening.contains("height="), "{opening}");
    assert!(inline.contains("run &lt;b&gt;&amp;\"") && !inline.contains("<b>"), "{inline}");
    assert!(inline.contains(&format!("<title id=\"queue-3-title\">{}</title>", chart.title)));
}

#[test]
fn the_pixels_are_the_same_on_every_host() {
    // The font is embedded and no sum depends on the host. Who changes how charts
    // look sets down the new checksum, having looked at the picture.
    const CHECKSUM: &str = "6b6fc065401a6f64de3778996da767d67008cf56d34edca1e618939a360138bc";
    let look = Look::new(800, 500, 1.0, Theme::Light).expect("a look");
    let picture = run_charts_at(&run(3, 60.0), look).remove(0).png().expect("a picture");
    let pixels = Pixmap::decode_png(&picture).expect("a PNG");
    assert_eq!(crate::files::digest::sha256(pixels.data()), CHECKSUM);
}
