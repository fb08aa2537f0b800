//! What documents are held against, and the exact path: all faults of a document, with their places.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use linkspan_report::Finding;
use linkspan_source::{Document, Fault, json};
use serde_json::Value;

use super::Input;
use super::faults::{Check, Hidden, Masks, Subject, is_sensitive};
use super::guard;
use super::schema::Schema;
use crate::catalog::{Catalog, Shape, follow};
use crate::cloudevents::binding::{self, Content, moved};
use crate::schema::{Compiled, Dialect, Error, Files, Place, compile};
use crate::{cloudevents, documents};

/// What documents are held against, and what of them stays hidden.
pub(super) struct Checker {
    pub(super) held: Against,
    masks: Masks,
}

/// What documents are held against.
pub(super) enum Against {
    /// One schema for whole documents.
    Whole(Box<Schema>),
    /// The schemas of event types.
    ByType(Box<ByType>),
}

/// Event types, and the validators that were needed so far.
pub(super) struct ByType {
    files: Files,
    catalog: Catalog,
    /// Whether the project has contracts, so that a type without a schema is a fault.
    contracts: bool,
    formats: bool,
    compiled: Mutex<BTreeMap<(Place, Dialect), Usable>>,
}

/// A schema, or why it cannot be used.
type Usable = Result<Arc<Schema>, Error>;

/// The schemas of an event.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// They describe the whole event.
    pub(super) whole: Vec<Arc<Schema>>,
    /// They describe its data.
    pub(super) data: Vec<Arc<Schema>>,
    /// They cannot be used.
    pub(super) unusable: Vec<Error>,
}

impl Held {
    pub(super) const fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.data.is_empty() && self.unusable.is_empty()
    }
}

impl Checker {
    pub(super) fn whole(schema: Compiled, masks: Masks) -> Self {
        Self { held: Against::Whole(Box::new(Schema::new(schema))), masks }
    }

    /// Events by their types; `contracts` says whether the project has any.
    pub(super) fn by_type(files: Files, catalog: Catalog, contracts: bool, formats: bool, masks: Masks) -> Self {
        let types = ByType { files, catalog, contracts, formats, compiled: Mutex::default() };
        Self { held: Against::ByType(Box::new(types)), masks }
    }

    /// The event types, if documents are events.
    pub(super) fn types(&self) -> Option<&ByType> {
        match &self.held {
            Against::Whole(_) => None,
            Against::ByType(types) => Some(types),
        }
    }

    /// What is to be said about the schemas themselves.
    pub(super) fn notices(&self) -> Vec<Finding> {
        self.types().map(|types| types.catalog.notices.clone()).unwrap_or_default()
    }

    /// All faults of a document.
    pub(super) fn document(&self, document: &Document, input: &Input) -> Vec<Finding> {
        let file = input.shown();
        let subject = Subject { document, file, masks: &self.masks };
        match &self.held {
            Against::Whole(schema) => {
                let checks = [Check { schema: &schema.exact, at: "" }];
                subject.check(&checks, &subject.hidden(&checks, ""))
            }
            Against::ByType(types) => {
                documents::check(&types.files, input.path(), document, file).unwrap_or_else(|| types.document(&subject))
            }
        }
    }

    /// All faults of a recorded HTTP message (`*.http`); `None` for what is none.
    pub(super) fn message(&self, bytes: &[u8], input: &Input) -> Option<Vec<Finding>> {
        let is_message = input.path().is_some_and(|path| path.extension().is_some_and(|end| end == "http"));
        let (types, file) = (self.types().filter(|_| is_message)?, input.shown());
        let of = |document: &Document| types.document(&Subject { document, file, masks: &self.masks });
        Some(match binding::content(bytes, file) {
            Content::Faults(findings) => findings,
            Content::Structured { document, lines, findings } => {
                let place = |finding: Finding| Finding { span: finding.span.map(|span| moved(span, lines)), ..finding };
                findings.into_iter().chain(of(&document).into_iter().map(place)).collect()
            }
            Content::Binary { findings, .. } if !findings.is_empty() => findings,
            Content::Binary { document, places, .. } => {
                let place = |finding: Finding| {
                    let pointer = finding.data.get("pointer").and_then(Value::as_str).unwrap_or("/type");
                    Finding { span: Some(places.of(pointer)), ..finding }
                };
                of(&document).into_iter().map(place).collect()
            }
        })
    }

    /// What is wrong with a text that is no document. Where something is to stay hidden, nobody knows what in it is:
    /// none of it is shown.
    pub(super) fn malformed(&self, faults: &[Fault], file: &str) -> Vec<Finding> {
        let secret = !self.masks.is_empty() || self.has_sensitive();
        let finding = |fault: &Fault| {
            let finding = fault.finding(file);
            if secret { Finding { message: without_quotes(&finding.message), ..finding.hidden() } } else { finding }
        };
        faults.iter().map(finding).collect()
    }

    /// Whether a schema that may be used calls anything sensitive.
    fn has_sensitive(&self) -> bool {
        let sensitive = |files: &Files, place: &Place| {
            files.document(&place.path).is_ok_and(|document| is_sensitive(&document.value))
        };
        match &self.held {
            Against::Whole(schema) => {
                let (files, place, ..) = schema.exact.source();
                sensitive(files, place)
            }
            Against::ByType(types) => types.catalog.types().any(|known| sensitive(&types.files, &known.payload)),
        }
    }
}

/// A message whose parts in backticks, which may come from the text, are replaced.
fn without_quotes(message: &str) -> String {
    let parts = message.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { "`***`" } else { part }).collect()
}

impl ByType {
    /// A document is an event, or a batch of events.
    fn document(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let value = &subject.document.value;
        let Some(batch) = value.as_array() else { return self.event(subject, value, "") };
        let events = batch.iter().enumerate();
        events.flat_map(|(index, event)| self.event(subject, event, &format!("/{index}"))).collect()
    }

    fn event(&self, subject: &Subject<'_>, event: &Value, at: &str) -> Vec<Finding> {
        let Subject { document, file, .. } = *subject;
        let name = event.get("type").and_then(Value::as_str);
        let held = name.map(|name| self.held(name, event.get("dataschema").and_then(Value::as_str)));
        let held = held.unwrap_or_default();
        let readable = || !subject.hidden(&[], at).hides(&format!("{at}/data_base64"));
        let only_data = held.whole.is_empty() && !held.data.is_empty();
        if let Some(decoded) = decoded(event).filter(|_| only_data && readable()) {
            return self.decoded(subject, &decoded, at);
        }
        let mut findings = cloudevents::check(document, at, file);
        let data = format!("{at}/data");
        let whole = held.whole.iter().map(|schema| Check { schema: &schema.exact, at });
        let checks: Vec<_> =
            whole.chain(held.data.iter().map(|schema| Check { schema: &schema.exact, at: &data })).collect();
        let hidden = subject.hidden(&checks, at);
        if let Some(name) = name.filter(|name| held.is_empty() && !self.passes(name)) {
            findings.push(self.unknown(subject, name, at, &hidden));
        }
        findings.extend(held.unusable.iter().map(|error| unusable(error, document, at, file)));
        findings.extend(without_data(document, event, &held, at, file));
        findings.iter_mut().for_each(|finding| hidden.scrub(finding, &document.value));
        findings.extend(subject.check(&checks, &hidden));
        findings.sort_by_key(|finding| finding.span);
        findings
    }

    /// The findings of an event whose data was decoded, at the places of what they are about; the text there may have
    /// anything in it, and is not shown.
    fn decoded(&self, subject: &Subject<'_>, decoded: &Document, at: &str) -> Vec<Finding> {
        let found = self.event(&Subject { document: decoded, ..*subject }, &decoded.value, "");
        let place = |finding: Finding| {
            let pointer = finding.data.get("pointer").and_then(Value::as_str).unwrap_or("/type");
            let own = if pointer == "/data" || pointer.starts_with("/data/") { "/data_base64" } else { pointer };
            let span = subject.document.nearest(&format!("{at}{own}"));
            Finding { span: Some(span), ..finding }.hidden()
        };
        found.into_iter().map(place).collect()
    }

    /// Whether the envelope is all that is to be checked of an event of a type that has no schema: its message has
    /// none, or the project has no contracts at all.
    pub(super) fn passes(&self, name: &str) -> bool {
        !self.contracts || self.catalog.knows(name)
    }

    /// The schemas of the events of a type that name a schema for their data, or none.
    pub(super) fn held(&self, name: &str, data_schema: Option<&str>) -> Held {
        let mut held = Held::default();
        let mut places = Vec::new();
        for event_type in self.catalog.get(name) {
            if !places.contains(&&event_type.payload) {
                self.hold(&mut held, &event_type.payload, event_type.draft, event_type.shape);
                places.push(&event_type.payload);
            }
        }
        let whole = self.catalog.get(name).any(|known| known.shape == Shape::Envelope);
        let named = data_schema.and_then(|uri| self.data_schema(uri));
        if let Some(place) = named.filter(|place| !whole && !places.contains(&place)) {
            self.hold(&mut held, &place, Dialect::Draft202012, Shape::Data);
        }
        held
    }

    fn hold(&self, held: &mut Held, place: &Place, draft: Dialect, shape: Shape) {
        match (self.compiled(place, draft), shape) {
            (Ok(schema), Shape::Envelope) => held.whole.push(schema),
            (Ok(schema), Shape::Data) => held.data.push(schema),
            (Err(error), _) => held.unusable.push(error),
        }
    }

    /// The place of the schema that a `dataschema` names, if it is in the project.
    fn data_schema(&self, uri: &str) -> Option<Place> {
        let (address, fragment) = uri.split_once('#').unwrap_or((uri, ""));
        let path = self.files.path(address).filter(|_| !address.starts_with("file:"))?;
        follow(&self.files, &Place { path, pointer: fragment.to_owned() }).ok().map(|(_, place)| place)
    }

    fn compiled(&self, place: &Place, draft: Dialect) -> Result<Arc<Schema>, Error> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (place.clone(), draft);
        let make = || {
            guard::check(&self.files, &place.path)?;
            compile(&self.files, place.clone(), draft.into(), self.formats)
        };
        compiled.entry(key).or_insert_with(|| make().map(|schema| Arc::new(Schema::new(schema)))).clone()
    }

    fn unknown(&self, subject: &Subject<'_>, name: &str, at: &str, hidden: &Hidden) -> Finding {
        let at = format!("{at}/type");
        let shown = if hidden.hides(&at) { "***" } else { name };
        let finding = Finding::error("events/unknown-type", format!("no schema is known for the event type `{shown}`"));
        let names = self.catalog.types().map(|event_type| event_type.name.as_str());
        let nearest = names.filter(|_| shown == name).min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let help = match nearest {
            Some(known) => format!("the nearest of the AsyncAPI documents' types is `{known}`"),
            None if shown != name => "none of the AsyncAPI documents' messages has this type".to_owned(),
            None => "none of the project's AsyncAPI documents has a message with a schema; add the event's, or use \
                     `--schema` for other documents"
                .to_owned(),
        };
        finding.in_file(subject.file).at(subject.document.nearest(&at)).help(help)
    }
}

/// The event with its data as JSON, where that stands in `data_base64`.
fn decoded(event: &Value) -> Option<Document> {
    event.get("data_base64").filter(|data| data.is_string() && event.get("data").is_none())?;
    let event = cloudevents::Event::from_structured(event).ok()?;
    matches!(event.data, Some(cloudevents::Data::Json(_))).then(|| json(&event.to_structured().to_string()).ok())?
}

/// The event's schema is none: the event is not checked, the others are.
fn unusable(error: &Error, document: &Document, at: &str, file: &str) -> Finding {
    let message = format!("the event cannot be checked: {error}");
    let finding = Finding::error("events/unusable-schema", message).in_file(file);
    let finding = finding.at(document.nearest(&format!("{at}/type")));
    match error {
        Error::Invalid { file, span, .. } => finding.related("the schema is wrong here", file, *span),
        Error::Malformed { findings, .. } => findings.iter().take(1).fold(finding, |finding, fault| {
            finding.related(&fault.message, fault.file.clone().unwrap_or_default(), fault.span)
        }),
        Error::Unreadable { .. } | Error::Foreign { .. } => finding,
    }
}

/// A schema describes the event's data, but there is none, or none in JSON.
fn without_data(document: &Document, event: &Value, held: &Held, at: &str, file: &str) -> Option<Finding> {
    let described = !held.data.is_empty();
    let message = match (event.get("data"), event.get("data_base64")) {
        (None, None) if described => "the event has no `data`, which its schema describes",
        (None, Some(_)) if described => "the data in `data_base64` is no JSON that its schema could be held against",
        _ => return None,
    };
    Some(Finding::error("events/no-data", message).in_file(file).at(document.nearest(at)))
}
