//! What a document says apart from schemas, in the same words for all versions of its specification.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema::Place;

/// What one document says, apart from schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct Surface {
    /// `asyncapi orders`: the kind of document, and the service.
    pub id: String,
    /// The document.
    pub place: Place,
    /// Its content.
    pub(crate) api: Api,
}

/// A document's content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Api {
    /// AsyncAPI 2 or 3.
    Async(AsyncApi),
    /// OpenAPI 3.
    Open(OpenApi),
}

/// An AsyncAPI document, in the words of version 3.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AsyncApi {
    pub(crate) channels: Vec<Channel>,
    pub(crate) messages: Vec<Message>,
    pub(crate) servers: Vec<Server>,
}

/// Where messages travel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Channel {
    /// Its key in version 3; its address in version 2, where the address is the key.
    pub(crate) key: String,
    /// `None`: it is known only when the service runs.
    pub(crate) address: Option<String>,
    pub(crate) place: Place,
    pub(crate) parameters: BTreeMap<String, Place>,
    pub(crate) bindings: Bindings,
    /// The operations on it, by what the service does.
    pub(crate) sides: BTreeMap<Action, Side>,
}

/// What a service does with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// `send` in version 3, `subscribe` in version 2.
    Send,
    /// `receive` in version 3, `publish` in version 2.
    Receive,
}

impl Action {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Send => Self::Receive,
            Self::Receive => Self::Send,
        }
    }
}

/// All operations of one kind on a channel, as one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// The operations' names.
    pub(crate) operations: BTreeSet<String>,
    pub(crate) place: Place,
    /// Keys of messages.
    pub(crate) messages: BTreeSet<String>,
    /// Which operation has which message.
    pub(crate) uses: BTreeSet<(String, String)>,
    pub(crate) bindings: Bindings,
    /// The security schemes, one of which is needed; empty: none is.
    pub(crate) security: BTreeSet<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// Its name in the document, the same in every version.
    pub(crate) key: String,
    pub(crate) place: Place,
    /// `name`, if it has one.
    pub(crate) name: Option<String>,
    /// The event type that it carries.
    pub(crate) event_type: Option<String>,
    pub(crate) content_type: Option<String>,
    /// The runtime expression of the correlation identifier.
    pub(crate) correlation: Option<(String, Place)>,
    pub(crate) bindings: Bindings,
    /// Whether there is a schema of headers.
    pub(crate) headers: bool,
    /// Whether there is a schema of the key.
    pub(crate) keyed: bool,
}

/// Bindings: by protocol and field (`kafka/topic`), what was said and where. What is below a schema is no part.
pub(crate) type Bindings = BTreeMap<String, (Value, Place)>;

/// A server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Server {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) protocol: String,
    pub(crate) security: BTreeSet<String>,
}

/// An OpenAPI document.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct OpenApi {
    pub(crate) operations: Vec<HttpOperation>,
}

/// One HTTP operation: of a path, a webhook or a callback.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HttpOperation {
    /// `POST /orders`, `webhook shipped POST`, `POST /orders callback done {$request.body#/url} POST`.
    pub(crate) name: String,
    /// The name without what parameters in the path are called: it says whether two are the same.
    pub(crate) identity: String,
    /// The path, the webhook's name or the callback's expression, as `identity` has it.
    pub(crate) path: String,
    /// Whether the service is the one that sends the request: in webhooks and callbacks.
    pub(crate) outgoing: bool,
    pub(crate) place: Place,
    pub(crate) operation_id: Option<String>,
    pub(crate) parameters: Vec<HttpParameter>,
    pub(crate) body: Option<Body>,
    pub(crate) responses: BTreeMap<String, Response>,
    /// The alternatives: each names schemes with their scopes. None: no security is asked for.
    pub(crate) security: Vec<BTreeMap<String, BTreeSet<String>>>,
}

/// A parameter of an HTTP request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HttpParameter {
    pub(crate) name: String,
    /// What it is recognised by: its name, in another case for headers, or its number in the path.
    pub(crate) identity: String,
    /// `query`, `path`, `header`, `cookie` or `querystring`.
    pub(crate) location: String,
    pub(crate) required: bool,
    /// `style` and `explode`, with their defaults, or the media type of `content`.
    pub(crate) style: String,
    pub(crate) place: Place,
    /// Where its schema is.
    pub(crate) schema: Option<Place>,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Body {
    pub(crate) required: bool,
    pub(crate) place: Place,
    pub(crate) media: BTreeMap<String, Media>,
}

/// A response.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    pub(crate) place: Place,
    pub(crate) media: BTreeMap<String, Media>,
    pub(crate) headers: BTreeMap<String, Header>,
}

/// A body in one media type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Media {
    pub(crate) place: Place,
    pub(crate) schema: Option<Place>,
}

/// A response's header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(crate) required: bool,
    pub(crate) place: Place,
    pub(crate) schema: Option<Place>,
}

/// A template without the names of its parameters.
pub(crate) fn nameless(template: &str) -> String {
    let mut text = String::new();
    for (index, piece) in template.split('{').enumerate() {
        match piece.split_once('}') {
            // Runtime expressions of callbacks are no parameters.
            Some((name, rest)) if index > 0 && !name.starts_with('$') => {
                text.push_str("{}");
                text.push_str(rest);
            }
            _ if index > 0 => {
                text.push('{');
                text.push_str(piece);
            }
            _ => text.push_str(piece),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_do_not_matter() {
        assert_eq!(nameless("GET /orders/{orderId}/lines/{n}.json"), "GET /orders/{}/lines/{}.json");
        assert_eq!(nameless("POST {$request.body#/url}"), "POST {$request.body#/url}");
        assert_eq!(nameless("GET /{broken"), "GET /{broken");
    }
}
