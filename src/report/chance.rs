//! Whether what was measured differs from what is expected by more than
//! chance, in sentences.

use super::document::Remark;
use super::wording::listed;
use crate::predict::residual::{HARDLY_CHANCE_SD, Residual};
use crate::statistics::rounding::brief;
use crate::text::numbers::counted;

/// How often a sound figure lies beyond [`HARDLY_CHANCE_SD`].
const BEYOND: f64 = 0.003;
/// As many figures beyond as chance alone has less often than this, speak of
/// more than chance; and so does a single one that lies this far out.
const HARDLY_OFTEN: f64 = 0.05;
const FAR_OUT_SD: f64 = 5.0;

/// What was measured, and checked against what is expected.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Empty where there is only one.
    pub experiment: String,
    pub residuals: &'a [Residual],
}

/// Says whether chance explains all figures that are known: of many, some lie
/// far out by chance alone.
pub fn chance(all: &[Held<'_>]) -> Option<Remark> {
    let of = |held: &Held<'_>| -> Vec<(String, f64)> {
        let reported = |one: &Residual| Some((what(&held.experiment, one), one.value?));
        held.residuals.iter().filter_map(reported).collect()
    };
    let figures: Vec<(String, f64)> = all.iter().flat_map(of).collect();
    if figures.is_empty() {
        return None;
    }
    let mut beyond: Vec<&(String, f64)> =
        figures.iter().filter(|(_, value)| value.abs() > HARDLY_CHANCE_SD).collect();
    beyond.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let count = counted(figures.len() as u64, "figure");
    let Some((_, furthest)) = beyond.first() else {
        return Some(Remark::good(format!(
            "What was measured is as expected: all {count} lie within {HARDLY_CHANCE_SD} standard deviations of simulations of \
             the same spec."
        )));
    };
    let reported = |(what, value): &&(String, f64)| {
        format!("{what} by {}{}", if *value < 0.0 { "−" } else { "+" }, brief(value.abs()))
    };
    let reported = listed(&beyond.iter().map(reported).collect::<Vec<String>>());
    let lie = format!(
        "{} of {count} lie more than {HARDLY_CHANCE_SD} standard deviations from simulations of the same spec",
        beyond.len()
    );
    let is_strange = furthest.abs() > FAR_OUT_SD || at_least(beyond.len(), figures.len()) < HARDLY_OFTEN;
    Some(if is_strange {
        Remark::warning(format!("{lie}, which is hardly chance: {reported}."))
    } else {
        Remark::good(format!("{lie}, as of so many chance alone may have it: {reported}."))
    })
}

/// How probable it is that of `n` sound figures at least so many lie beyond.
fn at_least(count: usize, n: usize) -> f64 {
    let (mut term, mut fewer) = ((1.0 - BEYOND).powf(n as f64), 0.0);
    for k in 0..count {
        fewer += term;
        term *= (n - k) as f64 / (k + 1) as f64 * BEYOND / (1.0 - BEYOND);
    }
    1.0 - fewer
}

fn what(experiment: &str, one: &Residual) -> String {
    let quantity = one.metric.words();
    let of = if experiment.is_empty() { String::new() } else { format!("{experiment}, ") };
    format!("{of}{quantity} of machine {}", one.machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue;
    use crate::model::event::MachineId;
    use crate::report::document::Tone;

    fn said(values: &[Option<f64>]) -> Option<Remark> {
        let residual = |value: &Option<f64>| Residual {
            machine: MachineId(2),
            metric: catalogue::FINAL_CLOCK,
            expected: Some(10.0),
            measured: Some(10.0),
            chance: Some(1.0),
            value: *value,
        };
        let residuals: Vec<Residual> = values.iter().map(residual).collect();
        chance(&[Held { experiment: "e".to_owned(), residuals: &residuals }])
    }

    #[test]
    fn what_chance_explains_is_told_from_what_it_does_not() {
        let tone = |values: &[Option<f64>]| said(values).map(|remark| remark.tone);
        assert_eq!(tone(&[Some(1.0), Some(-2.9)]), Some(Tone::Good));
        assert_eq!(tone(&[Some(1.0), Some(-3.1)]), Some(Tone::Warning));
        let text = said(&[Some(3.25), Some(-9.5)]).unwrap().text;
        assert!(
            text.contains("e, final clock of machine 2 by −9.5 and e, final clock of machine 2 by +3.25"),
            "{text}"
        );
        assert_eq!(tone(&[None]), None, "nothing is known");
    }

    #[test]
    fn of_many_figures_some_lie_far_out_by_chance() {
        let mut many = vec![Some(0.0); 100];
        many[7] = Some(3.1);
        assert_eq!(said(&many).unwrap().tone, Tone::Good, "one in a hundred");
        many[8..11].fill(Some(-3.1));
        assert_eq!(said(&many).unwrap().tone, Tone::Warning, "four in a hundred");
        assert!((at_least(1, 100) - 0.2595).abs() < 1e-3 && (at_least(2, 100) - 0.0367).abs() < 1e-3);
        let mut far = vec![Some(0.0); 100];
        far[7] = Some(12.0);
        assert_eq!(said(&far).unwrap().tone, Tone::Warning, "no chance has that");
    }
}
