use std::collections::BTreeMap;
use std::path::Path;

use linkspan_project::{LOCK_NAME, Lock, Remote};
use linkspan_source::Document;

use super::{Error, Files};
use crate::lock::digest;

impl Files {
    /// With the remote documents that the tree's own `linkspan.lock` has. What is not as it was locked is left out: a
    /// reference to it then leads nowhere, and says so.
    ///
    /// # Errors
    /// The lock cannot be read or is malformed.
    pub fn locked(self) -> Result<Self, Error> {
        let Some(bytes) = self.bytes(Path::new(LOCK_NAME))? else { return Ok(self) };
        let lock: Lock = serde_json::from_slice(&bytes).map_err(|error| Error::Invalid {
            file: self.shown(Path::new(LOCK_NAME)),
            message: format!("the lock is malformed: {error}"),
            span: None,
        })?;
        let documents = lock.remotes.into_iter().filter_map(|(uri, remote)| Some((uri, document(&self, &remote)?)));
        let documents: BTreeMap<_, _> = documents.collect();
        Ok(self.with_remote(documents))
    }
}

fn document(files: &Files, remote: &Remote) -> Option<Document> {
    let path = Path::new(&remote.file);
    let bytes = files.bytes(path).ok()??;
    let same = remote.digest == digest(&bytes);
    same.then(|| files.document(path).ok().map(|document| (*document).clone()))?
}
