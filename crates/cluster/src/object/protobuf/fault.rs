use thiserror::Error;

/// Why bytes are no message, in the words of the real server.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They end too early.
    #[error("unexpected EOF")]
    Ended,
    /// A number has more than 64 bits.
    #[error("proto: integer overflow")]
    Overflow,
    /// A length has 64 bits.
    #[error("proto: negative length found during unmarshaling")]
    Negative,
    /// A group ends that has not begun.
    #[error("proto: unexpected end of group")]
    GroupEnd,
    /// There is no such wire type.
    #[error("proto: illegal wireType {0}")]
    NoWireType(u8),
    /// A group ends within a message that is none.
    #[error("proto: {0}: wiretype end group for non-group")]
    NoGroup(String),
    /// A field has no number that there is.
    #[error("proto: {message}: illegal tag {number} (wire type {key})")]
    Tag { message: String, number: i32, key: u64 },
    /// A field is written in another way than its type is.
    #[error("proto: wrong wireType = {wire} for field {field}")]
    WrongWireType { wire: u8, field: String },
    /// Messages hold messages, too many in one another.
    #[error("exceeded max depth")]
    Depth,
    /// A value that its own type refuses.
    #[error("{0}")]
    Value(String),
    /// It does not begin as a message does, or is none.
    #[error("{0}")]
    Form(&'static str),
}
