//! The claims of the lab notebook, embedded as the specs are: a bare program can
//! reproduce it.

/// What errors call the embedded claims.
pub const CLAIMS_NAME: &str = "experiments/claims/notebook.toml";
/// The notebook's claims.
pub const CLAIMS: &str = include_str!("../../experiments/claims/notebook.toml");
