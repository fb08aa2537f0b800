//! Rules about links.

use std::collections::BTreeSet;

use super::shape::Kind;
use super::{Subject, Violation};

/// A link's `operationId` names an operation (Link Object).
pub(super) fn operations(subject: &Subject<'_>) -> Vec<Violation> {
    let known: BTreeSet<_> =
        subject.of(Kind::Operation).filter_map(|operation| operation.text("operationId")).collect();
    let unknown = subject.of(Kind::Link).filter_map(|link| {
        let id = link.text("operationId").filter(|id| !known.contains(id))?;
        let message = format!("no operation has the `operationId` `{id}`");
        Some(Violation::new(format!("{}/operationId", link.at), message))
    });
    unknown.collect()
}
