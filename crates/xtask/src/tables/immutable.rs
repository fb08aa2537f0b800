use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use linkspan_cluster::types::{Kind, Kinds, Refusal, Refusals, Shape, Types};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use ureq::http::StatusCode;

use super::namespace::NAME;
use super::served;
use super::server::Server;

const SAMPLES: &str = include_str!("samples.yaml");

/// Makes one object of each kind, tries to change each field, and deletes it.
pub(crate) fn read(server: &Server, types: &Types, kinds: &Kinds, schemas: &Value) -> Result<Refusals> {
    let shapes = Shapes { types, schemas };
    let mut all = Refusals::new();
    for document in serde_yaml::Deserializer::from_str(SAMPLES) {
        let sample = Value::deserialize(document)?;
        let kind = kind(&sample, kinds)?;
        let (made, path) = make(server, kind, sample)?;
        let refusals = refusals(server, &shapes, kind, &made, &path);
        let zero = json!({"gracePeriodSeconds": 0, "propagationPolicy": "Background"});
        server.send("DELETE", &path, "application/json", Some(&zero))?;
        let refusals = refusals?;
        if !refusals.is_empty() {
            all.insert(format!("{}/{}/{}", kind.group, kind.version, kind.plural), refusals);
        }
    }
    Ok(all)
}

fn kind<'a>(sample: &Value, kinds: &'a Kinds) -> Result<&'a Kind> {
    let found =
        kinds.kinds.iter().find(|kind| sample["kind"] == kind.kind && sample["apiVersion"] == kind.api_version());
    found.with_context(|| format!("no kind is served for the sample {sample}"))
}

fn make(server: &Server, kind: &Kind, mut sample: Value) -> Result<(Value, String)> {
    let name = sample["metadata"]["name"].as_str().unwrap_or(NAME).to_owned();
    sample["metadata"]["name"] = name.clone().into();
    let namespace = if kind.namespaced { format!("namespaces/{NAME}/") } else { String::new() };
    let path = format!("/{}/{namespace}{}", served::address(&kind.group, &kind.version), kind.plural);
    let answer = server.send("POST", &path, "application/json", Some(&sample))?;
    if !answer.status.is_success() {
        bail!("the sample {} is refused: {}", kind.kind, answer.body["message"]);
    }
    let path = format!("{path}/{name}");
    Ok((settled(server, &path)?, path))
}

/// The object when nobody changes it any more: some fields are immutable only after controllers have seen it.
fn settled(server: &Server, path: &str) -> Result<Value> {
    let mut seen = Value::Null;
    loop {
        let now = server.get(path, "application/json")?;
        if now["metadata"]["resourceVersion"] == seen["metadata"]["resourceVersion"] {
            return Ok(now);
        }
        seen = now;
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn refusals(server: &Server, shapes: &Shapes<'_>, kind: &Kind, made: &Value, path: &str) -> Result<Vec<Refusal>> {
    let mut found: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for (place, changed) in shapes.changes(&Shape::Struct(kind.schema), made) {
        let answer = update(server, path, changed)?;
        for cause in answer["details"]["causes"].as_array().into_iter().flatten() {
            if let Some(key) = refusal(cause) {
                let places = found.entry(key).or_default();
                if !places.contains(&place) {
                    places.push(place.clone());
                }
            }
        }
    }
    let refusal = |((field, reason, detail), changes)| Refusal { field, reason, detail, changes };
    Ok(found.into_iter().map(refusal).collect())
}

/// What the server answers to a change, without carrying it out.
fn update(server: &Server, path: &str, mut changed: Value) -> Result<Value> {
    loop {
        changed["metadata"] = server.get(path, "application/json")?["metadata"].take();
        let answer = server.send("PUT", &format!("{path}?dryRun=All"), "application/json", Some(&changed))?;
        if answer.status != StatusCode::CONFLICT {
            return Ok(answer.body);
        }
    }
}

const WORDS: [&str; 8] = [
    "immutable",
    "may not change",
    "may not be",
    "can not be changed",
    "cannot be changed",
    "cannot change",
    "forbidden",
    "not allowed to",
];

/// Fields whose own fields are tried one by one.
const OPENED: [&str; 2] = ["names", "spec"];

/// A cause that speaks of the change, not of the value.
fn refusal(cause: &Value) -> Option<(String, String, String)> {
    let text = |name: &str| cause[name].as_str().unwrap_or_default().to_owned();
    let message = text("message");
    let detail = match message.strip_prefix("Forbidden: ") {
        Some(detail) => detail.split('\n').next().unwrap_or_default(),
        None => message.rsplit_once(": ").map_or("", |(_, detail)| detail),
    };
    let speaks = WORDS.iter().any(|word| detail.contains(word));
    speaks.then(|| (text("field"), text("reason"), detail.to_owned()))
}

/// What an object may be.
struct Shapes<'a> {
    types: &'a Types,
    schemas: &'a Value,
}

impl Shapes<'_> {
    /// The object with one field changed, added or taken away, for each field; with the field's place.
    fn changes(&self, shape: &Shape, object: &Value) -> Vec<(String, Value)> {
        let (Shape::Struct(id), Some(fields)) = (shape, object.as_object()) else { return Vec::new() };
        let mut all = Vec::new();
        let one = self.types.get(*id);
        for (name, field) in one.fields.iter().filter(|(name, _)| !SERVERS.contains(&name.as_str())) {
            let with = |value: Option<Value>| {
                let mut fields: Map<_, _> = fields.clone();
                fields.remove(name);
                fields.extend(value.map(|value| (name.clone(), value)));
                Value::Object(fields)
            };
            let old = fields.get(name);
            if let (Some(old), true) = (old, OPENED.contains(&name.as_str())) {
                let below = self.changes(&field.shape, old);
                all.extend(below.into_iter().map(|(path, value)| (format!("{name}.{path}"), with(Some(value)))));
                continue;
            }
            let few = self.schemas[&one.name]["properties"][name]["enum"].as_array();
            let others = few.map_or_else(
                || vec![other(&field.shape, old)],
                |few| few.iter().filter(|one| Some(*one) != old).cloned().collect(),
            );
            all.extend(others.into_iter().map(|value| (name.clone(), with(Some(value)))));
            all.extend(old.map(|_| (name.clone(), with(None))));
        }
        all
    }
}

/// The server's own fields.
const SERVERS: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// Another value of the shape, near to the old one so that only the change can be wrong with it.
fn other(shape: &Shape, old: Option<&Value>) -> Value {
    match (shape, old) {
        (Shape::Boolean, old) => (old != Some(&true.into())).into(),
        (Shape::Int32 | Shape::Int64 | Shape::Number, Some(Value::Number(old))) => {
            (old.as_i64().unwrap_or(0) + 1).into()
        }
        (Shape::Int32 | Shape::Int64 | Shape::Number | Shape::IntOrString, _) => 1.into(),
        (Shape::Quantity, _) => "2Gi".into(),
        (Shape::Map(map), Some(Value::Object(old))) => {
            let mut new = old.clone();
            new.insert("other".to_owned(), other(&map.value, None));
            new.into()
        }
        (Shape::Map(map), _) => json!({"other": other(&map.value, None)}),
        (Shape::List(_), Some(Value::Array(old))) => old.iter().chain(old.first()).cloned().collect::<Vec<_>>().into(),
        (Shape::List(list), _) => json!([other(list.item(), None)]),
        (Shape::Struct(_) | Shape::Any, _) => json!({}),
        (_, Some(Value::String(old))) => other_string(old).into(),
        (Shape::String(_), _) => "b3RoZXI=".into(),
    }
}

/// An address stays one.
fn other_string(old: &str) -> String {
    match old.parse::<Ipv4Addr>() {
        Ok(address) => Ipv4Addr::from_bits(address.to_bits() ^ 1).to_string(),
        Err(_) => format!("{old}-other"),
    }
}
