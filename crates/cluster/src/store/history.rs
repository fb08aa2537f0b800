use std::collections::VecDeque;
use std::sync::Arc;

use super::Revision;
use super::change::Change;

/// How much of the past is kept: the recent changes, bounded by number and by bytes.
#[derive(Debug)]
pub(super) struct History {
    changes: VecDeque<Arc<Change>>,
    weight: usize,
    max_changes: usize,
    max_weight: usize,
    /// The oldest revision whose state can still be told.
    floor: Revision,
}

impl History {
    pub(super) fn new(floor: Revision, max_changes: usize, max_weight: usize) -> Self {
        Self { changes: VecDeque::new(), weight: 0, max_changes, max_weight, floor }
    }

    pub(super) fn floor(&self) -> Revision {
        self.floor
    }

    pub(super) fn push(&mut self, change: Arc<Change>) {
        self.weight += change.weight();
        self.changes.push_back(change);
        while self.changes.len() > self.max_changes || self.weight > self.max_weight {
            let Some(oldest) = self.changes.pop_front() else { break };
            self.weight -= oldest.weight();
            self.floor = oldest.revision;
        }
    }

    /// The changes after a revision, oldest first.
    pub(super) fn after(&self, revision: Revision) -> impl DoubleEndedIterator<Item = &Arc<Change>> {
        let first = self.changes.partition_point(|change| change.revision <= revision);
        self.changes.range(first..)
    }
}
