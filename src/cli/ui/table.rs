//! Tables for people, no wider than what shows them. Where the columns need more,
//! headings and names go on in a next line; where that is not enough, a table
//! goes on below itself, with its first columns again.

use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use labctl::text::sanitize::on_one_line;
use labctl::text::wrap::{self, widest_part};

/// Stands for what is not known.
pub const UNKNOWN: &str = "?";
/// Stands for rows that are left out.
pub const LEFT_OUT: &str = "…";
/// A line under the header and nothing else: rows read best close together.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// Columns of a table that goes to no terminal.
pub const WIDTH: u16 = 120;

/// Columns that a table of data may take.
static WIDTH_MAX: AtomicU16 = AtomicU16::new(WIDTH);

/// From now on no table of data is wider than this terminal.
pub fn fit_tables_to(columns: u16) {
    WIDTH_MAX.store(columns, Relaxed);
}

/// The blanks behind a column; one more separates it from the next.
const PADDING: u16 = 1;
/// Before the first column.
const MARGIN: usize = 1;
/// Longer numbers, intervals included, and longer parts of names may be broken.
const NUMBER_MAX: usize = 40;
const PART_MAX: usize = 24;
/// Words that take no more than this stay in one line.
const SHORT: usize = 18;

/// A table whose first column tells its rows apart. Words stand to the left,
/// numbers to the right.
pub fn table(header: &[&str], body: impl Iterator<Item = Vec<String>>) -> String {
    keyed(1, header, body)
}

/// A table whose first `keys` columns tell its rows apart.
pub fn keyed(keys: usize, header: &[&str], body: impl Iterator<Item = Vec<String>>) -> String {
    within(WIDTH_MAX.load(Relaxed), keys, header, body)
}

/// The same where this many columns are to take it.
pub fn within(width: u16, keys: usize, header: &[&str], body: impl Iterator<Item = Vec<String>>) -> String {
    // A name stays in its row, whatever is in it.
    let rows: Vec<Vec<String>> = body.map(|row| row.iter().map(|cell| on_one_line(cell)).collect()).collect();
    let columns: Vec<Column<'_>> =
        header.iter().enumerate().map(|(at, heading)| Column::of(heading, &rows, at)).collect();
    let parts = parts(&columns, keys, usize::from(width));
    parts.iter().map(|part| draw(&columns, part, rows.len())).collect::<Vec<_>>().join("\n")
}

/// A column, and what room it needs.
struct Column<'a> {
    heading: &'a str,
    cells: Vec<&'a str>,
    is_of_numbers: bool,
    /// With no line broken.
    wide: usize,
    /// With no number and no part of a name broken.
    narrow: usize,
}

impl<'a> Column<'a> {
    fn of(heading: &'a str, rows: &'a [Vec<String>], at: usize) -> Column<'a> {
        let cells: Vec<&str> = rows.iter().map(|row| row.get(at).map_or("", String::as_str)).collect();
        let is_of_numbers = cells.iter().all(|cell| cell.is_empty() || is_number(cell))
            && cells.iter().any(|cell| !cell.is_empty());
        let widest =
            |width: fn(&str) -> usize| cells.iter().map(|cell| width(cell)).max().unwrap_or_default();
        let part = match is_of_numbers {
            true => widest(wrap::columns).min(NUMBER_MAX),
            false => widest(widest_part).max(widest(wrap::columns).min(SHORT)).min(PART_MAX),
        };
        let wide = widest(wrap::columns).max(wrap::columns(heading)).max(1);
        Column { heading, cells, is_of_numbers, wide, narrow: part.max(widest_part(heading)).clamp(1, wide) }
    }
}

impl Column<'_> {
    /// The least of at most `width` in which the heading takes no more lines, and no
    /// cell is broken that is not.
    fn balanced(&self, width: usize) -> usize {
        let lines = |width| wrap::cell(self.heading, width).lines().count();
        let widest = self.cells.iter().map(|cell| wrap::columns(cell)).max().unwrap_or_default();
        let mut least = width;
        while least > self.narrow && least > widest && lines(least - 1) == lines(width) {
            least -= 1;
        }
        least
    }
}

fn is_number(text: &str) -> bool {
    [UNKNOWN, LEFT_OUT].contains(&text)
        || text.starts_with(|c: char| c.is_ascii_digit() || "-<>≤".contains(c))
}

/// What a column takes with what is beside it.
fn framed(width: usize) -> usize {
    width + usize::from(PADDING) + 1
}

/// Columns by their place, each with its width.
type Part = Vec<(usize, usize)>;

/// The columns side by side, as far as they fit; those of one part, and then
/// those of the next, with the keys before them again.
fn parts(columns: &[Column<'_>], keys: usize, width: usize) -> Vec<Part> {
    let room = width.saturating_sub(MARGIN);
    let narrow = |places: &[usize]| places.iter().map(|at| framed(columns[*at].narrow)).sum::<usize>();
    let all: Vec<usize> = (0..columns.len()).collect();
    let widest =
        |keys: usize| all[keys..].iter().map(|at| framed(columns[*at].narrow)).max().unwrap_or_default();
    let keys = keys.min(columns.len());
    // Keys that leave no room for anything else are shown once.
    let keys = if narrow(&all[..keys]) + widest(keys) <= room { keys } else { keys.min(1) };
    let with_keys = |rest: &[usize]| [&all[..keys], rest].concat();
    let mut full: Vec<Vec<usize>> = vec![all[..keys].to_vec()];
    for at in &all[keys..] {
        match full.last_mut() {
            Some(part) if part.len() == keys || narrow(part) + framed(columns[*at].narrow) <= room => {
                part.push(*at);
            }
            _ => full.push(with_keys(&[*at])),
        }
    }
    // As many columns in each part, where that is possible.
    let size = (all.len() - keys).div_ceil(full.len()).max(1);
    let even: Vec<Vec<usize>> = all[keys..].chunks(size).map(with_keys).collect();
    let parts = if even.iter().all(|part| narrow(part) <= room) && !even.is_empty() { even } else { full };
    parts.into_iter().map(|places| fitted(columns, &places, room)).collect()
}

/// As wide as each of these columns may be in this room: those that need least
/// have all that they need.
fn fitted(columns: &[Column<'_>], places: &[usize], room: usize) -> Part {
    let narrow = |at: usize| columns[at].narrow.min(room.saturating_sub(framed(0)).max(1));
    let mut spare = room.saturating_sub(places.iter().map(|at| framed(narrow(*at))).sum());
    let mut by_need: Vec<usize> = places.to_vec();
    by_need.sort_by_key(|at| columns[*at].wide - narrow(*at));
    let mut widths: Part = Vec::new();
    for (done, at) in by_need.iter().enumerate() {
        let more = (columns[*at].wide - narrow(*at)).min(spare / (places.len() - done));
        spare -= more;
        widths.push((*at, columns[*at].balanced(narrow(*at) + more)));
    }
    widths.sort_unstable();
    widths
}

fn draw(columns: &[Column<'_>], part: &Part, rows: usize) -> String {
    let of_part = || part.iter().map(|(at, width)| (&columns[*at], *width));
    let mut table = Table::new();
    table.load_style(STYLE).set_header(of_part().map(|(column, width)| wrap::cell(column.heading, width)));
    for (shown, (column, _)) in table.column_iter_mut().zip(of_part()) {
        shown.set_padding((0, PADDING));
        if column.is_of_numbers {
            shown.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(
        (0..rows).map(|row| of_part().map(move |(column, width)| wrap::cell(column.cells[row], width))),
    );
    table.trim_fmt() + "\n"
}
