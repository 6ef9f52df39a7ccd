//! What orders the events of a run, as a person reads it.

use labctl::causality::{Encoding, HybridBound, Pairs, Relation};
use labctl::history::Tally;
use labctl::text::numbers::{by_count, percent};

use super::Counted;
use crate::cli::ui::view::{self, counted, known};

/// The table of pairs, what may be doubted of it, and the table of clocks.
pub fn text(run: &Counted<'_>) -> String {
    let Counted { run: path, history, relation } = run;
    let mut text = format!(
        "{}: {} of {}\n",
        labctl::text::sanitize::on_one_line(&path.folder.display().to_string()),
        counted(history.events(), "event"),
        counted(history.machines().len() as u64, "machine")
    );
    text += &pairs_table(&relation.pairs);
    text += &doubts(run);
    text.push('\n');
    text += &sizes_table(relation);
    text += &hybrid_line(relation.hybrid.as_ref());
    text.push('\n');
    text
}

fn pairs_table(pairs: &Pairs) -> String {
    let row = |name: &str, count: Option<u128>, of: u128| {
        vec![name.to_owned(), known(count, |count| count.to_string()), known(count, |count| share(count, of))]
    };
    let (all, concurrent) = (pairs.all(), pairs.concurrent());
    let rows = [
        row("all", Some(all), all),
        row("ordered: one happened before the other", Some(pairs.ordered), all),
        row("concurrent: neither did", Some(concurrent), all),
        row("  put in an order by Lamport's clocks", pairs.concurrent_in_clock_order(), concurrent),
        row("  of equal Lamport clocks", pairs.ties, concurrent),
    ];
    view::table(&["pairs of events", "count", "share"], rows.into_iter())
}

/// A share in per cent; only all of them are 100 %, and only none is 0 %.
fn share(count: u128, of: u128) -> String {
    match count as f64 / of as f64 {
        _ if of == 0 => "-".to_owned(),
        share if count < of && share >= 0.9995 => ">99.9 %".to_owned(),
        share if count > 0 && share < 0.0005 => "<0.1 %".to_owned(),
        share => percent(share),
    }
}

/// What may make the counts other than they are.
fn doubts(run: &Counted<'_>) -> String {
    let Counted { history, relation, .. } = run;
    let Tally { ambiguous, repeated, missing, unknown, .. } = history.tally();
    let unmatched = repeated + missing + unknown;
    let mut text = String::new();
    if let Some(missing) = history.missing_logs() {
        text += &format!("{missing}: pairs that are ordered by way of it are called concurrent.\n");
    }
    if relation.pairs.out_of_order > 0 {
        text += &format!(
            "The clocks are no Lamport clocks: {} no larger clock than an event just before (see `labctl check`).\n",
            has(relation.pairs.out_of_order)
        );
    }
    if unmatched > 0 {
        text += &format!(
            "{} without a known SEND order nothing here: there may be more ordered pairs.\n",
            counted(unmatched, "RECEIVE")
        );
    }
    if ambiguous > 0 {
        text += &format!(
            "{} may come from another SEND with the same clock: pairs may be ordered otherwise.\n",
            counted(ambiguous, "RECEIVE")
        );
    }
    if !relation.dropped.is_empty() {
        text += &format!(
            "{} left out, for the SEND comes after the RECEIVE (see `labctl check`).\n",
            counted(relation.dropped.len() as u64, "match")
        );
    }
    text
}

fn has(events: u64) -> String {
    format!("{} {}", counted(events, "event"), by_count(events, "has", "have"))
}

fn sizes_table(relation: &Relation) -> String {
    let rows = relation.sizes().map(|(encoding, size)| {
        vec![
            encoding.clock().to_owned(),
            encoding.written_as().to_owned(),
            known(size.mean(), |mean| format!("{mean:.2}")),
            known(size.mean(), |_| size.largest.to_string()),
            tells(encoding).to_owned(),
        ]
    });
    view::table(&["clock", "written as", "bytes a\nmessage", "at\nmost", "what it tells"], rows)
}

fn hybrid_line(bound: Option<&HybridBound>) -> String {
    let Some(HybridBound { drift_max_us, counter_max }) = bound else {
        return "How far hybrid clocks are ahead of their machine's own time is unknown: the stamps are whole seconds.\n"
            .to_owned();
    };
    let ahead = match *drift_max_us {
        0 => "never ahead of their machine's own time, as when all machines read one clock".to_owned(),
        us => format!("at most {} ahead of their machine's own time", duration(us)),
    };
    format!("Hybrid clocks were {ahead}; their largest counter was {counter_max}.\n")
}

/// In the unit that suits it.
fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", us as f64 / 1e3),
        _ => format!("{} s", us as f64 / 1e6),
    }
}

/// What comparing two clocks tells.
fn tells(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::LamportLine => "an order of all pairs but ties",
        Encoding::LamportVarint | Encoding::LamportFixed => "the same",
        Encoding::VectorVarint => "which pairs are ordered, and which concurrent",
        Encoding::Hybrid => "an order as Lamport's, close to physical time",
    }
}
