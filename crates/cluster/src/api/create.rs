use serde_json::Value;

use super::options::{Kind, WriteOptions};
use super::write::Written;
use super::{ATTEMPTS, Api, Scope, Show, meta};
use crate::object::metadata;
use crate::server::{Answer, Request};
use crate::status::{Reason, Status};
use crate::store::Key;
use crate::strategy::prepare_create;

impl Api {
    /// Creates the object in a request's body.
    ///
    /// # Errors
    /// The object is wrong, its namespace is not there or its name is taken.
    pub(super) async fn create(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let options = WriteOptions::read(request, Kind::Create)?;
        let decoded = self.decode(scope, request, &options)?;
        let written = self.create_object(scope, decoded.value, &options).await?;
        Ok(show.written(201, &written).warn(decoded.warnings.iter().map(String::as_str)))
    }

    /// Creates an object; a name that the server makes up is made up again if it is taken.
    pub(super) async fn create_object(
        &self,
        scope: &Scope<'_>,
        object: Value,
        options: &WriteOptions,
    ) -> Result<Written, Status> {
        let generated = meta::text(&object, "name").is_empty();
        let mut attempts = if generated { ATTEMPTS } else { 1 };
        loop {
            attempts -= 1;
            let new = self.newborn(scope, object.clone(), options)?;
            match self.insert(scope, new, options.dry_run).await {
                Err(status) if status.reason == Some(Reason::AlreadyExists) && attempts > 0 => {}
                Err(status) if status.reason == Some(Reason::AlreadyExists) && generated => {
                    let name = status.details.as_ref().map_or("", |details| &details.name);
                    return Err(Status::generated_name_exists(&scope.subject_of(name)));
                }
                other => return other,
            }
        }
    }

    /// A new object as it will be stored.
    fn newborn(&self, scope: &Scope<'_>, mut object: Value, options: &WriteOptions) -> Result<Value, Status> {
        metadata::wipe(&mut object);
        metadata::take_namespace(&mut object, scope.target.namespace)?;
        self.room(scope, meta::text(&object, "name"))?;
        let mut object = self.own(scope, None, object, options);
        meta::begin(&mut object, self.system.as_ref());
        prepare_create(&scope.resource.strategy(), &mut object);
        scope.valid(&object)?;
        Ok(object)
    }

    /// Whether the namespace takes something new.
    pub(super) fn room(&self, scope: &Scope<'_>, name: &str) -> Result<(), Status> {
        let namespace = scope.target.namespace;
        if namespace.is_empty() {
            return Ok(());
        }
        let stored = self.store.get(&Key::new("", "namespaces", None, namespace));
        let phase = stored.ok_or_else(|| meta::no_namespace(namespace))?.value();
        if phase.pointer("/metadata/deletionTimestamp").is_some() {
            return Err(meta::terminating(namespace, &scope.subject_of(name)));
        }
        Ok(())
    }
}
