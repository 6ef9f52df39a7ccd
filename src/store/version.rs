//! By which build results were written.

/// This program's version and the commit it was built from.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
pub const COMMIT: &str =
    git_version::git_version!(args = ["--always", "--dirty=-modified", "--abbrev=12"], fallback = "unknown");
