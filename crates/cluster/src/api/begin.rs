use serde_json::json;

use super::options::WriteOptions;
use super::{Api, Scope};
use crate::object::Validation;
use crate::server::Target;
use crate::status::{Reason, Status};

/// The namespaces that every cluster has.
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

impl Api {
    /// Creates what every cluster has and this one has not yet.
    ///
    /// # Errors
    /// The disk does not take it.
    pub(crate) async fn begin(&self) -> Result<(), Status> {
        let target = Target { version: "v1", resource: "namespaces", ..Target::default() };
        let resource = self.catalog.at("", "v1", "namespaces").ok_or_else(Status::no_such_resource)?;
        let scope = Scope { resource, target };
        let manager = "kube-apiserver".to_owned();
        let options = WriteOptions { dry_run: false, manager, validation: Validation::Strict, force: false };
        for name in NAMESPACES {
            let object = json!({
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
                "spec": {"finalizers": ["kubernetes"]},
            });
            match self.create_object(&scope, object, &options).await {
                Err(status) if status.reason != Some(Reason::AlreadyExists) => return Err(status),
                _ => {}
            }
        }
        Ok(())
    }
}
