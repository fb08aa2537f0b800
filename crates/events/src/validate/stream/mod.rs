//! Documents in a stream: read in pieces, checked on all cores, reported in order.

mod lines;
mod open;
mod workers;

pub(super) use lines::{Chunks, Piece};
pub(super) use open::{Compression, compression, decompressed, is_damage};
pub(super) use workers::{in_order, with_stack};
