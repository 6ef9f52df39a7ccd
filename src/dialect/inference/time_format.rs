//! Ways of writing dates and times, and the format of one in strptime's notation.

/// Ways of writing times, the longest first, and what a dialect calls each, or its
/// format with marks of which others may stand in their place.
pub const TIMES: [(&str, &str); 18] = [
    (
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T:]\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d| ?(?:AM|PM|am|pm)\b)?",
        "date-time",
    ),
    (
        r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4},? \d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: (?:AM|PM|am|pm)\b)?",
        "%d/%m/%Y %H:%M:%S.%f",
    ),
    (
        r"[A-Z][a-z]{2} +\d{1,2}, \d{4},? \d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: (?:AM|PM|am|pm)\b)?",
        "%b %d, %Y %H:%M:%S.%f",
    ),
    (r"\d{1,2}[-/ ][A-Z][a-z]{2}[-/ ]\d{4}[ :]\d{1,2}:\d\d:\d\d(?:[.,]\d+)?", "%d %b %Y %H:%M:%S.%f"),
    (r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)? \d{4}", "%a %b %d %H:%M:%S.%f %Y"),
    (r"[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:AM|PM|am|pm)\b)?", "month-day"),
    (r"\d{4}-\d\d-\d\d[_ T]\d\d-\d\d-\d\d(?:[.,]\d+)?", "%Y-%m-%d_%H-%M-%S.%f"),
    (r"\d\d-\d\d_\d\d-\d\d-\d\d(?:[.,]\d+)?", "%m-%d_%H-%M-%S.%f"),
    (r"\d{8}-\d{6}(?:[.,]\d+)?", "%Y%m%d-%H%M%S.%f"),
    (r"\d{8}_\d{6}(?:[.,]\d+)?", "%Y%m%d_%H%M%S.%f"),
    (r"\d{8}T\d{6}(?:[.,]\d+)?Z?", "%Y%m%dT%H%M%S.%f"),
    (r"\d{8} \d\d:\d\d:\d\d(?:[.,]\d+)?", "%Y%m%d %H:%M:%S.%f"),
    (r"\d\d[-/.]\d\d[-/.]\d\d \d\d:\d\d:\d\d(?:[.,]\d+)?", "%y/%m/%d %H:%M:%S.%f"),
    (r"\d\d[-/]\d\d \d\d:\d\d:\d\d(?:[.,]\d+)?", "month-day"),
    (r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:AM|PM|am|pm)\b)?", "time-of-day"),
    (r"\d\d-\d\d-\d\d\.\d+", "%H-%M-%S.%f"),
    (r"\d\d?h\d\d?m\d\d?(?:\.\d+)?s", "%Hh%Mm%S.%fs"),
    (r"\b\d\d:\d\d\.\d+", "%M:%S.%f"),
];

/// The format of these times: one in the notation of `%` as they write it, with their
/// own marks between the parts, and whether the day and the month may be the other way
/// round. Any other name is given as it is.
pub fn format_of(name: &str, times: &[&str]) -> (String, bool) {
    if !name.contains('%') {
        return (name.to_owned(), false);
    }
    let Some(longest) = times.iter().max_by_key(|time| time.len()) else { return (name.to_owned(), false) };
    let format = as_written(in_order(name, longest), longest);
    let Some(first) = format.strip_prefix("%d").filter(|rest| rest.get(1..3) == Some("%m")) else {
        return (format, false);
    };
    let has_month_first = times.iter().any(|time| part(time, 1) > 12);
    let has_day_first = times.iter().any(|time| part(time, 0) > 12);
    let is_american = longest.contains('/') && longest.ends_with(['M', 'm']);
    if has_month_first || is_american && !has_day_first {
        let (mark, rest) = (&first[..1], &first[3..]);
        return (format!("%m{mark}%d{rest}"), !has_month_first);
    }
    (format, !has_day_first)
}

/// The number at a place of a time.
fn part(time: &str, nth: usize) -> u32 {
    time.split(|char: char| !char.is_ascii_digit()).nth(nth).and_then(|part| part.parse().ok()).unwrap_or(0)
}

/// The format with the year of two digits where it is.
fn in_order<'f>(format: &'f str, time: &str) -> &'f str {
    let is_last = part(time, 0) <= 12 && part(time, 2) > 12;
    if is_last && format.starts_with("%y") { "%m/%d/%y %H:%M:%S.%f" } else { format }
}

/// The format with the marks that a time has, without the decimals that it lacks.
fn as_written(format: &str, time: &str) -> String {
    let half = time.ends_with("AM") || time.ends_with("PM") || time.ends_with("am") || time.ends_with("pm");
    let (mut written, mut rest, mut parts) = (String::new(), time, format.chars());
    while let Some(char) = parts.next() {
        if char == '%' {
            let Some(part) = parts.next() else { break };
            let is_letters = matches!(part, 'a' | 'b' | 'p');
            let digits = match part {
                'Y' => 4,
                'f' => 9,
                _ => 2,
            };
            let end = rest
                .char_indices()
                .find(|(at, char)| match is_letters {
                    true => !char.is_alphabetic(),
                    false => !char.is_ascii_digit() || *at >= digits,
                })
                .map_or(rest.len(), |(at, _)| at);
            rest = &rest[end..];
            written.push('%');
            written.push(if part == 'H' && half { 'I' } else { part });
            continue;
        }
        // One mark may stand for another, and a comma or space may come with it.
        let end = rest.find(|char: char| char.is_alphanumeric()).unwrap_or(rest.len());
        let is_decimal = char == '.' && parts.as_str().starts_with("%f");
        if is_decimal && !rest.starts_with(['.', ',']) {
            for _ in 0.."%f".len() {
                parts.next();
            }
            continue;
        }
        if char.is_alphabetic() {
            written.push(char);
            rest = rest.strip_prefix(char).unwrap_or(rest);
            continue;
        }
        written += &rest[..end];
        rest = &rest[end..];
    }
    if half && !written.contains("%p") { written + " %p" } else { written }
}
