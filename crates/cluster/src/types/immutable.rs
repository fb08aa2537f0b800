use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// What the server says of a change that it refuses because the field may not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The field that the cause of the refusal names, `spec.selector`.
    pub field: String,
    /// The reason of the cause: `FieldValueInvalid` or `FieldValueForbidden`.
    pub reason: String,
    /// The words about it, without the value.
    pub detail: String,
    /// The fields of which a change was answered with this.
    pub changes: Vec<String>,
}

/// The refusals of each kind by `group/version/plural`, `/v1/pods`.
pub type Refusals = BTreeMap<String, Vec<Refusal>>;

/// The changes that a kind refuses.
#[must_use]
pub fn refusals(group: &str, version: &str, plural: &str) -> &'static [Refusal] {
    static REFUSALS: OnceLock<Refusals> = OnceLock::new();
    let all = REFUSALS.get_or_init(|| load().unwrap_or_default());
    all.get(&format!("{group}/{version}/{plural}")).map_or(&[], Vec::as_slice)
}

/// Fails only if the committed table is damaged, which a test holds against.
fn load() -> serde_json::Result<Refusals> {
    serde_json::from_str(include_str!("../../tables/immutable.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_table_is_whole() {
        load().unwrap();
        assert_eq!(refusals("apps", "v1", "deployments")[0].field, "spec.selector");
        assert_eq!(refusals("", "v1", "namespaces"), []);
    }
}
