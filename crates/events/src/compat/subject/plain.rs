//! Schemas in files of their own: models, and events.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::envelope::{constants, property, version_of};
use super::reader::Reader;
use super::{Direction, Kind, Subject};
use crate::schema::{Bundle, Dialect, Place, bundle};

/// The subjects of schemas, by name. A schema of a CloudEvent's envelope, or of a CDEvent, is an event.
pub(super) fn read(reader: &mut Reader<'_>, schemas: &BTreeMap<String, PathBuf>) -> Vec<Subject> {
    let mut found = Vec::new();
    for (name, path) in schemas {
        let place = Place { path: path.clone(), pointer: String::new() };
        match bundle(reader.files, &place, Dialect::Draft202012) {
            Ok(bundle) => found.push(subject(reader, name, place, bundle)),
            Err(error) => reader.fault(&place, &error),
        }
    }
    found
}

fn subject(reader: &Reader<'_>, name: &str, place: Place, bundle: Bundle) -> Subject {
    let event_type = event_type(&bundle.value);
    let event = event_type.is_some() || property(&bundle.value, &["specversion"]).is_some();
    let kind = if event { Kind::Event } else { Kind::Model };
    let document = reader.files.document(&place.path).ok();
    let id = document.as_ref().and_then(|document| document.value.get("$id")).and_then(Value::as_str);
    let named = event_type.as_deref().and_then(version_of).or_else(|| version_of(id?));
    Subject {
        id: format!("{} {name}", kind.name()),
        alias: format!("file {}", place.path.display()),
        kind,
        direction: Direction::None,
        version: named,
        data_schema: constants(&bundle.value, &["dataschema"]).or_else(|| id.map(ToOwned::to_owned)),
        place,
        bundle,
        written: None,
        foreign: None,
        event_type,
        address: None,
        service: None,
    }
}

/// The type that an envelope demands: CloudEvents' `type`, or CDEvents' `context.type`.
fn event_type(schema: &Value) -> Option<String> {
    let cloud_event = property(schema, &["specversion"]).and_then(|_| constants(schema, &["type"]));
    cloud_event.or_else(|| constants(schema, &["context", "type"]))
}
