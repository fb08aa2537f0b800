//! Events that may be valid under a schema, and some that are not.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Strings that some expression or format of the corpus asks for.
const TEXTS: &[&str] = &[
    "",
    "a",
    "ab",
    "abc",
    "Abc1",
    "ORD-123456",
    "ORD-1234567890",
    "ABC-1",
    "ABC-123",
    "1234",
    "12345",
    "s-0af3",
    "x",
    "feature.x",
    "limit.y",
    "api.url",
    "https://a.b",
    "http://a.b",
    "DE12AB",
    "2024/17",
    "2024-02-29",
    "2024-02-29T12:00:00Z",
    "joe@example.com",
    "@all",
    "@joe",
    "name",
    "name:asc",
    "price:desc",
    "user_1",
    "abcdefghijklmnopqrst",
    "every-night",
    "30s",
    "+4912345678",
    "0123456789abcdef0123456789abcdef",
    "en",
    "de-DE",
    "CODE42",
    "TEST42",
    "Passw0rd",
    "other",
    "a b",
    "<b>",
    "10.0.0.1",
    "user.created",
    "user.deleted",
    "order.paid",
    "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    "é",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/// A generator of events for one schema.
pub(crate) struct Instances<'s> {
    root: &'s Value,
    /// What the schemas mention: constants, bounds, names.
    hints: Vec<Value>,
    numbers: Vec<f64>,
    names: Vec<String>,
    /// Which texts a pattern finds something in.
    good: RefCell<HashMap<String, Vec<&'static str>>>,
}

impl<'s> Instances<'s> {
    /// Events for `root`, with an eye on what `other` mentions.
    pub(crate) fn new(root: &'s Value, other: &Value) -> Self {
        let (mut hints, mut names) = (Vec::new(), vec!["source".to_owned(), "x-new".to_owned(), "legacy".to_owned()]);
        collect(root, &mut hints, &mut names);
        collect(other, &mut hints, &mut names);
        let numbers = hints.iter().filter_map(Value::as_f64).collect();
        Self { root, hints, numbers, names, good: RefCell::default() }
    }

    /// An event.
    pub(crate) fn next(&self, random: &mut Random) -> Value {
        let mut value = self.made(self.root, random, 0);
        for _ in 0..random.below(3) {
            self.mutated(&mut value, random);
        }
        value
    }

    fn made(&self, schema: &Value, random: &mut Random, depth: usize) -> Value {
        let Some(schema) = schema.as_object() else { return self.anything(random) };
        if depth > 12 {
            return Value::Null;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|target| self.target(target)) {
            return self.made(target, random, depth + 1);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return random.pick(values).clone();
        }
        let mut value = self.by_type(schema, random, depth);
        for keyword in ["oneOf", "anyOf"] {
            if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
                let branch = self.made(random.pick(branches), random, depth + 1);
                merge(&mut value, branch);
            }
        }
        for branch in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let branch = self.made(branch, random, depth + 1);
            merge(&mut value, branch);
        }
        for keyword in ["then", "else"] {
            if let Some(branch) = schema.get(keyword).filter(|_| random.once_in(2)) {
                let branch = self.made(branch, random, depth + 1);
                merge(&mut value, branch);
            }
        }
        value
    }

    fn by_type(&self, schema: &Map<String, Value>, random: &mut Random, depth: usize) -> Value {
        let kind = match schema.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(Value::Array(names)) => random.pick(names).as_str().unwrap_or("null"),
            _ if ["properties", "required", "patternProperties"].iter().any(|name| schema.contains_key(*name)) => {
                "object"
            }
            _ if schema.contains_key("items") || schema.contains_key("prefixItems") => "array",
            _ => "",
        };
        match kind {
            "object" => self.object(schema, random, depth),
            "array" => self.array(schema, random, depth),
            "string" => json!(self.text(schema, random)),
            "integer" => json!(self.number(random).round() as i64),
            "number" => json!(self.number(random)),
            "boolean" => json!(random.once_in(2)),
            "null" => Value::Null,
            _ => self.anything(random),
        }
    }

    fn object(&self, schema: &Map<String, Value>, random: &mut Random, depth: usize) -> Value {
        let mut object = Map::new();
        let required = schema.get("required").and_then(Value::as_array);
        let required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if required.contains(&name.as_str()) || random.once_in(3) && depth < 6 {
                object.insert(name.clone(), self.made(inner, random, depth + 1));
            }
        }
        for name in required {
            if !object.contains_key(name) {
                object.insert(name.to_owned(), self.anything(random));
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let inner =
            patterns.and_then(|patterns| patterns.values().next()).or_else(|| schema.get("additionalProperties"));
        while random.once_in(4) {
            let name =
                if random.once_in(2) { random.pick(&self.names).clone() } else { (*random.pick(TEXTS)).to_owned() };
            let value = match inner {
                Some(inner) => self.made(inner, random, depth + 1),
                None => self.anything(random),
            };
            object.entry(name).or_insert(value);
        }
        Value::Object(object)
    }

    fn array(&self, schema: &Map<String, Value>, random: &mut Random, depth: usize) -> Value {
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0) as usize;
        let tuple = ["prefixItems", "items"].iter().find_map(|name| schema.get(*name)?.as_array());
        let rest = schema.get("items").filter(|items| !items.is_array()).or_else(|| schema.get("additionalItems"));
        let length = if depth > 5 { least } else { least.max(random.below(4)) + random.below(2) };
        let item = |index: usize, random: &mut Random| match tuple.and_then(|tuple| tuple.get(index)).or(rest) {
            Some(inner) => self.made(inner, random, depth + 1),
            None => self.anything(random),
        };
        Value::Array((0..length.min(200)).map(|index| item(index, random)).collect())
    }

    fn text(&self, schema: &Map<String, Value>, random: &mut Random) -> String {
        let good = schema.get("pattern").and_then(Value::as_str).map(|pattern| self.fitting(pattern));
        match good.filter(|good| !good.is_empty() && !random.once_in(8)) {
            Some(good) => (*random.pick(&good)).to_owned(),
            None => (*random.pick(TEXTS)).to_owned(),
        }
    }

    fn fitting(&self, pattern: &str) -> Vec<&'static str> {
        let found = || {
            let fits = jsonschema::validator_for(&json!({ "pattern": pattern })).unwrap();
            TEXTS.iter().copied().filter(|text| fits.is_valid(&json!(text))).collect()
        };
        self.good.borrow_mut().entry(pattern.to_owned()).or_insert_with(found).clone()
    }

    fn number(&self, random: &mut Random) -> f64 {
        let base = if self.numbers.is_empty() || random.once_in(3) {
            random.below(100) as f64
        } else {
            *random.pick(&self.numbers)
        };
        base + random.pick(&[0.0, 0.0, 1.0, -1.0, 0.5, 0.01, 5.0, -7.0])
    }

    fn anything(&self, random: &mut Random) -> Value {
        match random.below(8) {
            0 => Value::Null,
            1 => json!(random.once_in(2)),
            2 => json!(self.number(random)),
            3 => json!(self.number(random).round() as i64),
            4 => json!(random.pick(TEXTS)),
            5 => json!([]),
            6 => json!({}),
            _ if self.hints.is_empty() => json!(0),
            _ => random.pick(&self.hints).clone(),
        }
    }

    /// Changes something somewhere.
    fn mutated(&self, value: &mut Value, random: &mut Random) {
        match value {
            Value::Object(object) if !object.is_empty() && !random.once_in(6) => {
                let names: Vec<String> = object.keys().cloned().collect();
                let name = random.pick(&names);
                match random.below(5) {
                    0 => _ = object.remove(name),
                    1 => _ = object.insert(random.pick(&self.names).clone(), self.anything(random)),
                    _ => self.mutated(&mut object[name], random),
                }
            }
            Value::Array(items) if !items.is_empty() && !random.once_in(6) => match random.below(5) {
                0 => _ = items.pop(),
                1 => items.push(items[0].clone()),
                2 => items.push(self.anything(random)),
                _ => {
                    let index = random.below(items.len());
                    self.mutated(&mut items[index], random);
                }
            },
            _ => *value = self.anything(random),
        }
    }

    fn target(&self, reference: &str) -> Option<&'s Value> {
        let fragment = reference.strip_prefix('#')?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(fragment);
        }
        let definitions = self.root.get("$defs")?.as_object()?;
        definitions.values().find(|schema| schema["$anchor"] == fragment)
    }
}

fn merge(value: &mut Value, other: Value) {
    match (value, other) {
        (Value::Object(object), Value::Object(other)) => {
            for (name, inner) in other {
                object.insert(name, inner);
            }
        }
        (Value::Object(_), _) => {}
        (value, other) => *value = other,
    }
}

fn collect(schema: &Value, hints: &mut Vec<Value>, names: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            for (keyword, inner) in object {
                match (keyword.as_str(), inner) {
                    ("enum", Value::Array(values)) => hints.extend(values.iter().cloned()),
                    ("const", value) | (_, value @ Value::Number(_)) => hints.push(value.clone()),
                    ("properties", Value::Object(properties)) => names.extend(properties.keys().cloned()),
                    _ => {}
                }
                collect(inner, hints, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, hints, names)),
        _ => {}
    }
}
