//! A format drawn at random: how one program logs.

use super::dice::Dice;
use super::names::Names;
use super::simulation::{Model, ToAll};
use super::stamp::{STAMPS, Stamp};
use super::words::Words;

#[derive(Clone, Debug)]
pub struct Format {
    pub style: Style,
    pub stamp: Stamp,
    pub words: Words,
    pub names: Names,
    pub order: Vec<Part>,
    pub logs: Logs,
    pub list: List,
    pub queue_before_pop: bool,
    /// Of internal events, receives and sends: the clock before the update is logged.
    pub clock_before: [bool; 3],
    pub has_vectors: bool,
    pub prefix: Prefix,
    pub kind_in_brackets: bool,
    /// `SEND to 2` in place of a word and a label.
    pub peer_at_kind: bool,
    /// What stands in a column of a line that has nothing to say there.
    pub blank: &'static str,
    /// Each line is followed by a blank one.
    pub has_blank_lines: bool,
    pub rate: RateLine,
    /// Lines before and after the events, and among them.
    pub has_noise: bool,
    pub has_noise_inside: bool,
    /// All machines log into one file.
    pub is_one_file: bool,
}

/// How a line is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Parts with labels.
    Labels {
        between: &'static str,
        after_label: &'static str,
    },
    /// Parts in fixed columns without labels.
    Columns {
        between: &'static str,
        has_head: bool,
    },
    /// The same, padded with spaces.
    Padded {
        has_head: bool,
    },
    Json,
    /// As Python prints a dictionary.
    PythonDict,
    /// A record of several lines, and a blank one.
    Record {
        after_label: &'static str,
    },
    /// One of the sentences of this number.
    Sentence(usize),
    /// `Machine 2 -> Machine 3` in place of a word and a recipient.
    Arrow {
        between: &'static str,
    },
}

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Kind,
    Time,
    Clock,
    Queue,
    Peer,
    MessageClock,
}

/// What is logged at all.
#[derive(Clone, Copy, Debug)]
pub struct Logs {
    pub from: bool,
    pub to: bool,
    pub message_clock: bool,
    /// The queue of events that pop nothing.
    pub queue_of_all: bool,
    pub internal: bool,
    /// A line when a message comes, besides the one when it is popped.
    pub arrivals: bool,
}

/// How several recipients are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Word,
    Brackets,
    And,
    Commas,
    /// A line for each, all with one clock.
    LineEach,
}

/// What stands before all that a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    Nothing,
    Text(&'static str),
    /// The stamp of a logging module beside the line's own.
    Logging,
    /// The name of the machine.
    Own,
    Syslog,
}

/// How the clock rate is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLine {
    Nothing,
    Plain,
    Started,
    Initialized,
}

pub const ORDER: [Part; 6] =
    [Part::Kind, Part::Time, Part::Clock, Part::Queue, Part::Peer, Part::MessageClock];

/// How many kinds of sentences there are.
pub const SENTENCES: usize = 7;

impl Format {
    pub fn drawn(machines: usize, has_two_runs: bool, dice: &mut Dice) -> Format {
        let style = Style::drawn(dice);
        let logs = Logs::drawn(style, dice);
        let names = Names::drawn(machines, has_two_runs, dice);
        let is_one_file = has_own_lines(style) && dice.percent(4);
        let prefix = if is_one_file { Prefix::Own } else { Prefix::drawn(style, dice) };
        let has_vectors = dice.percent(3);
        let always = |format: [bool; 3]| if has_vectors { [false; 3] } else { format };
        Format {
            style,
            stamp: dice.weighted(&STAMPS),
            words: Words::drawn(dice),
            names,
            order: order(dice),
            logs: Logs { message_clock: logs.message_clock && !has_vectors, ..logs },
            list: List::drawn(style, logs, dice),
            queue_before_pop: dice.percent(20),
            clock_before: always(dice.weighted(&[(8, [false; 3]), (1, [true; 3]), (1, [true, false, true])])),
            has_vectors,
            prefix,
            kind_in_brackets: dice.percent(25),
            peer_at_kind: dice.percent(60),
            blank: dice.one_of(&["", "", "-", "None", "N/A"]),
            has_blank_lines: dice.percent(6) && has_own_lines(style),
            rate: dice.one_of(&[
                RateLine::Nothing,
                RateLine::Plain,
                RateLine::Started,
                RateLine::Initialized,
                RateLine::Nothing,
            ]),
            has_noise: dice.percent(40),
            has_noise_inside: dice.percent(10),
            is_one_file,
        }
    }
}

/// A model that a program of some format runs.
pub fn model(to_all: ToAll, machines: usize, dice: &mut Dice) -> Model {
    Model {
        clock_rates: (0..machines).map(|_| 1 + dice.below(6) as u32).collect(),
        duration_s: dice.one_of(&[30.0, 60.0, 60.0, 90.0]),
        internal_percent: dice.one_of(&[70, 70, 70, 50, 30]),
        first_clock: u64::from(dice.percent(10)),
        to_all,
    }
}

/// Whether noise and prefixes can stand in such logs.
pub fn has_own_lines(style: Style) -> bool {
    matches!(style, Style::Labels { .. } | Style::Sentence(_) | Style::Arrow { .. })
}

impl Style {
    fn drawn(dice: &mut Dice) -> Style {
        let after_label = dice.one_of(&[": ", "=", " = ", ":", " "]);
        let between = dice.one_of(&[" | ", ", ", "; ", " - ", " ", "\t", " || "]);
        let comma = dice.one_of(&[",", "\t", ";", ", "]);
        let has_head = dice.percent(70);
        let record = Style::Record { after_label: dice.one_of(&[": ", "=", " = "]) };
        let sentence = Style::Sentence(dice.below(SENTENCES));
        let arrow = Style::Arrow { between: dice.one_of(&[" | ", ", ", " "]) };
        let key_value = Style::Labels { between: " ", after_label: "=" };
        dice.weighted(&[
            (10, Style::Labels { between, after_label }),
            (2, key_value),
            (5, Style::Columns { between: comma, has_head }),
            (2, Style::Padded { has_head }),
            (3, Style::Json),
            (1, Style::PythonDict),
            (2, record),
            (6, sentence),
            (1, arrow),
        ])
    }
}

impl Prefix {
    fn drawn(style: Style, dice: &mut Dice) -> Prefix {
        if !has_own_lines(style) {
            return Prefix::Nothing;
        }
        dice.weighted(&[
            (8, Prefix::Nothing),
            (1, Prefix::Text("INFO:root:")),
            (1, Prefix::Text("INFO ")),
            (1, Prefix::Text("[INFO] ")),
            (1, Prefix::Logging),
            (2, Prefix::Own),
            (1, Prefix::Syslog),
        ])
    }
}

impl Logs {
    fn drawn(style: Style, dice: &mut Dice) -> Logs {
        let is_columns = matches!(style, Style::Columns { .. } | Style::Padded { .. });
        let drawn = Logs {
            from: dice.percent(60),
            to: dice.percent(85),
            message_clock: dice.percent(35) && !is_columns,
            queue_of_all: dice.percent(30) || is_columns,
            internal: dice.percent(96),
            arrivals: dice.percent(6) && has_own_lines(style),
        };
        match style {
            Style::Sentence(_) => Logs { from: true, to: true, message_clock: true, ..drawn },
            Style::Arrow { .. } => Logs { from: true, to: true, ..drawn },
            _ => drawn,
        }
    }
}

impl List {
    fn drawn(style: Style, logs: Logs, dice: &mut Dice) -> List {
        let list = dice.one_of(&[List::Word, List::Brackets, List::LineEach, List::And, List::Commas]);
        let is_cut_at_commas = matches!(style, Style::Columns { between: "," | ", ", .. })
            || matches!(style, Style::Labels { between: ", ", .. });
        let is_padded = matches!(style, Style::Padded { .. });
        match list {
            List::LineEach if !logs.to => List::Word,
            List::Commas | List::Brackets if is_cut_at_commas => List::Word,
            List::Commas | List::Brackets | List::And if is_padded => List::Word,
            list => list,
        }
    }
}

/// Half of all formats begin with the time or the kind and go on as most do.
fn order(dice: &mut Dice) -> Vec<Part> {
    let mut order = ORDER.to_vec();
    if dice.percent(50) {
        dice.shuffle(&mut order);
    } else if dice.percent(50) {
        order.swap(0, 1);
    }
    order
}
