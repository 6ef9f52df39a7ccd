//! Numbers as bars of block characters.

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The end of the scale for values up to `largest`: 1, 2 or 5 times a power of
/// ten, at least 10, so that it stays for a while.
pub fn scale(largest: u64) -> u64 {
    let mut decade = 10u64;
    loop {
        for step in [1, 2, 5] {
            let end = decade.saturating_mul(step);
            if end >= largest {
                return end;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

/// A bar of at most `width` columns, exact to an eighth of one. Nothing but
/// zero has no bar.
pub fn bar(value: u64, scale: u64, width: usize) -> String {
    let eighths = value as f64 / scale.max(1) as f64 * (8 * width) as f64;
    let eighths = (eighths.round() as usize).max(usize::from(value > 0)).min(8 * width);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The values over time, in at most `width` columns, each the largest of what
/// falls into it. Nothing but zero lies on the ground.
pub fn sparkline(values: &[u64], scale: u64, width: usize) -> String {
    let columns = width.min(values.len());
    let level = |column: usize| {
        let stretch = column * values.len() / columns..(column + 1) * values.len() / columns;
        let largest = values[stretch].iter().copied().max().unwrap_or_default();
        let level = (largest as f64 / scale.max(1) as f64 * 7.0).ceil() as usize;
        LEVELS[level.min(7)]
    };
    (0..columns).map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers_and_hold_any_value() {
        for (largest, end) in
            [(0, 10), (10, 10), (11, 20), (21, 50), (51, 100), (148, 200), (1_000_001, 2_000_000)]
        {
            assert_eq!(scale(largest), end, "{largest}");
        }
        assert_eq!(scale(u64::MAX), u64::MAX);
    }

    #[test]
    fn bars_are_as_long_as_their_value() {
        for (value, drawn) in [(0, ""), (1, "▊"), (5, "████"), (10, "████████"), (99, "████████")]
        {
            assert_eq!(bar(value, 10, 8), drawn, "{value}");
        }
        assert_eq!(bar(1, 1_000_000, 8), "▏", "what is there is seen");
    }

    #[test]
    fn sparklines_keep_the_largest() {
        assert_eq!(sparkline(&[0, 0, 7, 0], 7, 2), "▁█");
        assert_eq!(sparkline(&[0, 1, 2, 3, 4, 5, 6, 7], 7, 20), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[], 7, 20), "");
    }
}
