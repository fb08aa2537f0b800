use serde::{Deserialize, Serialize};

/// How a command ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// It ran, and what it checks does not hold.
    Findings,
    /// There is no verdict.
    Undecided,
    /// A plan has changes.
    Changes,
    /// It would do harm, or is not supported; nothing was changed.
    Refused,
    /// It failed, and was left as it is.
    Failed,
    /// It failed, and the previous state is back and verified.
    Undone,
    /// Time ran out without a verdict.
    TimedOut,
    /// It could not run: usage, input, an unreachable peer, or a bug.
    Error,
}

impl Outcome {
    /// The word that machines read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Findings => "findings",
            Self::Undecided => "undecided",
            Self::Changes => "changes",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::TimedOut => "timed-out",
            Self::Error => "error",
        }
    }
}
