//! Layers: their entries, the tar archive, its compression, and archives that are read.

pub mod archive;
pub mod decompress;
pub mod gzip;
mod node;
mod path;
pub mod tar;

pub use node::{Content, Data, Entries, FOLDER_MODE, Identity, Kind, LocalFile, Node, Spool, Stamp};
pub use path::ImagePath;
