/// A field that another manager owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field, with dots: `.spec.replicas`.
    pub field: String,
    /// Who manages it: `kubectl-edit`, `kube-controller-manager`.
    pub manager: String,
}

/// One thing wrong with an object, as the API says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The field, with dots; may be empty.
    pub field: String,
    /// One word, for example `FieldValueInvalid`; may be empty.
    pub reason: String,
    /// A sentence.
    pub message: String,
}

/// Why a call failed. What the server said never includes what was sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// No answer, however often it was tried.
    #[error("cannot reach `{server}`: {why}")]
    Unreachable {
        /// The address.
        server: String,
        /// What happened.
        why: String,
    },
    /// No credentials can be had.
    #[error("{why}")]
    Credentials {
        /// What happened, and what to do.
        why: String,
    },
    /// A program that is not allowed would have to run.
    #[error(
        "the kubeconfig runs `{program}` to get credentials: if you trust it, allow it with `--allow-exec {program}`"
    )]
    ExecNotAllowed {
        /// The program.
        program: String,
    },
    /// The server does not know the user (401), or does not let it (403).
    #[error("access denied: {message}")]
    Denied {
        /// What the server said.
        message: String,
    },
    /// An admission rule, a policy or a quota does not want the object.
    #[error("{message}")]
    Rejected {
        /// What the server said.
        message: String,
    },
    /// It does not exist.
    #[error("{message}")]
    NotFound {
        /// What the server said.
        message: String,
    },
    /// The cluster does not serve this kind.
    #[error("the cluster has no kind `{kind}`")]
    UnknownKind {
        /// The kind with its version.
        kind: String,
    },
    /// Others manage fields, or the object changed meanwhile.
    #[error("{message}")]
    Conflict {
        /// What the server said.
        message: String,
        /// The fields, where it is about fields.
        fields: Vec<FieldConflict>,
    },
    /// The object is malformed, or a change is not possible.
    #[error("{message}")]
    Invalid {
        /// What the server said.
        message: String,
        /// Its single points.
        causes: Vec<Cause>,
    },
    /// The version to go on from is gone (410): list again.
    #[error("the version to go on from is gone")]
    Gone,
    /// Any other refusal.
    #[error("the server answered {code}: {message}")]
    Status {
        /// The HTTP status.
        code: u16,
        /// What the server said.
        message: String,
    },
    /// The answer makes no sense.
    #[error("`{server}` gave a malformed answer: {what}")]
    Malformed {
        /// The address.
        server: String,
        /// What is wrong with it.
        what: String,
    },
}
