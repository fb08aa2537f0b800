//! What every object's `metadata` must be, in the words of apimachinery's `validation.ValidateObjectMeta`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::names::{self, Names};
use crate::field::{FieldError, Path, Said};
use crate::status::Status;

const ANNOTATIONS_LIMIT: usize = 256 * 1024;
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];
/// The kinds whose update looks at the object as if it were new, before it compares.
const CHECKED_BEFORE: [&str; 6] = ["DaemonSet", "Job", "LimitRange", "Namespace", "NetworkPolicy", "PersistentVolume"];
/// Those that do so afterwards.
const CHECKED_AFTER: [&str; 15] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "ControllerRevision",
    "Endpoints",
    "Ingress",
    "Node",
    "PersistentVolumeClaim",
    "Pod",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];
const METADATA: Path<'static> = Path::new("metadata");

/// What is asked of a kind's metadata.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The API group.
    pub group: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Scope<'_> {
    /// What its names may be.
    pub(crate) fn names(&self) -> Names {
        match (self.group, self.kind) {
            ("", "Namespace") => Names::Label,
            ("", "Service") => Names::Label1035,
            ("rbac.authorization.k8s.io", _) => Names::PathSegment,
            _ => Names::Subdomain,
        }
    }

    /// Whether finalizers without a domain must be known ones.
    fn knows_finalizers(&self) -> bool {
        !matches!(
            self.group,
            "admissionregistration.k8s.io" | "coordination.k8s.io" | "apiextensions.k8s.io" | "apiregistration.k8s.io"
        )
    }
}

/// What is wrong with the metadata of an object that is created; its name must have been made already.
#[must_use]
pub fn validate(object: &Value, scope: &Scope<'_>) -> Vec<FieldError> {
    let meta = Meta::of(object);
    let mut errors = name(&meta, scope.names());
    errors.extend(common(&meta, scope));
    errors.extend(unknown_finalizers(&meta, scope));
    errors
}

fn unknown_finalizers(meta: &Meta<'_>, scope: &Scope<'_>) -> Vec<FieldError> {
    let finalizers = METADATA.child("finalizers");
    let unknown = |one: &&str| scope.knows_finalizers() && !one.contains('/') && !STANDARD_FINALIZERS.contains(one);
    let said = "name is neither a standard finalizer name nor is it fully qualified";
    let faults = meta.texts("finalizers").enumerate().filter(|(_, one)| unknown(one));
    faults.map(|(at, one)| FieldError::invalid(&finalizers.index(at), one, said)).collect()
}

/// What is wrong with the metadata of an object that is to take the place of `old`.
#[must_use]
pub fn validate_update(object: &Value, old: &Value, scope: &Scope<'_>) -> Vec<FieldError> {
    let (meta, before) = (Meta::of(object), Meta::of(old));
    let mut errors = name(&meta, Names::PathSegment);
    errors.extend(common(&meta, scope));
    let changed = update(&meta, &before);
    errors.extend(changed.iter().cloned());
    // The rules of the kind itself say the same once more, and many say all that they say of a new object.
    if CHECKED_BEFORE.contains(&scope.kind) {
        errors.extend(validate(object, scope));
    }
    errors.extend(changed);
    errors.extend(unknown_finalizers(&meta, scope));
    if CHECKED_AFTER.contains(&scope.kind) {
        errors.extend(validate(object, scope));
    }
    errors
}

/// Makes the namespace of an object that of its request, which is empty for objects without one.
///
/// # Errors
///
/// 400 if the object names another one.
pub fn take_namespace(object: &mut Value, namespace: &str) -> Result<(), Status> {
    let own = Meta::of(object).text("namespace").to_owned();
    if !own.is_empty() && !namespace.is_empty() && own != namespace {
        let said = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Status::bad_request(said));
    }
    let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return Ok(()) };
    if namespace.is_empty() {
        meta.remove("namespace");
    } else {
        meta.insert("namespace".to_owned(), namespace.into());
    }
    Ok(())
}

/// Whether an object has the name and the namespace that its request's address says.
///
/// # Errors
///
/// 400 if not.
pub fn check_address(object: &Value, name: &str, namespace: &str) -> Result<(), Status> {
    let meta = Meta::of(object);
    let (own, space) = (meta.text("name"), meta.text("namespace"));
    if own.is_empty() {
        return Err(Status::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )));
    }
    if own != name {
        return Err(Status::bad_request(format!(
            "the name of the object ({own}) does not match the name on the URL ({name})"
        )));
    }
    if !namespace.is_empty() && !space.is_empty() && space != namespace {
        return Err(Status::bad_request(format!(
            "the namespace of the object ({space}) does not match the namespace on the request ({namespace})"
        )));
    }
    Ok(())
}

/// Takes away what only the server may say of an object that is created.
pub fn wipe(object: &mut Value) {
    let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    for name in ["creationTimestamp", "uid", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
        meta.remove(name);
    }
}

/// Takes from `old` what an update can neither change nor leave out.
pub fn inherit(object: &mut Value, old: &Value) {
    let before = Meta::of(old).0;
    let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let mut take = |name: &str, always: bool| match before.and_then(|before| before.get(name)) {
        Some(value) if always || !meta.contains_key(name) => drop(meta.insert(name.to_owned(), value.clone())),
        None if always => drop(meta.remove(name)),
        _ => {}
    };
    take("generation", true);
    take("uid", false);
    take("creationTimestamp", true);
    if before.is_some_and(|before| before.contains_key("deletionTimestamp")) {
        take("deletionTimestamp", true);
    }
    take("deletionGracePeriodSeconds", false);
}

/// An object's metadata.
struct Meta<'a>(Option<&'a Map<String, Value>>);

impl<'a> Meta<'a> {
    fn of(object: &'a Value) -> Self {
        Self(object.get("metadata").and_then(Value::as_object))
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.and_then(|meta| meta.get(name))
    }

    fn text(&self, name: &str) -> &'a str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, name: &str) -> i64 {
        self.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    fn map(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.get(name).and_then(Value::as_object).into_iter().flatten();
        pairs.map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()))
    }

    fn list(&self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.list(name).iter().filter_map(Value::as_str)
    }
}

fn name(meta: &Meta<'_>, names: Names) -> Vec<FieldError> {
    let (prefix, name) = (meta.text("generateName"), meta.text("name"));
    let mut errors = Vec::new();
    if !prefix.is_empty() {
        let path = METADATA.child("generateName");
        errors.extend(names.prefix_faults(prefix).into_iter().map(|fault| FieldError::invalid(&path, prefix, fault)));
    }
    let path = METADATA.child("name");
    if name.is_empty() {
        errors.push(FieldError::required(&path, "name or generateName is required"));
    } else {
        errors.extend(names.faults(name).into_iter().map(|fault| FieldError::invalid(&path, name, fault)));
    }
    errors
}

fn common(meta: &Meta<'_>, scope: &Scope<'_>) -> Vec<FieldError> {
    let mut errors = namespace(meta, scope.namespaced);
    if meta.number("generation") < 0 {
        let said = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(&METADATA.child("generation"), meta.number("generation"), said));
    }
    errors.extend(written(meta));
    let finalizers = METADATA.child("finalizers");
    for one in meta.texts("finalizers") {
        errors.extend(names::key(one).into_iter().map(|fault| FieldError::invalid(&finalizers, one, fault)));
    }
    let named: BTreeSet<_> = meta.texts("finalizers").collect();
    if named.contains("orphan") && named.contains("foregroundDeletion") {
        let said = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.push(FieldError::invalid(&finalizers, meta.list("finalizers").to_vec(), said));
    }
    errors
}

fn namespace(meta: &Meta<'_>, namespaced: bool) -> Vec<FieldError> {
    let (path, space) = (METADATA.child("namespace"), meta.text("namespace"));
    match (namespaced, space) {
        (true, "") => vec![FieldError::required(&path, "")],
        (true, _) => {
            Names::Label.faults(space).into_iter().map(|fault| FieldError::invalid(&path, space, fault)).collect()
        }
        (false, "") => Vec::new(),
        (false, _) => vec![FieldError::forbidden(&path, "not allowed on this type")],
    }
}

/// Labels, annotations and owners: what is looked at again at each update.
fn written(meta: &Meta<'_>) -> Vec<FieldError> {
    let (path, mut errors) = (METADATA.child("labels"), Vec::new());
    for (key, value) in meta.map("labels") {
        errors.extend(names::key(key).into_iter().map(|fault| FieldError::invalid(&path, key, fault)));
        errors.extend(names::value(value).into_iter().map(|fault| FieldError::invalid(&path, value, fault)));
    }
    let path = METADATA.child("annotations");
    for (key, _) in meta.map("annotations") {
        let faults = names::key(&key.to_lowercase());
        errors.extend(faults.into_iter().map(|fault| FieldError::invalid(&path, key, fault)));
    }
    if meta.map("annotations").map(|(key, value)| key.len() + value.len()).sum::<usize>() > ANNOTATIONS_LIMIT {
        errors.push(FieldError::too_long(&path, ANNOTATIONS_LIMIT));
    }
    errors.extend(owners(meta.list("ownerReferences")));
    errors
}

fn owners(owners: &[Value]) -> Vec<FieldError> {
    let (path, mut errors, mut controller) = (METADATA.child("ownerReferences"), Vec::new(), None);
    let text = |owner: &Value, name: &str| owner.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    for owner in owners {
        let (version, kind, name) = (text(owner, "apiVersion"), text(owner, "kind"), text(owner, "name"));
        let mut missing = |field: &str, value: &str, said: &str| {
            errors.push(FieldError::invalid(&path.child(field), value, said));
        };
        if version.rsplit('/').next().unwrap_or_default().is_empty() || version.matches('/').count() > 1 {
            missing("apiVersion", &version, "version must not be empty");
        }
        for field in ["kind", "name", "uid"] {
            if text(owner, field).is_empty() {
                missing(field, "", "must not be empty");
            }
        }
        if (version.as_str(), kind.as_str()) == ("v1", "Event") {
            let said = "/v1, Kind=Event is disallowed from being an owner";
            errors.push(FieldError::invalid(&path, Said::Verbatim(owner_said(owner)), said));
        }
        if owner.get("controller") == Some(&true.into()) {
            let this = format!("{kind}/{name}");
            match &controller {
                None => controller = Some(this),
                Some(first) => {
                    let said = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
                    );
                    let all: Vec<_> = owners.iter().map(owner_said).collect();
                    errors.push(FieldError::invalid(&path, Said::Verbatim(format!("[{}]", all.join(","))), said));
                }
            }
        }
    }
    errors
}

/// An owner reference in the order of its Go fields.
fn owner_said(owner: &Value) -> String {
    let names = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
    let said = names.iter().filter_map(|name| Some(format!("{}:{}", Value::from(*name), owner.get(*name)?)));
    format!("{{{}}}", said.collect::<Vec<_>>().join(","))
}

fn update(meta: &Meta<'_>, before: &Meta<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if before.get("deletionTimestamp").is_some() {
        errors.extend(new_finalizers(meta, before));
    }
    if meta.text("resourceVersion").is_empty() {
        let said = "must be specified for an update";
        errors.push(FieldError::invalid(&METADATA.child("resourceVersion"), "", said));
    }
    if meta.number("generation") < before.number("generation") {
        let path = METADATA.child("generation");
        errors.push(FieldError::invalid(&path, meta.number("generation"), "must not be decremented"));
    }
    for name in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
        if meta.get(name) != before.get(name) {
            let empty = if matches!(name, "name" | "namespace" | "uid") { "".into() } else { Value::Null };
            let value = meta.get(name).cloned().unwrap_or(empty);
            errors.push(FieldError::invalid(&METADATA.child(name), value, "field is immutable"));
        }
    }
    errors.extend(written(meta));
    errors
}

fn new_finalizers(meta: &Meta<'_>, before: &Meta<'_>) -> Option<FieldError> {
    let old: BTreeSet<_> = before.texts("finalizers").collect();
    let new: BTreeSet<_> = meta.texts("finalizers").filter(|one| !old.contains(one)).collect();
    let quoted: Vec<_> = new.iter().map(|one| crate::quote::quote(one)).collect();
    let said = "no new finalizers can be added if the object is being deleted, found new finalizers";
    let error =
        || FieldError::forbidden(&METADATA.child("finalizers"), format!("{said} []string{{{}}}", quoted.join(", ")));
    (!new.is_empty()).then(error)
}
