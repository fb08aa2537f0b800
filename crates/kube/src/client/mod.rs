//! A client for raw objects, on hyper and rustls.
//!
//! It is our own and not kube-client, because nearly all of that crate would lie unused: kubeconfigs are read by
//! [`kubeconfig`](crate::kubeconfig) (which refuses what is unsafe), credential programs run with a time limit and
//! an allow list, objects are raw JSON, and retries, watches and errors follow a deployer's needs (short watches,
//! few and visible retries, conflicts with fields and managers). What would be left is hyper and rustls, which
//! stand here directly: half the crates to build, and a binary smaller by the typed API.

mod auth;
mod connect;
mod discovery;
mod error;
mod exec;
mod request;
mod retry;
mod session;
mod status;
mod tls;
mod watch;

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{Mutex, RwLock};

pub use connect::Proxies;
pub use discovery::{Discovery, Resource};
pub use error::{Cause, ClientError, FieldConflict};
pub use session::Options;
pub use watch::{Watch, WatchEvent};

use crate::kubeconfig::Target;
use crate::{GroupVersionKind, Object};
use request::Call;
use session::Session;

/// How many objects one page of a list has.
const PAGE: usize = 500;

/// A connection to one cluster as one user. Cheap to clone; use it from one runtime.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    target: Target,
    options: Options,
    session: RwLock<Arc<Session>>,
    discovery: Mutex<Option<Arc<Discovery>>>,
}

/// How an object is applied.
#[derive(Debug, Clone, Copy)]
pub struct Apply<'a> {
    /// The field manager.
    pub manager: &'a str,
    /// Whether fields are taken from other managers.
    pub force: bool,
    /// Whether nothing is stored.
    pub dry_run: bool,
}

/// The objects of a list, and the version that a watch goes on from.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The objects.
    pub items: Vec<Object>,
    /// The version of the whole.
    pub resource_version: String,
}

/// Which container's log is read.
#[derive(Debug, Clone, Copy)]
pub struct LogQuery<'a> {
    /// The pod's namespace.
    pub namespace: &'a str,
    /// The pod.
    pub pod: &'a str,
    /// The container.
    pub container: &'a str,
    /// Whether the one before the last restart is meant.
    pub previous: bool,
    /// How many lines from the end.
    pub lines: u32,
    /// At most how many bytes.
    pub bytes: u32,
}

impl Client {
    /// Prepares a client: reads certificates, and gets credentials from a program if the user has one. No
    /// connection is made before the first call.
    ///
    /// # Errors
    /// [`ClientError::Credentials`] if certificates or credentials cannot be had.
    pub async fn new(target: Target, options: Options) -> Result<Self, ClientError> {
        let session = Session::open(&target, &options).await?;
        let shared = Shared { target, options, session: RwLock::new(Arc::new(session)), discovery: Mutex::new(None) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Which cluster, as whom.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.shared.target
    }

    /// What the cluster serves; asked for once.
    ///
    /// # Errors
    /// [`ClientError`] if it cannot be asked.
    pub async fn discovery(&self) -> Result<Arc<Discovery>, ClientError> {
        let mut known = self.shared.discovery.lock().await;
        if let Some(discovery) = &*known {
            return Ok(Arc::clone(discovery));
        }
        let discovery = Arc::new(discovery::discover(self).await?);
        *known = Some(Arc::clone(&discovery));
        Ok(discovery)
    }

    /// Forgets what the cluster serves, so that it is asked again: after definitions were applied.
    pub async fn forget_discovery(&self) {
        *self.shared.discovery.lock().await = None;
    }

    /// The resource of a kind.
    ///
    /// # Errors
    /// [`ClientError::UnknownKind`] if the cluster does not serve it.
    pub async fn resource(&self, gvk: &GroupVersionKind) -> Result<Resource, ClientError> {
        let discovery = self.discovery().await?;
        discovery.find(gvk).cloned().ok_or_else(|| ClientError::UnknownKind { kind: gvk.to_string() })
    }

    /// One object, or `None` if it does not exist.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Result<Option<Object>, ClientError> {
        match self.call(Call::get(resource.path(namespace, Some(name)))).await {
            Ok(value) => self.object(value).map(Some),
            Err(ClientError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects of a resource in a namespace (`""`: in all), page by page.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn list(&self, resource: &Resource, namespace: &str, selector: &str) -> Result<List, ClientError> {
        let mut list = List::default();
        let mut next = String::new();
        loop {
            let mut call = Call::get(resource.path(namespace, None)).query("limit", PAGE.to_string());
            if !selector.is_empty() {
                call = call.query("labelSelector", selector);
            }
            if !next.is_empty() {
                call = call.query("continue", &next);
            }
            let mut page = self.call(call).await?;
            let text = |pointer: &str| page.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            (list.resource_version, next) = (text("/metadata/resourceVersion"), text("/metadata/continue"));
            let items = page.get_mut("items").map(Value::take).unwrap_or_default();
            list.items.extend(self.items(items, &resource.gvk)?);
            if next.is_empty() {
                return Ok(list);
            }
        }
    }

    /// Server-side apply.
    ///
    /// # Errors
    /// [`ClientError::Conflict`] names the fields that others manage, [`ClientError::Invalid`] those that are wrong.
    pub async fn apply(&self, resource: &Resource, object: &Object, apply: Apply<'_>) -> Result<Object, ClientError> {
        let namespace = object.namespace().unwrap_or_default();
        let mut call = Call::new("PATCH", resource.path(namespace, Some(object.name())))
            .body("application/apply-patch+yaml", object.value())
            .query("fieldManager", apply.manager)
            .query("force", apply.force.to_string())
            .query("fieldValidation", "Strict");
        if apply.dry_run {
            call = call.query("dryRun", "All");
        }
        self.object(self.call(call).await?)
    }

    /// A JSON patch (RFC 6902).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn json_patch(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        patch: &Value,
    ) -> Result<Object, ClientError> {
        let call = Call::new("PATCH", resource.path(namespace, Some(name))).body("application/json-patch+json", patch);
        self.object(self.call(call).await?)
    }

    /// Creates an object that has a `generateName`, or must not exist yet.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create(&self, resource: &Resource, object: &Object, manager: &str) -> Result<Object, ClientError> {
        let call = Call::new("POST", resource.path(object.namespace().unwrap_or_default(), None))
            .body("application/json", object.value())
            .query("fieldManager", manager);
        self.object(self.call(call).await?)
    }

    /// Deletes an object; its dependants follow in the background. `false` if it did not exist. With a `uid`,
    /// only if it still is that very object.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        uid: Option<&str>,
    ) -> Result<bool, ClientError> {
        let mut options =
            serde_json::json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"});
        if let Some(uid) = uid {
            options["preconditions"] = serde_json::json!({ "uid": uid });
        }
        let call = Call::new("DELETE", resource.path(namespace, Some(name))).body("application/json", &options);
        match self.call(call).await {
            Ok(_) => Ok(true),
            Err(ClientError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The last lines of a container's log. The text is whatever the container wrote: not to be trusted.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn log(&self, query: LogQuery<'_>) -> Result<String, ClientError> {
        let path =
            format!("/api/v1/namespaces/{}/pods/{}/log", request::escape(query.namespace), request::escape(query.pod));
        let call = Call::get(path)
            .query("container", query.container)
            .query("previous", query.previous.to_string())
            .query("tailLines", query.lines.to_string())
            .query("limitBytes", query.bytes.to_string());
        let bytes = self.call_bytes(call).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Any path of the API, for example `/version`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn read(&self, path: &str) -> Result<Value, ClientError> {
        self.call(Call::get(path.to_owned())).await
    }

    /// The objects of a resource in a namespace (`""`: in all), and their changes from then on.
    #[must_use]
    pub fn watch(&self, resource: &Resource, namespace: &str) -> Watch {
        Watch::new(self.clone(), resource.clone(), namespace.to_owned())
    }

    fn object(&self, value: Value) -> Result<Object, ClientError> {
        Object::new(value).map_err(|error| self.malformed(&error.to_string()))
    }

    /// Items of a list; they need not say what they are.
    fn items(&self, items: Value, gvk: &GroupVersionKind) -> Result<Vec<Object>, ClientError> {
        let Value::Array(items) = items else {
            return Ok(Vec::new());
        };
        let object = |mut item: Value| {
            if let Some(fields) = item.as_object_mut() {
                fields.entry("apiVersion").or_insert_with(|| gvk.api_version().into());
                fields.entry("kind").or_insert_with(|| gvk.kind.clone().into());
            }
            self.object(item)
        };
        items.into_iter().map(object).collect()
    }

    fn malformed(&self, what: &str) -> ClientError {
        ClientError::Malformed { server: self.shared.target.cluster.server.clone(), what: what.to_owned() }
    }
}
