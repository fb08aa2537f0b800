//! Pushing: look what is there, send what is not, then the manifests, and the tags last. Nothing
//! is tagged unless everything that it needs is there.

mod parallel;
mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Arc;

use crate::bundle::{Blob, Bundle, Image};
use crate::client::{Access, Client, Error, Uploaded};
use crate::digest::Digest;
use crate::manifest::{Descriptor, Platform};
use crate::reference::Repository;

use self::parallel::in_parallel;

pub use plan::{Plan, Step, plan};

/// What is to be pushed where.
#[derive(Clone)]
pub struct Push<'a> {
    /// The image, or the index with its images.
    pub bundle: &'a Bundle,
    /// Where to.
    pub repository: Repository,
    /// Under which tags; none means under its digest only.
    pub tags: Vec<String>,
    /// What the caller knows about the repository.
    pub known: Known,
    /// Uploads at the same time; at least one.
    pub jobs: usize,
}

impl<'a> Push<'a> {
    /// A push with four uploads at the same time and nothing known.
    #[must_use]
    pub fn new(bundle: &'a Bundle, repository: Repository, tags: Vec<String>) -> Self {
        Self { bundle, repository, tags, known: Known::default(), jobs: 4 }
    }
}

/// What a caller knows about a repository because it has looked: each saves a request.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Blobs that it has: those of an image whose manifest was read from there.
    pub blobs: BTreeSet<Digest>,
    /// What tags point at; `None` if there is no such tag.
    pub tags: BTreeMap<String, Option<Digest>>,
}

/// What a push did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// What the tags point at.
    pub root: Descriptor,
    /// Whether everything was there, tags included: nothing was written.
    pub unchanged: bool,
    /// One entry per image, in the bundle's order.
    pub images: Vec<PushedImage>,
}

impl Pushed {
    /// Bytes of blobs that were sent, each counted once.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.images.iter().map(|image| image.bytes_sent).fold(0, u64::saturating_add)
    }
}

/// What a push did for one image. A blob that two images share counts as sent for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedImage {
    /// The manifest's digest.
    pub digest: Digest,
    /// For which platform.
    pub platform: Option<Platform>,
    /// Bytes of manifest, configuration and layers.
    pub size: u64,
    /// Layers that were there.
    pub layers_reused: usize,
    /// Layers that were mounted from another repository.
    pub layers_mounted: usize,
    /// Layers that were sent.
    pub layers_sent: usize,
    /// Bytes of configuration and layers that were sent.
    pub bytes_sent: u64,
}

/// Pushes. If the registry misses a blob that it was thought to have, everything is looked at
/// once more without that knowledge.
///
/// # Errors
/// [`Error`] in its class. Then no tag has been written, unless writing the tags themselves failed.
pub fn push(client: &Client, push: &Push<'_>) -> Result<Pushed, Error> {
    let first = plan(client, push)?;
    match carry_out(client, push, &first) {
        Err(Error::Rejected { .. } | Error::NotFound { .. }) if first.relies_on_knowledge() => {
            let careful = plan::look_at_all(client, push)?;
            carry_out(client, push, &careful)
        }
        other => other,
    }
}

/// Does what a plan says.
///
/// # Errors
/// As [`push`], without looking once more.
pub fn carry_out(client: &Client, push: &Push<'_>, plan: &Plan) -> Result<Pushed, Error> {
    let root = push.bundle.root();
    let repository = &push.repository;
    client.expect(repository, Access::Push);
    let done = upload_all(client, push, plan)?;
    let missing: Vec<&Image> = push
        .bundle
        .images()
        .iter()
        .filter(|image| image.manifest() != root && !plan.manifests.contains(image.manifest().digest()))
        .collect();
    in_parallel(push.jobs, &missing, |image, _| client.put_manifest(repository, image.manifest(), &[]))?;
    if !plan.tags.is_empty() || !plan.manifests.contains(root.digest()) {
        client.put_manifest(repository, root, &plan.tags)?;
    }
    Ok(report(push.bundle, plan, &done))
}

fn upload_all(client: &Client, push: &Push<'_>, plan: &Plan) -> Result<BTreeMap<Digest, Uploaded>, Error> {
    let mut wanted: Vec<&Arc<dyn Blob>> = push.bundle.blobs();
    wanted.retain(|blob| plan.blobs.get(&blob.descriptor().digest) != Some(&Step::Present));
    // The largest first: none of them is left for the end, when the other threads have nothing to do.
    wanted.sort_by_key(|blob| std::cmp::Reverse(blob.descriptor().size));
    for origin in wanted.iter().filter_map(|blob| blob.origin()) {
        if origin.registry() == push.repository.registry() {
            client.expect(origin, Access::Pull);
        }
    }
    let results = in_parallel(push.jobs, &wanted, |blob, stop| {
        let how = client.upload_unless(&push.repository, blob.as_ref(), stop)?;
        Ok((blob.descriptor().digest.clone(), how))
    })?;
    Ok(results.into_iter().collect())
}

fn report(bundle: &Bundle, plan: &Plan, done: &BTreeMap<Digest, Uploaded>) -> Pushed {
    let mut counted = BTreeSet::new();
    let images = bundle.images().iter().map(|image| report_image(image, done, &mut counted)).collect();
    Pushed { root: bundle.root().descriptor().clone(), unchanged: plan.is_empty(), images }
}

fn report_image(image: &Image, done: &BTreeMap<Digest, Uploaded>, counted: &mut BTreeSet<Digest>) -> PushedImage {
    let mut report = PushedImage {
        digest: image.manifest().digest().clone(),
        platform: image.platform().cloned(),
        size: image.size(),
        layers_reused: 0,
        layers_mounted: 0,
        layers_sent: 0,
        bytes_sent: 0,
    };
    for (position, blob) in image.descriptors().enumerate() {
        let first = counted.insert(blob.digest.clone());
        let how = done.get(&blob.digest).filter(|_| first).unwrap_or(&Uploaded::Present);
        let is_layer = usize::from(position > 0);
        match how {
            Uploaded::Present => report.layers_reused += is_layer,
            Uploaded::Mounted => report.layers_mounted += is_layer,
            Uploaded::Sent => {
                report.layers_sent += is_layer;
                report.bytes_sent = report.bytes_sent.saturating_add(blob.size);
            }
        }
    }
    report
}

/// A blob that lies in a registry: mounted where that is possible, else copied as a stream.
#[derive(Clone, Debug)]
pub struct RemoteBlob {
    client: Client,
    repository: Repository,
    descriptor: Descriptor,
}

impl RemoteBlob {
    /// Names a blob that a repository has.
    #[must_use]
    pub fn new(client: Client, repository: Repository, descriptor: Descriptor) -> Self {
        Self { client, repository, descriptor }
    }
}

impl Blob for RemoteBlob {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let reader = self.client.blob(&self.repository, &self.descriptor).map_err(io::Error::other)?;
        Ok(Box::new(reader))
    }

    fn origin(&self) -> Option<&Repository> {
        Some(&self.repository)
    }
}
