use linkspan_report::Outcome;

/// The exit codes: one table for all programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked.
    Done = 0,
    /// It ran, and what it checks does not hold.
    Findings = 1,
    /// Flags, inputs or environment are wrong.
    Usage = 2,
    /// A file that the command needs is missing or malformed.
    Input = 3,
    /// A registry, cluster, GitHub or AWS cannot be reached or denies access.
    Unreachable = 4,
    /// The rollout failed or ran late; the previous state is back and verified.
    Undone = 5,
    /// The rollout or build failed, and was left as it is.
    Failed = 6,
    /// Time ran out without a verdict, and it was left as it is.
    TimedOut = 7,
    /// It would do harm, or something not supported; nothing was changed.
    Refused = 8,
    /// A plan has changes (only with `--detailed-exitcode`).
    Changes = 9,
    /// No verdict.
    Undecided = 10,
    /// An internal error.
    Bug = 70,
    /// Interrupted; what was begun is left consistent.
    Interrupted = 130,
}

impl Exit {
    /// All codes, in order.
    pub const ALL: [Self; 13] = [
        Self::Done,
        Self::Findings,
        Self::Usage,
        Self::Input,
        Self::Unreachable,
        Self::Undone,
        Self::Failed,
        Self::TimedOut,
        Self::Refused,
        Self::Changes,
        Self::Undecided,
        Self::Bug,
        Self::Interrupted,
    ];

    /// The constant's name in the documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "DONE",
            Self::Findings => "FINDINGS",
            Self::Usage => "USAGE",
            Self::Input => "INPUT",
            Self::Unreachable => "UNREACHABLE",
            Self::Undone => "UNDONE",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Refused => "REFUSED",
            Self::Changes => "CHANGES",
            Self::Undecided => "UNDECIDED",
            Self::Bug => "BUG",
            Self::Interrupted => "INTERRUPTED",
        }
    }

    /// When a command ends with it.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Done => "it did what was asked",
            Self::Findings => "it ran, and what it checks does not hold",
            Self::Usage => "flags, inputs or environment are wrong",
            Self::Input => {
                "a file that the command needs is missing or malformed; a malformed document under check is a finding"
            }
            Self::Unreachable => "a registry, cluster, GitHub or AWS cannot be reached or denies access",
            Self::Undone => "the rollout failed or ran late; the previous state is back and verified",
            Self::Failed => "the rollout or build failed, and was left as it is",
            Self::TimedOut => "time ran out without a verdict, and it was left as it is",
            Self::Refused => "it would do harm, or is not supported; nothing was changed",
            Self::Changes => "a plan has changes (only with `--detailed-exitcode`)",
            Self::Undecided => "there is no verdict",
            Self::Bug => "an internal error; the message asks for a report",
            Self::Interrupted => "interrupted; what was begun is left consistent",
        }
    }

    /// The number that the process ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The outcome that a report names for it.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Done => Outcome::Done,
            Self::Findings => Outcome::Findings,
            Self::Usage | Self::Input | Self::Unreachable | Self::Bug | Self::Interrupted => Outcome::Error,
            Self::Undone => Outcome::Undone,
            Self::Failed => Outcome::Failed,
            Self::TimedOut => Outcome::TimedOut,
            Self::Refused => Outcome::Refused,
            Self::Changes => Outcome::Changes,
            Self::Undecided => Outcome::Undecided,
        }
    }

    /// The code of a report that was made: the way back from [`Exit::outcome`]. An error without a cause is a bug.
    #[must_use]
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Findings => Self::Findings,
            Outcome::Undecided => Self::Undecided,
            Outcome::Changes => Self::Changes,
            Outcome::Refused => Self::Refused,
            Outcome::Failed => Self::Failed,
            Outcome::Undone => Self::Undone,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Error => Self::Bug,
        }
    }
}
