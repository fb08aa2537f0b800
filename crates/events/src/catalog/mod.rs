//! The event types of a project, as its AsyncAPI documents (2.0 to 3.1) define them.

mod message;
mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use linkspan_report::Finding;
use linkspan_source::pointer;
use serde_json::Value;

pub use message::Shape;
pub use reference::follow;
pub(crate) use reference::target;

use crate::schema::{Dialect, Error, Files, Place};

/// One definition of an event type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventType {
    /// The CloudEvents `type`.
    pub name: String,
    /// The schema of what `shape` says.
    pub payload: Place,
    /// What the schema describes.
    pub shape: Shape,
    /// The draft of a schema that names none.
    pub draft: Dialect,
    /// The message that defines it.
    pub message: Place,
}

/// The event types of a project.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    types: BTreeMap<String, BTreeSet<EventType>>,
    /// Types whose messages have no schema that can be used.
    unchecked: BTreeSet<String>,
    /// Messages that cannot be used for checking, and why.
    pub notices: Vec<Finding>,
}

impl Catalog {
    /// Reads AsyncAPI documents. Paths are relative to the root of `files`.
    ///
    /// # Errors
    /// A document cannot be read, is malformed, or is no AsyncAPI document.
    pub fn read(files: &Files, documents: &[PathBuf]) -> Result<Self, Error> {
        let mut catalog = Self::default();
        for path in documents {
            let document = files.document(path)?;
            let version = document.value.get("asyncapi").and_then(Value::as_str).unwrap_or_default();
            let messages = match version.split('.').next() {
                Some("2") => messages_of_2(&document.value),
                Some("3") => messages_of_3(&document.value),
                _ => return Err(no_asyncapi(files, path, &document)),
            };
            for at in messages {
                catalog.add(files, &Place { path: path.clone(), pointer: at });
            }
        }
        Ok(catalog)
    }

    /// The definitions of an event type.
    pub fn get(&self, name: &str) -> impl Iterator<Item = &EventType> {
        self.types.get(name).into_iter().flatten()
    }

    /// All definitions, by name.
    pub fn types(&self) -> impl Iterator<Item = &EventType> {
        self.types.values().flatten()
    }

    /// Whether a message has this type, with a schema that can be used or without one.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.types.contains_key(name) || self.unchecked.contains(name)
    }

    fn add(&mut self, files: &Files, message: &Place) {
        match message::read(files, message) {
            Ok(found) if found.is_empty() => self.unchecked.extend(message::unchecked(files, message)),
            Ok(found) => {
                for event_type in found {
                    self.types.entry(event_type.name.clone()).or_default().insert(event_type);
                }
            }
            Err(finding) => {
                self.unchecked.extend(message::unchecked(files, message));
                if !self.notices.contains(&finding) {
                    self.notices.push(*finding);
                }
            }
        }
    }
}

fn no_asyncapi(files: &Files, path: &std::path::Path, document: &linkspan_source::Document) -> Error {
    let message = "this is no AsyncAPI document of version 2 or 3: the key `asyncapi` must say the version".to_owned();
    Error::Invalid { file: files.shown(path), message, span: Some(document.nearest("/asyncapi")) }
}

/// Messages of AsyncAPI 2: below a channel's operations, alone or as `oneOf`, and in the components.
fn messages_of_2(document: &Value) -> Vec<String> {
    let mut found = members(document, "/components/messages");
    for channel in members(document, "/channels") {
        for operation in ["publish", "subscribe"] {
            let message = format!("{channel}/{operation}/message");
            match pointer::get(document, &format!("{message}/oneOf")).and_then(Value::as_array) {
                Some(several) => found.extend((0..several.len()).map(|index| format!("{message}/oneOf/{index}"))),
                None if pointer::get(document, &message).is_some() => found.push(message),
                None => {}
            }
        }
    }
    found
}

/// Messages of AsyncAPI 3: a channel's, and those in the components.
fn messages_of_3(document: &Value) -> Vec<String> {
    let channels = members(document, "/channels").into_iter().chain(members(document, "/components/channels"));
    let below = channels.flat_map(|channel| members(document, &format!("{channel}/messages")));
    members(document, "/components/messages").into_iter().chain(below).collect()
}

/// Pointers to the members of the object at a pointer.
fn members(document: &Value, at: &str) -> Vec<String> {
    let object = pointer::get(document, at).and_then(Value::as_object);
    object.into_iter().flat_map(|object| object.keys()).map(|key| pointer::join(at, key)).collect()
}
