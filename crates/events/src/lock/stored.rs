//! The locked documents: read, and held against their digests.

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_command::{Exit, Failure};
use linkspan_project::{Error, LOCK_NAME, Lock, Remote};
use linkspan_report::Finding;
use linkspan_source::{Dialect, Document, Format, format_of, json, text, yaml};
use sha2::{Digest, Sha256};

/// A remote document larger than this is refused.
pub(super) const LIMIT: u64 = 64 << 20;

/// The documents that a project's `linkspan.lock` has, by their addresses; none, if there is no lock.
///
/// # Errors
/// The lock is malformed, a copy is missing, or it is not what was locked.
pub fn documents(root: &Path) -> Result<BTreeMap<String, Document>, Failure> {
    let lock = lock(root)?;
    lock.remotes.iter().map(|(uri, remote)| Ok((uri.clone(), document(root, uri, remote)?))).collect()
}

/// A project's lock.
pub(super) fn lock(root: &Path) -> Result<Lock, Failure> {
    Lock::read(root, LOCK_NAME).map_err(|error| match error {
        Error::Malformed(findings) => match findings.into_iter().next() {
            Some(finding) => Failure::new(Exit::Input, finding),
            None => Failure::input(format!("`{LOCK_NAME}` is malformed")),
        },
        Error::Unreadable { file, source } => Failure::input(format!("cannot be read: {source}")).in_file(file, None),
    })
}

fn document(root: &Path, uri: &str, remote: &Remote) -> Result<Document, Failure> {
    let failed = |message: String| {
        Failure::input(message)
            .in_file(LOCK_NAME, None)
            .help(format!("run `linkspan-events lock --from {uri}=FILE` with the right document"))
    };
    let bytes = std::fs::read(root.join(&remote.file))
        .map_err(|error| failed(format!("the copy `{}` of `{uri}` cannot be read: {error}", remote.file)))?;
    let digest = digest(&bytes);
    if digest != remote.digest {
        let message =
            format!("`{}` is not what was locked as `{uri}`: it is {digest}, not {}", remote.file, remote.digest);
        return Err(failed(message));
    }
    parse(&bytes, Path::new(&remote.file)).map_err(|findings| match findings.into_iter().next() {
        Some(finding) => Failure::new(Exit::Input, finding),
        None => failed(format!("the copy `{}` of `{uri}` is empty", remote.file)),
    })
}

/// The digest of some bytes, as a lock has it.
pub(crate) fn digest(bytes: &[u8]) -> String {
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

/// A document in JSON or, where the name does not say JSON, in YAML.
pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Document, Vec<Finding>> {
    let shown = path.display().to_string();
    let findings = |faults: Vec<linkspan_source::Fault>| faults.iter().map(|fault| fault.finding(&shown)).collect();
    let text = text(bytes).map_err(|fault| findings(vec![fault]))?;
    if format_of(path) == Some(Format::Json) {
        return json(text).map_err(findings);
    }
    let mut documents = yaml(text, Dialect::Yaml12).map_err(findings)?.into_iter();
    documents.next().ok_or_else(|| vec![Finding::error("input", "the document is empty").in_file(shown.as_str())])
}
