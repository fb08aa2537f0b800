//! What a decision may cost.

use std::cell::Cell;
use std::time::Instant;

/// Formulas are judged in each other no deeper than this.
const DEPTH: u32 = 20_000;

/// The time that is left, and how deep in itself the judge is.
pub(super) struct Meter {
    deadline: Instant,
    ticks: Cell<u32>,
    depth: Cell<u32>,
    over: Cell<bool>,
}

impl Meter {
    pub(super) fn new(deadline: Instant) -> Self {
        Self { deadline, ticks: Cell::new(0), depth: Cell::new(0), over: Cell::new(false) }
    }

    /// Whether it is time to stop.
    pub(super) fn is_over(&self) -> bool {
        self.ticks.set(self.ticks.get().wrapping_add(1));
        if self.ticks.get().is_multiple_of(64) && Instant::now() >= self.deadline {
            self.over.set(true);
        }
        self.over.get()
    }

    /// What comes of one step deeper, unless that is too deep or it is time to stop.
    pub(super) fn deeper<T>(&self, step: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.depth.get() >= DEPTH || self.is_over() {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let result = step();
        self.depth.set(self.depth.get() - 1);
        result
    }
}
