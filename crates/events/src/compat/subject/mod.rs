//! What is compared: every schema of a project's contracts, with the side that writes it and the side that reads it.

mod asyncapi;
mod contents;
mod envelope;
pub(crate) mod include;
mod openapi;
mod parties;
mod plain;
mod reader;

use std::collections::BTreeSet;

use linkspan_report::Finding;

pub use parties::{Parties, Party};

use super::contract::Surface;
use crate::schema::{Bundle, Error, Files, Place};
use reader::Reader;

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A model: a JSON Schema that defines one thing once.
    Model,
    /// An event's schema that stands in a file of its own, outside of any AsyncAPI document.
    Event,
    /// What a message carries.
    Payload,
    /// A message's headers.
    Headers,
    /// A message's key, as its Kafka binding says.
    Key,
    /// The body of an HTTP request.
    Request,
    /// The body of an HTTP response.
    Response,
    /// A parameter of an HTTP request, or of a channel's address.
    Parameter,
    /// A header of an HTTP response.
    Header,
}

impl Kind {
    /// The word for it, as in a subject's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Event => "event",
            Self::Payload => "payload",
            Self::Headers => "headers",
            Self::Key => "key",
            Self::Request => "request",
            Self::Response => "response",
            Self::Parameter => "parameter",
            Self::Header => "header",
        }
    }
}

/// Which side of a contract its service is on: it decides which way a change can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The service writes and others read: the readers of the old schema must accept what is newly sent (forward).
    Sends,
    /// Others write and the service reads: it must accept what was fine under the old schema (backward).
    Receives,
    /// It does both: a change must hold both ways.
    Both,
    /// The contract does not say; the mode that was asked for decides.
    None,
}

impl Direction {
    /// Both of two directions.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, direction) | (direction, Self::None) => direction,
            (Self::Sends, Self::Sends) => Self::Sends,
            (Self::Receives, Self::Receives) => Self::Receives,
            _ => Self::Both,
        }
    }

    /// The direction of the other side.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Sends => Self::Receives,
            Self::Receives => Self::Sends,
            Self::Both | Self::None => self,
        }
    }
}

/// One schema of a version of a project's contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its name, the same in every version: `model Order`, `asyncapi orders/OrderPlaced payload`,
    /// `openapi orders POST /orders request application/json`.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Who writes and who reads.
    pub direction: Direction,
    /// Where its schema is written.
    pub place: Place,
    /// The schema as its readers hold it, with everything that it refers to. What OpenAPI 3.0 says in its own words
    /// is translated.
    pub bundle: Bundle,
    /// The schema as its writers keep to it, where that is narrower: without the `readOnly` properties in a request
    /// and without the `writeOnly` ones in a response. See [`Subject::written`].
    pub written: Option<Bundle>,
    /// The schema, where it is in a format that is not compared; `bundle` then says nothing.
    pub foreign: Option<Foreign>,
    /// The CloudEvents `type` of an event.
    pub event_type: Option<String>,
    /// The version that the event's type or the schema's identifier ends with: `2` of `shop.order.placed.v2`.
    pub version: Option<String>,
    /// The CloudEvents `dataschema` of an event: what the envelope's or the headers' schema demands, else the
    /// identifier that the schema gives itself.
    pub data_schema: Option<String>,
    /// The address of the channel or the path of the operation that carries it.
    pub address: Option<String>,
    /// The service whose contract it belongs to; `None` for models and events in files of their own.
    pub service: Option<String>,
    /// What it is recognised by, if its name changed.
    pub(crate) alias: String,
}

/// A schema in a format other than JSON Schema: Avro, Protobuf, RAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The `schemaFormat`.
    pub format: String,
    /// The schema as it is written.
    pub value: serde_json::Value,
}

impl Subject {
    /// What is written under this schema: compare the writer's `written()` with the reader's `bundle`.
    #[must_use]
    pub fn written(&self) -> &Bundle {
        self.written.as_ref().unwrap_or(&self.bundle)
    }
}

/// All that is compared of one version of a project.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Its schemas, by name.
    pub subjects: Vec<Subject>,
    /// What its contracts say apart from schemas.
    pub surfaces: Vec<Surface>,
    /// What cannot be compared, and why; also in a fine project (a payload in Avro).
    pub notices: Vec<Finding>,
}

/// The subjects of a version of a project, as its `linkspan.yaml` and the conventions say.
///
/// A fault in one document does not hide the others: it is among the notices.
///
/// # Errors
/// `linkspan.yaml` is malformed.
pub fn subjects(files: &Files) -> Result<Subjects, Error> {
    let contents = contents::contents(files)?;
    let mut reader = Reader::new(files);
    let mut found = Subjects::default();
    found.subjects.extend(plain::read(&mut reader, &contents.schemas));
    for path in &contents.asyncapi {
        found.add(asyncapi::read(&mut reader, path));
    }
    for path in &contents.openapi {
        found.add(openapi::read(&mut reader, path));
    }
    found.subjects.sort_by(|one, other| one.id.cmp(&other.id));
    found.notices = reader.notices;
    Ok(found)
}

impl Subjects {
    fn add(&mut self, read: Option<(Surface, Vec<Subject>)>) {
        let Some((surface, subjects)) = read else { return };
        self.surfaces.push(surface);
        self.subjects.extend(subjects);
    }
}

/// Makes the subjects of an earlier version comparable with today's: those whose name alone changed are named as today
/// (a message that moved, a path whose parameter is called otherwise, a document in a newer version of its
/// specification), and messages without a schema of headers get one that allows all.
pub(super) fn align(old: &mut Vec<Subject>, new: &[Subject]) {
    let known: BTreeSet<_> = new.iter().map(|subject| subject.id.as_str()).collect();
    let before: BTreeSet<_> = old.iter().map(|subject| subject.id.clone()).collect();
    let renamed = |subject: &Subject| {
        let alone = old.iter().filter(|one| one.alias == subject.alias).count() == 1;
        let mut found = new.iter().filter(|now| now.alias == subject.alias && !before.contains(&now.id));
        let now = found.next().filter(|_| alone && !known.contains(subject.id.as_str()))?;
        found.next().is_none().then(|| now.id.clone())
    };
    let names: Vec<_> = old.iter().map(renamed).collect();
    for (subject, name) in old.iter_mut().zip(names) {
        subject.id = name.unwrap_or_else(|| std::mem::take(&mut subject.id));
    }
    let without = |headers: &&Subject| headers.kind == Kind::Headers && !old.iter().any(|one| one.id == headers.id);
    let added: Vec<_> = new.iter().filter(without).filter_map(|headers| without_headers(old, headers)).collect();
    old.extend(added);
}

/// The headers of a message that said nothing about them.
fn without_headers(old: &[Subject], headers: &Subject) -> Option<Subject> {
    let payload = format!("{} payload", headers.id.strip_suffix(" headers")?);
    let message = old.iter().find(|subject| subject.id == payload)?;
    let all = serde_json::json!({ "type": "object" });
    Some(Subject {
        id: headers.id.clone(),
        kind: Kind::Headers,
        bundle: Bundle::made(all, headers.bundle.dialect, &message.place),
        ..message.clone()
    })
}
