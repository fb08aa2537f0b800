//! What goes once its last applier does not apply it any more.

use serde_json::Value;

use super::managed::Managed;
use super::schema::{Schema, Type};
use super::set::FieldSet;

/// Removes what the manager applied before, does not apply any more, and nobody else owns. What is below goes with it.
pub(super) fn prune(
    schema: Schema<'_>,
    of: Type<'_>,
    merged: Value,
    managed: &Managed<'_>,
    own: usize,
    last: FieldSet<'_>,
) -> Value {
    if last.clone().difference(&managed.entries[own].fields).is_empty() {
        return merged;
    }
    let last = schema.with_named(of, last);
    let owned = managed.entries.iter().fold(FieldSet::default(), |owned, entry| owned.union(entry.fields.clone()));
    let owned = schema.with_named(of, owned);
    let all = schema.with_named(of, schema.fields(of, &merged));
    let without = |fields: &FieldSet<'_>| {
        let mut rest = merged.clone();
        schema.remove(of, &mut rest, fields);
        rest
    };
    let missing = |rest: &Value| all.clone().difference(&schema.with_named(of, schema.fields(of, rest)));
    let unowned = missing(&without(&last)).difference(&owned);
    let gone = missing(&without(&unowned)).intersection(&last);
    without(&gone)
}
