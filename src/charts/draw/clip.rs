//! Lines cut off where the plot ends, whole or in dashes.

use super::canvas::Point;
use super::plot::Plot;

/// The dashes of a line through points; `dash` is what is drawn and what is left
/// out, in pixels along the line.
pub(in crate::charts) fn dashes(line: &[Point], plot: &Plot, dash: (f64, f64)) -> Vec<[Point; 2]> {
    let period = dash.0 + dash.1;
    let mut dashes = Vec::new();
    let mut walked = 0.0;
    for pair in line.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |share: f64| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
        if let Some((first, last)) = within(from, to, plot).filter(|_| length > 0.0) {
            let (mut here, end) = (first * length, last * length);
            while here < end {
                let phase = (walked + here).rem_euclid(period);
                let next = here + if phase < dash.0 { dash.0 - phase } else { period - phase }.max(0.01);
                if phase < dash.0 {
                    dashes.push([at(here / length), at(next.min(end) / length)]);
                }
                here = next;
            }
        }
        walked = (walked + length).rem_euclid(period);
    }
    dashes
}

/// The shares of a stroke between which it lies within the plot, after Liang
/// and Barsky, "A new concept and method for line clipping" (1984).
pub(in crate::charts) fn within(from: Point, to: Point, plot: &Plot) -> Option<(f64, f64)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let sides = [
        (-dx, from.0 - plot.left),
        (dx, plot.right - from.0),
        (-dy, from.1 - plot.top),
        (dy, plot.bottom - from.1),
    ];
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for (outwards, room) in sides {
        if outwards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if outwards > 0.0 {
            last = last.min(room / outwards);
        } else {
            first = first.max(room / outwards);
        }
    }
    (first < last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::draw::axis::Axis;

    const DASH: (f64, f64) = (8.0, 5.0);

    fn plot() -> Plot {
        let axis = || Axis::range(0.0, 100.0);
        Plot { left: 0.0, right: 100.0, top: 0.0, bottom: 100.0, x: axis(), y: axis() }
    }

    #[test]
    fn dashes_end_where_the_plot_ends() {
        let dashes = dashes(&[(-1000.0, 50.0), (1e12, 50.0)], &plot(), DASH);
        assert!(dashes.len() > 5 && dashes.len() < 10, "{dashes:?}");
        assert!(dashes.iter().flatten().all(|point| plot().holds(*point)));
    }

    #[test]
    fn a_line_beyond_the_plot_or_of_no_length_is_not_drawn() {
        assert_eq!(dashes(&[(0.0, -5.0), (100.0, -1.0)], &plot(), DASH), [[(0.0, 0.0); 2]; 0]);
        assert_eq!(dashes(&[(5.0, 5.0), (5.0, 5.0)], &plot(), DASH), [[(0.0, 0.0); 2]; 0]);
        assert_eq!(dashes(&[(f64::NAN, 5.0), (5.0, 5.0)], &plot(), DASH), [[(0.0, 0.0); 2]; 0]);
    }
}
