//! Long lists of strings, made short: of the strings that no keyword of either schema tells apart, a few stand for all.
//!
//! Whatever event one schema accepts and the other rejects, the same event with each such string replaced by one that
//! was kept does, too: keywords see a string only by what it is equal to, its characters and its length.

use std::collections::{BTreeSet, HashMap, HashSet};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Shorter lists are left as they are.
const LONG: usize = 1_000;

/// How many of the strings that nothing tells apart are kept.
const KEPT: u8 = 2;

/// How many lists, and how many keywords, may tell strings apart.
const MOST: usize = 32;

/// Keywords whose values are schemas by name.
const NAMED: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/// Two schemas with shorter lists, for questions of inclusion the same as these; `None` where there are no long lists,
/// or a keyword sees more of strings than is known here.
pub(super) fn condensed(schemas: [&Value; 2]) -> Option<[Value; 2]> {
    let mut survey = Survey::default();
    schemas.iter().try_for_each(|schema| survey.schema(schema))?;
    let kept = survey.kept()?;
    Some(schemas.map(|schema| shortened(schema, &kept)))
}

/// Whether an event is about strings only that `short` lists where `long` does.
pub(super) fn stands(event: &Value, long: [&Value; 2], short: [&Value; 2]) -> bool {
    let mut strings = HashSet::new();
    texts(event, &mut strings);
    let listed = |schemas: [&Value; 2]| {
        let mut survey = Survey::default();
        let _ = schemas.iter().try_for_each(|schema| survey.schema(schema));
        let items = survey.long.into_iter().flatten().filter_map(Value::as_str);
        items.filter(|text| strings.contains(text)).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let mut short_lists = HashSet::new();
    short.iter().for_each(|schema| texts(schema, &mut short_lists));
    listed(long).iter().all(|text| short_lists.contains(text.as_str()))
}

/// What two schemas say about strings.
#[derive(Default)]
struct Survey<'s> {
    long: Vec<&'s [Value]>,
    /// Strings that are compared with elsewhere.
    named: HashSet<&'s str>,
    /// Schemas of one keyword that tell strings apart.
    tests: BTreeSet<String>,
}

impl<'s> Survey<'s> {
    fn schema(&mut self, schema: &'s Value) -> Option<()> {
        let members = schema.as_object().into_iter().flatten();
        members.into_iter().try_for_each(|(keyword, value)| self.keyword(keyword, value))
    }

    fn keyword(&mut self, keyword: &str, value: &'s Value) -> Option<()> {
        match (keyword, value) {
            ("uniqueItems", Value::Bool(false)) | ("default" | "examples" | "example" | "dependentRequired", _) => {}
            ("uniqueItems" | "propertyNames" | "contentEncoding" | "contentMediaType" | "contentSchema", _) => {
                return None;
            }
            ("$ref", Value::String(to)) if to.contains("/enum/") => return None,
            ("enum", Value::Array(items)) if items.len() >= LONG => {
                let others = items.iter().filter(|item| !item.is_string());
                others.for_each(|item| texts(item, &mut self.named));
                self.long.push(items);
            }
            ("enum" | "const", _) => texts(value, &mut self.named),
            ("pattern" | "format" | "minLength" | "maxLength", _) => {
                self.tests.insert(json!({ keyword: value }).to_string());
            }
            (name, Value::Object(schemas)) if NAMED.contains(&name) => {
                schemas.values().try_for_each(|schema| self.schema(schema))?;
            }
            (_, Value::Object(_)) => self.schema(value)?,
            (_, Value::Array(schemas)) => schemas.iter().try_for_each(|schema| self.schema(schema))?,
            _ => {}
        }
        Some(())
    }

    /// The strings of long lists that stay.
    fn kept(&self) -> Option<HashSet<&'s str>> {
        let tests: Vec<Validator> = self.tests.iter().map(|test| validator(test)).collect::<Option<_>>()?;
        if self.long.is_empty() || self.long.len() > MOST || tests.len() > MOST {
            return None;
        }
        let mut lists: HashMap<&str, u64> = HashMap::new();
        for (number, list) in self.long.iter().enumerate() {
            for text in list.iter().filter_map(Value::as_str) {
                *lists.entry(text).or_default() |= 1 << number;
            }
        }
        let mut classes: HashMap<u64, u8> = HashMap::new();
        let mut kept = self.named.clone();
        for item in self.long.iter().copied().flatten() {
            let Some(text) = item.as_str() else { continue };
            // Each string once: its place in the lists is taken out.
            let Some(class) = lists.remove(text) else { continue };
            let passed = tests.iter().enumerate().filter(|(_, test)| test.is_valid(item));
            let class = passed.fold(class, |class, (number, _)| class | 1 << (MOST + number));
            let count = classes.entry(class).or_default();
            if *count < KEPT {
                *count += 1;
                kept.insert(text);
            }
        }
        Some(kept)
    }
}

fn validator(schema: &str) -> Option<Validator> {
    jsonschema::options().should_validate_formats(true).build(&serde_json::from_str(schema).ok()?).ok()
}

/// All strings in a value that are no names.
fn texts<'v>(value: &'v Value, found: &mut HashSet<&'v str>) {
    match value {
        Value::String(text) => drop(found.insert(text)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// A schema with only some of the strings in its long lists.
fn shortened(schema: &Value, kept: &HashSet<&str>) -> Value {
    let each = |schemas: &Map<String, Value>| {
        schemas.iter().map(|(name, schema)| (name.clone(), shortened(schema, kept))).collect::<Value>()
    };
    let keyword = |(keyword, value): (&String, &Value)| {
        let value = match (keyword.as_str(), value) {
            ("enum", Value::Array(items)) if items.len() >= LONG => {
                let stays = |item: &&Value| item.as_str().is_none_or(|text| kept.contains(text));
                items.iter().filter(stays).cloned().collect()
            }
            ("enum" | "const" | "default" | "examples" | "example" | "dependentRequired", _) => value.clone(),
            (name, Value::Object(schemas)) if NAMED.contains(&name) => each(schemas),
            (_, Value::Object(_)) => shortened(value, kept),
            (_, Value::Array(schemas)) => schemas.iter().map(|schema| shortened(schema, kept)).collect(),
            _ => value.clone(),
        };
        (keyword.clone(), value)
    };
    match schema {
        Value::Object(members) => members.iter().map(keyword).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(from: usize, to: usize) -> Value {
        (from..to).map(|number| format!("v{number:04}")).collect()
    }

    #[test]
    fn strings_that_nothing_tells_apart_stand_for_each_other() {
        let one = json!({ "enum": list(0, 3000), "pattern": "^v" });
        let other = json!({ "properties": { "enum": { "enum": list(1, 3000) } }, "not": { "const": "v0007" } });
        let [one, other] = condensed([&one, &other]).unwrap();
        assert_eq!(one["enum"], json!(["v0000", "v0001", "v0002", "v0007"]));
        assert_eq!(other["properties"]["enum"]["enum"], json!(["v0001", "v0002", "v0007"]));
    }

    #[test]
    fn what_is_not_understood_is_left() {
        for more in [json!({ "uniqueItems": true }), json!({ "items": { "propertyNames": {} } })] {
            assert_eq!(condensed([&json!({ "enum": list(0, 2000) }), &more]), None);
        }
        assert_eq!(condensed([&json!({ "enum": list(0, 10) }), &json!(true)]), None);
        let named = json!({ "dependentRequired": { "enum": list(0, 2000) } });
        assert_eq!(condensed([&json!(true), &named]), None);
    }

    #[test]
    fn an_event_about_other_strings_is_not_trusted() {
        let (long, any) = (json!({ "enum": list(0, 2000) }), json!({ "type": "string" }));
        let [short, _] = condensed([&long, &any]).unwrap();
        assert!(stands(&json!("v0000"), [&long, &any], [&short, &any]));
        assert!(stands(&json!(["none"]), [&long, &any], [&short, &any]));
        assert!(!stands(&json!(["v1999"]), [&long, &any], [&short, &any]));
    }
}
