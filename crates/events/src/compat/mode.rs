//! Which way a change must hold.

use clap::ValueEnum;

/// What must hold between two versions of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Mode {
    /// The new schema accepts everything that the old one accepts: new readers, old events.
    Backward,
    /// The old schema accepts everything that the new one accepts: old readers, new events.
    Forward,
    /// Both.
    Full,
    /// Backward, against every earlier version.
    BackwardTransitive,
    /// Forward, against every earlier version.
    ForwardTransitive,
    /// Both, against every earlier version.
    FullTransitive,
}

impl Mode {
    /// The word on the command line and in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
            Self::Full => "full",
            Self::BackwardTransitive => "backward-transitive",
            Self::ForwardTransitive => "forward-transitive",
            Self::FullTransitive => "full-transitive",
        }
    }

    /// Whether every earlier version counts, not only the newest.
    #[must_use]
    pub const fn is_transitive(self) -> bool {
        matches!(self, Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive)
    }

    /// The ways in which events go.
    #[must_use]
    pub const fn ways(self) -> &'static [Way] {
        match self {
            Self::Backward | Self::BackwardTransitive => &[Way::Backward],
            Self::Forward | Self::ForwardTransitive => &[Way::Forward],
            Self::Full | Self::FullTransitive => &[Way::Backward, Way::Forward],
        }
    }
}

/// Who wrote an event, and who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Written under the old schema, read under the new one.
    Backward,
    /// Written under the new schema, read under the old one.
    Forward,
}

impl Way {
    /// The word in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
        }
    }

    /// The writer's and the reader's of an old and a new thing.
    pub(super) const fn order<T: Copy>(self, old: T, new: T) -> (T, T) {
        match self {
            Self::Backward => (old, new),
            Self::Forward => (new, old),
        }
    }

    /// What the reader's schema is called.
    pub(super) const fn reader(self) -> &'static str {
        self.order("the old schema", "the new schema").1
    }

    /// What the writer's schema is called, once the reader's was named.
    pub(super) const fn writer(self) -> &'static str {
        self.order("the old one", "the new one").0
    }
}
