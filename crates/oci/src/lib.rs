//! Container images at rest and on the way: references, digests, manifests, credentials, a
//! registry client, pushing, image layouts, archives and a local content store.
//!
//! A base crate: it knows no other area, reads no environment variable (the HTTP client reads the
//! usual proxy variables) and writes nothing but what it is asked for. It is blocking: threads
//! instead of an asynchronous runtime keep binaries small and quick to start.
//!
//! The way of an image:
//!
//! 1. [`bundle::Image`] joins a manifest ([`manifest::Document`]) with a source for every blob
//!    ([`bundle::Blob`]: in memory, in a file, in the [`store::Store`], in another registry
//!    ([`push::RemoteBlob`])); [`bundle::Bundle`] is one image or an index of several.
//! 2. [`push::push`] brings it to a [`reference::Repository`] through a [`client::Client`];
//!    [`layout::Layout::add`] and [`layout::write_archive`] write it to disk.
//!
//! ```no_run
//! use std::sync::Arc;
//! use linkspan_oci::bundle::{Blob, Bundle, Image, MemoryBlob};
//! use linkspan_oci::client::{Client, Settings};
//! use linkspan_oci::credentials::ConfigFiles;
//! use linkspan_oci::manifest::{Document, Manifest};
//! use linkspan_oci::push::{Push, push};
//! use linkspan_oci::{media_type, reference::Reference};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config: Arc<dyn Blob> = Arc::new(MemoryBlob::new(media_type::CONFIG, b"{}"));
//! let layer: Arc<dyn Blob> = Arc::new(MemoryBlob::new(media_type::LAYER, &[0; 1024]));
//! let manifest = Manifest::new(config.descriptor().clone(), vec![layer.descriptor().clone()]);
//! let image = Image::new(Document::manifest(manifest)?, None, [config, layer])?;
//!
//! let target: Reference = "ghcr.io/acme/orders:1.0".parse()?;
//! let credentials = ConfigFiles::locate(&|name| std::env::var(name).ok());
//! let client = Client::new(credentials, Settings::default());
//! let tags = target.tag().map(str::to_owned).into_iter().collect();
//! let pushed = push(&client, &Push::new(&Bundle::image(image), target.repository().clone(), tags))?;
//! assert_eq!(pushed.root.digest, pushed.images[0].digest);
//! # Ok(())
//! # }
//! ```

pub mod bundle;
pub mod client;
pub mod credentials;
pub mod digest;
mod files;
pub mod layout;
pub mod manifest;
pub mod media_type;
pub mod push;
pub mod reference;
mod secret;
pub mod store;

pub use files::PathError;
pub use secret::Secret;
