//! Blobs: asking whether they are there, and reading them, checked, through cut connections.

use std::fmt;
use std::io::{self, Read};

use ureq::Body;
use ureq::http::header::RANGE;
use ureq::http::{Method, Response, StatusCode};

use super::{Client, Error, Target, header};
use crate::digest::{Digest, Verify};
use crate::manifest::Descriptor;
use crate::reference::Repository;

impl Client {
    /// The size of a blob in bytes; `None` if it is not there. A registry that does not say the
    /// size gives `Some(None)`.
    ///
    /// # Errors
    /// [`Error`] in its class.
    pub fn head_blob(&self, repository: &Repository, digest: &Digest) -> Result<Option<Option<u64>>, Error> {
        self.retrying(|_| self.head_blob_once(repository, digest))
    }

    pub(super) fn head_blob_once(
        &self,
        repository: &Repository,
        digest: &Digest,
    ) -> Result<Option<Option<u64>>, Error> {
        let target = Target::new(Method::HEAD, repository, format!("blob `{digest}`"));
        match self.ask(&target, &format!("blobs/{digest}")) {
            Err(error) if error.is_not_found() => Ok(None),
            Ok(response) => Ok(Some(header(&response, "content-length").and_then(|text| text.parse().ok()))),
            Err(error) => Err(error),
        }
    }

    /// Opens a blob. Reading it to the end checks digest and size; where the connection is cut, it
    /// goes on from there.
    ///
    /// # Errors
    /// [`Error`] in its class; [`Error::NotFound`] if it is not there, [`Error::Invalid`] if the
    /// registry names another length.
    pub fn blob(&self, repository: &Repository, descriptor: &Descriptor) -> Result<Verify<BlobReader>, Error> {
        let mut reader = BlobReader {
            client: self.clone(),
            repository: repository.clone(),
            digest: descriptor.digest.clone(),
            size: descriptor.size,
            position: 0,
            failures: 0,
            body: None,
        };
        reader.body = Some(reader.open()?);
        Ok(Verify::new(reader, descriptor.digest.clone(), descriptor.size))
    }
}

/// The bytes of a blob as they come from the registry. Errors hold an [`Error`] inside.
pub struct BlobReader {
    client: Client,
    repository: Repository,
    digest: Digest,
    size: u64,
    position: u64,
    failures: u32,
    body: Option<Box<dyn Read + Send>>,
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobReader({} at {} of {})", self.digest, self.position, self.size)
    }
}

impl BlobReader {
    fn target(&self) -> Target<'_> {
        let target = Target::new(Method::GET, &self.repository, format!("blob `{}`", self.digest));
        if self.position == 0 { target } else { target.header(RANGE, format!("bytes={}-", self.position)) }
    }

    /// Asks for the rest.
    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        let target = self.target();
        let response = self.client.retrying(|_| self.client.ask(&target, &format!("blobs/{}", self.digest)))?;
        let from = self.begins_at(&target, &response)?;
        let rest = self.size.saturating_sub(from);
        if response.body().content_length().is_some_and(|length| length != rest) {
            let length = response.body().content_length().unwrap_or_default();
            return Err(target.invalid(&self.client, format!("it has {length} bytes, not {rest}")));
        }
        let mut body: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        let known = self.position - from;
        let skipped = io::copy(&mut (&mut body).take(known), &mut io::sink());
        skipped.map_err(|error| self.client.cut(&target, &error))?;
        Ok(body)
    }

    /// From which byte on an answer has the blob: from the one asked for, or (a registry may
    /// ignore a range) from the first.
    fn begins_at(&self, target: &Target<'_>, response: &Response<Body>) -> Result<u64, Error> {
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Ok(0);
        }
        let range = header(response, "content-range").unwrap_or_default();
        let start = range.strip_prefix("bytes ").and_then(|rest| rest.split('-').next()?.parse::<u64>().ok());
        match start {
            Some(start) if start == self.position => Ok(start),
            _ => Err(target.invalid(&self.client, format!("it has not the range that was asked for, but `{range}`"))),
        }
    }

    /// After a cut: whether to go on, having waited.
    fn resume(&mut self, cause: &io::Error) -> Result<(), Error> {
        self.failures += 1;
        let error = self.client.cut(&self.target(), cause);
        let retry = self.client.retry;
        if !error.is_transient() || self.failures >= retry.attempts || self.position >= self.size {
            return Err(error);
        }
        let pause = retry.pause.saturating_mul(self.failures).min(retry.longest);
        self.client.observer.retrying(&error, self.failures, pause);
        std::thread::sleep(pause);
        self.body = Some(self.open()?);
        Ok(())
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(body) = &mut self.body else { return Ok(0) };
            let cause = match body.read(buffer) {
                Ok(0) if self.position < self.size && !buffer.is_empty() => {
                    io::Error::from(io::ErrorKind::UnexpectedEof)
                }
                Ok(count) => {
                    self.position += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.body = None;
            self.resume(&cause).map_err(io::Error::other)?;
        }
    }
}
