//! Counts and shares as a reader wants them: `1 run`, `1,200 runs`, `2.5 %`. Pure.

/// A number of things on a page: `1 run`, `1,200 runs`.
pub fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{} {}", grouped(count), plural(thing)) }
}

/// The same on a terminal, where numbers are plain, so that they can be searched
/// for and copied: `1 run`, `1200 runs`.
pub fn counted_plain(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {}", plural(thing)) }
}

/// More than one of a thing: `runs`, `matches`, `quantities`.
fn plural(thing: &str) -> String {
    const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
    match thing.strip_suffix('y') {
        Some(stem) if !stem.ends_with(VOWELS) => format!("{stem}ies"),
        _ if ["ch", "sh", "s", "x"].iter().any(|end| thing.ends_with(end)) => format!("{thing}es"),
        _ => format!("{thing}s"),
    }
}

/// The word that fits a count: `is` or `are`.
pub fn by_count<'a>(count: u64, one: &'a str, more: &'a str) -> &'a str {
    if count == 1 { one } else { more }
}

/// A whole number with its thousands apart.
pub fn grouped(count: u64) -> String {
    grouped_digits(&count.to_string())
}

/// The digits of a whole number with its thousands apart; it may be below 0.
pub fn grouped_digits(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut text = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in per cent, everywhere with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A time in seconds, where the unit is named beside it.
pub fn seconds(time_s: f64) -> String {
    if time_s < 100.0 { format!("{time_s:.3}") } else { format!("{time_s:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_one_decimal() {
        assert_eq!([percent(0.206), percent(0.21), percent(1.0)], ["20.6 %", "21.0 %", "100.0 %"]);
    }

    #[test]
    fn thousands_stand_apart_and_one_thing_is_one() {
        for (count, reported) in [(0, "0"), (12, "12"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")]
        {
            assert_eq!(grouped(count), reported);
        }
        assert_eq!([grouped_digits("-100"), grouped_digits("-1234")], ["-100", "-1,234"]);
        assert_eq!((counted(1, "run"), counted(1200, "run")), ("1 run".to_owned(), "1,200 runs".to_owned()));
        for (thing, more) in
            [("run", "1200 runs"), ("match", "1200 matches"), ("entry", "1200 entries"), ("day", "1200 days")]
        {
            assert_eq!(
                [counted_plain(1, thing), counted_plain(1200, thing)],
                [format!("1 {thing}"), more.into()]
            );
        }
        assert_eq!([by_count(1, "is", "are"), by_count(0, "is", "are")], ["is", "are"]);
    }
}
