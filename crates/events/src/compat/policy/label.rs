//! The label on a pull request that allows breaks.

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_command::{Environment, Failure};
use linkspan_toolkit::Runner;
use serde_json::Value;

/// Why breaks are allowed, if the pull request that the runner works on has the label.
///
/// # Errors
/// The runner's event file cannot be read.
pub(crate) fn allowed(label: &str, environment: &Environment) -> Result<Option<String>, Failure> {
    let variables: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let Some(path) = Runner::from_env(&variables).and_then(|runner| runner.event_path) else { return Ok(None) };
    let event = read(&path)?;
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
