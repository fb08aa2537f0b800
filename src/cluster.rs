//! The cluster as the local side sees it: a client whose calls are waited for.

use linkspan_command::{Context, Failure};
use linkspan_kube::client::{Apply, Client, ClientError, List, Resource};
use linkspan_kube::kubeconfig::Target;
use linkspan_kube::{GroupKind, GroupVersionKind, Object};
use linkspan_rollout::RolloutError;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::target;

/// The field manager of what `up` writes besides the manifests.
const MANAGER: &str = "linkspan-up";

/// A cluster.
pub(crate) struct Cluster {
    runtime: Runtime,
    client: Client,
}

impl Cluster {
    /// Prepares a connection; nothing is asked yet.
    ///
    /// # Errors
    /// The credentials cannot be had.
    pub(crate) fn connect(target: Target, context: &Context) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
        let client = runtime.block_on(Client::new(target, target::options(context))).map_err(failure)?;
        Ok(Self { runtime, client })
    }

    /// Which cluster, as whom.
    pub(crate) fn target(&self) -> &Target {
        self.client.target()
    }

    /// What tells this cluster from one of the same name that was made anew: the unique id of `kube-system`.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(crate) fn identity(&self) -> Result<String, Failure> {
        let found = self.get(&core("Namespace"), "", "kube-system")?;
        Ok(found.map(|namespace| namespace.uid().to_owned()).unwrap_or_default())
    }

    /// The resource of a kind, in the version that the cluster prefers; `None` if it does not serve it.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(crate) fn resource(&self, kind: &GroupKind) -> Result<Option<Resource>, Failure> {
        let discovery = self.runtime.block_on(self.client.discovery()).map_err(failure)?;
        Ok(discovery.preferred(kind).cloned())
    }

    /// One object, or `None` if it does not exist.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(crate) fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Result<Option<Object>, Failure> {
        self.runtime.block_on(self.client.get(resource, namespace, name)).map_err(failure)
    }

    /// All objects of a resource in a namespace.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(crate) fn list(&self, resource: &Resource, namespace: &str) -> Result<Vec<Object>, Failure> {
        let list = self.runtime.block_on(self.client.list(resource, namespace, ""));
        list.map(|List { items, .. }| items).map_err(failure)
    }

    /// Writes an object of our own.
    ///
    /// # Errors
    /// The cluster does not want it.
    pub(crate) fn apply(&self, resource: &Resource, object: &Object) -> Result<(), Failure> {
        let apply = Apply { manager: MANAGER, force: true, dry_run: false };
        self.runtime.block_on(self.client.apply(resource, object, apply)).map(drop).map_err(failure)
    }

    /// Deletes an object if it still is the very same; what depends on it follows.
    ///
    /// # Errors
    /// The cluster does not let it.
    pub(crate) fn delete(&self, resource: &Resource, object: &Object) -> Result<bool, Failure> {
        let namespace = object.namespace().unwrap_or_default();
        let deleted = self.client.delete(resource, namespace, object.name(), Some(object.uid()));
        match self.runtime.block_on(deleted) {
            // It was made anew meanwhile: that one is not ours.
            Err(ClientError::Conflict { .. }) => Ok(false),
            other => other.map_err(failure),
        }
    }
}

/// A kind of the core group, known without asking.
pub(crate) fn core(kind: &'static str) -> Resource {
    let namespaced = !matches!(kind, "Namespace" | "Node" | "PersistentVolume");
    Resource::known(GroupVersionKind::new("", "v1", kind), format!("{}s", kind.to_lowercase()), namespaced)
}

/// An object from its JSON.
///
/// # Errors
/// It lacks what every object has.
pub(crate) fn object(value: Value) -> Result<Object, Failure> {
    Object::new(value).map_err(|error| Failure::bug(error.to_string()))
}

/// A call's error with its exit code, as in a rollout.
pub(crate) fn failure(error: ClientError) -> Failure {
    RolloutError::from(error).into()
}
