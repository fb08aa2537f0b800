//! Where the JSON-Schema-Test-Suite is.

use std::path::{Path, PathBuf};

/// The suite's folder; `None`, where it may be missing.
pub(crate) fn suite() -> Option<PathBuf> {
    let home = std::env::var("HOME").unwrap_or_default();
    let tools = std::env::var("LINKSPAN_TOOLS").unwrap_or_else(|_| format!("{home}/.cache/linkspan-tools"));
    let suite = Path::new(&tools).join("json-schema-suite");
    if suite.exists() {
        return Some(suite);
    }
    assert!(
        std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|offline| offline == "1"),
        "the JSON-Schema-Test-Suite is missing: run `tests/parts/install.sh --only json-schema-suite`"
    );
    None
}
