//! Objects: reading them from a request as the real server does, filling in what is missing, and finding what is wrong
//! with them.

mod base64;
mod decode;
mod default;
mod duration;
mod json;
pub mod metadata;
mod names;
pub(crate) mod protobuf;
mod quantity;
pub(crate) mod read;
mod time;

pub use decode::{Decoded, Media, Target, Validation, decode};
pub use default::default;
