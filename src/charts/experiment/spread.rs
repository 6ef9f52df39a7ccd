//! How values spread: their quartiles, and how densely they lie.

/// The smallest, the largest and the quartiles of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::charts) struct Spread {
    pub least: f64,
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
    pub most: f64,
}

impl Spread {
    /// Of values in order of size, none of them NaN; `None` where there are none.
    pub(in crate::charts) fn of(sorted: &[f64]) -> Option<Spread> {
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let [lower, median, upper] = [0.25, 0.5, 0.75].map(|share| quantile(sorted, share));
        Some(Spread { least, lower, median, upper, most })
    }
}

/// Between the two nearest values, as R's and NumPy's default (type 7 of Hyndman
/// and Fan, "Sample quantiles in statistical packages", 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// How densely values lie at evenly spaced places from `from` on: a Gaussian
/// kernel with the bandwidth of Silverman, "Density estimation" (1986), eq. 3.31,
/// but no less than a step. The largest density is 1.
pub(in crate::charts) fn densities(sorted: &[f64], from: f64, step: f64, places: usize) -> Vec<f64> {
    let Some(spread) = Spread::of(sorted).filter(|_| places > 0) else { return vec![0.0; places] };
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let sd = (sorted.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let between = (spread.upper - spread.lower) / 1.34;
    let width = if between > 0.0 { sd.min(between) } else { sd };
    let bandwidth = (0.9 * width * count.powf(-0.2)).max(step);
    let mut binned = vec![0.0_f64; places];
    for value in sorted {
        let place = ((value - from) / step).round().clamp(0.0, places as f64 - 1.0);
        if let Some(bin) = binned.get_mut(place as usize) {
            *bin += 1.0;
        }
    }
    let kernel: Vec<f64> =
        (0..places).map(|away| (-0.5 * (away as f64 * step / bandwidth).powi(2)).exp()).collect();
    let density = |place: usize| -> f64 {
        binned.iter().enumerate().map(|(other, count)| count * kernel[place.abs_diff(other)]).sum()
    };
    let densities: Vec<f64> = (0..places).map(density).collect();
    let most = densities.iter().copied().fold(0.0, f64::max);
    densities.into_iter().map(|density| if most > 0.0 { density / most } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_as_r_gives_them() {
        let spread = Spread { least: 1.0, lower: 1.75, median: 2.5, upper: 3.25, most: 4.0 };
        assert_eq!(Spread::of(&[1.0, 2.0, 3.0, 4.0]), Some(spread));
        let one = Spread { least: 7.0, lower: 7.0, median: 7.0, upper: 7.0, most: 7.0 };
        assert_eq!(Spread::of(&[7.0]), Some(one));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn density_is_largest_where_values_are_many() {
        let values = [10.0, 10.0, 11.0, 11.0, 12.0, 40.0];
        let densities = densities(&values, 0.0, 1.0, 51);
        assert_eq!(densities.iter().position(|density| *density == 1.0), Some(11));
        assert!(densities[40] > densities[30] && densities[0] < 0.01);
    }

    #[test]
    fn values_all_alike_have_a_density() {
        assert_eq!(densities(&[3.0; 5], 0.0, 1.0, 5)[3], 1.0);
        assert_eq!(densities(&[], 0.0, 1.0, 2), [0.0, 0.0]);
        assert_eq!(densities(&[1.0], 0.0, 1.0, 0), [0.0; 0]);
    }
}
