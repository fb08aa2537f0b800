//! The managers of an object as its scale shows them, and back: who owns the number of replicas.

use std::borrow::Cow;

use serde_json::Value;

use super::element::PathElement;
use super::managed::{Entry, Managed};
use super::set::FieldSet;

const SCALE_VERSION: &str = "autoscaling/v1";
const SCALE_PATH: &[&str] = &["spec", "replicas"];

/// Where an object has its replicas.
#[derive(Clone, Copy, Debug)]
pub struct Replicas<'a> {
    /// The version that the object is kept at, `apps/v1`.
    pub api_version: &'a str,
    /// All versions that there are.
    pub versions: &'a [&'a str],
    /// The names of the fields that lead there, `["spec", "replicas"]`.
    pub path: &'a [&'a str],
}

impl<'a> Replicas<'a> {
    fn elements(path: &[&'a str]) -> Vec<PathElement<'a>> {
        path.iter().map(|name| PathElement::Field(name)).collect()
    }

    fn knows(&self, entry: &Entry<'_>) -> bool {
        self.api_version == entry.version || self.versions.contains(&&*entry.version)
    }

    /// The managed fields of the scale of an object with these ones: those who own its replicas.
    #[must_use]
    pub fn of_scale(&self, parent: Option<&'a Value>) -> Option<Value> {
        let path = Self::elements(self.path);
        let mut managed = Managed::read(parent).unwrap_or_default();
        managed.entries.retain(|entry| self.knows(entry) && entry.fields.contains(&path));
        for entry in &mut managed.entries {
            (entry.version, entry.written) = (SCALE_VERSION.into(), None);
            entry.fields = FieldSet::of_fields(&[SCALE_PATH]);
        }
        managed.to_value()
    }

    /// The managed fields of an object after its scale has changed to have `scale`.
    #[must_use]
    pub fn of_parent(&self, parent: Option<&'a Value>, scale: Option<&'a Value>) -> Option<Value> {
        let path = Self::elements(self.path);
        let mut managed = Managed::read(parent).unwrap_or_default();
        let mut scale = Managed::read(scale).unwrap_or_default().entries;
        let scale_path = Self::elements(SCALE_PATH);
        managed.entries.retain(|entry| self.knows(entry));
        for entry in managed.entries.iter_mut().filter(|entry| entry.fields.contains(&path)) {
            match scale.iter().position(|other| other.is(entry)) {
                Some(place) => drop(scale.remove(place)),
                None => entry.reduce(|fields| fields.difference(&FieldSet::of_fields(&[self.path]))),
            }
        }
        managed.drop_empty();
        scale.retain(|entry| entry.fields.contains(&scale_path));
        managed.entries.extend(scale.into_iter().map(|entry| self.owner(entry)));
        managed.to_value()
    }

    /// One who owns the replicas through the scale. It has no time, as with the peer.
    fn owner(&self, entry: Entry<'a>) -> Entry<'a> {
        Entry {
            version: Cow::Borrowed(self.api_version),
            time: None,
            fields: FieldSet::of_fields(&[self.path]),
            written: None,
            ..entry
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_scales_owns_the_replicas() {
        let replicas = Replicas { api_version: "apps/v1", versions: &[], path: SCALE_PATH };
        let entry = |manager: &str, operation: &str, version: &str, subresource: &str, fields: Value| {
            let mut entry = json!({"manager": manager, "operation": operation, "apiVersion": version, "fieldsType": "FieldsV1",
                "fieldsV1": fields, "time": "2026-01-01T00:00:00Z"});
            if !subresource.is_empty() {
                entry["subresource"] = subresource.into();
            }
            entry
        };
        let owns = json!({"f:spec": {"f:replicas": {}}});
        let more = json!({"f:spec": {"f:paused": {}, "f:replicas": {}}});
        let parent =
            json!([entry("a", "Apply", "apps/v1", "", more), entry("u", "Update", "apps/v1", "", owns.clone())]);
        let scale = replicas.of_scale(Some(&parent));
        let shown = json!([
            entry("a", "Apply", "autoscaling/v1", "", owns.clone()),
            entry("u", "Update", "autoscaling/v1", "", owns.clone())
        ]);
        assert_eq!(scale, Some(shown));

        let scale = json!([entry("s", "Update", "autoscaling/v1", "scale", owns.clone())]);
        let mut scaler = entry("s", "Update", "apps/v1", "scale", owns);
        scaler.as_object_mut().unwrap().remove("time");
        let rest = entry("a", "Apply", "apps/v1", "", json!({"f:spec": {"f:paused": {}}}));
        assert_eq!(replicas.of_parent(Some(&parent), Some(&scale)), Some(json!([rest, scaler])));
        assert_eq!(replicas.of_parent(None, None), None);
    }
}
