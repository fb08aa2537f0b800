//! Where a remote document comes from.

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_command::Failure;
use linkspan_project::Lock;
use linkspan_report::Finding;
use linkspan_source::{Document, pointer};
use serde_json::Value;

use super::{Args, references, stored};
use crate::schema::{Error, Files};

/// The documents given as `URI=FILE`, by their addresses.
pub(super) fn given(from: &[String], directory: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut given = BTreeMap::new();
    for entry in from {
        // An address may have `=`, a file's name rarely does.
        let (uri, file) = entry
            .rsplit_once('=')
            .ok_or_else(|| Failure::usage(format!("`{entry}` in `--from` is not of the form `URI=FILE`")))?;
        let uri = uri.split('#').next().unwrap_or_default();
        if !references::is_absolute(uri) {
            return Err(Failure::usage(format!("`{uri}` in `--from` is no absolute address")));
        }
        given.insert(uri.to_owned(), stored::bytes(&directory.join(file), file)?);
    }
    Ok(given)
}

/// The bytes of a document: given, locked, or fetched.
pub(super) fn bytes(
    args: &Args,
    uri: &str,
    given: &mut BTreeMap<String, Vec<u8>>,
    before: &Lock,
    files: &Files,
) -> Result<Option<Vec<u8>>, Failure> {
    if let Some(bytes) = given.remove(uri) {
        return Ok(Some(bytes));
    }
    if let Some(remote) = before.remotes.get(uri) {
        return stored::verified(files, uri, remote).map(Some);
    }
    fetched(args, uri)
}

#[cfg(not(feature = "registry"))]
fn fetched(_: &Args, _: &str) -> Result<Option<Vec<u8>>, Failure> {
    Ok(None)
}

#[cfg(feature = "registry")]
fn fetched(args: &Args, uri: &str) -> Result<Option<Vec<u8>>, Failure> {
    if !args.fetch || !(uri.starts_with("https://") || uri.starts_with("http://")) {
        return Ok(None);
    }
    let unreachable = |error: ureq::Error| Failure::unreachable(format!("`{uri}` cannot be fetched: {error}"));
    let mut response = ureq::get(uri).call().map_err(unreachable)?;
    response.body_mut().with_config().limit(crate::schema::LIMIT).read_to_vec().map(Some).map_err(unreachable)
}

/// A reference that is not locked, at the place where it stands.
pub(super) fn mention(document: &Document, uri: &str, shown: &str) -> Finding {
    let message = format!("the reference leads to `{uri}`, which is not in `linkspan.lock`");
    let at = place(&document.value, uri, String::new()).unwrap_or_default();
    Finding::error("lock/missing", message)
        .in_file(shown)
        .at(document.nearest(&at))
        .help(format!("run `linkspan-events lock --from {uri}=FILE`"))
}

/// The first reference whose text names the address or its end.
fn place(value: &Value, uri: &str, at: String) -> Option<String> {
    match value {
        Value::Object(members) => {
            let named = |text: &str| {
                let address = text.split('#').next().unwrap_or_default();
                !address.is_empty() && uri.ends_with(address)
            };
            let own =
                references::WORDS.iter().find(|word| members.get(**word).and_then(Value::as_str).is_some_and(named));
            own.map(|word| pointer::join(&at, word))
                .or_else(|| members.iter().find_map(|(name, member)| place(member, uri, pointer::join(&at, name))))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| place(item, uri, pointer::join_index(&at, index)))
        }
        _ => None,
    }
}

/// A remote document that is neither JSON nor YAML.
pub(super) fn malformed(uri: &str, error: Error) -> Failure {
    let mut failure = Failure::from(error);
    failure.finding.message = format!("`{uri}` is malformed: {}", failure.finding.message);
    failure.finding.file = Some(uri.to_owned());
    failure
}
