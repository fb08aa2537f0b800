//! Objects as they were asked for: whole, as rows, or their metadata.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::Resource;
use super::write::Written;
use crate::server::{Answer, Encoding, Form, View};
use crate::status::Status;
use crate::store::{Page, Stored};
use crate::table::{Row, cells};
use crate::types::Column;

/// What of an object goes with its row (`includeObject`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Include {
    None,
    #[default]
    Metadata,
    Object,
}

impl Include {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "None" => Self::None,
            "Object" => Self::Object,
            _ => Self::Metadata,
        }
    }
}

/// How answers about one kind are shown.
#[derive(Clone, Debug)]
pub(crate) struct Show {
    pub(crate) resource: Resource,
    pub(crate) form: Form,
    pub(crate) include: Include,
    /// Now, in seconds since 1970.
    pub(crate) now: i64,
}

impl Show {
    /// One object that is stored.
    pub(crate) fn stored(&self, code: u16, stored: &Stored) -> Answer {
        match (self.form.view, self.form.encoding) {
            (View::Whole, Encoding::Json) => Answer::json(code, stored.bytes()),
            _ => self.object(code, &stored.value()),
        }
    }

    /// What a write has come to.
    pub(super) fn written(&self, code: u16, written: &Written) -> Answer {
        match written {
            Written::Stored(stored) => self.stored(code, stored),
            Written::Tried(object) => self.object(code, object),
        }
    }

    /// A status in place of an object.
    pub(crate) fn status(&self, status: &Status) -> Answer {
        Answer::value(status.code, self.form, &status.to_value())
    }

    /// One object.
    pub(crate) fn object(&self, code: u16, object: &Value) -> Answer {
        match self.form.view {
            View::Whole => Answer::value(code, self.form, object),
            View::Metadata => Answer::value(code, self.form, &metadata(object)),
            View::Table => {
                let version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
                let rows = vec![self.row(object)];
                Answer::value(code, self.form, &self.table(json!({"resourceVersion": version}), rows, true))
            }
        }
    }

    /// A part of a list.
    pub(crate) fn page(&self, page: &Page) -> Answer {
        let mut about = json!({"resourceVersion": page.revision.to_string()});
        if let Some(token) = &page.token {
            about["continue"] = token.as_str().into();
        }
        if let Some(remaining) = page.remaining {
            about["remainingItemCount"] = remaining.into();
        }
        match (self.form.view, self.form.encoding) {
            (View::Whole, Encoding::Json) => Answer::json(200, self.joined(&about, &page.items)),
            (View::Whole, Encoding::Yaml) => {
                let items: Vec<_> = page.items.iter().map(|one| self.item(&one.value())).collect();
                Answer::value(200, self.form, &self.list(&about, items))
            }
            (View::Metadata, _) => {
                let items: Vec<_> = page.items.iter().map(|one| metadata(&one.value())).collect();
                let list = json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": about, "items": items});
                Answer::value(200, self.form, &list)
            }
            (View::Table, _) => {
                let rows = page.items.iter().map(|one| self.row(&one.value())).collect();
                Answer::value(200, self.form, &self.table(about, rows, true))
            }
        }
    }

    fn list(&self, about: &Value, items: Vec<Value>) -> Value {
        json!({
            "kind": format!("{}List", self.resource.kind),
            "apiVersion": self.resource.api_version(),
            "metadata": about,
            "items": items,
        })
    }

    /// An object within a list: those of built-in kinds do not say again what they are.
    fn item(&self, object: &Value) -> Value {
        let mut item = object.clone();
        if let (Resource::Builtin(_), Some(fields)) = (&self.resource, item.as_object_mut()) {
            fields.retain(|name, _| !matches!(name.as_str(), "apiVersion" | "kind"));
        }
        item
    }

    /// The list from what is stored, without reading it.
    fn joined(&self, about: &Value, items: &[Arc<Stored>]) -> Bytes {
        let (kind, version) = (&self.resource.kind, self.resource.api_version());
        let head = format!("{{\"kind\":\"{kind}List\",\"apiVersion\":\"{version}\",\"metadata\":{about},\"items\":[");
        let size: usize = items.iter().map(|item| item.json().len() + 1).sum();
        let mut json = Vec::with_capacity(head.len() + size + 3);
        json.extend_from_slice(head.as_bytes());
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                json.push(b',');
            }
            json.extend_from_slice(item.json());
        }
        json.extend_from_slice(b"]}\n");
        json.into()
    }

    fn table(&self, about: Value, rows: Vec<Value>, columns: bool) -> Value {
        let columns = columns.then(|| self.resource.columns.iter().map(column).collect::<Vec<_>>());
        json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": about, "columnDefinitions": columns, "rows": rows})
    }

    fn row(&self, object: &Value) -> Value {
        let cells = self.resource.cells(&Row { object, now: self.now });
        let mut row = json!({"cells": cells});
        match self.include {
            Include::None => {}
            Include::Metadata => row["object"] = metadata(object),
            Include::Object => row["object"] = object.clone(),
        }
        if let Some(condition) = ended(&self.resource, object) {
            row["conditions"] = json!([condition]);
        }
        row
    }

    /// An object as it stands in an event of a watch; the columns come with the first one.
    pub(crate) fn event(&self, object: &Value, first: bool) -> Value {
        match self.form.view {
            View::Whole => object.clone(),
            View::Metadata => metadata(object),
            View::Table => {
                let version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
                self.table(json!({"resourceVersion": version}), vec![self.row(object)], first)
            }
        }
    }
}

impl Resource {
    /// The cells of an object's row.
    fn cells(&self, row: &Row<'_>) -> Vec<Value> {
        cells(&self.group, &self.kind, row)
    }
}

fn metadata(object: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
}

fn column(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.kind,
        "format": column.format,
        "description": column.description,
        "priority": column.priority,
    })
}

/// What is said of a row whose pod has come to its end; `kubectl` can leave such rows out.
fn ended(resource: &Resource, object: &Value) -> Option<Value> {
    let phase = object.pointer("/status/phase").and_then(Value::as_str).filter(|_| resource.kind == "Pod")?;
    let message = match phase {
        "Succeeded" => "The pod has completed successfully.",
        "Failed" => "The pod failed.",
        _ => return None,
    };
    Some(json!({"type": "Completed", "status": "True", "reason": phase, "message": message}))
}
