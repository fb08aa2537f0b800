//! Rules about the operations of AsyncAPI 3, and what they refer to; they look at the references themselves.

use linkspan_source::pointer;
use serde_json::Value;

use super::{Subject, Violation};
use crate::documents::select::Part;

fn reference<'v>(part: &Part<'v>) -> Option<&'v str> {
    part.text("$ref")
}

/// An operation's messages are among those of its channel.
pub(super) fn messages(_: &Subject<'_>, operation: &Part<'_>) -> Vec<Violation> {
    let channel = operation.member("channel");
    let messages = operation.items("messages");
    let sound = |part: &Part<'_>| part.value.is_object() && part.value.get("$ref").is_none_or(Value::is_string);
    if !channel.as_ref().is_none_or(sound) || !messages.iter().all(sound) {
        return Vec::new();
    }
    let channel = channel.as_ref().and_then(reference).unwrap_or_default();
    let own = format!("{channel}/messages");
    let foreign = messages.iter().filter_map(|message| {
        let to = reference(message).filter(|to| !to.is_empty() && !to.starts_with(&own))?;
        let message_text = format!("the message `{to}` is none of the operation's channel `{channel}`");
        let help = format!("refer to `{own}/…`, where the channel lists its messages");
        Some(Violation::new(pointer::join(&message.at, "$ref"), message_text).help(help))
    });
    foreign.collect()
}

/// An operation's channel is one of the document's.
pub(super) fn channel(_: &Subject<'_>, operation: &Part<'_>) -> Vec<Violation> {
    let Some(channel) = operation.member("channel") else { return Vec::new() };
    match reference(&channel) {
        Some(to) if !to.contains("#/channels/") => {
            let message = format!("the channel `{to}` is none of the document's `channels`");
            let help = "put the channel into `channels`, there as a reference, and refer to `#/channels/…`";
            vec![Violation::new(pointer::join(&channel.at, "$ref"), message).help(help)]
        }
        _ => Vec::new(),
    }
}

/// A channel's servers are among the document's.
pub(super) fn servers(_: &Subject<'_>, channel: &Part<'_>) -> Vec<Violation> {
    let servers = channel.member("servers").map(|servers| servers.children()).unwrap_or_default();
    let foreign = servers.iter().filter_map(|server| {
        let to = reference(server).filter(|to| !to.contains("#/servers/"))?;
        let message = format!("the server `{to}` is none of the document's `servers`");
        Some(Violation::new(pointer::join(&server.at, "$ref"), message).help("refer to `#/servers/…`"))
    });
    foreign.collect()
}

/// What must be a reference is one, and has a text that says where it leads; the parser lets pass what is none.
pub(super) fn references(_: &Subject<'_>, part: &Part<'_>) -> Vec<Violation> {
    match part.member("$ref") {
        None if part.value.is_object() => {
            let message = "this must be a reference: what is described here belongs to no other part of the document";
            vec![Violation::new(part.at.as_str(), message).warning()]
        }
        Some(reference) if !reference.value.is_string() => vec![Violation::new(reference.at, "`$ref` must be a text")],
        _ => Vec::new(),
    }
}
