//! Rules about channels.

use serde_json::Value;

use super::{Subject, Violation, undescribed};
use crate::documents::select::Part;

/// The parameters in a channel's key are those that it describes.
pub(super) fn parameters_2(_: &Subject<'_>, channel: &Part<'_>) -> Vec<Violation> {
    undescribed(channel, "parameters", &channel.name(), "parameter", false)
}

/// The parameters in a channel's address are those that it describes.
pub(super) fn parameters_3(_: &Subject<'_>, channel: &Part<'_>) -> Vec<Violation> {
    match channel.value.get("address") {
        None | Some(Value::Null | Value::String(_)) => {
            undescribed(channel, "parameters", channel.text("address").unwrap_or_default(), "parameter", true)
        }
        Some(_) => Vec::new(),
    }
}

/// The servers that a channel names are the document's.
pub(super) fn servers(_: &Subject<'_>, document: &Part<'_>) -> Vec<Violation> {
    let known = document.value.get("servers");
    let channels = document.members("channels");
    let texts = |part: &Part<'_>| {
        part.value
            .get("servers")
            .is_none_or(|servers| servers.as_array().is_some_and(|servers| servers.iter().all(Value::is_string)))
    };
    if known.is_some_and(|known| !known.is_object()) || !channels.iter().all(texts) {
        return Vec::new();
    }
    let named = channels.iter().flat_map(|channel| channel.items("servers"));
    named
        .filter_map(|server| {
            let name = server.value.as_str()?;
            let defined = known.is_some_and(|known| known.get(name).is_some());
            let message = format!("the server `{name}` is not defined in `servers`");
            (!defined).then(|| Violation::new(server.at, message))
        })
        .collect()
}

/// A channel's key has no query and no fragment.
pub(super) fn key(_: &Subject<'_>, channel: &Part<'_>) -> Vec<Violation> {
    let name = channel.name();
    if !name.contains(['?', '#']) {
        return Vec::new();
    }
    let message = format!("the channel `{name}` has a query or a fragment, which a channel's address must not have");
    vec![Violation::new(channel.at.as_str(), message).at_key().help("describe them in the protocol's binding")]
}

/// A parameter is an object, though the specification's schema lets other values pass; the parser fails at null.
pub(super) fn parameter(_: &Subject<'_>, parameter: &Part<'_>) -> Vec<Violation> {
    let violation = Violation::new(parameter.at.as_str(), "a parameter is an object");
    match parameter.value {
        Value::Object(_) => Vec::new(),
        Value::Null => vec![violation],
        _ => vec![violation.warning()],
    }
}
