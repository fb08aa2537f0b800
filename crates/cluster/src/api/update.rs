use std::sync::Arc;

use serde_json::Value;

use super::options::{Kind, WriteOptions};
use super::write::Written;
use super::{ATTEMPTS, Api, Scope, Show, meta};
use crate::apply;
use crate::object::{default, metadata};
use crate::patch;
use crate::server::{Answer, Request};
use crate::status::Status;
use crate::store::{StoreError, Stored, Write};
use crate::strategy::prepare_update;

/// What an object becomes, and what the answer warns of.
type Change = (Value, Vec<String>);

impl Api {
    /// Replaces an object by that in a request's body.
    ///
    /// # Errors
    /// The object is wrong, not there, or has changed meanwhile.
    pub(super) async fn update(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let options = WriteOptions::read(request, Kind::Update)?;
        let decoded = self.decode(scope, request, &options)?;
        let mut object = decoded.value;
        metadata::check_address(&object, scope.target.name, scope.target.namespace)?;
        metadata::take_namespace(&mut object, scope.target.namespace)?;
        let unconditional = meta::text(&object, "resourceVersion").is_empty();
        let strategy = scope.resource.strategy();
        if self.store.get(&scope.key()).is_none() && strategy.create_on_update && scope.target.subresource.is_empty() {
            let written = self.create_object(scope, object, &options).await?;
            return Ok(show.written(201, &written).warn(decoded.warnings.iter().map(String::as_str)));
        }
        if unconditional && !strategy.unconditional_update {
            meta::based(&object, &scope.kind_of(scope.target.name))?;
        }
        let (written, _) = self.change(scope, &options, !unconditional, |_| Ok((object.clone(), Vec::new()))).await?;
        Ok(show.written(200, &written).warn(decoded.warnings.iter().map(String::as_str)))
    }

    /// Changes an object as a request's body says.
    ///
    /// # Errors
    /// The patch is wrong or does not fit, or the object is not there.
    pub(super) async fn patch(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let kind = match request.media_type() {
            "application/json-patch+json" => patch::Kind::Json,
            "application/merge-patch+json" => patch::Kind::Merge,
            "application/strategic-merge-patch+json" => patch::Kind::Strategic,
            "application/apply-patch+yaml" => return self.apply(scope, request, show).await,
            _ => return Err(unsupported()),
        };
        let options = WriteOptions::read(request, Kind::Patch)?;
        let changed = |current: &Value| {
            let subject = patch::Subject { types: scope.resource.types(), schema: scope.resource.schema, current };
            let mut patched = patch::patch(subject, kind, &request.body, options.validation)?;
            default(scope.resource.types(), scope.resource.schema, &mut patched.value);
            metadata::check_address(&patched.value, scope.target.name, scope.target.namespace)?;
            Ok((patched.value, patched.warnings))
        };
        let (written, warnings) = self.change(scope, &options, false, changed).await?;
        Ok(show.written(200, &written).warn(warnings.iter().map(String::as_str)))
    }

    /// Changes an object, anew if somebody else changes it meanwhile and the change is not `based` on a version.
    async fn change(
        &self,
        scope: &Scope<'_>,
        options: &WriteOptions,
        based: bool,
        change: impl Fn(&Value) -> Result<Change, Status>,
    ) -> Result<(Written, Vec<String>), Status> {
        let subject = scope.subject();
        let mut last = StoreError::Missing(scope.key());
        for _ in 0..ATTEMPTS {
            let stored = self.store.get(&scope.key()).ok_or_else(|| Status::not_found(&subject))?;
            let old = stored.value();
            let (new, warnings) = change(&old)?;
            let new = self.changed(scope, &old, new, options)?;
            match self.keep(scope, &stored, &old, new, options.dry_run).await {
                Ok(written) => return Ok((written, warnings)),
                Err(StoreError::Conflict(now)) if !based => last = StoreError::Conflict(now),
                Err(error) => return Err(error.status(&subject)),
            }
        }
        Err(last.status(&subject))
    }

    /// A changed object as it will be stored.
    pub(super) fn changed(
        &self,
        scope: &Scope<'_>,
        old: &Value,
        mut new: Value,
        options: &WriteOptions,
    ) -> Result<Value, Status> {
        let subject = scope.subject();
        meta::same_object(old, &new, &subject)?;
        let version = meta::text(&new, "resourceVersion");
        if !version.is_empty() && version != meta::text(old, "resourceVersion") {
            return Err(Status::conflict(&subject, crate::store::MODIFIED));
        }
        metadata::inherit(&mut new, old);
        let mut new = self.own(scope, Some(old), new, options);
        prepare_update(&scope.resource.strategy(), scope.target.subresource == "status", old, &mut new);
        scope.valid_update(&new, old)?;
        Ok(new)
    }

    /// Stores a change; one that changes nothing is not stored, and one that lets go of the last finalizer of an object
    /// that is being deleted removes it.
    pub(super) async fn keep(
        &self,
        scope: &Scope<'_>,
        stored: &Arc<Stored>,
        old: &Value,
        mut new: Value,
        dry_run: bool,
    ) -> Result<Written, StoreError> {
        if let Some(metadata) = meta::metadata(&mut new) {
            metadata.insert("resourceVersion".to_owned(), stored.revision().to_string().into());
        }
        apply::keep_times(old, &mut new);
        if new == *old {
            return Ok(Written::Stored(Arc::clone(stored)));
        }
        if dry_run {
            return Ok(Written::Tried(new));
        }
        if released(&new) {
            let expected = Some(stored.revision());
            self.store.write(Write::Delete { key: scope.key(), expected }).await?;
            return Ok(Written::Tried(new));
        }
        self.replace(scope, new, stored.revision()).await.map(Written::Stored)
    }
}

/// Whether nothing holds an object that is being deleted.
fn released(object: &Value) -> bool {
    let metadata = &object["metadata"];
    let finalizers = metadata.get("finalizers").and_then(Value::as_array).is_none_or(Vec::is_empty);
    let grace = metadata.get("deletionGracePeriodSeconds").and_then(Value::as_i64).unwrap_or_default();
    metadata.get("deletionTimestamp").is_some() && finalizers && grace == 0
}

fn unsupported() -> Status {
    let accepted = [
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ];
    Status::unsupported_media_type(&accepted)
}
