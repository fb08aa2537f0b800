use http::header::{CONTENT_ENCODING, HeaderValue};
use serde_json::{Value, json};

use super::{Api, Include, Scope, Show};
use crate::quote::quote;
use crate::server::openapi;
use crate::server::{Answer, Form, Request, Route, Served, Service, Target, Verb, aggregated, negotiate, route};
use crate::status::Status;

/// The version of Kubernetes whose API this is.
const VERSION: (&str, &str, &str) = ("1", "36", "v1.36.2+linkspan");

impl Service for Api {
    async fn answer(&self, request: Request) -> Answer {
        let route = route(&request.path);
        let answered = match &route {
            Route::Objects(target) => self.objects(*target, &request).await,
            other => self.document(other, &request),
        };
        answered.unwrap_or_else(|status| Answer::status(&status))
    }
}

impl Api {
    /// What is no object: what there is, and how it is described.
    fn document(&self, route: &Route<'_>, request: &Request) -> Result<Answer, Status> {
        let custom = self.catalog.custom();
        let served = self.catalog.served(&custom);
        let value = match route {
            Route::Root => self.paths(&served),
            Route::Version => version(),
            Route::Health => return Ok(Answer::text(200, "ok")),
            Route::CoreVersions | Route::Groups if aggregated(request.header("accept")).is_some() => {
                let core = *route == Route::CoreVersions;
                let text = served.aggregated(core).to_string();
                return Ok(Answer::new(
                    200,
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                    text,
                ));
            }
            Route::CoreVersions => Served::core(&self.address),
            Route::Groups => served.list(),
            Route::Group(group) => match served.one(group) {
                Some(value) => value,
                None => return Ok(unknown()),
            },
            Route::Resources { group, version } => {
                served.resources(group, version).ok_or_else(Status::no_such_resource)?
            }
            Route::OpenApi3Index => openapi::index(),
            Route::OpenApi3 { group, version } => return Ok(description(group, version, request)),
            Route::OpenApi2 | Route::Issuer { .. } | Route::Unknown | Route::Objects(_) => return Ok(unknown()),
        };
        let form = negotiate(request.header("accept")).ok_or_else(not_acceptable)?;
        Ok(Answer::value(200, Form { view: Form::PLAIN.view, ..form }, &value))
    }

    fn paths(&self, served: &Served<'_>) -> Value {
        let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned(), "/apis/".to_owned()];
        for group in served.groups.iter().filter(|group| !group.name.is_empty()) {
            paths.push(format!("/apis/{}", group.name));
            paths.extend(group.versions.iter().map(|version| format!("/apis/{}/{version}", group.name)));
        }
        paths.extend(["/healthz", "/livez", "/openapi/v3", "/openapi/v3/", "/readyz", "/version"].map(str::to_owned));
        json!({"paths": paths})
    }

    async fn objects(&self, target: Target<'_>, request: &Request) -> Result<Answer, Status> {
        let found = self.catalog.at(target.group, target.version, target.resource);
        let resource = found.ok_or_else(Status::no_such_resource)?;
        let verb = Verb::of(&request.method, &target, request.query.flag("watch")).ok_or_else(not_allowed)?;
        let form = negotiate(request.header("accept")).ok_or_else(not_acceptable)?;
        let include = Include::read(request.query.get("includeObject"));
        let show = Show { resource: resource.clone(), form, include, now: self.system.now() };
        let scope = Scope { resource, target };
        scope.check(verb)?;
        if !request.identity.may_everything() {
            return Err(scope.forbidden(verb, &request.identity.user));
        }
        match verb {
            Verb::Get => self.get(&scope, &show),
            Verb::List => self.list(&scope, request, &show).await,
            Verb::Watch => self.watch(&scope, request, &show).await,
            Verb::Create => self.create(&scope, request, &show).await,
            Verb::Update => self.update(&scope, request, &show).await,
            Verb::Patch => self.patch(&scope, request, &show).await,
            Verb::Delete => self.delete(&scope, request, &show).await,
            Verb::DeleteCollection => self.delete_all(&scope, request, &show).await,
        }
    }
}

impl Scope<'_> {
    /// Whether there is such an address, and this can be done there.
    fn check(&self, verb: Verb) -> Result<(), Status> {
        let Target { namespace, name, subresource, .. } = self.target;
        if !self.resource.namespaced && !namespace.is_empty()
            || self.resource.namespaced && namespace.is_empty() && !name.is_empty()
        {
            return Err(Status::no_such_resource());
        }
        let verbs = match subresource {
            "" => &self.resource.verbs,
            name => &self.resource.subresource(name).ok_or_else(Status::no_such_resource)?.verbs,
        };
        if verbs.iter().any(|known| known == verb.name()) { Ok(()) } else { Err(not_allowed()) }
    }
}

impl Scope<'_> {
    /// What somebody is told who may not do this.
    fn forbidden(&self, verb: Verb, user: &str) -> Status {
        let Target { group, namespace, resource, .. } = self.target;
        let place = match namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace {}", quote(namespace)),
        };
        let (user, verb, resource, group) = (quote(user), verb.name(), quote(resource), quote(group));
        let why = format!("User {user} cannot {verb} resource {resource} in API group {group} {place}");
        Status::forbidden(&self.subject(), why)
    }
}

fn version() -> Value {
    let (major, minor, git) = VERSION;
    json!({
        "major": major,
        "minor": minor,
        "gitVersion": git,
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH.replace("x86_64", "amd64").replace("aarch64", "arm64")),
    })
}

/// The description of a group's version, as small as the client can take it.
fn description(group: &str, version: &str, request: &Request) -> Answer {
    let Some(gzip) = openapi::document(group, version) else { return unknown() };
    if !request.header("accept-encoding").contains("gzip") {
        return Answer::new(200, "application/json", openapi::unpacked(gzip));
    }
    let mut answer = Answer::new(200, "application/json", gzip);
    answer.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer
}

fn unknown() -> Answer {
    Answer::text(404, "404 page not found\n")
}

fn not_allowed() -> Status {
    Status::method_unknown()
}

fn not_acceptable() -> Status {
    Status::none_acceptable()
}
