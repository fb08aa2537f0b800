use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::write::{Written, media};
use super::{ATTEMPTS, Api, Scope, Show, meta};
use crate::deletion::{DeleteOptions, Deletion, decide};
use crate::field::{FieldError, Path};
use crate::object::Media;
use crate::object::protobuf::{self, Fault, Unknown};
use crate::server::{Answer, Request};
use crate::status::{Status, Subject};
use crate::store::{StoreError, Write};
use crate::strategy::Dependents;

/// Kinds whose deleted objects are answered as they were; of the others only that they are gone.
const RETURNED: [(&str, &str); 8] = [
    ("", "Namespace"),
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("", "Pod"),
    ("", "PodTemplate"),
    ("", "ResourceQuota"),
    ("", "Service"),
    ("", "ServiceAccount"),
];

impl Api {
    /// Deletes an object, or says that it is to go.
    ///
    /// # Errors
    /// It is not there, or not the one that is meant.
    pub(super) async fn delete(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let options = options(request)?;
        match self.delete_one(scope, &options).await? {
            (Written::Tried(object), true) if !returned(scope) => {
                Ok(show.status(&Status::deleted(&scope.subject(), meta::text(&object, "uid"))))
            }
            (written, _) => Ok(show.written(200, &written)),
        }
    }

    /// Deletes all objects that a request selects; the answer lists them.
    ///
    /// # Errors
    /// The selection is wrong, or one of them cannot be deleted.
    pub(super) async fn delete_all(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let options = options(request)?;
        let page = self.selected(scope, request).await?;
        for stored in &page.items {
            let mut one = scope.clone();
            one.target.namespace = stored.key().namespace().unwrap_or_default();
            one.target.name = stored.key().name();
            match self.delete_one(&one, &options).await {
                Err(status) if status.code != 404 => return Err(status),
                _ => {}
            }
        }
        Ok(show.page(&page))
    }

    /// Deletes one object: it as it was or as it is now, and whether it is gone.
    pub(super) async fn delete_one(
        &self,
        scope: &Scope<'_>,
        options: &DeleteOptions,
    ) -> Result<(Written, bool), Status> {
        let subject = scope.subject();
        let strategy = scope.resource.strategy();
        let dependents = (scope.resource.kind != "Event").then_some(strategy.dependents);
        let graceful = (scope.resource.group.as_str(), scope.resource.kind.as_str()) == ("", "Pod");
        let mut last = StoreError::Missing(scope.key());
        for _ in 0..ATTEMPTS {
            let stored = self.store.get(&scope.key()).ok_or_else(|| Status::not_found(&subject))?;
            let old = stored.value();
            wanted(&old, options, &scope.kind_of(scope.target.name))?;
            let decided = self.decided(scope, &old, options, dependents, graceful);
            let result = match decided {
                Deletion::Pending => return Ok((Written::Stored(stored), false)),
                Deletion::Mark(object) if options.dry_run => return Ok((Written::Tried(object), false)),
                Deletion::Remove if options.dry_run => return Ok((Written::Tried(old.as_ref().clone()), true)),
                Deletion::Mark(object) => {
                    self.replace(scope, object, stored.revision()).await.map(|stored| (Written::Stored(stored), false))
                }
                Deletion::Remove => {
                    let write = Write::Delete { key: scope.key(), expected: Some(stored.revision()) };
                    let gone = self.store.write(write).await;
                    gone.map(|gone| (Written::Tried(gone.value().as_ref().clone()), true))
                }
            };
            match result {
                Ok(done) => return Ok(done),
                Err(StoreError::Conflict(now)) => last = StoreError::Conflict(now),
                Err(error) => return Err(error.status(&subject)),
            }
        }
        Err(last.status(&subject))
    }

    /// What is done to one object. A namespace goes when what is in it is gone, and says so meanwhile.
    fn decided(
        &self,
        scope: &Scope<'_>,
        old: &Value,
        options: &DeleteOptions,
        dependents: Option<Dependents>,
        graceful: bool,
    ) -> Deletion {
        let now = self.system.now();
        if (scope.resource.group.as_str(), scope.resource.kind.as_str()) != ("", "Namespace") {
            return decide(old, options, dependents, graceful, now);
        }
        let held = old.pointer("/spec/finalizers").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        match decide(old, options, dependents, false, now) {
            Deletion::Remove if !held => Deletion::Remove,
            Deletion::Mark(mut object) => {
                object["status"]["phase"] = "Terminating".into();
                Deletion::Mark(object)
            }
            _ if old.pointer("/metadata/deletionTimestamp").is_some() => Deletion::Pending,
            _ => {
                let mut object = old.clone();
                if let Some(metadata) = meta::metadata(&mut object) {
                    metadata.insert("deletionTimestamp".to_owned(), super::timestamp(now).into());
                }
                object["status"]["phase"] = "Terminating".into();
                Deletion::Mark(object)
            }
        }
    }
}

fn returned(scope: &Scope<'_>) -> bool {
    RETURNED.contains(&(scope.resource.group.as_str(), scope.resource.kind.as_str()))
        || scope.resource.group == "storage.k8s.io"
}

/// Whether the object is the one that is meant.
fn wanted(object: &Value, options: &DeleteOptions, subject: &Subject<'_>) -> Result<(), Status> {
    let (uid, version) = (meta::text(object, "uid"), meta::text(object, "resourceVersion"));
    if let Some(wanted) = options.uid.as_deref().filter(|wanted| *wanted != uid) {
        let why = format!(
            "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
        );
        return Err(Status::conflict(subject, why));
    }
    if let Some(wanted) = options.version.as_deref().filter(|wanted| *wanted != version) {
        let why = format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). The object might have been modified"
        );
        return Err(Status::conflict(subject, why));
    }
    Ok(())
}

/// The options in a request's body, or else in its parameters.
fn options(request: &Request) -> Result<DeleteOptions, Status> {
    if request.body.is_empty() {
        return DeleteOptions::read(&parameters(request)?);
    }
    let wrong =
        |error: &dyn Display| Status::bad_request(format!("couldn't get version/kind; json parse error: {error}"));
    DeleteOptions::read(&match media(false, request)? {
        Media::Json => serde_json::from_slice(&request.body).map_err(|error| wrong(&error))?,
        Media::Yaml => serde_yaml::from_slice(&request.body).map_err(|error| wrong(&error))?,
        Media::Protobuf => message(&request.body).map_err(|error| Status::bad_request(error.to_string()))?.into(),
    })
}

/// The options that a Protobuf message is.
fn message(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    protobuf::read("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", Unknown::read(body)?.raw)
}

fn parameters(request: &Request) -> Result<Value, Status> {
    let query = &request.query;
    let mut options = Map::new();
    if query.has("gracePeriodSeconds") {
        let text = query.get("gracePeriodSeconds");
        let seconds: i64 = text.parse().map_err(|_| wrong("gracePeriodSeconds", text))?;
        options.insert("gracePeriodSeconds".to_owned(), seconds.into());
    }
    if query.has("propagationPolicy") {
        options.insert("propagationPolicy".to_owned(), query.get("propagationPolicy").into());
    }
    if query.has("orphanDependents") {
        options.insert("orphanDependents".to_owned(), query.flag("orphanDependents").into());
    }
    let modes: Vec<_> = query.all("dryRun").filter(|mode| !mode.is_empty()).collect();
    if !modes.is_empty() {
        options.insert("dryRun".to_owned(), json!(modes));
    }
    Ok(options.into())
}

fn wrong(name: &str, text: &str) -> Status {
    let error = FieldError::invalid(&Path::new(name), text, "must be a whole number");
    Status::invalid(&Subject::new("meta.k8s.io", "DeleteOptions", ""), &[error])
}
