//! What the player's data says of a run.
