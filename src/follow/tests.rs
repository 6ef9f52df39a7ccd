//! Following a run through its whole life, as it is written.
