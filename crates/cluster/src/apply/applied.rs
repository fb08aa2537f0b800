//! An applied configuration: what an object becomes, and who owns what then.

use serde_json::Value;

use super::conflict::{Conflict, refusal};
use super::last_applied;
use super::managed::{Entry, Managed, Operation};
use super::prune::prune;
use super::resource::Resource;
use super::set::FieldSet;
use super::update::{managed_of, ownable, set_managed};
use super::value::equal;
use crate::status::{Reason, Status};

/// The manager that takes over what its client-side form applied.
const KUBECTL: &str = "kubectl";

/// The manager of what an object has before anybody applies something.
const BEFORE: &str = "before-first-apply";

/// What an object becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// It, with its managed fields. It is neither decoded nor does it have defaults.
    pub object: Value,
    /// Whether anything but the managed fields differs from the object as it was.
    pub changed: bool,
}

/// Who applies what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The configuration, as the client sent it.
    pub config: &'a Value,
    /// The manager (`fieldManager`).
    pub manager: &'a str,
    /// Whether it takes fields from other managers.
    pub force: bool,
    /// The time, RFC 3339, whole seconds, UTC.
    pub now: &'a str,
}

/// Applies a configuration to an object, or makes one of it.
///
/// # Errors
///
/// What the client is told: conflicts with other managers, a configuration that does not fit its types, one for another
/// kind or version.
pub fn apply(resource: &Resource<'_>, live: Option<&Value>, request: &Request<'_>) -> Result<Applied, Status> {
    let empty = resource.empty();
    let managed = Managed::read(live.and_then(managed_of));
    let managed = managed.map_err(|why| failed(format!("failed to decode managed fields: {why}")))?;
    check(resource, request.config)?;
    let live = live.map_or_else(|| empty.clone(), bare);
    let managed = if managed.entries.is_empty() { untracked(resource, &empty, &live, request.now)? } else { managed };
    let (object, mut managed) = settle(resource, &live, managed, request)?.map_err(refusal)?;
    let changed = object.is_some();
    if changed {
        managed.stamp(&resource.manager(request.manager, Operation::Apply), request.now);
    }
    let mut object = object.unwrap_or_else(|| live.clone());
    if request.manager == KUBECTL {
        last_applied::refresh(&mut object, request.config);
    }
    set_managed(&mut object, managed.to_value());
    Ok(Applied { object, changed })
}

/// An object without its managed fields, which are most of it.
fn bare(object: &Value) -> Value {
    let Value::Object(fields) = object else { return object.clone() };
    let copy = fields.iter().map(|(name, value)| match (name.as_str(), value) {
        ("metadata", Value::Object(metadata)) => {
            let kept = metadata.iter().filter(|(name, _)| *name != "managedFields");
            (name.clone(), Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect()))
        }
        _ => (name.clone(), value.clone()),
    });
    Value::Object(copy.collect())
}

/// Applies, and for `kubectl` once more with force, if all conflicts are about what its client-side form applied.
fn settle<'a>(
    resource: &Resource<'a>,
    live: &'a Value,
    managed: Managed<'a>,
    request: &Request<'a>,
) -> Result<Attempt<'a>, Status> {
    if request.manager != KUBECTL || request.force {
        return attempt(resource, live, managed, request);
    }
    match attempt(resource, live, managed.clone(), request)? {
        Err(conflicts) => match last_applied::unforeseen(resource, live, conflicts) {
            conflicts if conflicts.is_empty() => attempt(resource, live, managed, &Request { force: true, ..*request }),
            conflicts => Ok(Err(conflicts)),
        },
        done => Ok(done),
    }
}

/// A failure that has no better word: 500 without a reason.
fn failed(message: String) -> Status {
    Status { code: 500, reason: Some(Reason::Unknown), message, details: None, resume: None }
}

fn check(resource: &Resource<'_>, config: &Value) -> Result<(), Status> {
    let kind = Resource::group_version_kind(config);
    if config["apiVersion"] != resource.api_version || config["kind"] != resource.kind {
        return Err(Status::bad_request(format!("invalid object type: {kind}")));
    }
    if managed_of(config).is_some_and(Value::is_array) {
        return Err(Status::bad_request("metadata.managedFields must be nil"));
    }
    let (schema, of) = resource.schema();
    let problems = schema.check(of, config);
    if problems.is_empty() {
        return Ok(());
    }
    Err(failed(format!("failed to create typed patch object ({}): {problems}", named(config))))
}

/// `shop/web; apps/v1, Kind=Deployment`.
fn named(object: &Value) -> String {
    let text = |name| object["metadata"][name].as_str().unwrap_or_default();
    format!("{}/{}; {}", text("namespace"), text("name"), Resource::group_version_kind(object))
}

/// All that an object without managers has belongs to one manager.
fn untracked<'a>(
    resource: &Resource<'a>,
    empty: &'a Value,
    live: &'a Value,
    now: &'a str,
) -> Result<Managed<'a>, Status> {
    let managed = Managed::default().updated(resource, empty, live, BEFORE, now);
    managed.map_err(|why| {
        let what = "failed to create manager for existing fields: failed to update ManagedFields";
        failed(format!("{what} ({}): {why}", named(live)))
    })
}

/// The object, unless it stays as it is, and its managers; or what other managers own.
type Attempt<'a> = Result<(Option<Value>, Managed<'a>), Vec<Conflict<'a>>>;

fn attempt<'a>(
    resource: &Resource<'a>,
    live: &'a Value,
    mut managed: Managed<'a>,
    request: &Request<'a>,
) -> Result<Attempt<'a>, Status> {
    let (schema, of) = resource.schema();
    managed.reconcile(resource).map_err(failed)?;
    let merged =
        schema.merge(of, live, request.config).map_err(|why| failed(format!("failed to merge config: {why}")))?;
    let fields = resource.reset.filter(schema.fields(of, request.config));
    let (own, last) = managed.replace(Entry { fields, ..resource.manager(request.manager, Operation::Apply) });
    let pruned = prune(schema, of, merged, &managed, own, last);
    let difference = schema.compare(of, live, &pruned);
    let difference = difference.map_err(|why| failed(format!("failed to compare objects: {why}")))?;
    let difference = difference.filtered(|set| resource.reset.filter(set));
    let (taken, removed) = (difference.modified.union(difference.added), difference.removed);
    let conflicts = if request.force { Vec::new() } else { managed.conflicts(own, &taken) };
    if !conflicts.is_empty() {
        return Ok(Err(conflicts));
    }
    managed.yield_to(own, &taken, &removed);
    let changed = !equal(live, &pruned);
    Ok(Ok((changed.then_some(pruned), managed)))
}

impl<'a> Managed<'a> {
    /// Puts what a manager applies now in the place of what it applied before, and says where, and what that was.
    fn replace(&mut self, entry: Entry<'a>) -> (usize, FieldSet<'a>) {
        match self.find(&entry) {
            Some(place) => {
                let previous = &mut self.entries[place];
                (previous.version, previous.written) = (entry.version, None);
                (place, std::mem::replace(&mut previous.fields, entry.fields))
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1, FieldSet::default())
            }
        }
    }

    fn stamp(&mut self, own: &Entry<'_>, now: &'a str) {
        let own = self.entries.iter_mut().filter(|entry| entry.is(own));
        own.for_each(|entry| entry.time = Some(now.into()));
    }

    fn others(&mut self, own: usize) -> impl Iterator<Item = &mut Entry<'a>> {
        self.entries.iter_mut().enumerate().filter(move |(place, _)| *place != own).map(|(_, entry)| entry)
    }

    fn conflicts(&mut self, own: usize, taken: &FieldSet<'_>) -> Vec<Conflict<'a>> {
        let owned = |entry: &mut Entry<'a>| {
            let fields = entry.fields.clone().intersection(taken);
            (!fields.is_empty()).then(|| Conflict::new(entry, fields))
        };
        if taken.is_empty() { Vec::new() } else { self.others(own).filter_map(owned).collect() }
    }

    /// Takes fields from all managers but one, and that one's that nobody owns.
    fn yield_to(&mut self, own: usize, taken: &FieldSet<'_>, removed: &FieldSet<'_>) {
        for entry in self.others(own) {
            entry.reduce(|fields| fields.difference(taken).difference(removed));
        }
        let own = &mut self.entries[own];
        own.fields = ownable(std::mem::take(&mut own.fields));
        self.drop_empty();
    }
}
