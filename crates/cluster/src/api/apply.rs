use linkspan_source::Dialect;
use serde_json::Value;

use super::options::{Kind, WriteOptions};
use super::{ATTEMPTS, Api, Scope, Show, meta, timestamp};
use crate::apply;
use crate::object::{Media, Target, decode, default, metadata};
use crate::server::{Answer, Request};
use crate::status::Status;
use crate::store::{MODIFIED, StoreError};
use crate::strategy::{prepare_create, prepare_update};

impl Api {
    /// Applies the configuration in a request's body; an object that is not there is created.
    ///
    /// # Errors
    /// The configuration is wrong, or other managers own what it says.
    pub(super) async fn apply(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let options = WriteOptions::read(request, Kind::Apply)?;
        let mut config = configuration(&request.body)?;
        metadata::take_namespace(&mut config, scope.target.namespace)?;
        for _ in 0..ATTEMPTS {
            let Some(stored) = self.store.get(&scope.key()) else {
                let (object, warnings) = self.applied(scope, None, &config, &options)?;
                self.room(scope, scope.target.name)?;
                let written = self.insert(scope, object, options.dry_run).await?;
                return Ok(show.written(201, &written).warn(warnings.iter().map(String::as_str)));
            };
            let old = stored.value();
            let (new, warnings) = self.applied(scope, Some(&old), &config, &options)?;
            match self.keep(scope, &stored, &old, new, options.dry_run).await {
                Err(StoreError::Conflict(_)) => {}
                Ok(written) => return Ok(show.written(200, &written).warn(warnings.iter().map(String::as_str))),
                Err(error) => return Err(error.status(&scope.subject())),
            }
        }
        Err(Status::conflict(&scope.subject(), MODIFIED))
    }

    /// What an object becomes by a configuration, as it will be stored.
    fn applied(
        &self,
        scope: &Scope<'_>,
        live: Option<&Value>,
        config: &Value,
        options: &WriteOptions,
    ) -> Result<(Value, Vec<String>), Status> {
        let now = timestamp(self.system.now());
        let api_version = scope.resource.api_version();
        let (versions, reset) = ([api_version.as_str()], scope.reset());
        let resource = scope.owned(&api_version, &versions, &reset);
        let request = apply::Request { config, manager: &options.manager, force: options.force, now: &now };
        let applied = apply::apply(&resource, live, &request)?;
        let (mut object, warnings) = self.read_back(scope, &applied.object, options)?;
        let strategy = scope.resource.strategy();
        match live {
            None => {
                meta::named(&mut object, scope.target.name);
                metadata::wipe(&mut object);
                meta::begin(&mut object, self.system.as_ref());
                prepare_create(&strategy, &mut object);
                scope.valid(&object)?;
            }
            Some(old) => {
                meta::same_object(old, &object, &scope.subject())?;
                metadata::inherit(&mut object, old);
                prepare_update(&strategy, scope.target.subresource == "status", old, &mut object);
                scope.valid_update(&object, old)?;
            }
        }
        Ok((object, warnings))
    }

    /// An object that was put together, read as if a client had sent it.
    fn read_back(
        &self,
        scope: &Scope<'_>,
        object: &Value,
        options: &WriteOptions,
    ) -> Result<(Value, Vec<String>), Status> {
        let api_version = scope.resource.api_version();
        let known = |version: &str, kind: &str| self.catalog.knows(version, kind);
        let target = Target {
            api_version: &api_version,
            kind: &scope.resource.kind,
            schema: scope.resource.schema,
            known: &known,
        };
        let text = object.to_string();
        let mut decoded = decode(scope.resource.types(), &target, text.as_bytes(), Media::Json, options.validation)?;
        default(scope.resource.types(), scope.resource.schema, &mut decoded.value);
        Ok((decoded.value, decoded.warnings))
    }
}

/// The configuration in a body, YAML or JSON.
fn configuration(body: &[u8]) -> Result<Value, Status> {
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    let text = String::from_utf8_lossy(body);
    let wrong = |faults: Vec<linkspan_source::Fault>| {
        let first = faults.first().map(|fault| format!("line {}: {}", fault.span.start.line, fault.message));
        Status::bad_request(format!("error decoding YAML: yaml: {}", first.unwrap_or_default()))
    };
    let documents = linkspan_source::yaml(&text, Dialect::Kubernetes).map_err(wrong)?;
    Ok(documents
        .into_iter()
        .next()
        .map_or(Value::Null, |document| serde_json::to_value(&document.value).unwrap_or_default()))
}
