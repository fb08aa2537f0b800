//! What the watches told so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linkspan_kube::client::WatchEvent;
use linkspan_kube::time::unix_seconds;
use linkspan_kube::{GroupKind, Object, ObjectKey};

/// Events of these reasons are kept besides warnings: they change a verdict.
const KEPT_EVENTS: [&str; 2] = ["TriggeredScaleUp", "WaitForFirstConsumer"];

/// The last state of all watched objects.
#[derive(Debug, Default)]
pub(super) struct Store {
    objects: BTreeMap<ObjectKey, Object>,
    /// By controller: the keys of what it owns.
    owned: HashMap<String, BTreeSet<ObjectKey>>,
    /// By the object that they are about.
    events: HashMap<String, BTreeMap<String, Object>>,
    /// Objects that were followed and are gone, in their last state.
    gone: BTreeMap<ObjectKey, Object>,
}

impl Store {
    /// Takes in what one watch of `kind` in `namespace` told.
    pub(super) fn take(&mut self, kind: &GroupKind, namespace: &str, event: WatchEvent) {
        match event {
            WatchEvent::Listed(objects) => {
                self.forget_all(kind, namespace);
                objects.into_iter().for_each(|object| self.put(object));
            }
            WatchEvent::Applied(object) => self.put(object),
            WatchEvent::Deleted(object) => {
                let key = object.key();
                self.remove(&key);
                self.gone.insert(key, object);
            }
        }
    }

    /// An object that is known from elsewhere than a watch.
    pub(super) fn put(&mut self, object: Object) {
        if object.kind() == "Event" {
            self.put_event(object);
            return;
        }
        let key = object.key();
        self.remove(&key);
        if let Some(owner) = object.controller_uid() {
            self.owned.entry(owner.to_owned()).or_default().insert(key.clone());
        }
        self.gone.remove(&key);
        self.objects.insert(key, object);
    }

    fn put_event(&mut self, event: Object) {
        let kept =
            event.text("/type") == Some("Warning") || KEPT_EVENTS.contains(&event.text("/reason").unwrap_or_default());
        let about = event.text("/involvedObject/uid").unwrap_or_default().to_owned();
        if kept && !about.is_empty() {
            self.events.entry(about).or_default().insert(event.name().to_owned(), event);
        }
    }

    fn remove(&mut self, key: &ObjectKey) {
        let Some(old) = self.objects.remove(key) else { return };
        if let Some(siblings) = old.controller_uid().and_then(|owner| self.owned.get_mut(owner)) {
            siblings.remove(key);
        }
    }

    /// After a gap the new list is all there is.
    fn forget_all(&mut self, kind: &GroupKind, namespace: &str) {
        if kind.is("", "Event") {
            self.events.clear();
            return;
        }
        let of_kind = |key: &&ObjectKey| key.kind == *kind && (namespace.is_empty() || key.namespace == namespace);
        let keys: Vec<_> = self.objects.keys().filter(of_kind).cloned().collect();
        for key in keys {
            if let Some(object) = self.objects.get(&key).cloned() {
                self.gone.insert(key.clone(), object);
            }
            self.remove(&key);
        }
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The last state of an object that was deleted.
    pub(super) fn gone(&self, key: &ObjectKey) -> Option<&Object> {
        self.gone.get(key)
    }

    /// What an object owns, and what that owns.
    pub(super) fn children(&self, object: &Object) -> Vec<&Object> {
        let of = |uid: &str| {
            self.owned.get(uid).into_iter().flatten().filter_map(|key| self.objects.get(key)).collect::<Vec<_>>()
        };
        let mut children = of(object.uid());
        let grandchildren: Vec<_> = children.iter().flat_map(|child| of(child.uid())).collect();
        children.extend(grandchildren);
        children
    }

    /// The events about an object and its children, by time. Those about controllers are told only if they are not
    /// older than `since` (seconds since 1970): a quota that was raised long ago leaves them behind.
    pub(super) fn events(&self, object: &Object, children: &[&Object], since: i64) -> Vec<&Object> {
        let about = |subject: &&Object| {
            let any_age = subject.kind() == "Pod";
            let events = self.events.get(subject.uid()).into_iter().flat_map(BTreeMap::values);
            events.filter(move |event| any_age || time(event) >= since).collect::<Vec<_>>()
        };
        let mut events: Vec<_> = [object].iter().chain(children).flat_map(about).collect();
        events.sort_by_key(|event| time(event));
        events
    }
}

/// When an event happened last.
fn time(event: &Object) -> i64 {
    let fields = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"];
    fields.iter().find_map(|field| unix_seconds(event.text(field)?)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::tests::objects;

    fn pod(name: &str, owner: &str) -> Object {
        objects(&format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: ns, uid: {name}, ownerReferences: [{{uid: {owner}, controller: true}}]}}\n")).remove(0)
    }

    #[test]
    fn a_new_list_replaces_what_was_known() {
        let (mut store, kind) = (Store::default(), GroupKind::new("", "Pod"));
        let owner = objects("apiVersion: v1\nkind: Job\nmetadata: {uid: j}\n").remove(0);
        let names =
            |store: &Store| store.children(&owner).iter().map(|child| child.name().to_owned()).collect::<Vec<_>>();
        store.take(&kind, "ns", WatchEvent::Listed(vec![pod("a", "j"), pod("b", "j"), pod("c", "x")]));
        assert_eq!(names(&store), ["a", "b"]);
        store.take(&kind, "ns", WatchEvent::Deleted(pod("a", "j")));
        store.take(&kind, "ns", WatchEvent::Applied(pod("c", "j")));
        assert_eq!(names(&store), ["b", "c"]);
        store.take(&kind, "ns", WatchEvent::Listed(vec![pod("c", "j")]));
        assert_eq!(names(&store), ["c"]);
        assert!(store.gone(&pod("b", "j").key()).is_some());
    }

    #[test]
    fn old_events_about_controllers_are_left_out() {
        let event = |name: &str, about: &str, time: &str| {
            objects(&format!("apiVersion: v1\nkind: Event\nmetadata: {{name: {name}}}\ntype: Warning\ninvolvedObject: {{uid: {about}}}\nlastTimestamp: \"{time}\"\n")).remove(0)
        };
        let mut store = Store::default();
        let owner = objects("apiVersion: batch/v1\nkind: Job\nmetadata: {uid: j}\n").remove(0);
        let child = pod("a", "j");
        let all = vec![
            event("old", "j", "2026-01-01T00:00:00Z"),
            event("new", "j", "2026-01-01T00:01:00Z"),
            event("pods", "a", "2026-01-01T00:00:00Z"),
        ];
        store.take(&GroupKind::new("", "Event"), "ns", WatchEvent::Listed(all));
        let since = unix_seconds("2026-01-01T00:00:30Z").unwrap();
        let names: Vec<_> =
            store.events(&owner, &[&child], since).iter().map(|event| event.name().to_owned()).collect();
        assert_eq!(names, ["pods", "new"]);
    }
}
