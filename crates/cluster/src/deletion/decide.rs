use linkspan_kube::time::unix_seconds;
use serde_json::{Value, json};

use super::{DeleteOptions, Propagation};
use crate::api::timestamp;
use crate::strategy::Dependents;

/// What is done to an object that is to be deleted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deletion {
    /// It is removed.
    Remove,
    /// It stays for now, and says that it is going.
    Mark(Value),
    /// It is on its way already.
    Pending,
}

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Decides about an object at a time (seconds since 1970), as the real one's generic registry does. `graceful` says
/// whether its kind is given time to end (pods); `dependents` what the kind does when nobody says; nothing for kinds
/// that own nothing (events).
pub(crate) fn decide(
    object: &Value,
    options: &DeleteOptions,
    dependents: Option<Dependents>,
    graceful: bool,
    now: i64,
) -> Deletion {
    let mut marked = object.clone();
    let grace = match graceful.then(|| grace(object, options, now)) {
        Some(Grace::Pending) => return Deletion::Pending,
        Some(Grace::Until { deleted_at, seconds, first }) => {
            mark(&mut marked, deleted_at, seconds, first);
            Some(seconds)
        }
        Some(Grace::None) | None => None,
    };
    let finalizers = finalizers(object, options, dependents);
    let holds = !finalizers.is_empty();
    set_finalizers(&mut marked, finalizers);
    match grace {
        Some(seconds) if seconds > 0 || holds => Deletion::Mark(marked),
        None if holds => {
            if object.pointer("/metadata/deletionTimestamp").is_none() {
                mark(&mut marked, now, 0, true);
            }
            Deletion::Mark(marked)
        }
        _ => Deletion::Remove,
    }
}

/// The time that an object is given to end.
enum Grace {
    /// It is being deleted, and not to be hurried.
    Pending,
    /// None.
    None,
    Until {
        deleted_at: i64,
        seconds: i64,
        first: bool,
    },
}

fn grace(object: &Value, options: &DeleteOptions, now: i64) -> Grace {
    let deleted = object.pointer("/metadata/deletionTimestamp").and_then(Value::as_str).and_then(unix_seconds);
    let given = object.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64).unwrap_or_default();
    match (deleted, options.grace) {
        (None, _) => {
            let seconds = pod_grace(object, options.grace);
            Grace::Until { deleted_at: now + seconds, seconds, first: true }
        }
        (Some(_), _) if given == 0 => Grace::None,
        (Some(at), Some(seconds)) if seconds < given => {
            let deleted_at = (at - given + seconds).max(now);
            // The time is over already, but it was not to be without any.
            let seconds = if at - given + seconds < now && seconds != 0 { 1 } else { seconds };
            Grace::Until { deleted_at, seconds, first: false }
        }
        (Some(_), _) => Grace::Pending,
    }
}

fn pod_grace(pod: &Value, asked: Option<i64>) -> i64 {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let idle = text("/spec/nodeName").is_empty() || matches!(text("/status/phase"), "Failed" | "Succeeded");
    let own = || pod.pointer("/spec/terminationGracePeriodSeconds").and_then(Value::as_i64).unwrap_or_default();
    match asked.unwrap_or_else(own) {
        _ if idle => 0,
        seconds if seconds < 0 => 1,
        seconds => seconds,
    }
}

fn mark(object: &mut Value, deleted_at: i64, seconds: i64, first: bool) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.insert("deletionTimestamp".to_owned(), timestamp(deleted_at).into());
    metadata.insert("deletionGracePeriodSeconds".to_owned(), seconds.into());
    if let Some(generation) = metadata.get("generation").and_then(Value::as_i64).filter(|_| first) {
        metadata.insert("generation".to_owned(), (generation + 1).into());
    }
}

/// The finalizers that the object is left with: those of garbage collection come and go with the options.
fn finalizers(object: &Value, options: &DeleteOptions, dependents: Option<Dependents>) -> Vec<String> {
    let list = object.pointer("/metadata/finalizers").and_then(Value::as_array);
    let there: Vec<&str> = list.into_iter().flatten().filter_map(Value::as_str).collect();
    let said = there.iter().find_map(|one| match *one {
        ORPHAN => Some(Propagation::Orphan),
        FOREGROUND => Some(Propagation::Foreground),
        _ => None,
    });
    let own = match dependents {
        Some(Dependents::Orphan) => Propagation::Orphan,
        _ => Propagation::Background,
    };
    let policy =
        if dependents.is_some() { options.propagation.or(said).unwrap_or(own) } else { Propagation::Background };
    let others = there.iter().filter(|one| !matches!(**one, ORPHAN | FOREGROUND));
    let collection = match policy {
        Propagation::Orphan => Some(ORPHAN),
        Propagation::Foreground => Some(FOREGROUND),
        Propagation::Background => None,
    };
    others.copied().chain(collection).map(str::to_owned).collect()
}

fn set_finalizers(object: &mut Value, finalizers: Vec<String>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    if finalizers.is_empty() {
        metadata.remove("finalizers");
    } else {
        metadata.insert("finalizers".to_owned(), json!(finalizers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000;

    fn decided(object: &Value, options: &DeleteOptions, graceful: bool) -> Deletion {
        decide(object, options, Some(Dependents::Delete), graceful, NOW)
    }

    fn pod(node: &str) -> Value {
        json!({"metadata": {"generation": 1}, "spec": {"nodeName": node, "terminationGracePeriodSeconds": 30}})
    }

    #[test]
    fn most_objects_go_at_once() {
        assert_eq!(decided(&json!({"metadata": {}}), &DeleteOptions::default(), false), Deletion::Remove);
        assert_eq!(decided(&pod(""), &DeleteOptions::default(), true), Deletion::Remove);
    }

    #[test]
    fn a_pod_on_a_node_gets_its_time() {
        let Deletion::Mark(marked) = decided(&pod("n"), &DeleteOptions::default(), true) else {
            panic!("{:?}", pod("n"))
        };
        assert_eq!(
            marked["metadata"],
            json!({"generation": 2, "deletionTimestamp": "1970-01-01T00:17:10Z", "deletionGracePeriodSeconds": 30})
        );
        assert_eq!(decided(&marked, &DeleteOptions::default(), true), Deletion::Pending);
        let sooner = DeleteOptions { grace: Some(5), ..DeleteOptions::default() };
        let Deletion::Mark(hurried) = decided(&marked, &sooner, true) else { panic!("{marked}") };
        assert_eq!(hurried["metadata"]["deletionTimestamp"], "1970-01-01T00:16:45Z");
        assert_eq!(hurried["metadata"]["generation"], 2);
        let at_once = DeleteOptions { grace: Some(0), ..DeleteOptions::default() };
        assert_eq!(decided(&marked, &at_once, true), Deletion::Remove);
    }

    #[test]
    fn finalizers_hold_an_object() {
        let held = json!({"metadata": {"finalizers": ["a/b"]}});
        let Deletion::Mark(marked) = decided(&held, &DeleteOptions::default(), false) else { panic!("{held}") };
        assert_eq!(marked["metadata"]["deletionGracePeriodSeconds"], 0);
        let policy = DeleteOptions { propagation: Some(Propagation::Foreground), ..DeleteOptions::default() };
        let Deletion::Mark(marked) = decided(&json!({"metadata": {}}), &policy, false) else { panic!("{policy:?}") };
        assert_eq!(marked["metadata"]["finalizers"], json!(["foregroundDeletion"]));
        let policy = DeleteOptions { propagation: Some(Propagation::Background), ..DeleteOptions::default() };
        assert_eq!(decided(&json!({"metadata": {"finalizers": ["orphan"]}}), &policy, false), Deletion::Remove);
    }
}
