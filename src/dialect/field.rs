//! What a line can say of an event, by name, before anyone knows what it means.

/// The names that a pattern may give to what it captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// When it happened.
    Time,
    /// The machine's logical clock.
    Clock,
    /// Messages in the queue.
    Queue,
    /// The clock that a received message carried.
    MessageClock,
    /// Who sent the received message.
    From,
    /// Whom it was sent to: one machine, or several.
    To,
    /// A word or number that tells the kind.
    Kind,
    /// Ticks per second.
    ClockRate,
    /// Seconds a tick.
    Interval,
    /// The tick it belongs to, counted from 1.
    Tick,
    /// Whose line it is, in a file of several machines.
    Machine,
    /// The run it belongs to, in a file of several.
    Run,
}

impl Field {
    pub const ALL: [Field; 12] = [
        Field::Time,
        Field::Clock,
        Field::Queue,
        Field::MessageClock,
        Field::From,
        Field::To,
        Field::Kind,
        Field::ClockRate,
        Field::Interval,
        Field::Tick,
        Field::Machine,
        Field::Run,
    ];

    /// As dialects write it.
    pub fn name(self) -> &'static str {
        match self {
            Field::Time => "time",
            Field::Clock => "clock",
            Field::Queue => "queue",
            Field::MessageClock => "message_clock",
            Field::From => "from",
            Field::To => "to",
            Field::Kind => "kind",
            Field::ClockRate => "clock_rate",
            Field::Interval => "interval",
            Field::Tick => "tick",
            Field::Machine => "machine",
            Field::Run => "run",
        }
    }

    pub fn named(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What one pattern took from one line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Captured<'a>([Option<&'a [u8]>; Field::ALL.len()]);

impl<'a> Captured<'a> {
    #[inline]
    pub fn set(&mut self, field: Field, text: Option<&'a [u8]>) {
        self.0[field as usize] = text;
    }

    #[inline]
    pub fn get(&self, field: Field) -> Option<&'a [u8]> {
        self.0[field as usize]
    }

    /// What was captured, in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &'a [u8])> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.get(field)?)))
    }
}
