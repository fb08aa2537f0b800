//! Puts images together: a stage's file system and configuration, instruction by instruction.

mod base;
pub mod cache;
pub mod config;
mod copy;
mod mode;
pub mod owner;
mod rootfs;
mod stage;
mod unpack;
mod upper;

pub use base::{BaseError, Images, Origin};
pub use copy::CopyError;
pub use rootfs::{LayerError, LayerFiles, Rootfs};
pub use stage::{Layer, Remark, Sources, Stage, StepError};
pub use upper::PutError;
