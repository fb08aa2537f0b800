use http::Method;

/// What a path asks for (apiserver's `RequestInfo`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// `/`: the paths that there are.
    Root,
    /// `/version`.
    Version,
    /// `/healthz`, `/livez`, `/readyz`, each also with one check's name.
    Health,
    /// `/api`: the versions of the core group.
    CoreVersions,
    /// `/apis`: the groups.
    Groups,
    /// `/apis/GROUP`.
    Group(&'a str),
    /// `/api/v1` or `/apis/GROUP/VERSION`: the resources of a group's version.
    Resources { group: &'a str, version: &'a str },
    /// `/openapi/v2`.
    OpenApi2,
    /// `/openapi/v3`: which documents there are.
    OpenApi3Index,
    /// `/openapi/v3/…`: the document of a group's version.
    OpenApi3 { group: &'a str, version: &'a str },
    /// `/.well-known/openid-configuration` and `/openid/v1/jwks`: who signs the tokens of service accounts.
    Issuer { keys: bool },
    /// Something with objects.
    Objects(Target<'a>),
    /// Nothing that we know.
    Unknown,
}

/// Which objects a path names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    /// Empty: all namespaces, or the kind has none.
    pub(crate) namespace: &'a str,
    /// The plural name.
    pub(crate) resource: &'a str,
    /// Empty: all of them.
    pub(crate) name: &'a str,
    /// Empty: the object itself.
    pub(crate) subresource: &'a str,
    /// What follows the subresource (`proxy/PATH`).
    pub(crate) rest: &'a str,
    /// The old form of a watch, `/api/v1/watch/…`.
    pub(crate) watch: bool,
}

/// What a request does, as authorisation and messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Delete,
    DeleteCollection,
    Get,
    List,
    Patch,
    Update,
    Watch,
}

/// Reads the path of a request; empty parts are passed over, as the real one does.
pub(crate) fn route(path: &str) -> Route<'_> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => Route::Root,
        (Some("version"), None, _) => Route::Version,
        (Some("healthz" | "livez" | "readyz"), ..) => Route::Health,
        (Some("api"), None, _) => Route::CoreVersions,
        (Some("api"), Some(version), None) => Route::Resources { group: "", version },
        (Some("api"), Some(version), Some(first)) => objects("", version, first, path, parts),
        (Some("apis"), None, _) => Route::Groups,
        (Some("apis"), Some(group), None) => Route::Group(group),
        (Some("apis"), Some(group), Some(version)) => match parts.next() {
            None => Route::Resources { group, version },
            Some(first) => objects(group, version, first, path, parts),
        },
        (Some("openapi"), Some("v2"), None) => Route::OpenApi2,
        (Some("openapi"), Some("v3"), None) => Route::OpenApi3Index,
        (Some("openapi"), Some("v3"), Some(root)) => document(root, parts),
        (Some(".well-known"), Some("openid-configuration"), None) => Route::Issuer { keys: false },
        (Some("openid"), Some("v1"), Some("jwks")) => Route::Issuer { keys: true },
        _ => Route::Unknown,
    }
}

fn document<'a>(root: &str, mut parts: impl Iterator<Item = &'a str>) -> Route<'a> {
    match (root, parts.next(), parts.next(), parts.next()) {
        ("api", Some(version), None, _) => Route::OpenApi3 { group: "", version },
        ("apis", Some(group), Some(version), None) => Route::OpenApi3 { group, version },
        _ => Route::Unknown,
    }
}

fn objects<'a>(
    group: &'a str,
    version: &'a str,
    first: &'a str,
    path: &'a str,
    mut parts: impl Iterator<Item = &'a str>,
) -> Route<'a> {
    let watch = first == "watch";
    let Some(first) = (if watch { parts.next() } else { Some(first) }) else { return Route::Unknown };
    let mut target = Target { group, version, watch, resource: first, ..Target::default() };
    let second = parts.next().unwrap_or_default();
    if first == "namespaces" && !second.is_empty() {
        target.namespace = second;
        match parts.next() {
            Some("status" | "finalize") | None => {
                // A namespace stands in no namespace; the real one still names it as its own.
                target.name = second;
                target.subresource = last_of_namespace(path);
                target.namespace = "";
                return Route::Objects(target);
            }
            Some(resource) => {
                target.resource = resource;
                target.name = parts.next().unwrap_or_default();
            }
        }
    } else {
        target.name = second;
    }
    target.subresource = parts.next().unwrap_or_default();
    target.rest = rest(path, parts.next());
    Route::Objects(target)
}

fn last_of_namespace(path: &str) -> &str {
    let last = path.trim_end_matches('/').rsplit('/').next();
    last.filter(|last| matches!(*last, "status" | "finalize")).unwrap_or_default()
}

fn rest<'a>(path: &'a str, first: Option<&'a str>) -> &'a str {
    first.map_or("", |first| &path[first.as_ptr().addr() - path.as_ptr().addr()..])
}

impl Verb {
    /// What the method does to the target; nothing if the method is not allowed there.
    pub(crate) fn of(method: &Method, target: &Target<'_>, watch: bool) -> Option<Self> {
        let one = !target.name.is_empty();
        Some(match *method {
            Method::GET if watch || target.watch => Self::Watch,
            Method::GET if one => Self::Get,
            Method::GET => Self::List,
            Method::POST if !one || !target.subresource.is_empty() => Self::Create,
            Method::PUT if one => Self::Update,
            Method::PATCH if one => Self::Patch,
            Method::DELETE if one => Self::Delete,
            Method::DELETE => Self::DeleteCollection,
            _ => return None,
        })
    }

    /// The verb as rules write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
            Self::Get => "get",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Update => "update",
            Self::Watch => "watch",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(path: &str) -> Target<'_> {
        match route(path) {
            Route::Objects(target) => target,
            other => Target {
                rest: "not objects",
                group: if other == Route::Unknown { "?" } else { "" },
                ..Target::default()
            },
        }
    }

    #[test]
    fn documents_are_told_apart() {
        assert_eq!(route("/"), Route::Root);
        assert_eq!(route("/api/"), Route::CoreVersions);
        assert_eq!(route("/api/v1"), Route::Resources { group: "", version: "v1" });
        assert_eq!(route("/apis/apps"), Route::Group("apps"));
        assert_eq!(route("/apis/apps/v1/"), Route::Resources { group: "apps", version: "v1" });
        assert_eq!(route("/openapi/v3/apis/apps/v1"), Route::OpenApi3 { group: "apps", version: "v1" });
        assert_eq!(route("/openapi/v3/api/v1"), Route::OpenApi3 { group: "", version: "v1" });
        assert_eq!(route("/readyz/etcd"), Route::Health);
        assert_eq!(route("/foo"), Route::Unknown);
        assert_eq!(route("/openapi/v3/apis/apps"), Route::Unknown);
    }

    #[test]
    fn objects_are_found_in_every_form_of_path() {
        let pods = Target { version: "v1", resource: "pods", ..Target::default() };
        assert_eq!(target("/api/v1/pods"), pods);
        assert_eq!(target("/api/v1/watch/pods"), Target { watch: true, ..pods });
        let here = Target { namespace: "shop", ..pods };
        assert_eq!(target("/api/v1/namespaces/shop/pods"), here);
        assert_eq!(target("/api/v1/namespaces/shop/pods/a"), Target { name: "a", ..here });
        let log = Target { name: "a", subresource: "log", ..here };
        assert_eq!(target("/api/v1/namespaces/shop/pods/a/log"), log);
        let proxy = Target { subresource: "proxy", rest: "x/y/", ..log };
        assert_eq!(target("/api/v1/namespaces/shop/pods/a/proxy/x/y/"), proxy);
        let scale = Target { group: "apps", resource: "deployments", subresource: "scale", ..log };
        assert_eq!(target("/apis/apps/v1/namespaces/shop/deployments/a/scale"), scale);
    }

    #[test]
    fn a_namespace_is_an_object_too() {
        let namespaces = Target { version: "v1", resource: "namespaces", ..Target::default() };
        assert_eq!(target("/api/v1/namespaces"), namespaces);
        assert_eq!(target("/api/v1/namespaces/shop"), Target { name: "shop", ..namespaces });
        let finalize = Target { name: "shop", subresource: "finalize", ..namespaces };
        assert_eq!(target("/api/v1/namespaces/shop/finalize"), finalize);
    }

    #[test]
    fn methods_mean_different_things_for_one_and_for_many() {
        let many = target("/api/v1/pods");
        let one = target("/api/v1/namespaces/shop/pods/a");
        assert_eq!(Verb::of(&Method::GET, &many, false), Some(Verb::List));
        assert_eq!(Verb::of(&Method::GET, &one, true), Some(Verb::Watch));
        assert_eq!(Verb::of(&Method::DELETE, &many, false), Some(Verb::DeleteCollection));
        assert_eq!(Verb::of(&Method::PUT, &many, false), None);
        assert_eq!(Verb::of(&Method::POST, &one, false), None);
        assert_eq!(Verb::of(&Method::POST, &Target { subresource: "eviction", ..one }, false), Some(Verb::Create));
    }
}
