//! What differs between two states of an object, for people: secrets hidden, noise dropped.

use linkspan_kube::Object;
use serde_json::Value;

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field, with dots; items of lists by their name or index.
    pub field: String,
    /// What it was, shortened; `None` if it was not there.
    pub before: Option<String>,
    /// What it becomes, shortened; `None` if it goes.
    pub after: Option<String>,
}

/// Shown instead of what may be secret.
const HIDDEN: &str = "(hidden)";
/// The longest value that is shown.
const MAX_SHOWN: usize = 80;
/// Fields that the cluster writes, and the copy of the whole that client-side apply keeps.
const NOISE: [&str; 9] = [
    ".status",
    ".metadata.managedFields",
    ".metadata.resourceVersion",
    ".metadata.generation",
    ".metadata.creationTimestamp",
    ".metadata.uid",
    ".metadata.selfLink",
    ".metadata.annotations[deployment.kubernetes.io/revision]",
    ".metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]",
];

/// The fields in which `after` differs from `before`.
#[must_use]
pub fn diff(before: &Object, after: &Object) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let secret = after.gvk().is("", "Secret");
    walk("", Some(before.value()), Some(after.value()), secret, &mut changes);
    changes
}

fn walk(path: &str, before: Option<&Value>, after: Option<&Value>, secret: bool, changes: &mut Vec<FieldChange>) {
    if before == after || NOISE.contains(&path) {
        return;
    }
    let hidden = secret && path.starts_with(".data");
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            let secret = secret || is_secret_variable(old) || is_secret_variable(new);
            for name in names {
                walk(&field(path, name), old.get(name), new.get(name), secret, changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => items(path, old, new, secret, changes),
        _ => {
            let hide = hidden || secret && path.ends_with(".value");
            let shown = |value: &Value| if hide { HIDDEN.to_owned() } else { shorten(value, secret) };
            changes.push(FieldChange { field: path.to_owned(), before: before.map(shown), after: after.map(shown) });
        }
    }
}

/// Items with a `name` are compared by it, others by their place.
fn items(path: &str, old: &[Value], new: &[Value], secret: bool, changes: &mut Vec<FieldChange>) {
    let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
    let named = old.iter().chain(new).all(|item| name(item).is_some());
    let mut keys: Vec<String> = Vec::new();
    for (index, item) in old.iter().enumerate().chain(new.iter().enumerate()) {
        let key = name(item).filter(|_| named).unwrap_or_else(|| index.to_string());
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    for key in keys {
        let find = |list: &[Value]| {
            let by_name = || list.iter().find(|item| name(item).as_ref() == Some(&key)).cloned();
            if named { by_name() } else { key.parse::<usize>().ok().and_then(|index| list.get(index)).cloned() }
        };
        walk(&format!("{path}[{key}]"), find(old).as_ref(), find(new).as_ref(), secret, changes);
    }
}

fn field(path: &str, name: &str) -> String {
    if name.contains(['.', '/']) { format!("{path}[{name}]") } else { format!("{path}.{name}") }
}

/// Whether a variable of a container looks like a secret by its name.
fn is_secret_variable(fields: &serde_json::Map<String, Value>) -> bool {
    let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
    fields.contains_key("value") && crate::redact::is_secret_name(name)
}

fn shorten(value: &Value, secret: bool) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        // A whole container or pod spec may have variables in it.
        Value::Object(_) | Value::Array(_) if secret => HIDDEN.to_owned(),
        Value::Object(fields) => format!("{{{} fields}}", fields.len()),
        Value::Array(items) => format!("[{} items]", items.len()),
        other => other.to_string(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: Value, after: Value) -> Vec<String> {
        let changes = diff(&Object::new(before).unwrap(), &Object::new(after).unwrap());
        let show = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        changes
            .into_iter()
            .map(|change| format!("{}: {} → {}", change.field, show(change.before), show(change.after)))
            .collect()
    }

    #[test]
    fn changes_are_told_by_field() {
        let pod = |image: &str, labels: Value| {
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": labels, "uid": image},
            "spec": {"containers": [{"name": "c", "image": image}]}, "status": {"phase": image}})
        };
        assert_eq!(
            told(pod("a:1", json!({"x.io/y": "1"})), pod("a:2", json!({"z": "2"}))),
            [".metadata.labels[x.io/y]: 1 → -", ".metadata.labels.z: - → 2", ".spec.containers[c].image: a:1 → a:2",]
        );
    }

    #[test]
    fn secrets_never_show() {
        let secret = |value: &str| json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": value}});
        assert_eq!(told(secret("eA=="), secret("eQ==")), [".data.a: (hidden) → (hidden)"]);
        assert_eq!(told(json!({"apiVersion": "v1", "kind": "Secret"}), secret("eQ==")), [".data: - → (hidden)"]);
        let pod = |value: &str| json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "c", "env": [{"name": "DB_PASSWORD", "value": value}]}]}});
        assert_eq!(told(pod("x"), pod("y")), [".spec.containers[c].env[DB_PASSWORD].value: (hidden) → (hidden)"]);
    }
}
