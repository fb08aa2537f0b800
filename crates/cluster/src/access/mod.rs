//! Who may speak to the cluster: certificates, tokens, and the kubeconfig that carries them.

mod credentials;
mod gate;
mod identity;
mod kubeconfig;

pub use credentials::{Credentials, CredentialsError};
pub use gate::GateError;
pub(crate) use gate::{Gate, tls};
pub(crate) use identity::Identity;
pub use kubeconfig::kubeconfig;
