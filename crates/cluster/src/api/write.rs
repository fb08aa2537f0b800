use std::sync::Arc;

use serde_json::Value;

use super::options::WriteOptions;
use super::{Api, Resource, Scope, meta, timestamp};
use crate::apply;
use crate::object::{Decoded, Media, Target, decode, default};
use crate::server::Request;
use crate::status::Status;
use crate::store::{Draft, Revision, StoreError, Stored, Write};

/// What a write has come to.
#[derive(Debug)]
pub(super) enum Written {
    /// It is stored.
    Stored(Arc<Stored>),
    /// It would be stored, but for `dryRun`.
    Tried(Value),
}

/// Events are forgotten after an hour (`--event-ttl`).
const EVENT_TTL: std::time::Duration = std::time::Duration::from_secs(3600);

impl Api {
    /// The object in a request's body, read and defaulted.
    ///
    /// # Errors
    /// 415 for an unknown media type, 400 for what is no object of this kind.
    pub(super) fn decode(
        &self,
        scope: &Scope<'_>,
        request: &Request,
        options: &WriteOptions,
    ) -> Result<Decoded, Status> {
        let media = media(matches!(scope.resource, Resource::Custom(_)), request)?;
        let api_version = scope.resource.api_version();
        let known = |version: &str, kind: &str| self.catalog.knows(version, kind);
        let target = Target {
            api_version: &api_version,
            kind: &scope.resource.kind,
            schema: scope.resource.schema,
            known: &known,
        };
        let mut decoded = decode(scope.resource.types(), &target, &request.body, media, options.validation)?;
        default(scope.resource.types(), scope.resource.schema, &mut decoded.value);
        Ok(decoded)
    }

    /// Notes who manages which fields now.
    pub(super) fn own(&self, scope: &Scope<'_>, old: Option<&Value>, new: Value, options: &WriteOptions) -> Value {
        let api_version = scope.resource.api_version();
        let versions = [api_version.as_str()];
        let reset = scope.reset();
        let resource = scope.owned(&api_version, &versions, &reset);
        apply::update(&resource, old, new, &options.manager, &timestamp(self.system.now()))
    }

    /// Stores a new object.
    ///
    /// # Errors
    /// The name is taken, or the disk does not take it.
    pub(super) async fn insert(&self, scope: &Scope<'_>, object: Value, dry_run: bool) -> Result<Written, Status> {
        let name = meta::text(&object, "name").to_owned();
        let key = scope.key_of(&name);
        let subject = scope.subject_of(&name);
        if dry_run {
            return if self.store.get(&key).is_some() {
                Err(Status::already_exists(&subject))
            } else {
                Ok(Written::Tried(object))
            };
        }
        let draft = self.draft(scope, object)?;
        let stored = self.store.write(Write::Create { key, draft }).await;
        stored.map(Written::Stored).map_err(|error| error.status(&subject))
    }

    /// Stores a changed object in place of one at a revision.
    pub(super) async fn replace(
        &self,
        scope: &Scope<'_>,
        object: Value,
        expected: Revision,
    ) -> Result<Arc<Stored>, StoreError> {
        let draft = self.draft(scope, object).map_err(|_| StoreError::Shape)?;
        self.store.write(Write::Update { key: scope.key(), expected: Some(expected), draft }).await
    }

    fn draft(&self, scope: &Scope<'_>, object: Value) -> Result<Draft, Status> {
        let draft = Draft::new(object).map_err(|error| error.status(&scope.subject()))?;
        Ok(if scope.resource.kind == "Event" { draft.with_ttl(EVENT_TTL) } else { draft })
    }
}

const MEDIA: [(&str, Media); 3] = [
    ("application/json", Media::Json),
    ("application/yaml", Media::Yaml),
    ("application/vnd.kubernetes.protobuf", Media::Protobuf),
];

/// How a request's body is written. Objects of custom kinds have no Protobuf.
///
/// # Errors
/// 415 for an unknown media type.
pub(super) fn media(custom: bool, request: &Request) -> Result<Media, Status> {
    let accepted = || MEDIA.iter().filter(|(_, media)| !custom || *media != Media::Protobuf);
    let found = accepted().find(|(name, _)| *name == request.media_type());
    let names = || accepted().map(|(name, _)| *name).collect::<Vec<_>>();
    found.map(|(_, media)| *media).ok_or_else(|| Status::unsupported_media_type(&names()))
}
