//! What can be wrong with a spec.

/// A spec that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("spec error")]
pub struct SpecError;
