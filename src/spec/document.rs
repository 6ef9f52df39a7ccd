//! The TOML of a spec, in both directions.
