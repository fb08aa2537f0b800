//! The entries of `metadata.managedFields`.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::set::FieldSet;
use super::text::json_text;
use crate::quote::quote;

/// How a manager came by its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Apply,
    Update,
}

/// A manager and what it owns.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) manager: Cow<'a, str>,
    pub(super) operation: Operation,
    pub(super) version: Cow<'a, str>,
    pub(super) subresource: Cow<'a, str>,
    pub(super) time: Option<Cow<'a, str>>,
    pub(super) fields: FieldSet<'a>,
    /// The entry as it is written, as long as nothing of it has changed.
    pub(super) written: Option<&'a Value>,
}

/// All managers of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Managed<'a> {
    pub(super) entries: Vec<Entry<'a>>,
}

impl Operation {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

impl<'a> Entry<'a> {
    /// Changes the fields by an operation that only takes some away.
    pub(super) fn reduce(&mut self, change: impl FnOnce(FieldSet<'a>) -> FieldSet<'a>) {
        let before = self.fields.len();
        self.fields = change(std::mem::take(&mut self.fields));
        self.written = self.written.filter(|_| self.fields.len() == before);
    }
}

impl Entry<'_> {
    /// Whether both are the same manager: one that applies is the same at every version.
    pub(super) fn is(&self, other: &Entry<'_>) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.subresource == other.subresource
            && (self.operation == Operation::Apply || self.version == other.version)
    }

    /// What the peer tells managers apart and sorts them by.
    pub(super) fn identifier(&self) -> String {
        let version = if self.operation == Operation::Apply { "" } else { &*self.version };
        let parts = [
            ("manager", &*self.manager),
            ("operation", self.operation.as_str()),
            ("apiVersion", version),
            ("subresource", &*self.subresource),
        ];
        let parts = parts.iter().filter(|part| !part.1.is_empty());
        let parts: Vec<_> = parts.map(|(name, text)| format!("\"{name}\":{}", json_text(text))).collect();
        format!("{{{}}}", parts.join(","))
    }

    /// How a message names it.
    pub(super) fn shown(&self) -> String {
        let subresource = match &*self.subresource {
            "" => String::new(),
            subresource => format!(" with subresource {}", quote(subresource)),
        };
        let using = match self.operation {
            Operation::Apply => String::new(),
            Operation::Update => format!(" using {}", self.version),
        };
        format!("{}{subresource}{using}", quote(&self.manager))
    }

    fn to_value(&self) -> Value {
        if let Some(written) = self.written {
            return written.clone();
        }
        let mut value = json!({
            "apiVersion": self.version,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields.to_value(),
            "operation": self.operation.as_str(),
        });
        let texts = [
            ("manager", Some(&*self.manager)),
            ("subresource", Some(&*self.subresource)),
            ("time", self.time.as_deref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                value[name] = text.into();
            }
        }
        value
    }
}

impl<'a> Managed<'a> {
    /// Reads `metadata.managedFields`.
    ///
    /// # Errors
    ///
    /// In words, if an entry is not one.
    pub(super) fn read(fields: Option<&'a Value>) -> Result<Self, String> {
        let mut managed = Self::default();
        for (place, entry) in fields.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let entry = read_entry(place, entry)?;
            match managed.entries.iter_mut().find(|other| other.is(&entry)) {
                Some(earlier) => *earlier = entry,
                None => managed.entries.push(entry),
            }
        }
        Ok(managed)
    }

    /// The value of `metadata.managedFields`; none if there is no manager.
    pub(super) fn to_value(&self) -> Option<Value> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by(|one, other| key(one).cmp(&key(other)));
        (!entries.is_empty()).then(|| entries.into_iter().map(Entry::to_value).collect())
    }

    /// The place of a manager.
    pub(super) fn find(&self, entry: &Entry<'_>) -> Option<usize> {
        self.entries.iter().position(|other| other.is(entry))
    }

    pub(super) fn drop_empty(&mut self) {
        self.entries.retain(|entry| !entry.fields.is_empty());
    }
}

fn key<'e>(entry: &'e Entry<'_>) -> (Operation, &'e str, &'e str, &'e str, &'e str) {
    let time = entry.time.as_deref().unwrap_or_default();
    (entry.operation, time, &entry.manager, &entry.version, &entry.subresource)
}

fn read_entry(place: usize, entry: &Value) -> Result<Entry<'_>, String> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let operation = match text("operation") {
        "Apply" => Operation::Apply,
        "Update" => Operation::Update,
        _ => return Err("operation must be `Apply` or `Update`".into()),
    };
    if text("apiVersion").is_empty() {
        return Err("apiVersion must not be empty".into());
    }
    match text("fieldsType") {
        "FieldsV1" => {}
        "" => return Err(format!("missing fieldsType in managed fields entry {place}")),
        other => return Err(format!("invalid fieldsType {} in managed fields entry {place}", quote(other))),
    }
    let fields = entry.get("fieldsV1").filter(|fields| !fields.is_null());
    let fields = fields.map(FieldSet::read).transpose().map_err(|error| error.to_string())?;
    Ok(Entry {
        manager: text("manager").into(),
        operation,
        version: text("apiVersion").into(),
        subresource: text("subresource").into(),
        time: Some(text("time")).filter(|time| !time.is_empty()).map(Cow::from),
        fields: fields.unwrap_or_default(),
        written: Some(entry),
    })
}
