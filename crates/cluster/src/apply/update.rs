//! Who owns what after an object was created, replaced or patched.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::Value;

use super::managed::{Entry, Managed, Operation};
use super::resource::Resource;
use super::set::FieldSet;

/// Fields that nobody ever owns.
const UNOWNED: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "clusterName"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// Without the fields that nobody ever owns.
pub(super) fn ownable(fields: FieldSet<'_>) -> FieldSet<'_> {
    static SET: OnceLock<FieldSet<'static>> = OnceLock::new();
    fields.difference(SET.get_or_init(|| FieldSet::of_fields(UNOWNED)))
}

/// The object with `metadata.managedFields` as they are after `manager` made `new` of `live` at the time `now` (RFC 3339,
/// whole seconds, UTC).
///
/// `new` is decoded and has its defaults, and its managed fields as the client sent them: an empty list, or one with an
/// empty entry, takes them away; others replace those of the object, unless they are malformed; none leave them alone.
#[must_use]
pub fn update(resource: &Resource<'_>, live: Option<&Value>, mut new: Value, manager: &str, now: &str) -> Value {
    let sent = take_managed(&mut new);
    let managed = given(resource, live, sent.as_ref());
    let untracked = managed.entries.is_empty() && live.is_some_and(has_uid);
    let empty = live.is_none().then(|| resource.empty());
    let fields = match live.or(empty.as_ref()).filter(|_| !untracked) {
        Some(live) => {
            let managed = managed.updated(resource, live, &new, manager, now);
            managed.ok().and_then(|managed| managed.to_value())
        }
        None => None,
    };
    set_managed(&mut new, fields);
    new
}

impl<'a> Managed<'a> {
    /// What the managers own once `manager` has made `new` of `live`.
    pub(super) fn updated(
        mut self,
        resource: &Resource<'a>,
        live: &'a Value,
        new: &'a Value,
        manager: &'a str,
        now: &'a str,
    ) -> Result<Self, String> {
        let (schema, of) = resource.schema();
        self.reconcile(resource)?;
        let difference = schema.compare(of, live, new).map_err(|why| format!("failed to compare objects: {why}"))?;
        let difference = difference.filtered(|set| resource.reset.filter(set));
        for entry in &mut self.entries {
            entry.reduce(|fields| {
                fields.difference(&difference.modified).difference(&difference.added).difference(&difference.removed)
            });
        }
        self.drop_empty();
        let own = ownable(difference.modified.union(difference.added));
        if !own.is_empty() {
            self.own(Entry { fields: own, time: Some(now.into()), ..resource.manager(manager, Operation::Update) });
        }
        self.cap();
        Ok(self)
    }

    /// The same, to be written anew: a client's way of writing is not kept.
    fn rewritten(mut self) -> Self {
        self.entries.iter_mut().for_each(|entry| entry.written = None);
        self
    }

    /// Gives a manager more.
    fn own(&mut self, entry: Entry<'a>) {
        match self.find(&entry) {
            None => self.entries.push(entry),
            Some(place) => {
                let previous = &mut self.entries[place];
                (previous.time, previous.written) = (entry.time, None);
                previous.fields = std::mem::take(&mut previous.fields).union(entry.fields);
            }
        }
    }

    /// Drops what is owned at versions that are gone, and brings the rest in line with the types.
    ///
    /// # Errors
    ///
    /// In the peer's words, if a version is none of a custom resource's.
    pub(super) fn reconcile(&mut self, resource: &Resource<'a>) -> Result<(), String> {
        let (schema, of) = resource.schema();
        let known: Vec<_> =
            self.entries.iter().map(|entry| resource.knows(&entry.version)).collect::<Result<_, _>>()?;
        let mut known = known.into_iter();
        self.entries.retain(|_| known.next().unwrap_or_default());
        for entry in &mut self.entries {
            let changed = schema.reconcile(of, &mut entry.fields);
            entry.written = entry.written.filter(|_| !changed);
        }
        Ok(())
    }
}

impl<'a> Resource<'a> {
    /// A manager of this resource that owns nothing yet.
    pub(super) fn manager(&self, name: &'a str, operation: Operation) -> Entry<'a> {
        Entry {
            manager: Cow::Borrowed(if name.is_empty() { "unknown" } else { name }),
            operation,
            version: self.api_version.into(),
            subresource: self.subresource.into(),
            time: None,
            fields: FieldSet::default(),
            written: None,
        }
    }
}

/// The managers that a request goes on from.
fn given<'a>(resource: &Resource<'_>, live: Option<&'a Value>, sent: Option<&'a Value>) -> Managed<'a> {
    let before = || Managed::read(live.and_then(managed_of)).unwrap_or_default();
    match sent {
        _ if !resource.subresource.is_empty() => before(),
        Some(sent) if takes_away(resource, sent) => Managed::default(),
        sent => match Managed::read(sent) {
            Ok(managed) if !managed.entries.is_empty() => managed.rewritten(),
            _ => before(),
        },
    }
}

/// A custom resource's metadata lose an empty list while they are read, so that it does nothing.
fn takes_away(resource: &Resource<'_>, sent: &Value) -> bool {
    let blank = |value: &Value| value.is_null() || value == "";
    match sent.as_array().map(Vec::as_slice) {
        Some([]) => !resource.custom,
        Some([Value::Object(entry)]) => entry.values().all(blank),
        _ => false,
    }
}

pub(super) fn managed_of(object: &Value) -> Option<&Value> {
    object.get("metadata")?.get("managedFields")
}

fn has_uid(live: &Value) -> bool {
    live["metadata"]["uid"].as_str().is_some_and(|uid| !uid.is_empty())
}

pub(super) fn take_managed(object: &mut Value) -> Option<Value> {
    object.get_mut("metadata")?.as_object_mut()?.remove("managedFields")
}

pub(super) fn set_managed(object: &mut Value, fields: Option<Value>) {
    take_managed(object);
    if let (Some(fields), Some(metadata)) = (fields, object.get_mut("metadata").and_then(Value::as_object_mut)) {
        metadata.insert("managedFields".into(), fields);
    }
}
