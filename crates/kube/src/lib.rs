//! Kubernetes without typed structs: raw objects, what they are called, where their images stand, how manifests
//! and kubeconfigs are read, and which cluster is local. The feature `client` adds a client, and with it tokio
//! and TLS; the rest needs neither.

#[cfg(feature = "client")]
pub mod client;
mod gvk;
mod images;
pub mod kubeconfig;
pub mod local;
pub mod manifest;
mod object;
mod quantity;
mod secret;
mod selector;
pub mod time;

pub use gvk::{GroupKind, GroupVersionKind};
pub use images::{ImageField, image_fields};
pub use object::{Condition, Object, ObjectError, ObjectKey};
pub use quantity::{Quantity, QuantityError};
pub use secret::Secret;
pub use selector::{Selector, SelectorError};
