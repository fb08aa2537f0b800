use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use linkspan_report::Finding;
use linkspan_source::{Dialect, Document, yaml};

use crate::manifest::OneOrMany;
use crate::{FILE_NAME, Manifest, ServiceSpec, check, discover, schema::committed};

/// Why a project cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `linkspan.yaml` is there, but cannot be read.
    #[error("`{file}` cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// `linkspan.yaml` is malformed; at least one finding.
    #[error("`linkspan.yaml` has {} fault(s)", .0.len())]
    Malformed(Vec<Finding>),
}

/// One service, as the commands act on it. Paths are relative to the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name, which is also the last component of its image's repository.
    pub name: String,
    /// Its folder and the build's context.
    pub path: PathBuf,
    /// Its Dockerfile.
    pub dockerfile: PathBuf,
    /// A command that runs in `path` before the image is put together.
    pub prepare: Option<String>,
    /// The platforms to build for; empty means that of this machine.
    pub platforms: Vec<String>,
    /// Where its manifests are.
    pub manifests: Vec<PathBuf>,
    /// Ports to forward, by name; empty means every port of its Services.
    pub ports: BTreeMap<String, u16>,
}

/// Where a project is rolled out to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The context in the kubeconfig.
    pub kube_context: Option<String>,
    /// The namespace of objects that name none.
    pub namespace: Option<String>,
    /// Manifests that replace the services' own.
    pub manifests: Option<Vec<PathBuf>>,
}

/// A project, as the commands act on it: the words of `linkspan.yaml`, and the conventions where it is silent.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// Its name.
    pub name: String,
    /// Images become `<registry>/<service>`.
    pub registry: Option<String>,
    /// Its services, by name.
    pub services: Vec<Service>,
    /// Its AsyncAPI documents, relative to the project.
    pub asyncapi: Vec<PathBuf>,
    /// Its environments, by name.
    pub environments: Vec<Environment>,
    /// What was written; for the parts that only one command needs.
    pub manifest: Manifest,
}

impl Project {
    /// The project that `directory` lies in.
    ///
    /// # Errors
    /// `linkspan.yaml` cannot be read or is malformed.
    pub fn discover(directory: &Path) -> Result<Self, Error> {
        Self::load(&discover::root(directory), directory)
    }

    /// The project in the folder `root`. Findings name the file relative to `directory`.
    ///
    /// # Errors
    /// `linkspan.yaml` cannot be read or is malformed.
    pub fn load(root: &Path, directory: &Path) -> Result<Self, Error> {
        let file = root.join(FILE_NAME);
        let shown = relative(&file, directory).display().to_string();
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Self::resolve(root, parse(&text, &shown)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::resolve(root, Manifest::default())),
            Err(source) => Err(Error::Unreadable { file: shown, source }),
        }
    }

    /// The service with a name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The environment with a name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The manifests of all services, each path once, in order.
    #[must_use]
    pub fn manifests(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in self.services.iter().flat_map(|service| &service.manifests) {
            if !paths.iter().any(|seen| path.starts_with(seen)) {
                paths.retain(|seen| !seen.starts_with(path));
                paths.push(path.clone());
            }
        }
        paths
    }

    fn resolve(root: &Path, manifest: Manifest) -> Self {
        let name = manifest.project.clone().unwrap_or_else(|| folder_name(root));
        let specs =
            if manifest.services.is_empty() { discover::services(root, &name) } else { manifest.services.clone() };
        let services = specs.into_iter().map(|(name, spec)| service(root, name, spec)).collect();
        let defaults = ["yaml", "yml", "json"].map(|ending| format!("contracts/*.asyncapi.{ending}"));
        let patterns = manifest.contracts.asyncapi.as_ref().map_or(defaults.to_vec(), |patterns| patterns.0.clone());
        let environments = manifest.environments.iter().map(|(name, spec)| Environment {
            name: name.clone(),
            kube_context: spec.kube_context.clone(),
            namespace: spec.namespace.clone(),
            manifests: spec.manifests.as_ref().map(paths),
        });
        Self {
            root: root.to_owned(),
            name,
            registry: manifest.registry.clone(),
            services,
            asyncapi: discover::files(root, &patterns),
            environments: environments.collect(),
            manifest,
        }
    }
}

fn parse(text: &str, file: &str) -> Result<Manifest, Error> {
    let malformed = |findings| Err(Error::Malformed(findings));
    let documents = match yaml(text, Dialect::Yaml12) {
        Ok(documents) => documents,
        Err(faults) => return malformed(faults.iter().map(|fault| fault.finding(file)).collect()),
    };
    let document: &Document = match documents.as_slice() {
        [] => return Ok(Manifest::default()),
        [document] => document,
        [_, second, ..] => {
            let finding =
                Finding::error("project/documents", "more than one document").in_file(file).at(second.nearest(""));
            return malformed(vec![finding.help("`linkspan.yaml` holds one document; remove the `---`")]);
        }
    };
    let findings = check::check(document, &committed::manifest(), file);
    if !findings.is_empty() {
        return malformed(findings);
    }
    let mut value = document.value.clone();
    if let Some(keys) = value.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(value)
        .map_err(|error| Error::Malformed(vec![Finding::error("project/type", error.to_string()).in_file(file)]))
}

fn service(root: &Path, name: String, spec: ServiceSpec) -> Service {
    let path = spec.path.unwrap_or_else(|| format!("services/{name}"));
    let manifests = spec.manifests.as_ref().map_or_else(|| discover::manifests(root, &name, &path), paths);
    Service {
        dockerfile: Path::new(&path).join(spec.dockerfile.as_deref().unwrap_or("Dockerfile")),
        path: PathBuf::from(path),
        prepare: spec.prepare,
        platforms: spec.platforms,
        manifests,
        ports: spec.ports,
        name,
    }
}

fn paths(list: &OneOrMany) -> Vec<PathBuf> {
    list.0.iter().map(PathBuf::from).collect()
}

fn folder_name(root: &Path) -> String {
    let named = root.components().next_back().filter(|last| matches!(last, Component::Normal(_)));
    named.map_or_else(|| "project".to_owned(), |name| name.as_os_str().to_string_lossy().into_owned())
}

fn relative<'a>(path: &'a Path, directory: &Path) -> &'a Path {
    path.strip_prefix(directory).unwrap_or(path)
}
