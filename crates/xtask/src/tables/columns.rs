use anyhow::Result;
use linkspan_cluster::types::{Column, Columns, Kind, Kinds};

use super::served;
use super::server::Server;

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";

/// The columns that the server shows of each kind; none of those that cannot be listed.
pub(crate) fn read(server: &Server, kinds: &Kinds) -> Result<Columns> {
    kinds.kinds.iter().map(|kind| Ok((key(kind), columns(server, kind)?))).collect()
}

fn key(kind: &Kind) -> String {
    format!("{}/{}/{}", kind.group, kind.version, kind.plural)
}

fn columns(server: &Server, kind: &Kind) -> Result<Vec<Column>> {
    if !kind.verbs.iter().any(|verb| verb == "list") {
        return Ok(Vec::new());
    }
    let path = format!("/{}/{}?limit=1", served::address(&kind.group, &kind.version), kind.plural);
    let table = server.get(&path, TABLE)?;
    Ok(serde_json::from_value(table["columnDefinitions"].clone())?)
}
