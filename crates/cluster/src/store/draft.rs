use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::row::Head;
use super::{Key, Revision, StoreError, Stored};

/// An object that is to be written, encoded but for its `resourceVersion`: that is known when it is its turn.
#[derive(Clone, Debug)]
pub struct Draft {
    json: Vec<u8>,
    version_at: usize,
    value: Value,
    ttl: Option<Duration>,
}

impl Draft {
    /// Encodes an object. What `metadata.resourceVersion` it has does not matter.
    ///
    /// # Errors
    ///
    /// [`StoreError::Shape`] if it is not an object with `metadata`.
    pub fn new(mut value: Value) -> Result<Self, StoreError> {
        let metadata = value.get_mut("metadata").and_then(Value::as_object_mut).ok_or(StoreError::Shape)?;
        metadata.insert("resourceVersion".to_owned(), Value::String(String::new()));
        let (json, version_at) = value.as_object().and_then(encode).ok_or(StoreError::Shape)?;
        Ok(Self { json, version_at, value, ttl: None })
    }

    /// To be removed when it has not been written anew for so long, as Events are (`--event-ttl` of kube-apiserver).
    #[must_use]
    pub fn with_ttl(self, ttl: Duration) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// The object with its revision, and its value.
    pub(super) fn finish(self, key: Key, revision: Revision, create_revision: Revision) -> (Stored, Arc<Value>) {
        let Self { json, version_at, mut value, ttl } = self;
        let head = Head { revision, create_revision, ttl, version_at };
        let stored = Stored::new(key, head, &json, version_at..version_at);
        if let Some(version) = value.pointer_mut("/metadata/resourceVersion") {
            *version = Value::String(revision.to_string());
        }
        let value = Arc::new(value);
        stored.share(&value);
        (stored, value)
    }
}

/// The object as JSON, and where the text of `metadata.resourceVersion` begins.
fn encode(object: &Map<String, Value>) -> Option<(Vec<u8>, usize)> {
    let mut json = Vec::with_capacity(1024);
    let mut version_at = 0;
    fields(&mut json, object, |json, name, value| match (name, value) {
        ("metadata", Value::Object(metadata)) => fields(json, metadata, |json, name, value| {
            // The opening quote comes first.
            let begins = json.len() + 1;
            serde_json::to_writer(&mut *json, value).ok()?;
            if name == "resourceVersion" {
                version_at = begins;
            }
            Some(())
        }),
        _ => serde_json::to_writer(json, value).ok(),
    })?;
    Some((json, version_at))
}

fn fields(
    json: &mut Vec<u8>,
    object: &Map<String, Value>,
    mut one: impl FnMut(&mut Vec<u8>, &str, &Value) -> Option<()>,
) -> Option<()> {
    json.push(b'{');
    for (place, (name, value)) in object.iter().enumerate() {
        if place > 0 {
            json.push(b',');
        }
        serde_json::to_writer(&mut *json, name).ok()?;
        json.push(b':');
        one(json, name, value)?;
    }
    json.push(b'}');
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_revision_is_put_where_it_belongs() {
        let trap = json!({"kind": "A", "metadata": {"annotations": {"resourceVersion": ""}, "name": "é\"", "resourceVersion": "old"},
            "data": {"metadata": {"resourceVersion": ""}}, "zeta": [1, null]});
        let (stored, value) = Draft::new(trap).unwrap().finish(Key::new("", "as", None, "é"), 1234, 7);
        let read: Value = serde_json::from_slice(stored.json()).unwrap();
        assert_eq!(read, *value);
        assert_eq!(read["metadata"]["resourceVersion"], "1234");
        assert_eq!(read["data"]["metadata"]["resourceVersion"], "");
        assert_eq!(serde_json::to_vec(&*value).unwrap(), stored.json());
        let later: Value = serde_json::from_slice(stored.at_revision(99).json()).unwrap();
        assert_eq!(
            later["metadata"],
            json!({"annotations": {"resourceVersion": ""}, "name": "é\"", "resourceVersion": "99"})
        );
        assert_eq!(later["data"], read["data"]);
    }

    #[test]
    fn what_is_not_an_object_with_metadata_is_refused() {
        for odd in [json!(null), json!([]), json!({}), json!({"metadata": 3})] {
            assert!(matches!(Draft::new(odd), Err(StoreError::Shape)));
        }
    }
}
