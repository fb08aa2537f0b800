//! What reading and defaulting make of each field, found by asking the server.

mod ask;
mod conditions;
mod fields;
mod go;
mod known;
mod place;
mod rules;
mod webhook;

use anyhow::Result;
use linkspan_cluster::types::{Defaults, Kinds, Types};
use serde_json::Value;

use super::server::Server;
use ask::Asker;
use webhook::Webhook;

/// Completes the fields of `types`; the defaults that depend on something.
pub(crate) fn complete(server: &Server, types: &mut Types, kinds: &Kinds, schemas: &Value) -> Result<Defaults> {
    let asker = Asker::new(Webhook::start(server)?, types, kinds);
    let fields = fields::read(&asker, types)?;
    let conditions = conditions::read(&asker, types, schemas)?;
    let go = go::read(&asker, types)?;
    drop(asker);
    fields::apply(types, &fields);
    go::apply(types, go);
    known::apply(types);
    Ok(rules::rules(types, &fields, &conditions))
}
