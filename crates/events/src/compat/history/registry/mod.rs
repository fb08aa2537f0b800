//! Earlier versions from a registry of schemas that speaks Confluent's REST API, or one compatible with it.
//!
//! A project's subject is found by the names that producers give it: `<topic>-value` and `<topic>-key` (the topic's
//! strategy), the record's name, or both; a model by its name.

mod client;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use linkspan_command::Failure;
use linkspan_report::Finding;
use linkspan_source::json;
use serde_json::Value;

use super::{Request, Version};
use crate::compat::subject::{Kind, Subject};
use crate::schema::{Dialect, Files, Memory, Place, bundle, escaped, resolve};
use client::{Client, Registry};

/// How many documents a schema may refer to, however deep.
const MOST_REFERENCES: usize = 1000;

/// The versions that a registry has of the subjects of today: the last, or all.
pub(super) fn versions(address: &str, request: &Request<'_>) -> Result<Vec<Version>, Failure> {
    let client = Client::new(address, request.credentials)?;
    from(&client, request.current, request.transitive)
}

fn from(registry: &dyn Registry, current: &[Subject], transitive: bool) -> Result<Vec<Version>, Failure> {
    let listed = registry.get("/subjects")?.ok_or_else(|| no_registry(registry))?;
    let known: BTreeSet<String> = texts(&listed).ok_or_else(|| no_registry(registry))?;
    let mut versions: Vec<Gathered> = Vec::new();
    for subject in current {
        let Some(name) = names(subject, current).into_iter().find(|name| known.contains(name)) else { continue };
        let numbers = numbers(registry, &name)?;
        let count = if transitive { numbers.len() } else { 1 };
        for (age, number) in numbers.into_iter().rev().take(count).enumerate() {
            if versions.len() <= age {
                versions.push(Gathered::default());
            }
            let Some(gathered) = versions.get_mut(age) else { continue };
            gathered.add(registry, subject, &name, number)?;
        }
    }
    Ok(versions.into_iter().enumerate().map(|(age, gathered)| gathered.version(registry, age)).collect())
}

/// The names under which a registry may have a subject, the likeliest first.
fn names(subject: &Subject, current: &[Subject]) -> Vec<String> {
    let plain = subject.id.split_once(' ').map(|(_, name)| name.to_owned());
    let address = subject.address.clone();
    let record = subject.event_type.clone();
    let title = subject.bundle.value.get("title").and_then(Value::as_str).map(ToOwned::to_owned);
    let both = |ending: &str| Some(format!("{}-{ending}", address.as_ref()?));
    let of_topic = both(record.as_deref().unwrap_or_default()).filter(|_| record.is_some());
    // A topic's own name stands for one schema; with several messages it does not say which.
    let alone =
        current.iter().filter(|other| other.kind == subject.kind && other.address == subject.address).count() == 1;
    let found = match subject.kind {
        Kind::Payload => vec![of_topic, record, both("value").filter(|_| alone), title],
        Kind::Key => vec![both("key").filter(|_| alone)],
        Kind::Model | Kind::Event => {
            let value = plain.as_ref().map(|name| format!("{name}-value"));
            vec![plain, value, record, title, subject.data_schema.clone()]
        }
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

fn texts(list: &Value) -> Option<BTreeSet<String>> {
    Some(list.as_array()?.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
}

fn numbers(registry: &dyn Registry, name: &str) -> Result<Vec<u64>, Failure> {
    let list = registry.get(&format!("/subjects/{}/versions", escaped(name)))?.unwrap_or(Value::Array(Vec::new()));
    let mut numbers: Vec<_> = list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn no_registry(registry: &dyn Registry) -> Failure {
    let failure = Failure::unreachable(format!("`{}` does not answer as a schema registry would", registry.address()));
    failure.help("give the address below which `/subjects` is")
}

/// One version of one subject, as a registry has it.
struct Registered {
    text: String,
    kind: String,
    references: Vec<Reference>,
}

/// A document that a schema refers to by a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    name: String,
    subject: String,
    version: u64,
}

fn registered(registry: &dyn Registry, name: &str, version: u64) -> Result<Registered, Failure> {
    let path = format!("/subjects/{}/versions/{version}", escaped(name));
    let missing = || Failure::unreachable(format!("the registry `{}` has nothing at `{path}`", registry.address()));
    let mut answer = registry.get(&path)?.ok_or_else(missing)?;
    if answer.get("schema").is_none()
        && let Some(id) = answer.get("id").and_then(Value::as_u64)
    {
        answer = registry.get(&format!("/schemas/ids/{id}"))?.ok_or_else(missing)?;
    }
    let word = |key: &str| answer.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    let reference = |value: &Value| {
        let word = |key: &str| value.get(key)?.as_str().map(ToOwned::to_owned);
        Some(Reference { name: word("name")?, subject: word("subject")?, version: value.get("version")?.as_u64()? })
    };
    let references = answer.get("references").and_then(Value::as_array).into_iter().flatten().filter_map(reference);
    Ok(Registered {
        text: word("schema").ok_or_else(missing)?,
        // What has no type is Avro: the API is older than the others.
        kind: word("schemaType").unwrap_or_else(|| "AVRO".to_owned()),
        references: references.collect(),
    })
}

/// What belongs to one version.
#[derive(Default)]
struct Gathered {
    documents: BTreeMap<PathBuf, Vec<u8>>,
    remote: BTreeMap<String, String>,
    subjects: Vec<Subject>,
    notices: Vec<Finding>,
}

impl Gathered {
    fn add(&mut self, registry: &dyn Registry, subject: &Subject, name: &str, version: u64) -> Result<(), Failure> {
        let found = registered(registry, name, version)?;
        let folder = PathBuf::from("subjects").join(escaped(name)).join("versions").join(version.to_string());
        let path = folder.join("schema.json");
        if found.kind != "JSON" {
            let message = format!("`{name}` is in {} in the registry, and is not compared", found.kind);
            self.notices.push(Finding::warning("compat/not-compared", message));
            return Ok(());
        }
        let (documents, remote) = closure(registry, &path, found)?;
        let files = files(registry, &documents, &remote);
        let place = Place { path, pointer: String::new() };
        match bundle(&files, &place, Dialect::Draft7) {
            Ok(bundle) => {
                let place = bundle.origin("").unwrap_or(place);
                self.subjects.push(Subject { bundle, place, written: None, ..subject.clone() });
            }
            Err(error) => {
                let message = format!("version {version} of `{name}` cannot be compared: {error}");
                self.notices.push(Finding::warning("compat/not-compared", message));
            }
        }
        self.documents.extend(documents);
        self.remote.extend(remote);
        Ok(())
    }

    fn version(self, registry: &dyn Registry, age: usize) -> Version {
        let name =
            if age == 0 { "the registry's latest".to_owned() } else { format!("the registry's latest but {age}") };
        Version {
            name,
            files: files(registry, &self.documents, &self.remote),
            subjects: self.subjects,
            surfaces: Vec::new(),
            notices: self.notices,
            released: true,
        }
    }
}

type Documents = BTreeMap<PathBuf, Vec<u8>>;
type Remote = BTreeMap<String, String>;

/// A schema's document and all that it refers to, with the names as addresses: a relative one starts from the schema's
/// own identifier, or else from its place.
fn closure(registry: &dyn Registry, path: &std::path::Path, root: Registered) -> Result<(Documents, Remote), Failure> {
    let id = serde_json::from_str::<Value>(&root.text).ok();
    let id = id.as_ref().and_then(|value| value.get("$id").or_else(|| value.get("id"))?.as_str());
    let own = Files::uri(path);
    let base = id.and_then(|id| resolve(&own, id)).unwrap_or_else(|| own.clone());
    let (mut documents, mut remote) = (Documents::new(), Remote::new());
    documents.insert(path.to_owned(), root.text.into_bytes());
    let mut waiting = root.references;
    let mut seen = BTreeSet::new();
    while let Some(reference) = waiting.pop() {
        if !seen.insert(reference.clone()) {
            continue;
        }
        if seen.len() > MOST_REFERENCES {
            let message = format!(
                "the registry `{}` has a schema with more than {MOST_REFERENCES} references",
                registry.address()
            );
            return Err(Failure::input(message));
        }
        let found = registered(registry, &reference.subject, reference.version)?;
        waiting.extend(found.references);
        let address = resolve(&base, &reference.name).unwrap_or_else(|| reference.name.clone());
        match address.strip_prefix("file:///") {
            Some(path) => {
                documents.insert(PathBuf::from(crate::schema::unescaped(path)), found.text.into_bytes());
            }
            None => {
                remote.insert(address, found.text);
            }
        }
    }
    Ok((documents, remote))
}

fn files(registry: &dyn Registry, documents: &Documents, remote: &Remote) -> Files {
    let tree = Memory::from_iter(documents.clone());
    let remote = remote.iter().filter_map(|(uri, text)| Some((uri.clone(), json(text).ok()?)));
    Files::of(Arc::new(tree), format!("{}/", registry.address())).with_remote(remote.collect())
}
