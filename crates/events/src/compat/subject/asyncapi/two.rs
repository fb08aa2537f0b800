//! What only version 2 says.

use super::super::reader::{Part, Reader};
use super::{Document, add, bindings, channel, components, merged, security, servers};
use crate::compat::contract::model::{Action, AsyncApi, Channel};

/// Reads a document of version 2. There `subscribe` is what others may do: the service sends.
pub(super) fn read(reader: &mut Reader<'_>, root: &Part, document: &mut Document) -> AsyncApi {
    for (_, message) in components(reader, root) {
        document.messages.add(reader, &message, "", "", true);
    }
    let mut channels = Vec::new();
    for (address, part) in reader.members(root, "channels") {
        let mut channel = channel(reader, address.clone(), Some(address), &part);
        for (name, parameter) in reader.members(&part, "parameters") {
            document.parameter(&channel, &name, &parameter.place);
            channel.parameters.insert(name, parameter.place);
        }
        for (word, action) in [("subscribe", Action::Send), ("publish", Action::Receive)] {
            if let Some(operation) = reader.member(&part, word) {
                self::operation(reader, &mut channel, &operation, action, document);
            }
        }
        channels.push(channel);
    }
    AsyncApi { channels, messages: document.messages.list.clone(), servers: servers(reader, root) }
}

fn operation(reader: &mut Reader<'_>, channel: &mut Channel, part: &Part, action: Action, document: &mut Document) {
    let merged = merged(reader, part, true);
    let address = channel.address.clone().unwrap_or_default();
    let name = merged.text("operationId").map_or_else(|| format!("{} {address}", action.name()), ToOwned::to_owned);
    let mut keys = Vec::new();
    for message in messages(reader, part) {
        keys.push(document.messages.add(reader, &message, "", &name, true));
    }
    let bindings = bindings(reader, &merged);
    let security = security(&merged);
    add(channel, action, &name, &part.place, keys, bindings, security);
}

fn messages(reader: &mut Reader<'_>, operation: &Part) -> Vec<Part> {
    let Some(message) = reader.member(operation, "message") else { return Vec::new() };
    if message.value.get("oneOf").is_some() { reader.items(&message, "oneOf") } else { vec![message] }
}
