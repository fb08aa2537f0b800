use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::reader::{Part, Reader, below};
use super::{Document, Owner};
use crate::compat::contract::model::{Body, Header, HttpOperation, HttpParameter, Media, Response, nameless};
use crate::schema::Place;

type Security = Vec<BTreeMap<String, BTreeSet<String>>>;

impl Document {
    pub(super) fn operation(
        &self,
        reader: &mut Reader<'_>,
        part: &Part,
        shared: &[Part],
        owner: &Owner,
        method: &str,
    ) -> HttpOperation {
        let name = owner.name(method);
        let mut responses = BTreeMap::new();
        for (status, response) in reader.members(part, "responses") {
            let status = if status == "default" { status } else { status.to_ascii_uppercase() };
            responses.insert(status, self::response(reader, &response));
        }
        HttpOperation {
            identity: nameless(&name),
            path: nameless(&format!("{}{}", owner.before, owner.after)),
            name,
            outgoing: owner.outgoing,
            place: part.place.clone(),
            operation_id: part.text("operationId").map(ToOwned::to_owned),
            parameters: parameters(reader, part, shared, &owner.template),
            body: reader.member(part, "requestBody").map(|body| self::body(reader, &body)),
            responses,
            security: security(part.value.get("security").or(self.security.as_ref())),
        }
    }
}

/// An operation's parameters and those of its path that it does not override. Headers that other parts of the document
/// describe (`Accept`, `Content-Type`, `Authorization`) are none (3.1, "Parameter Object").
fn parameters(reader: &mut Reader<'_>, operation: &Part, shared: &[Part], template: &str) -> Vec<HttpParameter> {
    let own = reader.items(operation, "parameters");
    let mut found: Vec<HttpParameter> = Vec::new();
    for part in own.iter().chain(shared) {
        let Some(parameter) = parameter(reader, part, template) else { continue };
        let known =
            found.iter().any(|known| known.identity == parameter.identity && known.location == parameter.location);
        let ignored = ["accept", "content-type", "authorization"].contains(&parameter.identity.as_str());
        if !(known || ignored && parameter.location == "header") {
            found.push(parameter);
        }
    }
    found
}

fn parameter(reader: &mut Reader<'_>, part: &Part, template: &str) -> Option<HttpParameter> {
    let (name, location) = (part.text("name")?.to_owned(), part.text("in")?.to_owned());
    let identity = match location.as_str() {
        "path" => {
            let number = template.split('{').skip(1).position(|piece| piece.split('}').next() == Some(&name));
            number.map_or_else(|| name.clone(), |number| format!("{{{}}}", number + 1))
        }
        "header" => name.to_ascii_lowercase(),
        _ => name.clone(),
    };
    let (style, schema) = described(reader, part, &location);
    Some(HttpParameter {
        name,
        identity,
        required: part.is("required") || location == "path",
        location,
        style,
        place: part.place.clone(),
        schema,
    })
}

/// How a parameter or header is written, and the place of its schema: `schema` with a style, or one media type.
fn described(reader: &mut Reader<'_>, part: &Part, location: &str) -> (String, Option<Place>) {
    if let Some((media, content)) = reader.members(part, "content").into_iter().next() {
        let schema = content.value.get("schema").map(|_| below(&content.place, "schema"));
        return (format!("content {media}"), schema);
    }
    let default = if matches!(location, "query" | "cookie") { "form" } else { "simple" };
    let style = part.text("style").unwrap_or(default);
    let explode = part.value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
    let schema = part.value.get("schema").map(|_| below(&part.place, "schema"));
    (format!("{style}{}", if explode { ", exploded" } else { "" }), schema)
}

fn body(reader: &mut Reader<'_>, part: &Part) -> Body {
    Body { required: part.is("required"), place: part.place.clone(), media: media(reader, part) }
}

fn response(reader: &mut Reader<'_>, part: &Part) -> Response {
    let mut headers = BTreeMap::new();
    for (name, header) in reader.members(part, "headers") {
        // The media types of `content` say it (3.1, "Response Object").
        if !name.eq_ignore_ascii_case("content-type") {
            let (_, schema) = described(reader, &header, "header");
            let found = Header { required: header.is("required"), place: header.place, schema };
            headers.insert(name.to_ascii_lowercase(), found);
        }
    }
    Response { place: part.place.clone(), media: media(reader, part), headers }
}

/// The media types of a body, in lower case and without parameters other than those that choose a format.
fn media(reader: &mut Reader<'_>, part: &Part) -> BTreeMap<String, Media> {
    let mut found = BTreeMap::new();
    for (name, media) in reader.members(part, "content") {
        let schema = media.value.get("schema").map(|_| below(&media.place, "schema"));
        let schema = schema.or_else(|| media.value.get("itemSchema").map(|_| below(&media.place, "itemSchema")));
        found.insert(name.to_ascii_lowercase().replace(' ', ""), Media { place: media.place, schema });
    }
    found
}

/// The alternatives; an empty one means that no security is needed.
fn security(value: Option<&Value>) -> Security {
    let scopes = |value: &Value| {
        let scopes = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        scopes.map(ToOwned::to_owned).collect::<BTreeSet<_>>()
    };
    let alternative = |value: &Value| {
        let schemes = value.as_object()?.iter();
        Some(schemes.map(|(name, value)| (name.clone(), scopes(value))).collect::<BTreeMap<_, _>>())
    };
    let found: Security = value.and_then(Value::as_array).into_iter().flatten().filter_map(alternative).collect();
    if found.iter().any(BTreeMap::is_empty) { Vec::new() } else { found }
}
