//! Which services a project has, from its Dockerfiles, its compose file and its manifests.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{Found, Place, PlaceKind};
use super::paths::{is_in, join, last, name, split};

/// A service as `linkspan.yaml` would say it; what is `None` or empty follows from convention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Proposed {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub path: String,
    /// Its Dockerfile, relative to the folder, if it is not called `Dockerfile`.
    pub dockerfile: Option<String>,
    /// Where its manifests are; empty if it has none.
    pub manifests: Vec<String>,
    /// Whether convention does not say where its manifests are.
    pub manifests_elsewhere: bool,
    /// The ports that the compose file publishes.
    pub ports: Vec<u16>,
    /// The project's services that must be ready before.
    pub needs: Vec<String>,
}

impl Proposed {
    /// Whether a folder's name alone says all of it.
    fn is_conventional(&self, project: &str) -> bool {
        let at_home = self.path == format!("services/{}", self.name) || self.path == "." && self.name == project;
        at_home && self.dockerfile.is_none() && !self.manifests_elsewhere
    }
}

/// The services, by name, and whether convention finds the very same without being told.
pub(super) fn propose(found: &Found) -> (Vec<Proposed>, bool) {
    let mut services = named(found);
    for service in &mut services {
        (service.manifests, service.manifests_elsewhere) = manifests(service, &found.manifests);
    }
    services.sort_by(|a, b| a.name.cmp(&b.name));
    let conventional = services.iter().all(|service| service.is_conventional(&found.project));
    let mixed = services.len() > 1 && services.iter().any(|service| service.path == ".");
    (services, conventional && !mixed)
}

/// Builds of the compose file first, because they have names; then the Dockerfiles that are left.
fn named(found: &Found) -> Vec<Proposed> {
    let mut services: Vec<Proposed> = Vec::new();
    let mut claimed = BTreeSet::new();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for service in found.compose.iter().flat_map(|compose| &compose.services) {
        let Some((path, dockerfile)) = &service.build else { continue };
        let file = dockerfile.clone().unwrap_or_else(|| "Dockerfile".to_owned());
        let Some(at) = join(path, &file).filter(|at| found.dockerfiles.contains(at)) else { continue };
        // Two services of one image differ in their command: that is the manifests' business.
        if !claimed.insert(at) {
            continue;
        }
        let name = name(&service.name);
        names.insert(&service.name, name.clone());
        let dockerfile = dockerfile.clone().filter(|file| file != "Dockerfile");
        services.push(Proposed {
            name,
            path: path.clone(),
            dockerfile,
            ports: service.ports.clone(),
            ..Proposed::default()
        });
    }
    for service in found.compose.iter().flat_map(|compose| &compose.services) {
        let Some(own) = names.get(service.name.as_str()) else { continue };
        let needs = service.needs.iter().filter_map(|need| names.get(need.as_str()).cloned()).collect();
        if let Some(proposed) = services.iter_mut().find(|proposed| proposed.name == *own) {
            proposed.needs = needs;
        }
    }
    for file in found.dockerfiles.iter().filter(|file| !claimed.contains(*file)) {
        let mut proposed = of_dockerfile(file, &found.project);
        if services.iter().any(|other| other.name == proposed.name) {
            proposed.name = name(&file.replace("Dockerfile", ""));
        }
        if !services.iter().any(|other| other.name == proposed.name) {
            services.push(proposed);
        }
    }
    services
}

/// `web/Dockerfile` is `web`, `docker/web.Dockerfile` and `Dockerfile.web` are `web`, too.
fn of_dockerfile(file: &str, project: &str) -> Proposed {
    let (folder, base) = split(file);
    let variant = base.strip_prefix("Dockerfile").or_else(|| base.strip_prefix("Containerfile"));
    let variant = variant
        .map(|rest| rest.trim_start_matches('.'))
        .or_else(|| base.strip_suffix(".Dockerfile"))
        .unwrap_or_default();
    let of_folder = match last(folder) {
        "" | "docker" | "build" => project,
        name => name,
    };
    Proposed {
        name: name(if variant.is_empty() { of_folder } else { variant }),
        path: folder.to_owned(),
        dockerfile: (base != "Dockerfile").then(|| base.to_owned()),
        ..Proposed::default()
    }
}

/// Where a service's manifests are, and whether that has to be said.
fn manifests(service: &Proposed, places: &[Place]) -> (Vec<String>, bool) {
    let conventional = ["deploy", "k8s"].map(|folder| join(&service.path, folder)).into_iter().flatten();
    let part = ["deploy", "k8s"].map(|folder| format!("{folder}/{}", service.name));
    let whole = ["deploy", "k8s"].map(str::to_owned);
    let mut folders = conventional.chain(part).chain(whole);
    // The first that holds anything is what the convention takes, as a whole and not its folders.
    if let Some(folder) = folders.find(|folder| places.iter().any(|place| is_in(&place.path, folder)))
        && places.iter().any(|place| place.path == folder)
    {
        return (vec![folder], false);
    }
    let using: Vec<&Place> = places.iter().filter(|place| place.images.contains(&service.name)).collect();
    let using = if using.is_empty() && places.len() == 1 { places.iter().collect() } else { using };
    match best(&using).or_else(|| best(&rendered(places))) {
        Some(place) => (vec![place.path.clone()], true),
        None => (using.iter().map(|place| place.path.clone()).collect(), !using.is_empty()),
    }
}

fn rendered(places: &[Place]) -> Vec<&Place> {
    places.iter().filter(|place| place.kind != PlaceKind::Plain).collect()
}

/// Of several kustomizations and charts the one meant for this machine, else the one that the others build on.
fn best<'a>(places: &[&'a Place]) -> Option<&'a Place> {
    let rank = |place: &&&Place| match last(&place.path) {
        "local" | "dev" | "development" => (0, 0),
        "base" => (1, 0),
        _ => (2, place.path.matches('/').count()),
    };
    places.iter().filter(|place| place.kind != PlaceKind::Plain).min_by_key(rank).copied()
}

#[cfg(test)]
mod tests {
    use super::super::found::{Compose, ComposeService};
    use super::*;

    fn place(path: &str, kind: PlaceKind, images: &[&str]) -> Place {
        Place { path: path.to_owned(), kind, images: images.iter().map(|image| (*image).to_owned()).collect() }
    }

    fn found(dockerfiles: &[&str], manifests: Vec<Place>) -> Found {
        let dockerfiles = dockerfiles.iter().map(|file| (*file).to_owned()).collect();
        Found { project: "shop".to_owned(), dockerfiles, manifests, ..Found::default() }
    }

    #[test]
    fn what_convention_finds_need_not_be_said() {
        let places = vec![
            place("deploy/orders", PlaceKind::Plain, &["orders"]),
            place("services/web/k8s", PlaceKind::Plain, &[]),
        ];
        let (services, conventional) =
            propose(&found(&["services/orders/Dockerfile", "services/web/Dockerfile"], places));
        assert!(conventional, "{services:?}");
        let (services, conventional) = propose(&found(&["Dockerfile"], vec![place("deploy", PlaceKind::Plain, &[])]));
        assert!(conventional && services[0].name == "shop" && services[0].manifests == ["deploy"]);
        assert!(!propose(&found(&["Dockerfile", "services/a/Dockerfile"], vec![])).1);
        assert!(!propose(&found(&["web/Dockerfile"], vec![])).1);
    }

    #[test]
    fn variants_of_a_dockerfile_are_services() {
        let (services, _) =
            propose(&found(&["docker/api.Dockerfile", "Dockerfile.web", "a/Dockerfile", "b/a/Dockerfile"], vec![]));
        let names: Vec<_> = services.iter().map(|service| (service.name.as_str(), service.path.as_str())).collect();
        assert_eq!(names, [("a", "a"), ("api", "docker"), ("b-a", "b/a"), ("web", ".")]);
    }

    #[test]
    fn the_compose_file_names_what_it_builds() {
        let service = |name: &str, build: &str, needs: &[&str]| ComposeService {
            name: name.to_owned(),
            build: Some((build.to_owned(), None)),
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            ..ComposeService::default()
        };
        let services = vec![
            service("Front_End", "src/web", &["db", "api"]),
            service("api", "src/api", &[]),
            service("worker", "src/api", &[]),
        ];
        let compose = Some(Compose { file: "compose.yaml".to_owned(), services });
        let found = Found { compose, ..found(&["src/api/Dockerfile", "src/web/Dockerfile"], vec![]) };
        let (services, _) = propose(&found);
        assert_eq!(services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>(), ["api", "front-end"]);
        assert_eq!(services[1].needs, ["api"]);
    }

    #[test]
    fn manifests_elsewhere_are_found_by_their_images() {
        let places = vec![place("infra/a", PlaceKind::Plain, &["a"]), place("infra/b", PlaceKind::Plain, &["b"])];
        let (services, _) = propose(&found(&["a/Dockerfile", "b/Dockerfile", "c/Dockerfile"], places));
        assert_eq!(services[0].manifests, ["infra/a"]);
        assert_eq!((services[2].manifests.len(), services[2].manifests_elsewhere), (0, false));
        let overlays = ["deploy/base", "deploy/overlays/prod", "deploy/overlays/local"]
            .map(|path| place(path, PlaceKind::Kustomization, &[]));
        let (services, conventional) = propose(&found(&["Dockerfile"], overlays.to_vec()));
        assert_eq!(
            (services[0].manifests.as_slice(), conventional),
            (["deploy/overlays/local".to_owned()].as_slice(), false)
        );
    }
}
