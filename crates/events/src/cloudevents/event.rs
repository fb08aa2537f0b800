//! An event apart from how it is written, and the ways between its forms.

use std::collections::BTreeMap;

use linkspan_source::json;
use serde_json::{Map, Value};

use super::base64;
use super::header;
use super::http::Message;
use super::syntax::is_json_media_type;

/// An attribute's value. Two are equal if their canonical texts are (spec.md, "Type System"): HTTP has no types.
#[derive(Debug, Clone, Eq)]
pub enum Attribute {
    /// A text; also a URI, a timestamp, or binary in Base64.
    Text(String),
    /// A boolean.
    Boolean(bool),
    /// A whole number of 32 bits.
    Integer(i32),
}

impl Attribute {
    /// The canonical text.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(number) => number.to_string(),
        }
    }
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

/// An event's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// A JSON value, whose content type says so.
    Json(Value),
    /// Bytes of any other type, and JSON that a value cannot hold exactly.
    Bytes(Vec<u8>),
}

impl Data {
    /// Bytes of a content type; none given means that nothing is known of them.
    fn of(bytes: Vec<u8>, kind: Option<&str>) -> Self {
        let text = std::str::from_utf8(&bytes).ok().filter(|_| kind.is_some_and(is_json_media_type));
        match text.and_then(|text| json(text).ok()).filter(|document| document.inexact().is_empty()) {
            Some(document) => Self::Json(document.value),
            None => Self::Bytes(bytes),
        }
    }
}

/// A CloudEvent. JSON data without `datacontenttype` gets the one that is implied, so that it means the same in all
/// forms (json-format.md §3.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The context attributes that are set, by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// The data, if there is any.
    pub data: Option<Data>,
}

/// Why a value or a message is not an event. What [`check`](super::check) accepts never is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is no object.
    #[error("a CloudEvent is an object")]
    NoObject,
    /// An attribute has a type that attributes do not have.
    #[error("the attribute `{0}` must be a text, a boolean or a 32-bit integer")]
    Type(String),
    /// `data_base64` is something else.
    #[error("`data_base64` must be text in Base64")]
    Base64,
    /// A header's value cannot be decoded.
    #[error("the header `{0}` cannot be decoded")]
    Header(String),
}

impl Event {
    /// The event of the structured mode.
    ///
    /// # Errors
    /// It breaks a rule of the JSON event format without which it has no meaning.
    pub fn from_structured(value: &Value) -> Result<Self, Error> {
        let members = value.as_object().ok_or(Error::NoObject)?;
        let mut attributes = BTreeMap::new();
        for (name, value) in members.iter().filter(|(name, value)| !is_data(name) && !value.is_null()) {
            attributes.insert(name.clone(), attribute(name, value)?);
        }
        let kind = attributes.get("datacontenttype").map(Attribute::canonical);
        let data = match (members.get("data"), members.get("data_base64")) {
            (_, Some(Value::String(text))) => {
                let bytes = base64::decode(text).ok_or(Error::Base64)?;
                Some(Data::of(bytes, kind.as_deref()))
            }
            (Some(value), _) => {
                let kind = kind.unwrap_or_else(|| {
                    let implied = "application/json".to_owned();
                    attributes.insert("datacontenttype".to_owned(), Attribute::Text(implied.clone()));
                    implied
                });
                Some(match value {
                    Value::String(text) if !is_json_media_type(&kind) => Data::Bytes(text.clone().into_bytes()),
                    value => Data::Json(value.clone()),
                })
            }
            (None, None | Some(Value::Null)) => None,
            (None, Some(_)) => return Err(Error::Base64),
        };
        Ok(Self { attributes, data })
    }

    /// The event as an object of the structured mode.
    #[must_use]
    pub fn to_structured(&self) -> Value {
        let mut members = Map::new();
        for (name, attribute) in &self.attributes {
            let value = match attribute {
                Attribute::Text(text) => Value::from(text.as_str()),
                Attribute::Boolean(value) => Value::from(*value),
                Attribute::Integer(number) => Value::from(*number),
            };
            members.insert(name.clone(), value);
        }
        let kind = self.attributes.get("datacontenttype").map(Attribute::canonical);
        let is_text = kind.is_some_and(|kind| !is_json_media_type(&kind));
        match &self.data {
            Some(Data::Json(value)) => drop(members.insert("data".to_owned(), value.clone())),
            Some(Data::Bytes(bytes)) => match std::str::from_utf8(bytes).ok().filter(|_| is_text) {
                Some(text) => drop(members.insert("data".to_owned(), text.into())),
                None => drop(members.insert("data_base64".to_owned(), base64::encode(bytes).into())),
            },
            None => {}
        }
        Value::Object(members)
    }

    /// The event of the binary mode (http-protocol-binding.md §3.1). An empty body is no data.
    ///
    /// # Errors
    /// A header's value cannot be decoded.
    pub fn from_binary(message: &Message) -> Result<Self, Error> {
        let mut attributes = BTreeMap::new();
        for (name, value) in &message.headers {
            let name = name.to_ascii_lowercase();
            let attribute = match name.strip_prefix("ce-") {
                Some(attribute) => attribute,
                None if name == "content-type" => "datacontenttype",
                None => continue,
            };
            let text = match attribute {
                "datacontenttype" => value.clone(),
                _ => header::decode(value).map_err(|_| Error::Header(name.clone()))?,
            };
            attributes.insert(attribute.to_owned(), Attribute::Text(text));
        }
        let kind = attributes.get("datacontenttype").map(Attribute::canonical);
        let data = (!message.body.is_empty()).then(|| Data::of(message.body.clone(), kind.as_deref()));
        Ok(Self { attributes, data })
    }

    /// The event as a message of the binary mode.
    #[must_use]
    pub fn to_binary(&self) -> Message {
        let header = |(name, attribute): (&String, &Attribute)| match name.as_str() {
            "datacontenttype" => ("content-type".to_owned(), attribute.canonical()),
            name => (format!("ce-{name}"), header::encode(&attribute.canonical())),
        };
        let body = match &self.data {
            Some(Data::Json(value)) => value.to_string().into_bytes(),
            Some(Data::Bytes(bytes)) => bytes.clone(),
            None => Vec::new(),
        };
        Message { headers: self.attributes.iter().map(header).collect(), body }
    }

    /// The events of a batch.
    ///
    /// # Errors
    /// It is no array, or one of them is no event.
    pub fn from_batch(value: &Value) -> Result<Vec<Self>, Error> {
        value.as_array().ok_or(Error::NoObject)?.iter().map(Self::from_structured).collect()
    }

    /// Events as a batch.
    #[must_use]
    pub fn to_batch(events: &[Self]) -> Value {
        events.iter().map(Self::to_structured).collect()
    }
}

fn is_data(name: &str) -> bool {
    matches!(name, "data" | "data_base64")
}

fn attribute(name: &str, value: &Value) -> Result<Attribute, Error> {
    let integer = |value: &Value| {
        let zero = value.as_f64() == Some(0.0);
        value.as_i64().and_then(|number| i32::try_from(number).ok()).or_else(|| zero.then_some(0))
    };
    match value {
        Value::String(text) => Ok(Attribute::Text(text.clone())),
        Value::Bool(value) => Ok(Attribute::Boolean(*value)),
        value => integer(value).map(Attribute::Integer).ok_or_else(|| Error::Type(name.to_owned())),
    }
}
