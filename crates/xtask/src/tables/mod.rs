//! The tables of the embedded cluster, read from a real kube-apiserver.

mod columns;
mod discovery;
mod documents;
mod immutable;
mod json;
mod namespace;
mod origin;
mod probe;
mod protobuf;
mod served;
mod server;

use std::path::Path;

use anyhow::{Context, Result};
pub(crate) use protobuf::write as write_protobuf;
use server::Server;

/// Reads the server that `kubectl` reaches and writes all tables into a folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let server = Server::start()?;
    let namespace = namespace::Namespace::make(&server)?;
    let documents = documents::read(&server)?;
    let mut kinds = discovery::kinds(&server, &documents)?;
    let columns = columns::read(&server, &kinds)?;
    let mut types = documents::types(&documents, &kinds);
    discovery::resolve(&mut kinds, &types);
    let schemas = documents::schemas(&documents).into();
    let defaults = probe::complete(&server, &mut types, &kinds, &schemas)?;
    let immutable = immutable::read(&server, &types, &kinds, &schemas)?;
    drop(namespace);
    let save = |name: &str, bytes: &[u8]| save(&folder.join(name), bytes);
    save("ORIGIN.md", origin::text(&server)?.as_bytes())?;
    save("types.json", json::lines(&linkspan_cluster::types::rows::write(&types), 3)?.as_bytes())?;
    save("kinds.json", json::lines(&kinds, 2)?.as_bytes())?;
    save("defaults.json", json::lines(&defaults, 2)?.as_bytes())?;
    save("immutable.json", json::lines(&immutable, 2)?.as_bytes())?;
    save("columns.json", json::lines(&columns, 2)?.as_bytes())?;
    for (path, document) in documents::served(&documents) {
        save(&documents::file(&path), &documents::compressed(&document)?)?;
    }
    Ok(())
}

fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes).with_context(|| format!("`{}` cannot be written", path.display()))
}
