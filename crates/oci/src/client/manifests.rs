//! Manifests and indexes: asking whether they are there, reading, writing under tags.

use std::io::Read as _;

use ureq::Body;
use ureq::http::header::{ACCEPT, CONTENT_TYPE};
use ureq::http::{Method, Response};

use super::address::encode;
use super::{Client, Error, Payload, Target, header};
use crate::digest::Digest;
use crate::manifest::{Descriptor, Document};
use crate::media_type::ACCEPT_MANIFESTS;
use crate::reference::{Reference, Repository};

/// A manifest that is read or sent, in bytes (distribution-spec: registries may refuse more).
const MAX_MANIFEST: u64 = 4 << 20;
/// From how many tags on it pays to try them all in one request.
const MANY_TAGS: usize = 3;

impl Client {
    /// Media type, digest and size of a manifest or index; `None` if it is not there.
    ///
    /// # Errors
    /// [`Error`] in its class.
    pub fn head_manifest(&self, reference: &Reference) -> Result<Option<Descriptor>, Error> {
        let what = format!("manifest `{}`", reference.selector());
        let target = Target::new(Method::HEAD, reference.repository(), what).header(ACCEPT, ACCEPT_MANIFESTS);
        let rest = format!("manifests/{}", reference.selector());
        let answer = self.retrying(|_| match self.ask(&target, &rest) {
            Err(error) if error.is_not_found() => Ok(None),
            other => other.map(Some),
        })?;
        let Some(response) = answer else { return Ok(None) };
        match described(&response) {
            Some(found) if reference.digest().is_none_or(|wanted| *wanted == found.digest) => Ok(Some(found)),
            Some(found) => Err(target.invalid(self, format!("it is about `{}`", found.digest))),
            // Old registries say nothing here.
            None => self.manifest(reference).map(|document| Some(document.descriptor().clone())),
        }
    }

    /// Reads a manifest or index. Its digest is computed, and compared with the one in the
    /// reference or else the one that the registry names.
    ///
    /// # Errors
    /// [`Error`] in its class; [`Error::NotFound`] if it is not there.
    pub fn manifest(&self, reference: &Reference) -> Result<Document, Error> {
        let what = format!("manifest `{}`", reference.selector());
        let target = Target::new(Method::GET, reference.repository(), what).header(ACCEPT, ACCEPT_MANIFESTS);
        let rest = format!("manifests/{}", reference.selector());
        self.retrying(|_| {
            let response = self.ask(&target, &rest)?;
            self.document(&target, reference, response)
        })
    }

    fn document(
        &self,
        target: &Target<'_>,
        reference: &Reference,
        response: Response<Body>,
    ) -> Result<Document, Error> {
        let media_type = header(&response, "content-type").map(without_parameters).unwrap_or_default();
        let named = header(&response, "docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        let bytes = self.bounded(target, response)?;
        let media_type =
            if is_specific(&media_type) { media_type } else { media_type_inside(&bytes).unwrap_or(media_type) };
        if let Some(expected) = reference.digest().or(named.as_ref()) {
            let found = Digest::of(expected.algorithm(), &bytes);
            if found != *expected {
                return Err(target.invalid(self, format!("its content has digest `{found}`, not `{expected}`")));
            }
        }
        Document::parse(&media_type, bytes).map_err(|error| target.invalid(self, error.to_string()))
    }

    fn bounded(&self, target: &Target<'_>, response: Response<Body>) -> Result<Vec<u8>, Error> {
        let too_large = || target.invalid(self, format!("it has more than {MAX_MANIFEST} bytes"));
        if response.body().content_length().is_some_and(|length| length > MAX_MANIFEST) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let read = response.into_body().into_reader().take(MAX_MANIFEST + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.cut(target, &error))?;
        if bytes.len() as u64 > MAX_MANIFEST { Err(too_large()) } else { Ok(bytes) }
    }

    /// Writes a manifest or index under tags; without any, under its digest.
    ///
    /// # Errors
    /// [`Error`] in its class. With several tags, some may have been written.
    pub fn put_manifest(&self, repository: &Repository, document: &Document, tags: &[String]) -> Result<(), Error> {
        let digest = document.digest().to_string();
        match tags {
            [] => self.put_one(repository, document, &digest, "").map(drop),
            tags if tags.len() >= MANY_TAGS => {
                let query: Vec<String> = tags.iter().map(|tag| format!("tag={}", encode(tag))).collect();
                let taken = self.put_one(repository, document, &digest, &format!("?{}", query.join("&")))?;
                self.put_each(repository, document, tags.iter().filter(|tag| !taken.contains(tag)))
            }
            tags => self.put_each(repository, document, tags.iter()),
        }
    }

    fn put_each<'a>(
        &self,
        repository: &Repository,
        document: &Document,
        mut tags: impl Iterator<Item = &'a String>,
    ) -> Result<(), Error> {
        tags.try_for_each(|tag| self.put_one(repository, document, tag, "").map(drop))
    }

    /// One PUT; the tags that the registry says it has set (`OCI-Tag`).
    fn put_one(
        &self,
        repository: &Repository,
        document: &Document,
        name: &str,
        query: &str,
    ) -> Result<Vec<String>, Error> {
        let target = Target::new(Method::PUT, repository, format!("manifest `{name}`"))
            .header(CONTENT_TYPE, document.descriptor().media_type.as_str())
            .payload(Payload::Bytes(document.bytes()));
        let response = self.retrying(|_| self.ask(&target, &format!("manifests/{name}{query}")))?;
        let named = header(&response, "docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        let same_kind = |found: &Digest| found.algorithm() == document.digest().algorithm();
        if let Some(found) = named.filter(|found| same_kind(found) && found != document.digest()) {
            return Err(target.invalid(self, format!("it stored `{found}`, not `{}`", document.digest())));
        }
        let taken = response.headers().get_all("oci-tag").iter().filter_map(|value| value.to_str().ok());
        Ok(taken.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).collect())
    }

    /// A body that broke off.
    pub(super) fn cut(&self, target: &Target<'_>, error: &std::io::Error) -> Error {
        let host = self.exchange.origin(target.repository).map(|origin| origin.authority()).unwrap_or_default();
        super::Asked { host: &host, request: &target.what }.io_failed(error)
    }
}

fn described(response: &Response<Body>) -> Option<Descriptor> {
    let media_type = without_parameters(header(response, "content-type")?);
    let digest = header(response, "docker-content-digest")?.parse().ok()?;
    let size = header(response, "content-length")?.parse().ok()?;
    is_specific(&media_type).then(|| Descriptor::new(&media_type, digest, size))
}

fn without_parameters(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_specific(media_type: &str) -> bool {
    !matches!(media_type, "" | "application/json" | "text/plain" | "application/octet-stream")
}

/// Some registries forget the media type; most manifests have it inside.
fn media_type_inside(bytes: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    Some(value.get("mediaType")?.as_str()?.to_owned())
}
