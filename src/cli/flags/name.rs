//! Names that a person gives to runs, sweeps and experiments.

use labctl::files::file_name::is_plain;
use labctl::store::{LATEST_LINK, PARTIAL_SUFFIX};

/// Takes what a folder of results can be called.
pub fn folder_name(text: &str) -> Result<String, String> {
    if text == LATEST_LINK || text.ends_with(PARTIAL_SUFFIX) {
        return Err(format!(
            "`{LATEST_LINK}` and names ending in `{PARTIAL_SUFFIX}` have a meaning of their own"
        ));
    }
    let refused = || "use letters, digits, `-`, `_` and `.`, at most 100".to_owned();
    is_plain(text).then(|| text.to_owned()).ok_or_else(refused)
}
