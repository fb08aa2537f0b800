use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use linkspan_source::pointer;
use serde_json::{Value, json};

use super::super::contents::file_stem;
use super::super::envelope::{constants, version_of};
use super::super::reader::{Part, Reader, below};
use super::super::{Direction, Foreign, Kind, Subject};
use super::{bindings, merged};
use crate::catalog::follow;
use crate::compat::contract::model::Message;
use crate::schema::{Bundle, Dialect, Language, Place, bundle_in};

/// The messages of a document, each once.
pub(super) struct Messages {
    path: PathBuf,
    content_type: Option<String>,
    pub(super) list: Vec<Message>,
    keys: BTreeMap<Place, String>,
    parts: BTreeMap<String, Schemas>,
}

/// The schemas of a message.
#[derive(Debug, Clone, Default)]
struct Schemas {
    payload: Option<Bundle>,
    payload_place: Option<Place>,
    foreign: Option<Foreign>,
    headers: Option<(Bundle, Place)>,
    key: Option<(Bundle, Place)>,
    data_schema: Option<String>,
}

impl Messages {
    pub(super) fn new(path: &Path, root: &Part) -> Self {
        let content_type = root.text("defaultContentType").map(ToOwned::to_owned);
        Self { path: path.to_owned(), content_type, list: Vec::new(), keys: BTreeMap::new(), parts: BTreeMap::new() }
    }

    /// The key of the message at a place.
    pub(super) fn key(&self, place: &Place) -> Option<String> {
        self.keys.get(place).cloned()
    }

    /// All keys, in the order of the document.
    pub(super) fn keys(&self) -> Vec<String> {
        self.list.iter().map(|message| message.key.clone()).collect()
    }

    /// Adds a message, unless it is known; its key. `name` is what its channel calls it, `user` the channel or the
    /// operation that uses it: for messages that have no name of their own.
    pub(super) fn add(&mut self, reader: &mut Reader<'_>, part: &Part, name: &str, user: &str, two: bool) -> String {
        if let Some(key) = self.keys.get(&part.place) {
            return key.clone();
        }
        let place = part.place.clone();
        let whole = merged(reader, part, two);
        let key = self.free(self.wish(&whole, name, user), user);
        let (schemas, message) = self.read(reader, part, &whole, &key, two);
        self.keys.insert(place, key.clone());
        self.list.push(message);
        self.parts.insert(key.clone(), schemas);
        key
    }

    /// What a message is called: its key among the components or in its channel, its identifier, its name.
    fn wish(&self, whole: &Part, name: &str, user: &str) -> String {
        let pointer = &whole.place.pointer;
        let kept = pointer::parent(pointer).filter(|(parent, _)| parent.ends_with("/messages"));
        let own = kept.map(|(_, key)| key.into_owned());
        let said = || whole.text("messageId").or_else(|| whole.text("name")).map(ToOwned::to_owned);
        let file = || pointer.is_empty().then(|| file_stem(&whole.place.path));
        let called = || Some(name.to_owned()).filter(|name| !name.is_empty());
        let key = own.or_else(file).or_else(said).or_else(called).unwrap_or_else(|| user.to_owned());
        if whole.place.path == self.path || pointer.is_empty() {
            key
        } else {
            format!("{}.{key}", file_stem(&whole.place.path))
        }
    }

    fn free(&self, wish: String, user: &str) -> String {
        let taken = |key: &str| self.parts.contains_key(key);
        if !taken(&wish) {
            return wish;
        }
        let used = format!("{wish} ({user})");
        let numbered = (2..).map(|number| format!("{wish} ({user} {number})"));
        std::iter::once(used).chain(numbered).find(|key| !taken(key)).unwrap_or(wish)
    }

    fn read(&self, reader: &mut Reader<'_>, part: &Part, whole: &Part, key: &str, two: bool) -> (Schemas, Message) {
        let mut schemas = Schemas::default();
        let payload = schema(reader, part, "payload");
        if let Some((bundle, place)) = payload.unwrap_or_else(|| Some((anything(), part.place.clone()))) {
            schemas.payload = Some(bundle);
            schemas.payload_place = Some(place);
        }
        if let Some((foreign, place)) = foreign(reader, part) {
            (schemas.payload, schemas.payload_place, schemas.foreign) = (Some(anything()), Some(place), Some(foreign));
        }
        schemas.headers = headers(reader, part);
        schemas.key = kafka_key(reader, part);
        let envelope = schemas.payload.as_ref().map(|bundle| &bundle.value);
        let of_headers = schemas.headers.as_ref().map(|(bundle, _)| &bundle.value);
        let in_headers =
            |names: &[&str]| of_headers.and_then(|value| names.iter().find_map(|name| constants(value, &[name])));
        let whole_event =
            envelope.filter(|value| constants(value, &["specversion"]).is_some() || has(value, "specversion"));
        let event_type = whole_event
            .and_then(|value| constants(value, &["type"]))
            .or_else(|| in_headers(&["ce-type", "ce_type", "type"]))
            .or_else(|| whole.text("name").map(ToOwned::to_owned))
            .or_else(|| Some(key.to_owned()));
        schemas.data_schema = whole_event
            .and_then(|value| constants(value, &["dataschema"]))
            .or_else(|| in_headers(&["ce-dataschema", "ce_dataschema", "dataschema"]))
            .or_else(|| identifier(reader, schemas.payload_place.as_ref()));
        let correlation = own_or_trait(reader, part, "correlationId", two);
        let correlation = correlation.and_then(|part| Some((part.text("location")?.to_owned(), part.place.clone())));
        let message = Message {
            key: key.to_owned(),
            place: part.place.clone(),
            name: whole.text("name").map(ToOwned::to_owned),
            event_type,
            content_type: whole.text("contentType").map(ToOwned::to_owned).or_else(|| self.content_type.clone()),
            correlation,
            bindings: bindings(reader, whole),
            headers: schemas.headers.is_some(),
            keyed: schemas.key.is_some(),
        };
        (schemas, message)
    }

    /// The subjects of a message.
    pub(super) fn subjects(
        &self,
        service: &str,
        key: &str,
        direction: Direction,
        address: Option<&str>,
    ) -> Vec<Subject> {
        let message = self.list.iter().find(|message| message.key == key);
        let (Some(message), Some(schemas)) = (message, self.parts.get(key)) else { return Vec::new() };
        let payload = schemas.payload.clone().zip(schemas.payload_place.clone());
        let kinds =
            [(Kind::Payload, payload), (Kind::Headers, schemas.headers.clone()), (Kind::Key, schemas.key.clone())];
        let subject = |(kind, found): (Kind, Option<(Bundle, Place)>)| {
            let (bundle, place) = found?;
            let version = message.event_type.as_deref().and_then(version_of);
            // A type that is only the key may be another in another version of AsyncAPI.
            let event = message.event_type.as_deref().filter(|name| *name != key).unwrap_or_default();
            Some(Subject {
                id: format!("asyncapi {service}/{key} {}", kind.name()),
                alias: format!(
                    "asyncapi {service} {direction:?} {} {event} {}",
                    address.unwrap_or_default(),
                    kind.name()
                ),
                kind,
                direction,
                place,
                bundle,
                written: None,
                foreign: schemas.foreign.clone().filter(|_| kind == Kind::Payload),
                event_type: message.event_type.clone(),
                version,
                data_schema: schemas.data_schema.clone(),
                address: address.map(ToOwned::to_owned),
                service: Some(service.to_owned()),
            })
        };
        kinds.into_iter().filter_map(subject).collect()
    }
}

/// A schema that says nothing.
fn anything() -> Bundle {
    Bundle::alone(Value::Bool(true), Dialect::Draft7)
}

/// A member of a message or of one of its traits: in version 2 the last trait's comes first, in version 3 its own.
fn own_or_trait(reader: &mut Reader<'_>, part: &Part, name: &str, two: bool) -> Option<Part> {
    let mut holders: Vec<_> = reader.items(part, "traits");
    holders.insert(0, part.clone());
    if two {
        holders.reverse();
    }
    let holder = holders.into_iter().find(|holder| holder.value.get(name).is_some())?;
    reader.member(&holder, name)
}

fn has(schema: &Value, property: &str) -> bool {
    super::super::envelope::property(schema, &[property]).is_some()
}

/// The identifier of the document that is a payload's schema.
fn identifier(reader: &Reader<'_>, place: Option<&Place>) -> Option<String> {
    let place = place?;
    let document = reader.files.document(&place.path).ok()?;
    let id = pointer::get(&document.value, &place.pointer)?.get("$id")?.as_str()?;
    id.contains(':').then(|| id.to_owned())
}

/// The schema of a part: `None` where there is none, `Some(None)` where it cannot be compared.
fn schema(reader: &mut Reader<'_>, part: &Part, name: &str) -> Option<Option<(Bundle, Place)>> {
    let (format, place) = located(reader, part, name)?;
    Some(bundled(reader, &place, format.as_deref()))
}

/// A payload whose schema is none of JSON Schema's.
fn foreign(reader: &Reader<'_>, part: &Part) -> Option<(Foreign, Place)> {
    let (format, place) = located(reader, part, "payload")?;
    let format = format.filter(|format| language(Some(format)).is_none())?;
    let (value, place) = follow(reader.files, &place).ok()?;
    Some((Foreign { format, value }, place))
}

/// The format and the place of a part's schema.
fn located(reader: &Reader<'_>, part: &Part, name: &str) -> Option<(Option<String>, Place)> {
    let value = part.value.get(name)?;
    let place = below(&part.place, name);
    let multi = |value: &Value| {
        let format = value.get("schemaFormat").and_then(Value::as_str).filter(|_| value.get("schema").is_some());
        format.map(ToOwned::to_owned)
    };
    if let Some(format) = multi(value) {
        return Some((Some(format), below(&place, "schema")));
    }
    // A reference may lead to a schema with its format.
    if let Some((target, at)) = value.get("$ref").and_then(|_| follow(reader.files, &place).ok())
        && let Some(format) = multi(&target)
    {
        return Some((Some(format), below(&at, "schema")));
    }
    let format = part.text("schemaFormat").filter(|_| name == "payload");
    Some((format.map(ToOwned::to_owned), place))
}

fn bundled(reader: &mut Reader<'_>, place: &Place, format: Option<&str>) -> Option<(Bundle, Place)> {
    let Some(language) = language(format) else {
        reader.notice(place, format!("schemas in the format `{}` are not compared", format.unwrap_or_default()));
        return None;
    };
    match bundle_in(reader.files, place, language, None) {
        Ok(bundle) => {
            let origin = bundle.origin("").unwrap_or_else(|| place.clone());
            Some((bundle, origin))
        }
        Err(error) => {
            reader.fault(place, &error);
            None
        }
    }
}

/// What a `schemaFormat` means (AsyncAPI 3.1, "Multi Format Schema Object"); `None` for what is no JSON Schema.
fn language(format: Option<&str>) -> Option<Language> {
    let Some(format) = format else { return Some(Dialect::Draft7.into()) };
    let (kind, parameters) = format.split_once(';').unwrap_or((format, ""));
    let version = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("version="));
    let version = version.map(|version| version.trim_matches('"'));
    let kind = kind.trim().trim_end_matches("+json").trim_end_matches("+yaml");
    match (kind, version) {
        ("application/vnd.aai.asyncapi", _) => Some(Dialect::Draft7.into()),
        ("application/vnd.oai.openapi", Some(version)) if version.starts_with("3.0") => Some(Language::OpenApi30),
        ("application/vnd.oai.openapi", Some(version)) if version.starts_with("3.") => {
            Some(Dialect::Draft202012.into())
        }
        ("application/schema", Some(version)) => match version {
            "draft-04" => Some(Dialect::Draft4.into()),
            "draft-06" => Some(Dialect::Draft6.into()),
            "draft-07" => Some(Dialect::Draft7.into()),
            "2019-09" | "draft-2019-09" => Some(Dialect::Draft201909.into()),
            "2020-12" | "draft-2020-12" => Some(Dialect::Draft202012.into()),
            _ => None,
        },
        ("application/schema", None) => Some(Dialect::Draft202012.into()),
        _ => None,
    }
}

/// The headers' schema: the message's own and its traits', all of which hold.
fn headers(reader: &mut Reader<'_>, part: &Part) -> Option<(Bundle, Place)> {
    let mut found: Vec<_> = schema(reader, part, "headers").flatten().into_iter().collect();
    for extra in reader.items(part, "traits") {
        found.extend(schema(reader, &extra, "headers").flatten());
    }
    let place = found.first()?.1.clone();
    let bundles: Vec<_> = found.into_iter().map(|(bundle, _)| bundle).collect();
    Some((Bundle::all_of(bundles), place))
}

/// The schema of the key, as the Kafka binding of a message says.
fn kafka_key(reader: &mut Reader<'_>, part: &Part) -> Option<(Bundle, Place)> {
    let bindings = reader.member(part, "bindings")?;
    let kafka = reader.member(&bindings, "kafka")?;
    schema(reader, &kafka, "key").flatten()
}

/// The subject of an address's parameter: in version 2 a schema, in version 3 words of its own for a string.
pub(super) fn parameter(
    reader: &mut Reader<'_>,
    service: &str,
    address: &str,
    name: &str,
    place: &Place,
    two: bool,
) -> Option<Subject> {
    let part = reader.part(place)?;
    let (bundle, place) = if two {
        schema(reader, &part, "schema")??
    } else {
        let mut schema = json!({ "type": "string" });
        if let Some(words) = part.value.get("enum") {
            schema["enum"] = words.clone();
        }
        (Bundle::made(schema, Dialect::Draft7, place), place.clone())
    };
    let id = format!("asyncapi {service}/{address} parameter {name}");
    Some(Subject {
        alias: id.clone(),
        id,
        kind: Kind::Parameter,
        direction: Direction::Both,
        place,
        bundle,
        written: None,
        foreign: None,
        event_type: None,
        version: None,
        data_schema: None,
        address: Some(address.to_owned()),
        service: Some(service.to_owned()),
    })
}
