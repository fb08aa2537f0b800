//! The table of Protobuf field numbers, from the `generated.proto` files that Kubernetes publishes with its Go types.

mod go;
mod proto;
mod row;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use linkspan_cluster::types::{Types, builtin};
use proto::{Kind, Message};

const MODULES: [&str; 3] = ["k8s.io/api", "k8s.io/apimachinery", "k8s.io/apiextensions-apiserver"];

/// All messages by their names in OpenAPI.
type Messages = BTreeMap<String, Message>;
/// The rows of the table: by message, by number.
type Table = BTreeMap<String, BTreeMap<u32, String>>;

/// Writes the table for the structs of `types.json` into `folder`; `root` is the repository.
pub(crate) fn write(root: &Path, folder: &Path) -> Result<()> {
    let mut messages = Messages::new();
    for file in files(&root.join("tests/tools/kubernetes"))? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        let go = std::fs::read_to_string(file.with_extension("pb.go")).unwrap_or_default();
        messages.extend(proto::read(&text, &go::fields(&go)));
    }
    super::save(&folder.join("protobuf.json"), super::json::lines(&table(&messages, &builtin().types)?, 2)?.as_bytes())
}

/// The files of the modules, at the versions that the tests' `go.mod` names.
fn files(module: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("go")
        .args(["list", "-m", "-f", "{{.Dir}}"])
        .args(MODULES)
        .current_dir(module)
        .output()
        .context("`go` cannot be started")?;
    if !output.status.success() {
        bail!("`go list` fails: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let mut files = Vec::new();
    for folder in String::from_utf8(output.stdout)?.lines() {
        find(Path::new(folder), &mut files)?;
    }
    Ok(files)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("`{}` cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.ends_with("generated.proto") {
            files.push(path);
        }
    }
    Ok(())
}

/// The rows of all messages that the structs consist of.
fn table(messages: &Messages, types: &Types) -> Result<Table> {
    let mut table = Table::new();
    let mut names: BTreeSet<&str> = types.all().iter().map(|one| plain(&one.name)).collect();
    while let Some(name) = names.pop_first() {
        if table.contains_key(name) {
            continue;
        }
        let message = messages.get(name).with_context(|| format!("there is no message `{name}`"))?;
        let fields = types.find(name).map(|id| &types.get(id).fields);
        let row = |field| row::write(name, field, fields).map(|row| (field.number, row));
        table.insert(name.to_owned(), message.fields.iter().map(row).collect::<Result<_>>()?);
        names.extend(message.fields.iter().filter_map(|field| match &field.kind {
            Kind::Message(name) => Some(name.as_str()),
            Kind::Scalar(_) => None,
        }));
    }
    Ok(table)
}

/// The name of a struct without what tells two uses of it apart.
fn plain(name: &str) -> &str {
    name.split('#').next().unwrap_or_default()
}
