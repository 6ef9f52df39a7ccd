//! Known faults, planted in what the world puts around the engine's code, to see
//! that it finds them.

/// A fault that the world brings in by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Planted {
    /// The log is not handed over before its messages are on the wire.
    LineAfterMessage,
    /// Lines wait in memory until there are many.
    LinesStayInMemory,
    /// The word that the run is stopped reaches nobody.
    StopUnheard,
    /// The first machine heeds a stop although it has sent some of the start.
    StopAmidTheStart,
    /// Time stands still for those who wait for the others before the start.
    NoDeadlineBeforeTheStart,
    /// Time stands still for those who wait for last messages.
    NoDeadlineAtTheEnd,
    /// Strangers know the token.
    StrangerSeated,
    /// A machine's last messages follow the word of its end.
    EndBeforeLastLine,
    /// Room that a foreign machine's messages took is not given back.
    CreditKept,
    /// Of a torn write a byte is sent twice.
    TornWriteRepeated,
    /// What is written into a broken connection is thought to be sent.
    WritesVanish,
    /// A stranger's messages are taken for the foreign machine's.
    StrangerTakenForForeign,
}

pub const ALL: [Planted; 12] = [
    Planted::LineAfterMessage,
    Planted::LinesStayInMemory,
    Planted::StopUnheard,
    Planted::StopAmidTheStart,
    Planted::NoDeadlineBeforeTheStart,
    Planted::NoDeadlineAtTheEnd,
    Planted::StrangerSeated,
    Planted::EndBeforeLastLine,
    Planted::CreditKept,
    Planted::TornWriteRepeated,
    Planted::WritesVanish,
    Planted::StrangerTakenForForeign,
];
