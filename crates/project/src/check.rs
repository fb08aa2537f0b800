//! Holds `linkspan.yaml` against the schema that is generated from its types: every fault in one pass, each with its
//! place and the nearest known key. It knows just the keywords that the generator writes.

use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::{Map, Value};

/// All faults of a document, in its order.
pub(crate) fn check(document: &Document, schema: &Value, file: &str) -> Vec<Finding> {
    let mut checker = Checker { document, file, findings: Vec::new() };
    checker.node(&document.value, schema, "");
    checker.findings
}

struct Checker<'a> {
    document: &'a Document,
    file: &'a str,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn node(&mut self, value: &Value, schema: &Value, at: &str) {
        if let Some(branches) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
            return match branches.as_slice() {
                // What may be left out may be empty, too.
                [_, none] if value.is_null() && is_none(none) => {}
                [some, none] if is_none(none) => self.node(value, some, at),
                _ => self.branches(value, branches, at),
            };
        }
        if let Some(expected) = schema.get("type").filter(|expected| !has_type(value, expected)) {
            let message = format!("`{}` is {}, but must be {}", name_of(at), kind(value), words(expected));
            return self.report(Finding::error("project/type", message), at);
        }
        match value {
            Value::Object(object) => self.object(object, schema, at),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, schema.get("items").unwrap_or(&Value::Null), &format!("{at}/{index}"));
                }
            }
            Value::String(text) => self.string(text, schema, at),
            Value::Number(number) => self.number(number, schema, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, schema: &Value, at: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        for (key, value) in object {
            let below = format!("{at}/{}", pointer::escape(key));
            match (known.and_then(|known| known.get(key)), schema.get("additionalProperties")) {
                (Some(schema), _) => self.node(value, schema, &below),
                (None, Some(Value::Bool(false))) => self.unknown(key, known, &below),
                (None, Some(schema)) => self.node(value, schema, &below),
                (None, None) => {}
            }
        }
        for key in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                let message = format!("`{}` lacks the key `{key}`", name_of(at));
                self.report(Finding::error("project/missing-key", message), at);
            }
        }
    }

    fn unknown(&mut self, key: &str, known: Option<&Map<String, Value>>, at: &str) {
        let names: Vec<_> = known.map(|known| known.keys().map(String::as_str).collect()).unwrap_or_default();
        let mut finding = Finding::error("project/unknown-key", format!("unknown key `{key}`")).in_file(self.file);
        finding.span = self.document.key_span(at).or_else(|| Some(self.document.nearest(at)));
        self.findings.push(match nearest(key, &names) {
            Some(name) => finding.help(format!("did you mean `{name}`?")),
            None => finding.help(format!("known keys are {}", list(&names))),
        });
    }

    /// A choice between words, or between objects of one key each.
    fn branches(&mut self, value: &Value, branches: &[Value], at: &str) {
        let words: Vec<_> = branches.iter().filter_map(|branch| branch.get("const")?.as_str()).collect();
        let names: Vec<_> = branches.iter().filter_map(|branch| branch.get("required")?.get(0)?.as_str()).collect();
        let choice = if words.is_empty() { list(&names) } else { list(&words) };
        match value {
            Value::Null if branches.iter().any(|branch| branch.get("type") == Some(&"null".into())) => {}
            Value::String(text) if words.contains(&text.as_str()) => {}
            Value::Object(object) if object.len() == 1 => {
                let branch =
                    branches.iter().find(|branch| object.keys().any(|key| branch["properties"].get(key).is_some()));
                match branch {
                    Some(branch) => self.node(value, branch, at),
                    None => self.unchosen(at, &format!("one of the keys {choice}")),
                }
            }
            _ => match branches
                .iter()
                .find(|branch| branch.get("type").is_some_and(|expected| has_type(value, expected)))
            {
                Some(branch) if words.is_empty() && names.is_empty() => self.node(value, branch, at),
                _ => self.unchosen(at, &format!("one of {choice}")),
            },
        }
    }

    fn unchosen(&mut self, at: &str, expected: &str) {
        self.report(Finding::error("project/choice", format!("`{}` must be {expected}", name_of(at))), at);
    }

    fn string(&mut self, text: &str, schema: &Value, at: &str) {
        let Some(words) = schema.get("enum").and_then(Value::as_array) else { return };
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        if !words.contains(&text) {
            self.unchosen(at, &format!("one of {}", list(&words)));
        }
    }

    fn number(&mut self, number: &serde_json::Number, schema: &Value, at: &str) {
        let bound = |key| schema.get(key).and_then(Value::as_f64);
        let value = number.as_f64().unwrap_or(f64::NAN);
        if bound("minimum").is_some_and(|low| value < low) || bound("maximum").is_some_and(|high| value > high) {
            let message = format!("`{}` is `{number}`, which is out of range", name_of(at));
            self.report(Finding::error("project/range", message), at);
        }
    }

    fn report(&mut self, finding: Finding, at: &str) {
        self.findings.push(finding.in_file(self.file).at(self.document.nearest(at)));
    }
}

fn is_none(schema: &Value) -> bool {
    schema.get("type") == Some(&"null".into())
}

fn has_type(value: &Value, expected: &Value) -> bool {
    match expected {
        Value::Array(types) => types.iter().any(|expected| has_type(value, expected)),
        Value::String(name) => match name.as_str() {
            "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            "number" => value.is_number(),
            "object" => value.is_object() || value.is_null(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            _ => value.is_null(),
        },
        _ => true,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn words(expected: &Value) -> String {
    let name = |name: &str| match name {
        "integer" => "a whole number",
        "number" => "a number",
        "object" => "a mapping",
        "array" => "a list",
        "string" => "a text",
        "boolean" => "`true` or `false`",
        _ => "empty",
    };
    match expected {
        Value::Array(types) => {
            let types: Vec<_> =
                types.iter().filter_map(Value::as_str).filter(|name| *name != "null").map(name).collect();
            types.join(" or ")
        }
        _ => name(expected.as_str().unwrap_or_default()).to_owned(),
    }
}

/// The key that a pointer ends with; an item is named with its list's key.
fn name_of(at: &str) -> String {
    match pointer::parent(at) {
        Some((list, index)) if pointer::index(&index).is_some() => format!("{}[{index}]", name_of(list)),
        Some((_, name)) => name.into_owned(),
        None => "linkspan.yaml".to_owned(),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn nearest<'a>(key: &str, names: &[&'a str]) -> Option<&'a str> {
    let scored = names.iter().map(|name| (strsim::damerau_levenshtein(key, name), *name));
    scored.min().filter(|(distance, name)| *distance <= 1 + name.len() / 3).map(|(_, name)| name)
}
