//! OpenAPI 3.0 to 3.2: requests are received and responses sent; in webhooks and callbacks it is the other way round.

mod operation;
mod schemas;

use std::path::Path;

use serde_json::Value;

use super::Subject;
use super::contents::service;
use super::reader::{Part, Reader};
use crate::compat::contract::model::{Api, HttpOperation, OpenApi, Surface};
use crate::schema::{Dialect, Language, Place};

/// The words that are methods (3.2, "Path Item Object"); `additionalOperations` has others.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// How deep callbacks of callbacks are followed.
const MOST_CALLBACKS: usize = 2;

/// What a document says, and its schemas. `None` after a notice, if it cannot be read.
pub(super) fn read(reader: &mut Reader<'_>, path: &Path) -> Option<(Surface, Vec<Subject>)> {
    let root = reader.part(&Place { path: path.to_owned(), pointer: String::new() })?;
    let version = root.text("openapi").unwrap_or_default().to_owned();
    if !version.starts_with("3.") {
        reader.notice(&root.place, "this is no OpenAPI document of version 3, and is not compared".to_owned());
        return None;
    }
    let default = root.text("jsonSchemaDialect").and_then(Dialect::named).unwrap_or(Dialect::Draft202012);
    let language = if version.starts_with("3.0") { Language::OpenApi30 } else { default.into() };
    let document =
        Document { service: service(&root.value, path), language, security: root.value.get("security").cloned() };
    let mut operations = Vec::new();
    for (template, item) in reader.members(&root, "paths") {
        document.item(reader, &item, &Owner::path(&template), &mut operations);
    }
    for (name, item) in reader.members(&root, "webhooks") {
        document.item(reader, &item, &Owner::webhook(&name), &mut operations);
    }
    let subjects = operations.iter().flat_map(|operation| document.subjects(reader, operation)).collect();
    let id = format!("openapi {}", document.service);
    Some((Surface { id, place: root.place, api: Api::Open(OpenApi { operations }) }, subjects))
}

/// What holds for all operations of a document.
struct Document {
    service: String,
    language: Language,
    security: Option<Value>,
}

/// What a path item belongs to.
#[derive(Debug, Clone)]
struct Owner {
    /// What stands before the method in an operation's name.
    before: String,
    /// What stands after it.
    after: String,
    /// The path's template; the names of its parameters are in order.
    template: String,
    /// Whether the service sends the requests.
    outgoing: bool,
}

impl Owner {
    fn path(template: &str) -> Self {
        Self { before: String::new(), after: format!(" {template}"), template: template.to_owned(), outgoing: false }
    }

    fn webhook(name: &str) -> Self {
        Self { before: format!("webhook {name} "), after: String::new(), template: String::new(), outgoing: true }
    }

    fn callback(operation: &str, name: &str, expression: &str) -> Self {
        let before = format!("{operation} callback {name} ");
        Self { before, after: format!(" {expression}"), template: String::new(), outgoing: true }
    }

    fn name(&self, method: &str) -> String {
        format!("{}{method}{}", self.before, self.after)
    }
}

impl Document {
    fn item(&self, reader: &mut Reader<'_>, item: &Part, owner: &Owner, operations: &mut Vec<HttpOperation>) {
        let shared = reader.items(item, "parameters");
        let mut found: Vec<(String, Part)> = Vec::new();
        for method in METHODS {
            found.extend(reader.member(item, method).map(|part| (method.to_ascii_uppercase(), part)));
        }
        found.extend(reader.members(item, "additionalOperations"));
        for (method, part) in found {
            let operation = self.operation(reader, &part, &shared, owner, &method);
            let name = operation.name.clone();
            operations.push(operation);
            for (callback, object) in reader.members(&part, "callbacks") {
                for (expression, item) in reader.all(&object) {
                    let owner = Owner::callback(&name, &callback, &expression);
                    // A callback that describes itself would never end.
                    if owner.before.matches(" callback ").count() <= MOST_CALLBACKS {
                        self.item(reader, &item, &owner, operations);
                    }
                }
            }
        }
    }
}
