use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use linkspan_cluster::types::{Field, Format, Shape, Struct, TypeId, Types};
use serde_json::{Map, Value, json};

use super::ask::Asker;
use super::place::{Place, held};

/// Defaults that are computed from other fields: those are code.
const COMPUTED: [(&str, &str); 18] = [
    ("Container", "imagePullPolicy"),
    ("CustomResourceDefinitionNames", "listKind"),
    ("CustomResourceDefinitionNames", "singular"),
    ("CustomResourceDefinitionStatus", "storedVersions"),
    ("EphemeralContainer", "imagePullPolicy"),
    ("ImageVolumeSource", "pullPolicy"),
    ("LimitRangeItem", "default"),
    ("LimitRangeItem", "defaultRequest"),
    ("NodeSpec", "podCIDR"),
    ("NodeSpec", "podCIDRs"),
    ("NodeStatus", "allocatable"),
    ("ObjectMeta", "managedFields"),
    ("PodSpec", "serviceAccount"),
    ("PodSpec", "serviceAccountName"),
    ("PodStatus", "podIPs"),
    ("ResourceRequirements", "requests"),
    ("Secret", "data"),
    ("ServicePort", "targetPort"),
];

/// What admission adds before a webhook sees it: kind, field, and the fields below it.
const ADMITTED: [(&str, &str, &[&str]); 3] = [
    ("Node", "spec", &["taints"]),
    ("PersistentVolumeClaim", "spec", &["storageClassName"]),
    (
        "Pod",
        "spec",
        &[
            "containers",
            "initContainers",
            "preemptionPolicy",
            "priority",
            "serviceAccountName",
            "tolerations",
            "volumes",
        ],
    ),
];

pub(super) fn is_computed(one: &Struct, field: &str) -> bool {
    COMPUTED.contains(&(one.go_name(), field))
}

fn is_admitted(place: &Place<'_>, field: &str) -> bool {
    let above = place.parent.as_ref().map_or("", |(_, field)| field);
    ADMITTED.iter().any(|(kind, top, fields)| place.kind.kind == *kind && above == *top && fields.contains(&field))
}

/// A struct that was sent empty in some field of another (or as the object itself), and what came back.
pub(super) struct Answer {
    pub(super) parent: Option<(TypeId, String)>,
    fields: Map<String, Value>,
    unknown: Vec<String>,
}

impl Answer {
    /// What a field became that was not sent. Nothing if that cannot be known here.
    pub(super) fn missing(&self, name: &str) -> Option<Option<&Value>> {
        (!self.unknown.iter().any(|one| one == name)).then(|| self.fields.get(name))
    }
}

/// What the server made of all fields.
#[derive(Default)]
pub(super) struct Fields {
    /// Each struct, sent empty wherever it may stand.
    pub(super) answers: BTreeMap<TypeId, Vec<Answer>>,
    /// The fields that keep an empty value.
    kept: BTreeSet<(TypeId, String)>,
}

pub(super) fn read(asker: &Asker<'_>, types: &Types) -> Result<Fields> {
    let mut fields = Fields::default();
    for (id, place) in &asker.places {
        if place.is_root() {
            fields.ask(asker, types, *id, place)?;
        }
        for (name, field) in types.get(*id).fields.iter().filter(|(name, _)| !place.is_filled(name)) {
            if let Some(below) = held(&field.shape) {
                fields.ask(asker, types, below, &place.field(*id, name, &field.shape))?;
            }
            if keeps_empty(asker, place, name, &field.shape)? {
                fields.kept.insert((*id, name.clone()));
            }
        }
    }
    Ok(fields)
}

impl Fields {
    fn ask(&mut self, asker: &Asker<'_>, types: &Types, id: TypeId, place: &Place<'_>) -> Result<()> {
        if let Ok(Value::Object(mut fields)) = asker.at(place, json!({}))? {
            fields.retain(|name, _| !place.is_filled(name));
            let declared = types.get(id).fields.iter();
            let own = declared.filter(|(_, field)| field.empty.as_ref().is_some_and(Value::is_object));
            own.for_each(|(name, _)| drop(fields.insert(name.clone(), json!({}))));
            let admitted = types.get(id).fields.keys().filter(|name| is_admitted(place, name)).cloned();
            let unknown = admitted.chain(Asker::needed(place)).collect();
            self.answers.entry(id).or_default().push(Answer { parent: place.parent.clone(), fields, unknown });
        }
        Ok(())
    }

    /// Whether a field that is missing becomes the same wherever its struct stands.
    pub(super) fn agree(&self, id: TypeId, name: &str) -> bool {
        let mut known = self.known(id, name);
        let first = known.next();
        known.all(|value| Some(value) == first)
    }

    /// What a field becomes when it is missing: the same everywhere, or nothing.
    fn missing(&self, id: TypeId, name: &str) -> Option<&Value> {
        self.known(id, name).next().flatten().filter(|_| self.agree(id, name))
    }

    fn known(&self, id: TypeId, name: &str) -> impl Iterator<Item = Option<&Value>> {
        self.answers.get(&id).into_iter().flatten().filter_map(move |answer| answer.missing(name))
    }
}

fn keeps_empty(asker: &Asker<'_>, place: &Place<'_>, name: &str, shape: &Shape) -> Result<bool> {
    let Some(empty) = empty(shape) else { return Ok(false) };
    let answer = asker.at(place, json!({ name: empty }))?;
    Ok(answer.is_ok_and(|fields| match fields.get(name) {
        Some(Value::Object(_)) => empty.is_object(),
        kept => kept == Some(&empty),
    }))
}

/// An empty value that a pointer would keep. Empty lists and maps are never kept: the server stores neither.
fn empty(shape: &Shape) -> Option<Value> {
    match shape {
        Shape::String(Format::Plain) => Some("".into()),
        Shape::String(Format::Duration) => Some("0s".into()),
        Shape::Int32 | Shape::Int64 | Shape::Number | Shape::IntOrString => Some(0.into()),
        Shape::Boolean => Some(false.into()),
        Shape::Quantity => Some("0".into()),
        Shape::Struct(_) | Shape::Any => Some(json!({})),
        Shape::String(_) | Shape::Map(_) | Shape::List(_) => None,
    }
}

/// Writes what was found into the types.
pub(super) fn apply(types: &mut Types, fields: &Fields) {
    for (place, one) in types.all_mut().iter_mut().enumerate() {
        let id = TypeId(u32::try_from(place).unwrap_or(u32::MAX));
        let computed: Vec<_> = one.fields.keys().filter(|name| is_computed(one, name)).cloned().collect();
        for (name, field) in &mut one.fields {
            if fields.known(id, name).next().is_some() {
                apply_one(field, fields.missing(id, name), fields.kept.contains(&(id, name.clone())));
            }
            if computed.contains(name) {
                field.default = None;
            }
        }
    }
}

fn apply_one(field: &mut Field, missing: Option<&Value>, kept: bool) {
    let declared = field.empty.take();
    field.default = None;
    match missing {
        Some(_) if matches!(field.shape, Shape::Struct(_)) && declared.is_some() => field.empty = declared,
        Some(value) if *value == declared.unwrap_or_default() || is_written_empty(&field.shape, value) => {
            field.empty = Some(value.clone());
        }
        other => field.default = other.cloned(),
    }
    field.pointer = kept && field.empty.as_ref().is_none_or(Value::is_null);
}

/// Go types other than strings, numbers and booleans that are never left out: they are not declared as such.
fn is_written_empty(shape: &Shape, value: &Value) -> bool {
    value.is_null()
        || match shape {
            Shape::Quantity => value == "0",
            Shape::IntOrString => value == 0,
            Shape::String(Format::Duration) => value == "0s",
            _ => false,
        }
}
