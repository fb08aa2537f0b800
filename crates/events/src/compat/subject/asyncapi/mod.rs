//! AsyncAPI 2.0 to 3.1, read into the words of version 3.

mod message;
mod two;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::contents::service;
use super::reader::{Part, Reader, below};
use super::{Direction, Subject};
use crate::compat::contract::model::{Action, Api, AsyncApi, Bindings, Channel, Server, Side, Surface};
use crate::schema::Place;
use message::Messages;

/// What a document says, and its schemas. `None` after a notice, if it cannot be read.
pub(super) fn read(reader: &mut Reader<'_>, path: &Path) -> Option<(Surface, Vec<Subject>)> {
    let root = reader.part(&Place { path: path.to_owned(), pointer: String::new() })?;
    let version = root.text("asyncapi").unwrap_or_default().to_owned();
    let mut document = Document {
        service: service(&root.value, path),
        two: version.starts_with("2."),
        messages: Messages::new(path, &root),
        parameters: Vec::new(),
    };
    let api = match version.split('.').next() {
        Some("2") => two::read(reader, &root, &mut document),
        Some("3") => document.read(reader, &root),
        _ => {
            reader
                .notice(&root.place, "this is no AsyncAPI document of version 2 or 3, and is not compared".to_owned());
            return None;
        }
    };
    let subjects = document.subjects(reader, &api);
    let id = format!("asyncapi {}", document.service);
    Some((Surface { id, place: root.place, api: Api::Async(api) }, subjects))
}

/// What is gathered while a document is read.
struct Document {
    service: String,
    two: bool,
    messages: Messages,
    /// Parameters of addresses: the channel's address, the name, the place.
    parameters: Vec<(String, String, Place)>,
}

impl Document {
    fn read(&mut self, reader: &mut Reader<'_>, root: &Part) -> AsyncApi {
        let mut channels = Vec::new();
        for (key, part) in reader.members(root, "channels") {
            let address = part.text("address").map(ToOwned::to_owned);
            let mut channel = channel(reader, key, address, &part);
            for (name, parameter) in reader.members(&part, "parameters") {
                self.parameter(&channel, &name, &parameter.place);
                channel.parameters.insert(name, parameter.place);
            }
            channels.push(channel);
        }
        for (key, part) in reader.members(root, "channels") {
            for (name, message) in reader.members(&part, "messages") {
                self.messages.add(reader, &message, &name, &key, self.two);
            }
        }
        for (_, message) in components(reader, root) {
            self.messages.add(reader, &message, "", "", self.two);
        }
        for (name, operation) in reader.members(root, "operations") {
            self.operation(reader, &mut channels, &name, &operation);
        }
        AsyncApi { channels, messages: self.messages.list.clone(), servers: servers(reader, root) }
    }

    fn operation(&mut self, reader: &mut Reader<'_>, channels: &mut [Channel], name: &str, operation: &Part) {
        let action = match operation.text("action") {
            Some("send") => Action::Send,
            Some("receive") => Action::Receive,
            _ => return,
        };
        self.side(reader, channels, operation, operation, action, name);
        if let Some(reply) = reader.member(operation, "reply") {
            self.side(reader, channels, &reply, operation, action.other(), name);
        }
    }

    /// Adds an operation, or its reply, to its channel.
    fn side(
        &mut self,
        reader: &mut Reader<'_>,
        channels: &mut [Channel],
        part: &Part,
        operation: &Part,
        action: Action,
        name: &str,
    ) {
        let Some(target) = reader.member(part, "channel") else { return };
        let Some(channel) = channels.iter_mut().find(|channel| channel.place == target.place) else { return };
        let named = part.value.get("messages").is_some();
        let listed = if named { reader.items(part, "messages") } else { values(reader.members(&target, "messages")) };
        let keys: Vec<_> = listed.iter().filter_map(|message| self.messages.key(&message.place)).collect();
        let operation = merged(reader, operation, self.two);
        let bindings = bindings(reader, &operation);
        let security = security(&operation);
        add(channel, action, name, &operation.place, keys, bindings, security);
    }

    fn parameter(&mut self, channel: &Channel, name: &str, place: &Place) {
        let address = channel.address.clone().unwrap_or_else(|| channel.key.clone());
        self.parameters.push((address, name.to_owned(), place.clone()));
    }

    fn subjects(&self, reader: &mut Reader<'_>, api: &AsyncApi) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for key in self.messages.keys() {
            let (direction, address) = use_of(api, &key);
            subjects.extend(self.messages.subjects(&self.service, &key, direction, address.as_deref()));
        }
        for (address, name, place) in &self.parameters {
            subjects.extend(message::parameter(reader, &self.service, address, name, place, self.two));
        }
        subjects
    }
}

/// What the service does with a message, and the first address at which it does.
fn use_of(api: &AsyncApi, key: &str) -> (Direction, Option<String>) {
    let (mut direction, mut address) = (Direction::None, None);
    for channel in &api.channels {
        for (action, _) in channel.sides.iter().filter(|(_, side)| side.messages.contains(key)) {
            direction = direction.and(match action {
                Action::Send => Direction::Sends,
                Action::Receive => Direction::Receives,
            });
            address = address.or_else(|| channel.address.clone());
        }
    }
    (direction, address)
}

fn values(members: Vec<(String, Part)>) -> Vec<Part> {
    members.into_iter().map(|(_, part)| part).collect()
}

/// The messages that are kept among the components.
fn components(reader: &mut Reader<'_>, root: &Part) -> Vec<(String, Part)> {
    match reader.member(root, "components") {
        Some(components) => reader.members(&components, "messages"),
        None => Vec::new(),
    }
}

fn channel(reader: &mut Reader<'_>, key: String, address: Option<String>, part: &Part) -> Channel {
    Channel {
        key,
        address,
        place: part.place.clone(),
        parameters: BTreeMap::new(),
        bindings: bindings(reader, part),
        sides: BTreeMap::new(),
    }
}

/// Adds an operation to those of its kind on a channel.
fn add(
    channel: &mut Channel,
    action: Action,
    name: &str,
    place: &Place,
    messages: Vec<String>,
    bindings: Bindings,
    security: BTreeSet<String>,
) {
    let none = || Side {
        operations: BTreeSet::new(),
        place: place.clone(),
        messages: BTreeSet::new(),
        uses: BTreeSet::new(),
        bindings: BTreeMap::new(),
        security: BTreeSet::new(),
    };
    let side = channel.sides.entry(action).or_insert_with(none);
    side.operations.insert(name.to_owned());
    side.uses.extend(messages.iter().map(|message| (name.to_owned(), message.clone())));
    side.messages.extend(messages);
    side.bindings.extend(bindings);
    side.security.extend(security);
}

/// A message or an operation with its traits: in version 2 a trait overrides what it is added to (2.6, "Operation
/// Trait Object": merged with JSON Merge Patch), in version 3 it does not.
fn merged(reader: &mut Reader<'_>, part: &Part, two: bool) -> Part {
    let mut value = part.value.clone();
    for extra in reader.items(part, "traits") {
        let extra = Value::Object(extra.object());
        value = if two { patched(value, &extra) } else { patched(extra, &value) };
    }
    Part { value, place: part.place.clone() }
}

/// RFC 7396, but a `null` stays.
fn patched(target: Value, patch: &Value) -> Value {
    match (target, patch) {
        (Value::Object(mut target), Value::Object(patch)) => {
            for (name, value) in patch {
                let known = target.remove(name).unwrap_or(Value::Null);
                target.insert(name.clone(), patched(known, value));
            }
            Value::Object(target)
        }
        (_, patch) => patch.clone(),
    }
}

/// The bindings of a part, field by field; a field's schema is compared elsewhere.
fn bindings(reader: &mut Reader<'_>, part: &Part) -> Bindings {
    let place = below(&part.place, "bindings");
    let Some(found) = part.value.get("bindings") else { return Bindings::new() };
    // A trait's bindings have no place of their own here: theirs is the part's.
    let own = linked(reader, &place, found);
    let mut bindings = Bindings::new();
    for (protocol, value) in own.object() {
        let at = below(&own.place, &protocol);
        let fields = linked(reader, &at, &value);
        for (field, value) in fields.object() {
            if field != "bindingVersion" && !is_schema(&protocol, &field) {
                bindings.insert(format!("{protocol}/{field}"), (value, below(&fields.place, &field)));
            }
        }
    }
    bindings
}

/// Fields of bindings whose value is a schema.
fn is_schema(protocol: &str, field: &str) -> bool {
    matches!((protocol, field), ("kafka", "key" | "groupId" | "clientId") | ("http" | "ws", "query" | "headers"))
}

fn linked(reader: &mut Reader<'_>, place: &Place, value: &Value) -> Part {
    let here = Part { value: value.clone(), place: place.clone() };
    if value.get("$ref").is_some() { reader.part(place).unwrap_or(here) } else { here }
}

/// The names of the security schemes of a part: in version 3 a list of schemes, in version 2 of objects by name.
fn security(part: &Part) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let list = part.value.get("security").and_then(Value::as_array).cloned().unwrap_or_default();
    for (index, entry) in list.iter().enumerate() {
        match entry.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                found.insert(reference.rsplit('/').next().unwrap_or(reference).to_owned());
            }
            None if entry.get("type").is_some() => {
                found.insert(format!("{} {index}", entry.get("type").and_then(Value::as_str).unwrap_or_default()));
            }
            None => found.extend(entry.as_object().into_iter().flat_map(|names| names.keys().cloned())),
        }
    }
    found
}

fn servers(reader: &mut Reader<'_>, root: &Part) -> Vec<Server> {
    let mut found = Vec::new();
    for (key, server) in reader.members(root, "servers") {
        let protocol = server.text("protocol").unwrap_or_default().to_owned();
        let security = security(&server);
        found.push(Server { key, place: server.place, protocol, security });
    }
    found
}
