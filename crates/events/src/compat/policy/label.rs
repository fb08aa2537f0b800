//! The label on a pull request that allows breaks.

use std::path::Path;

use linkspan_command::{Environment, Failure};
use serde_json::Value;

/// Why breaks are allowed, if the pull request that the runner works on has the label.
///
/// # Errors
/// The runner's event file cannot be read.
pub(crate) fn allowed(label: &str, environment: &Environment) -> Result<Option<String>, Failure> {
    let Some(path) = environment.get("GITHUB_EVENT_PATH") else { return Ok(None) };
    let event = read(Path::new(path))?;
    let labels = event.pointer("/pull_request/labels").and_then(Value::as_array);
    let names = labels.into_iter().flatten().filter_map(|label| label.get("name")?.as_str());
    let number = event.pointer("/pull_request/number").map(|number| format!(" #{number}")).unwrap_or_default();
    let reason = || format!("the pull request{number} has the label `{label}`");
    Ok(names.into_iter().any(|name| name == label).then(reason))
}

fn read(path: &Path) -> Result<Value, Failure> {
    let failure = |error: String| {
        let failure = Failure::input(format!("the runner's event file cannot be read: {error}"));
        failure.in_file(path.display().to_string(), None)
    };
    let text = std::fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failure(error.to_string()))
}
