use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::rc::Rc;

use linkspan_command::Failure;
use linkspan_report::{Finding, Findings};
use linkspan_source::{Dialect as Yaml, Document, Fault, Format, json, ndjson, text, yaml};
use serde_json::Value;

use super::Input;
use super::document::{Check, check};
use crate::catalog::{Catalog, Dialect, Shape, follow};
use crate::cloudevents;
use crate::schema::{Compiled, Files, Place, compile};

/// A file that is not NDJSON and larger than this is refused.
const LIMIT: u64 = 1 << 30;

/// How many documents were checked, and how many are not valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) documents: usize,
    pub(super) invalid: usize,
}

/// What documents are held against.
pub(super) enum Checker {
    /// One schema for whole documents.
    Whole(Box<Compiled>),
    /// The schemas of event types.
    ByType(Box<ByType>),
}

/// Event types, and the validators that were needed so far.
pub(super) struct ByType {
    files: Files,
    catalog: Catalog,
    formats: bool,
    compiled: RefCell<BTreeMap<(Place, Dialect), Rc<Compiled>>>,
}

impl Checker {
    pub(super) fn whole(schema: Compiled) -> Self {
        Self::Whole(Box::new(schema))
    }

    pub(super) fn by_type(files: Files, catalog: Catalog, formats: bool) -> Self {
        Self::ByType(Box::new(ByType { files, catalog, formats, compiled: RefCell::default() }))
    }

    /// What is to be said about the schemas themselves.
    pub(super) fn notices(&self) -> Vec<Finding> {
        match self {
            Self::Whole(_) => Vec::new(),
            Self::ByType(types) => types.catalog.notices.clone(),
        }
    }

    /// Checks all documents of a file.
    pub(super) fn input(&self, input: &Input, findings: &mut Findings) -> Result<Tally, Failure> {
        let unreadable = |error: std::io::Error| Failure::input(format!("`{}` cannot be read: {error}", input.shown()));
        let mut reader = input.open().map_err(unreadable)?;
        let mut tally = Tally::default();
        if input.format == Format::Ndjson {
            for line in ndjson(reader) {
                self.read(
                    line.map_err(unreadable)?.document().map(|document| vec![document]),
                    input,
                    &mut tally,
                    findings,
                )?;
            }
            return Ok(tally);
        }
        let mut bytes = Vec::new();
        reader.by_ref().take(LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LIMIT {
            let failure = Failure::input(format!("`{}` is larger than {LIMIT} bytes", input.shown()));
            return Err(failure.help("write many documents as NDJSON, one a line: it is read in constant memory"));
        }
        self.read(documents(&bytes, input.format), input, &mut tally, findings)?;
        Ok(tally)
    }

    fn read(
        &self,
        read: Result<Vec<Document>, Vec<Fault>>,
        input: &Input,
        tally: &mut Tally,
        findings: &mut Findings,
    ) -> Result<(), Failure> {
        match read {
            Ok(documents) => {
                for document in &documents {
                    let found = self.document(document, input.shown())?;
                    tally.documents += 1;
                    tally.invalid += usize::from(!found.is_empty());
                    findings.extend(found);
                }
            }
            Err(faults) => {
                tally.documents += 1;
                tally.invalid += 1;
                findings.extend(faults.iter().map(|fault| fault.finding(input.shown())));
            }
        }
        Ok(())
    }

    fn document(&self, document: &Document, file: &str) -> Result<Vec<Finding>, Failure> {
        match self {
            Self::Whole(schema) => Ok(check(document, &[Check { schema, at: "" }], file)),
            Self::ByType(types) => types.document(document, file),
        }
    }
}

impl ByType {
    /// A document is an event, or a batch of events.
    fn document(&self, document: &Document, file: &str) -> Result<Vec<Finding>, Failure> {
        let Some(batch) = document.value.as_array() else { return self.event(document, &document.value, "", file) };
        let mut findings = Vec::new();
        for (index, event) in batch.iter().enumerate() {
            findings.extend(self.event(document, event, &format!("/{index}"), file)?);
        }
        Ok(findings)
    }

    fn event(&self, document: &Document, event: &Value, at: &str, file: &str) -> Result<Vec<Finding>, Failure> {
        let mut findings = cloudevents::check(document, at, file);
        if let Some(name) = event.get("type").and_then(Value::as_str) {
            let schemas = self.schemas(event, at)?;
            if schemas.is_empty() {
                findings.push(self.unknown(document, name, at, file));
            }
            findings.extend(without_data(document, event, &schemas, at, file));
            let checks: Vec<_> = schemas.iter().map(|(schema, at)| Check { schema, at }).collect();
            findings.extend(check(document, &checks, file));
        }
        findings.sort_by_key(|finding| finding.span);
        Ok(findings)
    }

    /// The schemas of an event, and the parts of the document that they describe.
    fn schemas(&self, event: &Value, at: &str) -> Result<Vec<(Rc<Compiled>, String)>, Failure> {
        let mut schemas = Vec::new();
        let mut places = Vec::new();
        let name = event.get("type").and_then(Value::as_str).unwrap_or_default();
        for event_type in self.catalog.get(name) {
            let part = match event_type.shape {
                Shape::Envelope => at.to_owned(),
                Shape::Data => format!("{at}/data"),
            };
            if !places.contains(&event_type.payload) {
                schemas.push((self.compiled(&event_type.payload, event_type.draft)?, part));
                places.push(event_type.payload.clone());
            }
        }
        let whole = self.catalog.get(name).any(|known| known.shape == Shape::Envelope);
        let named = event.get("dataschema").and_then(Value::as_str).and_then(|uri| self.data_schema(uri));
        if let Some(place) = named.filter(|place| !whole && !places.contains(place)) {
            schemas.push((self.compiled(&place, Dialect::Draft202012)?, format!("{at}/data")));
        }
        Ok(schemas)
    }

    /// The place of the schema that a `dataschema` names, if it is in the project.
    fn data_schema(&self, uri: &str) -> Option<Place> {
        let (address, fragment) = uri.split_once('#').unwrap_or((uri, ""));
        let path = self.files.path(address).filter(|_| !address.starts_with("file:"))?;
        follow(&self.files, &Place { path, pointer: fragment.to_owned() }).ok().map(|(_, place)| place)
    }

    fn compiled(&self, place: &Place, draft: Dialect) -> Result<Rc<Compiled>, Failure> {
        let key = (place.clone(), draft);
        if let Some(known) = self.compiled.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let compiled = Rc::new(compile(&self.files, place.clone(), draft.into(), self.formats)?);
        self.compiled.borrow_mut().insert(key, Rc::clone(&compiled));
        Ok(compiled)
    }

    fn unknown(&self, document: &Document, name: &str, at: &str, file: &str) -> Finding {
        let span = document.nearest(&format!("{at}/type"));
        let finding = Finding::error("events/unknown-type", format!("no schema is known for the event type `{name}`"));
        let names = self.catalog.types().map(|event_type| event_type.name.as_str());
        let nearest = names.min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let help = match nearest {
            None => "the project has no AsyncAPI document with messages; use `--schema` for other documents".to_owned(),
            Some(known) => format!("the nearest of the AsyncAPI documents' types is `{known}`"),
        };
        finding.in_file(file).at(span).help(help)
    }
}

/// A schema describes the event's data, but there is none, or none in JSON.
fn without_data(
    document: &Document,
    event: &Value,
    schemas: &[(Rc<Compiled>, String)],
    at: &str,
    file: &str,
) -> Option<Finding> {
    let described = schemas.iter().any(|(_, part)| part != at);
    let message = match (event.get("data"), event.get("data_base64")) {
        (None, None) if described => "the event has no `data`, which its schema describes",
        (None, Some(_)) if described => "the data is in `data_base64`, where no schema can check it",
        _ => return None,
    };
    Some(Finding::error("events/no-data", message).in_file(file).at(document.nearest(at)))
}

fn documents(bytes: &[u8], format: Format) -> Result<Vec<Document>, Vec<Fault>> {
    let text = text(bytes).map_err(|fault| vec![fault])?;
    match format {
        Format::Json | Format::Ndjson => json(text).map(|document| vec![document]),
        Format::Yaml => yaml(text, Yaml::Yaml12),
    }
}
