//! What a run or a results folder came to, as one page.

pub mod player;
