//! The metadata that is the server's to set.

use serde_json::{Map, Value};

use super::{System, timestamp};
use crate::field::{FieldError, Path};
use crate::status::{Status, Subject};

/// `generateName` is cut so that the name that comes out is at most 63 characters long.
const LONGEST_PREFIX: usize = 58;

/// An object's metadata.
pub(super) fn metadata(object: &mut Value) -> Option<&mut Map<String, Value>> {
    object.get_mut("metadata").and_then(Value::as_object_mut)
}

/// A text in an object's metadata; empty if it is not there.
pub(super) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get("metadata").and_then(|metadata| metadata.get(field)).and_then(Value::as_str).unwrap_or_default()
}

/// Gives a new object its identity, and a name if it asks for one.
pub(super) fn begin(object: &mut Value, system: &dyn System) {
    let generated =
        text(object, "name").is_empty().then(|| text(object, "generateName")).filter(|prefix| !prefix.is_empty());
    let name = generated.map(|prefix| {
        let cut: String = prefix.chars().take(LONGEST_PREFIX).collect();
        format!("{cut}{}", system.suffix())
    });
    let Some(metadata) = metadata(object) else { return };
    metadata.insert("uid".to_owned(), system.uid().into());
    metadata.insert("creationTimestamp".to_owned(), timestamp(system.now()).into());
    if let Some(name) = name {
        metadata.insert("name".to_owned(), name.into());
    }
}

/// Whether an update is of the object that is there, by its identifier.
///
/// # Errors
/// 409 if it is another one of the same name.
pub(super) fn same_object(old: &Value, new: &Value, subject: &Subject<'_>) -> Result<(), Status> {
    let (was, is) = (text(old, "uid"), text(new, "uid"));
    if is.is_empty() || is == was {
        return Ok(());
    }
    Err(Status::conflict(
        subject,
        format_args!("Precondition failed: UID in precondition: {is}, UID in object meta: {was}"),
    ))
}

/// Names an object as its address does.
pub(super) fn named(object: &mut Value, name: &str) {
    if let Some(metadata) = metadata(object) {
        metadata.entry("name").or_insert_with(|| name.into());
    }
}

/// An update that must say what it is based on does.
///
/// # Errors
/// 422 if it does not.
pub(super) fn based(object: &Value, subject: &Subject<'_>) -> Result<(), Status> {
    if !text(object, "resourceVersion").is_empty() {
        return Ok(());
    }
    let path = Path::new("metadata");
    let error = FieldError::invalid(&path.child("resourceVersion"), 0, "must be specified for an update");
    Err(Status::invalid(subject, &[error]))
}

/// A namespace that is on its way out takes nothing new.
pub(super) fn terminating(namespace: &str, subject: &Subject<'_>) -> Status {
    let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
    Status::forbidden(subject, why)
}

/// `namespaces "x" not found`.
pub(super) fn no_namespace(namespace: &str) -> Status {
    Status::not_found(&Subject::new("", "namespaces", namespace))
}
