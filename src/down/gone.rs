//! Waiting until things are gone.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use linkspan_command::{Context, Failure};
use linkspan_kube::Object;
use linkspan_kube::client::Resource;

use super::{following, is_namespace};
use crate::cluster::Cluster;

const STEP: Duration = Duration::from_millis(200);

/// An object that is deleted, as it was last seen.
pub(super) struct Doomed {
    /// Its kind's resource.
    pub resource: Resource,
    /// The object.
    pub object: Object,
}

impl Doomed {
    /// Whether it is only our own list of what was made.
    pub(super) fn is_bookkeeping(&self) -> bool {
        self.object.gvk().is("", "ConfigMap") && self.object.name().starts_with("linkspan-up-")
    }
}

/// What follows when these are deleted: pods and what stands between.
pub(super) fn followers(cluster: &Cluster, doomed: &[Doomed]) -> Result<Vec<Doomed>, Failure> {
    let namespaces: BTreeSet<&str> = doomed.iter().filter_map(|one| one.object.namespace()).collect();
    let mut owners: BTreeSet<String> = doomed.iter().map(|one| one.object.uid().to_owned()).collect();
    let mut followers = Vec::new();
    for namespace in namespaces {
        // Owners come before what they own.
        for resource in following() {
            let owned = |object: &Object| object.controller_uid().is_some_and(|owner| owners.contains(owner));
            let found: Vec<Object> = cluster.list(&resource, namespace)?.into_iter().filter(owned).collect();
            owners.extend(found.iter().map(|object| object.uid().to_owned()));
            followers.extend(found.into_iter().map(|object| Doomed { resource: resource.clone(), object }));
        }
    }
    Ok(followers)
}

/// Waits until all of these are gone, at most so long; what is left then.
pub(super) fn wait<'a>(
    cluster: &Cluster,
    doomed: impl Iterator<Item = &'a Doomed>,
    patience: Duration,
    context: &Context,
) -> Result<Vec<String>, Failure> {
    let mut left: Vec<&Doomed> = doomed.collect();
    // A namespace is gone when everything in it is, so it is asked last.
    left.sort_by_key(|one| is_namespace(&one.object.gvk().group_kind()));
    let total = left.len();
    let mut task = context.progress.task("wait until everything is gone");
    let deadline = Instant::now() + patience;
    while let Some(first) = left.first() {
        if is_gone(cluster, first)? {
            left.remove(0);
            task.update(format!("{} of {total}", total - left.len()));
            continue;
        }
        if Instant::now() >= deadline {
            return Ok(left.iter().map(|one| one.object.key().to_string()).collect());
        }
        std::thread::sleep(STEP);
    }
    task.done("");
    Ok(Vec::new())
}

/// One that was made anew has another unique id.
fn is_gone(cluster: &Cluster, one: &Doomed) -> Result<bool, Failure> {
    let namespace = one.object.namespace().unwrap_or_default();
    let live = cluster.get(&one.resource, namespace, one.object.name())?;
    Ok(live.is_none_or(|live| live.uid() != one.object.uid()))
}
