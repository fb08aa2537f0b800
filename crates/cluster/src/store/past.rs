use std::collections::BTreeMap;
use std::sync::Arc;

use super::state::State;
use super::{Key, Prefix, Revision, Stored};

/// The objects under a prefix as they were at a revision, from a key on: the present ones with later changes undone.
///
/// The revision must be one that the history reaches.
pub(super) fn at<'a>(state: &'a State, prefix: &'a Prefix, from: &str, revision: Revision) -> Vec<&'a Arc<Stored>> {
    let undone = undone(state, prefix, from, revision);
    let mut objects: Vec<_> = state.range(prefix, from).filter(|stored| !undone.contains_key(stored.key())).collect();
    if !undone.is_empty() {
        objects.extend(undone.into_values().flatten());
        objects.sort_unstable_by(|one, other| one.key().cmp(other.key()));
    }
    objects
}

/// What has changed since, as it was before: the oldest of the later changes says so.
fn undone<'a>(
    state: &'a State,
    prefix: &Prefix,
    from: &str,
    revision: Revision,
) -> BTreeMap<&'a Key, Option<&'a Arc<Stored>>> {
    let later = state.history.after(revision).rev();
    let keyed = later.filter_map(|change| change.key().map(|key| (key, change.before.as_ref())));
    keyed.filter(|(key, _)| prefix.covers(key) && key.as_str() >= from).collect()
}
