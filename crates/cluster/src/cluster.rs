use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::access::{Credentials, CredentialsError, Gate, GateError, kubeconfig, tls};
use crate::api::{Api, Catalog, Machine};
use crate::server::serve;
use crate::store::{Limits, Store, StoreError};

/// A cluster that serves its API until it is dropped.
pub struct Cluster {
    address: SocketAddr,
    credentials: Credentials,
    serving: JoinHandle<io::Result<()>>,
}

/// Why a cluster does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Its credentials cannot be had.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// Its credentials cannot be used.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// Its state cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its port is taken.
    #[error("port {port} of the loopback address cannot be listened on")]
    Listen {
        /// The port.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// What every cluster has cannot be written.
    #[error("the first objects of the cluster cannot be written: {0}")]
    First(#[from] crate::status::Status),
}

impl Cluster {
    /// Starts a cluster whose state is in a folder, on a port of the loopback address; 0 takes any.
    ///
    /// # Errors
    /// The folder or the port cannot be used.
    pub async fn start(folder: &Path, port: u16) -> Result<Self, StartError> {
        let credentials = Credentials::in_folder(&folder.join("credentials"))?;
        let acceptor = tls(&credentials)?;
        let store = Store::open(&folder.join("objects"), Limits::default())?;
        let listen = |source| StartError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let api = Api { store, catalog: Catalog::new(), system: Box::new(Machine), address: address.to_string() };
        api.begin().await?;
        let gate = Arc::new(Gate::new(&credentials));
        let serving = tokio::spawn(serve(listener, acceptor, gate, Arc::new(api)));
        Ok(Self { address, credentials, serving })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The kubeconfig of its owner, in which everything is called `name`.
    #[must_use]
    pub fn kubeconfig(&self, name: &str) -> String {
        kubeconfig(name, &format!("https://{}", self.address), &self.credentials)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
