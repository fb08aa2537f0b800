/// Why the registry would answer with an error, or why no answer is given in its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// A loader refuses a schema.
    #[error("the schema cannot be loaded: {0}")]
    Load(String),
    /// The same, once it is known whose schema it is.
    #[error("the {side} schema cannot be loaded: {reason}")]
    LoadSide {
        /// Which of the two.
        side: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The comparison breaks off.
    #[error("the schemas cannot be compared: {0}")]
    Compare(String),
    /// More than can be compared within the bounds of time and memory.
    #[error("the schemas are too large to compare as a registry does: {0}")]
    TooLarge(&'static str),
    /// Deeper than the bounds of the stack.
    #[error("the schemas are nested too deeply to compare as a registry does: more than {MAX_DEPTH} levels")]
    TooDeep,
}

/// How many levels of schemas within schemas, references included, are followed.
pub(super) const MAX_DEPTH: usize = 1_000;

/// How many schemas both sides may have together, copies included.
pub(super) const MAX_NODES: usize = 200_000;

pub(super) type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// The fault, told of one of the two schemas.
    pub(super) fn of(self, side: &'static str) -> Self {
        match self {
            Self::Load(reason) => Self::LoadSide { side, reason },
            other => other,
        }
    }
}

/// A fault of loading.
pub(super) fn unloadable<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Fault::Load(reason.into()))
}
