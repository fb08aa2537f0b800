use std::path::PathBuf;
use std::sync::Arc;

use super::{Key, Revision, Stored};

/// Why the store did not do what was asked. The texts of those about revisions and tokens are kube-apiserver's.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// What is to be written is not an object with `metadata`.
    #[error("what is to be stored is not an object with `metadata`")]
    Shape,
    /// A key that is longer than 65,535 bytes.
    #[error("the key of an object is longer than 65535 bytes")]
    LongKey,
    /// What is to be created is there.
    #[error("`{}` is there already", .0.key())]
    Exists(Arc<Stored>),
    /// What is to be changed is not there.
    #[error("`{0}` is not there")]
    Missing(Key),
    /// What is to be changed has another revision than expected: this is what is there.
    #[error("`{}` has changed: it is at revision {}", .0.key(), .0.revision())]
    Conflict(Arc<Stored>),
    /// The changes since a revision are not kept so long. A watch is told with an event; 410, `Expired`.
    #[error("too old resource version: {requested} ({oldest})")]
    WatchExpired {
        /// What was asked for.
        requested: Revision,
        /// The oldest revision from which it would do.
        oldest: Revision,
    },
    /// The state at a revision is not kept so long. 410, `Expired`.
    #[error("The resourceVersion for the provided list is too old.")]
    ListExpired,
    /// The state that a list was begun with is not kept so long. 410, `Expired`, with a token in `metadata.continue`.
    #[error(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without \
         the continue parameter, or use the continue token in this response to retrieve the remainder of the results. \
         Continuing with the provided token results in an inconsistent list - objects that were created, modified, or \
         deleted between the time the first chunk was returned and now may show up in the list."
    )]
    ContinueExpired {
        /// It continues at the same place with the present state.
        token: String,
    },
    /// A revision that is not there yet. 504, `Timeout`, with the cause `ResourceVersionTooLarge`.
    #[error("Too large resource version: {requested}, current: {current}")]
    Future {
        /// What was asked for.
        requested: Revision,
        /// What is there.
        current: Revision,
        /// Whether it was waited for, and another try makes sense.
        retry: bool,
    },
    /// A `continue` that this server did not give out. 400, `BadRequest`.
    #[error("invalid continue token: {0}")]
    Token(String),
    /// A `continue` together with a revision. 400, `BadRequest`.
    #[error("specifying resource version is not allowed when using continue")]
    TokenWithRevision,
    /// The disk has no room: nothing was written, reading goes on, and so does writing when there is room.
    #[error("the disk that keeps the cluster is full: free some space in `{}`", .0.display())]
    Full(PathBuf),
    /// Writing to the disk failed; it is tried anew with the next write.
    #[error("the cluster's state cannot be written to `{}`: {cause}", path.display())]
    Disk {
        /// The folder of the store.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
    /// Another process has the folder.
    #[error("the cluster's state in `{}` is in use by another process: stop that cluster, or choose another folder", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be opened, or what is in it was not written by this version.
    #[error("the cluster's state in `{}` cannot be opened: {cause}", path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
    /// The store is being closed.
    #[error("the cluster is stopping")]
    Closed,
}
