//! The locked documents: read, and held against their digests.

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_command::Failure;
use linkspan_project::{LOCK_NAME, Lock, Remote};
use linkspan_source::Document;
use sha2::{Digest, Sha256};

use crate::schema::{Error, Files, LIMIT};

impl Files {
    /// With the remote documents that the tree's own `linkspan.lock` has.
    ///
    /// # Errors
    /// The lock is malformed, a copy is missing, or it is not what was locked.
    pub fn locked(self) -> Result<Self, Failure> {
        let documents: Result<_, Failure> =
            documents(&self)?.into_iter().map(|(uri, document)| Ok((uri, document?))).collect();
        Ok(self.with_remote(documents?))
    }

    /// As [`Files::locked`], of a tree that cannot be mended any more. What is not as it was locked is left out: a
    /// reference to it then leads nowhere, and says so.
    ///
    /// # Errors
    /// The lock cannot be read or is malformed.
    pub(crate) fn locked_in_part(self) -> Result<Self, Error> {
        let documents = documents(&self)?.into_iter();
        let documents = documents.filter_map(|(uri, document)| Some((uri, document.ok()?))).collect();
        Ok(self.with_remote(documents))
    }
}

/// The documents that a tree's lock has, by their addresses, or why one cannot be used.
fn documents(files: &Files) -> Result<BTreeMap<String, Result<Document, Failure>>, Error> {
    let remotes = lock(files)?.remotes.into_iter();
    Ok(remotes.map(|(uri, remote)| (uri.clone(), document(files, &uri, &remote))).collect())
}

/// A tree's lock; an empty one, if there is no file.
pub(crate) fn lock(files: &Files) -> Result<Lock, Error> {
    let path = Path::new(LOCK_NAME);
    let Some(bytes) = files.bytes(path)? else { return Ok(Lock::default()) };
    let shown = files.shown(path);
    Lock::parse(&String::from_utf8_lossy(&bytes), &shown).map_err(|error| match error {
        linkspan_project::Error::Malformed(findings) => Error::Malformed { file: shown, findings },
        linkspan_project::Error::Unreadable { file, source } => Error::Unreadable { file, reason: source.to_string() },
    })
}

fn document(files: &Files, uri: &str, remote: &Remote) -> Result<Document, Failure> {
    let path = Path::new(&remote.file);
    verified(files, uri, remote)?;
    Ok((*files.document(path)?).clone())
}

/// The bytes of a locked document's copy.
///
/// # Errors
/// There is none, or it is not what was locked.
pub(super) fn verified(files: &Files, uri: &str, remote: &Remote) -> Result<Vec<u8>, Failure> {
    let failed = |message: String| {
        Failure::input(message)
            .in_file(files.shown(Path::new(LOCK_NAME)), None)
            .help(format!("run `linkspan-events lock --from {uri}=FILE` with the right document"))
    };
    let Some(bytes) = files.bytes(Path::new(&remote.file))? else {
        return Err(failed(format!("the copy `{}` of `{uri}` cannot be read: it is not there", remote.file)));
    };
    let digest = digest(&bytes);
    if digest == remote.digest {
        return Ok(bytes);
    }
    Err(failed(format!("`{}` is not what was locked as `{uri}`: it is {digest}, not {}", remote.file, remote.digest)))
}

/// The digest of some bytes, as a lock has it.
pub(super) fn digest(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// A file's bytes, at most as many as a document may have.
pub(super) fn bytes(path: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(format!("`{shown}` cannot be read: {error}"));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LIMIT {
        return Err(Failure::input(format!("`{shown}` is larger than {LIMIT} bytes")));
    }
    std::fs::read(path).map_err(unreadable)
}
