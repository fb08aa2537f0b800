//! `linkspan.lock`: what a project takes from elsewhere, pinned.
//!
//! One JSON document beside `linkspan.yaml`, to be committed:
//!
//! ```json
//! {
//!   "version": 1,
//!   "include": {
//!     "https://github.com/globex/loyalty": { "ref": "v3", "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8" }
//!   },
//!   "remotes": {
//!     "https://example.com/order.json": { "digest": "sha256:…", "file": ".linkspan/remotes/….json" }
//!   }
//! }
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_report::Finding;
use linkspan_source::{Document, json};
use serde::{Deserialize, Serialize};

use crate::Error;

/// The name of the file.
pub const LOCK_NAME: &str = "linkspan.lock";

/// The folder, relative to the project, that holds copies of remote documents; to be committed, too.
pub const REMOTES: &str = ".linkspan/remotes";

/// The version of the file's form.
const VERSION: u32 = 1;

/// What a project takes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u32,
    /// Other repositories, by the address that `include:` has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub include: BTreeMap<String, Commit>,
    /// Remote documents, by their addresses without fragment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remotes: BTreeMap<String, Remote>,
}

/// A repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// The branch, tag or commit that `include:` asks for, if it says one.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The commit, in full.
    pub commit: String,
}

/// A remote document's copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// `sha256:` and 64 hexadecimal digits, of the document's bytes.
    pub digest: String,
    /// The copy, relative to the project.
    pub file: String,
}

impl Default for Lock {
    fn default() -> Self {
        Self { version: VERSION, include: BTreeMap::new(), remotes: BTreeMap::new() }
    }
}

impl Lock {
    /// The lock of the project in the folder `root`; an empty one, if there is no file. Findings name the file as
    /// `shown`.
    ///
    /// # Errors
    /// The file cannot be read, or is malformed.
    pub fn read(root: &Path, shown: &str) -> Result<Self, Error> {
        match std::fs::read_to_string(root.join(LOCK_NAME)) {
            Ok(text) => Self::parse(&text, shown),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(Error::Unreadable { file: shown.to_owned(), source }),
        }
    }

    /// The lock in a text that findings name as `shown`.
    ///
    /// # Errors
    /// It is malformed.
    pub fn parse(text: &str, shown: &str) -> Result<Self, Error> {
        let malformed = |findings: Vec<Finding>| Error::Malformed(findings);
        let document =
            json(text).map_err(|faults| malformed(faults.iter().map(|fault| fault.finding(shown)).collect()))?;
        let lock: Self = serde_json::from_value(document.value.clone())
            .map_err(|error| malformed(vec![fault(&document, "", error.to_string(), shown)]))?;
        let faults = lock.faults(&document, shown);
        if faults.is_empty() { Ok(lock) } else { Err(malformed(faults)) }
    }

    fn faults(&self, document: &Document, shown: &str) -> Vec<Finding> {
        let mut faults = Vec::new();
        if self.version != VERSION {
            let message = format!("the lock has the version {}, but this program knows {VERSION}", self.version);
            faults.push(fault(document, "/version", message, shown));
        }
        for (address, remote) in &self.remotes {
            let at = linkspan_source::pointer::join("/remotes", address);
            if !remote.digest.strip_prefix("sha256:").is_some_and(|digits| is_hexadecimal(digits, 64)) {
                let message = format!("`{}` is no digest: `sha256:` and 64 digits", remote.digest);
                faults.push(fault(document, &format!("{at}/digest"), message, shown));
            }
            if !Path::new(&remote.file).components().all(|part| matches!(part, std::path::Component::Normal(_))) {
                let message = format!("the copy `{}` must be a file below the project", remote.file);
                faults.push(fault(document, &format!("{at}/file"), message, shown));
            }
        }
        for (address, commit) in &self.include {
            if !is_hexadecimal(&commit.commit, 40) && !is_hexadecimal(&commit.commit, 64) {
                let at = format!("{}/commit", linkspan_source::pointer::join("/include", address));
                faults.push(fault(document, &at, format!("`{}` is no full commit", commit.commit), shown));
            }
        }
        faults
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        // Nothing in it can fail to be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, root: &Path) -> std::io::Result<()> {
        let next = root.join(format!("{LOCK_NAME}.{}", std::process::id()));
        let written = std::fs::write(&next, self.text()).and_then(|()| std::fs::rename(&next, root.join(LOCK_NAME)));
        written.inspect_err(|_| drop(std::fs::remove_file(&next)))
    }
}

fn is_hexadecimal(digits: &str, length: usize) -> bool {
    digits.len() == length && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn fault(document: &Document, at: &str, message: String, shown: &str) -> Finding {
    Finding::error("lock", message)
        .in_file(shown)
        .at(document.nearest(at))
        .help("`linkspan-events lock` writes this file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut lock = Lock::read(folder.path(), LOCK_NAME).unwrap();
        assert_eq!(lock, Lock::default());
        let commit = Commit { reference: Some("v3".to_owned()), commit: "a".repeat(40) };
        lock.include.insert("https://github.com/globex/loyalty".to_owned(), commit);
        let remote = Remote { digest: format!("sha256:{}", "0".repeat(64)), file: format!("{REMOTES}/0.json") };
        lock.remotes.insert("https://example.com/a.json".to_owned(), remote);
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(folder.path(), LOCK_NAME).unwrap(), lock);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn faults_have_their_places() {
        let said = |text: &str| match Lock::parse(text, "linkspan.lock") {
            Err(Error::Malformed(findings)) => {
                let line = |finding: &Finding| {
                    let start = finding.span.unwrap().start;
                    format!("{}:{} {}", start.line, start.column, finding.message)
                };
                findings.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            other => format!("{other:?}"),
        };
        insta::assert_snapshot!(said("{\"version\": 2}"), @"1:13 the lock has the version 2, but this program knows 1");
        insta::assert_snapshot!(said("{\"version\": 1,\n\"remotes\": {\"u\": {\"digest\": \"x\", \"file\": \"../a\"}}}"), @r"
        2:29 `x` is no digest: `sha256:` and 64 digits
        2:42 the copy `../a` must be a file below the project
        ");
        insta::assert_snapshot!(said("{\"version\": 1, \"include\": {\"r\": {\"commit\": \"abc\"}}}"), @"1:44 `abc` is no full commit");
        insta::assert_snapshot!(said("{\"version\": 1, \"include\": {}, \"include\": {}}"), @"1:31 the key `include` occurs twice in this object");
    }
}
