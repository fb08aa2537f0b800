//! What is there already, and so what a push has to do.

use std::collections::{BTreeMap, BTreeSet};

use super::Push;
use super::parallel::in_parallel;
use crate::bundle::{Blob, Image};
use crate::client::{Access, Client, Error};
use crate::digest::Digest;
use crate::reference::Repository;

/// Up to so many blobs are looked for one by one; for more, the manifest is first.
const FEW_BLOBS: usize = 3;

/// What is to be done with a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The repository has it.
    Present,
    /// It is to be mounted from its origin on the same registry, or sent if the registry does not.
    Mount,
    /// It is to be sent.
    Send,
}

/// What a push will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Every blob of the bundle, once.
    pub blobs: BTreeMap<Digest, Step>,
    /// Manifests and indexes of the bundle that the repository has.
    pub manifests: BTreeSet<Digest>,
    /// Tags that are to be written.
    pub tags: Vec<String>,
    /// Whether some blob counts as present because the caller, or a manifest that is there, says
    /// so.
    trusting: bool,
    root: Option<Digest>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let there = self.root.as_ref().is_some_and(|root| self.manifests.contains(root));
        there && self.tags.is_empty()
    }

    pub(super) fn relies_on_knowledge(&self) -> bool {
        self.trusting
    }
}

/// Looks what is there. An unchanged image with one tag costs one request.
///
/// # Errors
/// [`Error`] in its class; nothing has been written.
pub fn plan(client: &Client, push: &Push<'_>) -> Result<Plan, Error> {
    client.expect(&push.repository, Access::Push);
    let root = push.bundle.root().digest();
    let mut plan = Plan { root: Some(root.clone()), ..Plan::default() };
    if is_there(client, push, root)? {
        plan.manifests.extend(push.bundle.images().iter().map(|image| image.manifest().digest().clone()));
        plan.manifests.insert(root.clone());
        plan.blobs = push.bundle.blobs().iter().map(|blob| (blob.descriptor().digest.clone(), Step::Present)).collect();
        plan.trusting = true;
        plan.tags = other_tags(client, push, root)?;
        return Ok(plan);
    }
    plan.tags.clone_from(&push.tags);
    for found in in_parallel(push.jobs, push.bundle.images(), |image, _| look_at(client, push, image))? {
        plan.manifests.extend(found.manifests);
        plan.trusting |= found.trusting;
        for (digest, step) in found.blobs {
            let known = plan.blobs.entry(digest).or_insert(step);
            if step == Step::Present {
                *known = step;
            }
        }
    }
    Ok(plan)
}

/// Whether the first tag points at the root, or (without a tag) the root is there.
fn is_there(client: &Client, push: &Push<'_>, root: &Digest) -> Result<bool, Error> {
    match push.tags.first() {
        Some(tag) => Ok(tagged(client, push, tag)?.as_ref() == Some(root)),
        None => has_manifest(client, &push.repository, root),
    }
}

fn tagged(client: &Client, push: &Push<'_>, tag: &str) -> Result<Option<Digest>, Error> {
    if let Some(known) = push.known.tags.get(tag) {
        return Ok(known.clone());
    }
    let reference = push.repository.tagged(tag).map_err(|error| Error::Tag(error.to_string()))?;
    Ok(absent_is_none(client.head_manifest(&reference))?.flatten().map(|found| found.digest))
}

fn has_manifest(client: &Client, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
    let found = client.head_manifest(&repository.pinned(digest.clone()));
    Ok(absent_is_none(found)?.flatten().is_some())
}

/// What cannot be understood there is none of ours: it will be replaced.
fn absent_is_none<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(Error::Invalid { .. } | Error::Rejected { .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// The tags after the first that do not point at the root.
fn other_tags(client: &Client, push: &Push<'_>, root: &Digest) -> Result<Vec<String>, Error> {
    let rest = push.tags.get(1..).unwrap_or_default();
    let found = in_parallel(push.jobs, rest, |tag, _| tagged(client, push, tag))?;
    let differ = rest.iter().zip(found).filter(|(_, found)| found.as_ref() != Some(root));
    Ok(differ.map(|(tag, _)| tag.clone()).collect())
}

/// One image: from what the caller knows, by its manifest, or blob by blob.
fn look_at(client: &Client, push: &Push<'_>, image: &Image) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    let mut unknown: BTreeMap<&Digest, &dyn Blob> = BTreeMap::new();
    for descriptor in image.descriptors() {
        let Some(blob) = image.blob(&descriptor.digest) else { continue };
        let at_home = blob.origin() == Some(&push.repository);
        if at_home || push.known.blobs.contains(&descriptor.digest) {
            plan.trusting = true;
            plan.blobs.insert(descriptor.digest.clone(), Step::Present);
        } else if mountable(&push.repository, blob.as_ref()) {
            plan.blobs.insert(descriptor.digest.clone(), Step::Mount);
        } else {
            unknown.insert(&descriptor.digest, blob.as_ref());
        }
    }
    let manifest = image.manifest().digest();
    if unknown.len() > FEW_BLOBS && has_manifest(client, &push.repository, manifest)? {
        plan.manifests.insert(manifest.clone());
        plan.trusting = true;
        plan.blobs = image.descriptors().map(|blob| (blob.digest.clone(), Step::Present)).collect();
        return Ok(plan);
    }
    let unknown: Vec<&Digest> = unknown.into_keys().collect();
    plan.blobs.extend(look_for(client, push, &unknown)?);
    Ok(plan)
}

fn look_for(client: &Client, push: &Push<'_>, digests: &[&Digest]) -> Result<Vec<(Digest, Step)>, Error> {
    in_parallel(push.jobs, digests, |digest, _| {
        let there = client.head_blob(&push.repository, digest)?.is_some();
        Ok(((*digest).clone(), if there { Step::Present } else { Step::Send }))
    })
}

fn mountable(repository: &Repository, blob: &dyn Blob) -> bool {
    blob.origin().is_some_and(|origin| origin.registry() == repository.registry() && origin != repository)
}

/// A plan that believes nobody: every blob is looked for, every manifest and tag written.
pub(super) fn look_at_all(client: &Client, push: &Push<'_>) -> Result<Plan, Error> {
    let blobs = push.bundle.blobs();
    let digests: Vec<&Digest> = blobs.iter().map(|blob| &blob.descriptor().digest).collect();
    Ok(Plan {
        blobs: look_for(client, push, &digests)?.into_iter().collect(),
        tags: push.tags.clone(),
        root: Some(push.bundle.root().digest().clone()),
        ..Plan::default()
    })
}
