//! Uploads: mounted from another repository, sent in one request, or streamed where a registry
//! takes no request so large. Never in pieces of a few megabytes: each costs a round trip, and
//! ECR keeps only the first.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::http::header::CONTENT_TYPE;
use ureq::http::{Method, StatusCode, Uri};

use super::address::{encode, with_parameter};
use super::exchange::{Opener, Source};
use super::{Client, Error, Observer, Payload, Target, next_address};
use crate::bundle::Blob;
use crate::digest::Digest;
use crate::reference::Repository;

/// How a blob got there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// The registry had it in this repository.
    Present,
    /// It was mounted from another repository of the registry: no byte was sent.
    Mounted,
    /// Its bytes were sent.
    Sent,
}

impl Client {
    /// Brings a blob into a repository, whether it is there or not: by a mount if its origin is on
    /// the same registry, else by sending it. A failed attempt begins anew.
    ///
    /// # Errors
    /// [`Error`] in its class; [`Error::Source`] if the blob cannot be read.
    pub fn upload(&self, repository: &Repository, blob: &dyn Blob) -> Result<Uploaded, Error> {
        self.upload_unless(repository, blob, &AtomicBool::new(false))
    }

    /// As [`Client::upload`]; ends with [`Error::Stopped`] soon after `stop` becomes true.
    pub(crate) fn upload_unless(
        &self,
        repository: &Repository,
        blob: &dyn Blob,
        stop: &AtomicBool,
    ) -> Result<Uploaded, Error> {
        let upload = Upload { client: self, repository, blob, stop };
        let mut streamed = false;
        self.retrying(|number| {
            let digest = &blob.descriptor().digest;
            // The answer may have been lost, not the upload.
            if number > 1 && self.head_blob_once(repository, digest)?.is_some() {
                return Ok(Uploaded::Sent);
            }
            match upload.attempt(streamed) {
                Err(Error::Rejected { status: 413, .. }) if !streamed => {
                    streamed = true;
                    upload.attempt(true)
                }
                other => other,
            }
        })
    }
}

struct Upload<'a> {
    client: &'a Client,
    repository: &'a Repository,
    blob: &'a dyn Blob,
    stop: &'a AtomicBool,
}

/// The beginning of an upload.
enum Start {
    Mounted,
    /// Bytes are to be sent here.
    At(Uri),
}

impl<'a> Upload<'a> {
    fn digest(&self) -> &Digest {
        &self.blob.descriptor().digest
    }

    fn target(&self, method: Method) -> Target<'_> {
        Target::new(method, self.repository, format!("upload of `{}`", self.digest()))
    }

    fn attempt(&self, streamed: bool) -> Result<Uploaded, Error> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let address = match self.start()? {
            Start::Mounted => return Ok(Uploaded::Mounted),
            Start::At(address) => address,
        };
        let result = if streamed { self.stream(&address) } else { self.send_whole(&address) };
        result.map(|()| Uploaded::Sent).map_err(lost_session)
    }

    /// Where the blob can be mounted from: another repository of the same registry.
    fn origin(&self) -> Option<&'a Repository> {
        let origin = self.blob.origin()?;
        (origin.registry() == self.repository.registry() && origin != self.repository).then_some(origin)
    }

    /// A mount that the registry does not do is an upload that has begun; one that it refuses is
    /// begun without.
    fn start(&self) -> Result<Start, Error> {
        if let Some(origin) = self.origin() {
            let query = format!("?mount={}&from={}", self.digest(), encode(origin.path()));
            match self.post(&query, Some(origin)) {
                Err(Error::Denied { .. } | Error::NotFound { .. } | Error::Rejected { .. }) => {}
                other => return other,
            }
        }
        self.post("", None)
    }

    fn post(&self, query: &str, source: Option<&'a Repository>) -> Result<Start, Error> {
        let target = self.target(Method::POST).source(source).payload(Payload::Bytes(&[]));
        let rest = format!("blobs/uploads/{query}");
        let response = self.client.ask(&target, &rest)?;
        if response.status() == StatusCode::CREATED {
            return Ok(Start::Mounted);
        }
        let base = self.client.exchange.origin(self.repository)?.below(self.repository, &rest);
        let base = base.ok_or_else(|| Error::Address(self.repository.registry().to_owned()))?;
        next_address(self.client, &target, &base, &response).map(Start::At)
    }

    /// `PUT …?digest=` with all bytes.
    fn send_whole(&self, address: &Uri) -> Result<(), Error> {
        let length = Some(self.blob.descriptor().size);
        self.put(address, Payload::Stream(self, length))
    }

    /// `PATCH` with all bytes in HTTP chunks, then an empty `PUT …?digest=`: what Docker does.
    fn stream(&self, address: &Uri) -> Result<(), Error> {
        let target = self
            .target(Method::PATCH)
            .header(CONTENT_TYPE, "application/octet-stream")
            .payload(Payload::Stream(self, None));
        let response = self.client.ask_at(&target, address)?;
        let next = next_address(self.client, &target, address, &response)?;
        self.put(&next, Payload::Bytes(&[]))
    }

    fn put(&self, address: &Uri, payload: Payload<'_>) -> Result<(), Error> {
        let target = self.target(Method::PUT).header(CONTENT_TYPE, "application/octet-stream").payload(payload);
        let address = with_parameter(address, "digest", &self.digest().to_string())
            .ok_or_else(|| target.invalid(self.client, "its `Location` is no address"))?;
        let response = self.client.ask_at(&target, &address)?;
        let named = super::header(&response, "docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        let same_kind = |found: &Digest| found.algorithm() == self.digest().algorithm();
        match named.filter(|found| same_kind(found) && found != self.digest()) {
            Some(found) => Err(target.invalid(self.client, format!("it stored `{found}`, not `{}`", self.digest()))),
            None => Ok(()),
        }
    }
}

impl Opener for Upload<'_> {
    fn open(&self) -> Result<Box<dyn Source + '_>, Error> {
        let reader = self.blob.open().map_err(|error| source_error(self.digest(), &error))?;
        Ok(Box::new(Outgoing {
            reader,
            digest: self.digest().clone(),
            left: self.blob.descriptor().size,
            stop: self.stop,
            observer: self.client.observer.as_ref(),
            failure: None,
        }))
    }
}

/// A session that the registry has forgotten (another instance of it answered, or it restarted)
/// is begun anew; so is one whose offset is wrong.
fn lost_session(error: Error) -> Error {
    match error {
        Error::NotFound { host, said, .. } | Error::Rejected { host, said, status: 416, .. } => {
            Error::Unreachable { host, cause: format!("it lost the upload: {said}"), transient: true, wait: None }
        }
        other => other,
    }
}

fn source_error(digest: &Digest, error: &io::Error) -> Error {
    Error::Source { digest: digest.clone(), cause: error.to_string() }
}

/// Exactly as many bytes as promised, counted.
struct Outgoing<'a> {
    reader: Box<dyn Read + Send>,
    digest: Digest,
    left: u64,
    stop: &'a AtomicBool,
    observer: &'a dyn Observer,
    failure: Option<Error>,
}

impl Outgoing<'_> {
    fn fail(&mut self, failure: Error) -> io::Error {
        let text = failure.to_string();
        self.failure = Some(failure);
        io::Error::other(text)
    }
}

impl Source for Outgoing<'_> {
    fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }
}

impl Read for Outgoing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if self.stop.load(Ordering::Relaxed) {
            return Err(self.fail(Error::Stopped));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = match self.reader.read(&mut buffer[..most]) {
            Ok(0) => {
                let cause = format!("it ended {} bytes too early", self.left);
                return Err(self.fail(Error::Source { digest: self.digest.clone(), cause }));
            }
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.fail(source_error(&self.digest, &error))),
        };
        self.left -= count as u64;
        self.observer.sent(&self.digest, count as u64);
        Ok(count)
    }
}
