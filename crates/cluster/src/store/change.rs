use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::{Key, Revision, Stored};
use crate::select::Selection;

/// One write: the object before and after it.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) revision: Revision,
    pub(super) before: Option<Arc<Stored>>,
    pub(super) after: Option<Arc<Stored>>,
    /// The last state with the revision of its end, for those to whom the object is gone.
    gone: OnceLock<Arc<Stored>>,
    /// Each kind of event as a line; all watchers share them.
    lines: [OnceLock<Bytes>; 3],
}

/// What happened to an object, as a watcher sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is there, or has entered the selection.
    Added,
    /// It has changed.
    Modified,
    /// It is gone, or has left the selection.
    Deleted,
}

impl EventKind {
    /// The word in `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

/// What a watch says.
#[derive(Clone, Debug)]
pub enum Event {
    /// An object was or is so.
    Object(Seen),
    /// All changes up to a revision have been said.
    Bookmark {
        /// That revision.
        revision: Revision,
        /// Whether the objects that were there at the start end here (`k8s.io/initial-events-end`).
        initial: bool,
    },
}

/// An object in an event.
#[derive(Clone, Debug)]
pub struct Seen {
    kind: EventKind,
    object: Arc<Stored>,
    change: Option<Arc<Change>>,
}

impl Change {
    pub(super) fn new(revision: Revision, before: Option<Arc<Stored>>, after: Option<Arc<Stored>>) -> Self {
        Self { revision, before, after, gone: OnceLock::new(), lines: Default::default() }
    }

    pub(super) fn key(&self) -> Option<&Key> {
        self.after.as_ref().or(self.before.as_ref()).map(|stored| stored.key())
    }

    /// How many bytes of JSON it keeps from being freed; the present state is kept anyway.
    pub(super) fn weight(&self) -> usize {
        self.before.as_ref().map_or(0, |before| before.json().len()) + 256
    }

    /// The last state of an object with this change's revision; nothing if it was not there.
    pub(super) fn gone(&self) -> Option<Arc<Stored>> {
        let before = self.before.as_ref()?;
        Some(self.gone.get_or_init(|| Arc::new(before.at_revision(self.revision))).clone())
    }

    /// The event of this change for somebody who sees what a selection leaves (kube-apiserver's `convertToWatchEvent`).
    pub(super) fn seen(self: &Arc<Self>, selection: &Selection) -> Option<Event> {
        let selected = |stored: &&Arc<Stored>| selection.is_empty() || selection.matches(&stored.value());
        let was = self.before.as_ref().filter(selected).is_some();
        let (kind, object) = match (was, self.after.as_ref().filter(selected)) {
            (false, Some(after)) => (EventKind::Added, after.clone()),
            (true, Some(after)) => (EventKind::Modified, after.clone()),
            (true, None) => (EventKind::Deleted, self.gone()?),
            (false, None) => return None,
        };
        Some(Event::Object(Seen { kind, object, change: Some(self.clone()) }))
    }
}

impl Seen {
    pub(super) fn added(object: Arc<Stored>) -> Self {
        Self { kind: EventKind::Added, object, change: None }
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The object, after that; or as it was last, with the revision of its end.
    #[must_use]
    pub fn object(&self) -> &Arc<Stored> {
        &self.object
    }

    /// The event as a line of JSON. Watchers who see the same share it.
    #[must_use]
    pub fn line(&self) -> Bytes {
        let make = || {
            let (kind, json) = (self.kind.as_str(), self.object.json());
            [b"{\"type\":\"", kind.as_bytes(), b"\",\"object\":", json, b"}\n"].concat().into()
        };
        match self.change.as_ref().and_then(|change| change.lines.get(self.kind as usize)) {
            Some(shared) => shared.get_or_init(make).clone(),
            None => make(),
        }
    }
}

impl Event {
    /// The event as a line of JSON; a bookmark is said of objects of `api_version` and `kind`.
    #[must_use]
    pub fn line(&self, api_version: &str, kind: &str) -> Bytes {
        match self {
            Self::Object(seen) => seen.line(),
            Self::Bookmark { revision, initial } => bookmark(*revision, *initial, api_version, kind),
        }
    }
}

fn bookmark(revision: Revision, initial: bool, api_version: &str, kind: &str) -> Bytes {
    let mut metadata = serde_json::json!({"resourceVersion": revision.to_string()});
    if initial {
        metadata["annotations"] = serde_json::json!({"k8s.io/initial-events-end": "true"});
    }
    let object = serde_json::json!({"kind": kind, "apiVersion": api_version, "metadata": metadata});
    format!("{}\n", serde_json::json!({"type": "BOOKMARK", "object": object})).into()
}
