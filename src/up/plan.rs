//! What `up` will do, as data.

use std::path::{Path, PathBuf};

use linkspan_command::{Context, Exit, Failure};
use linkspan_kube::Object;
use linkspan_project::{Error, Project, Service};
use linkspan_report::Finding;
use linkspan_rollout::RolloutError;
use linkspan_rollout::manifest::{Loading, Processes, load};

use super::choose::Chosen;
use super::delivery::{Delivery, load as by_command, platforms};
use super::order::waves;

/// What `up` will do.
#[derive(Debug)]
pub(super) struct Plan {
    /// The project's name, as Kubernetes and image repositories take it.
    pub name: String,
    /// The context's name.
    pub context: String,
    /// Where objects go that name no namespace.
    pub namespace: String,
    /// Whether the project has an environment `local` that says so.
    pub environment: bool,
    /// How images get there.
    pub delivery: Delivery,
    /// What is built for; empty leaves it to the services.
    pub platforms: Vec<String>,
    /// What is rolled out, one after the other.
    pub waves: Vec<Wave>,
    /// The services that are built, and their ports.
    pub parts: Vec<Part>,
    /// Whether there are sample events to be checked.
    pub samples: bool,
    /// Whether these are all of the project's services.
    pub whole: bool,
}

/// Manifests that are rolled out together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wave {
    /// Paths as people would type them.
    pub paths: Vec<String>,
    /// The services that they belong to.
    pub services: Vec<String>,
}

/// One service.
#[derive(Debug)]
pub(super) struct Part {
    /// What the project says.
    pub service: Service,
    /// The objects of its manifests.
    pub objects: Vec<Object>,
}

impl Plan {
    /// The names of the services.
    pub(super) fn services(&self) -> Vec<String> {
        self.parts.iter().map(|part| part.service.name.clone()).collect()
    }
}

/// The project of the working directory.
///
/// # Errors
/// `linkspan.yaml` cannot be read or is malformed.
pub(crate) fn project(context: &Context) -> Result<Project, Failure> {
    Project::discover(&context.directory).map_err(|error| match error {
        Error::Malformed(findings) => match findings.into_iter().next() {
            Some(finding) => Failure::new(Exit::Input, finding),
            None => Failure::input("`linkspan.yaml` is malformed"),
        },
        Error::Unreadable { file, source } => Failure::input(format!("cannot be read: {source}")).in_file(file, None),
    })
}

/// The project's name and namespace on a local cluster.
pub(crate) fn names(project: &Project) -> (String, String) {
    let name = crate::init::name(&project.name);
    let named = project.environment("local").and_then(|local| local.namespace.clone());
    (name.clone(), named.unwrap_or(name))
}

/// The services that were asked for, or all.
///
/// # Errors
/// There is none, or none of a name.
pub(super) fn services(project: &Project, asked: &[String]) -> Result<Vec<Service>, Failure> {
    if project.services.is_empty() {
        let failure = Failure::input(
            "there is nothing to run: no folder with a Dockerfile under `services/`, and none at the top",
        );
        return Err(
            failure.help("`linkspan init` writes a `linkspan.yaml` for a project that is laid out in another way")
        );
    }
    if asked.is_empty() {
        return Ok(project.services.clone());
    }
    let known = || project.services.iter().map(|service| format!("`{}`", service.name)).collect::<Vec<_>>().join(", ");
    let found = asked.iter().map(|name| {
        let unknown =
            || Failure::usage(format!("there is no service `{name}`")).help(format!("the services are {}", known()));
        project.service(name).cloned().ok_or_else(unknown)
    });
    found.collect()
}

/// Reads the manifests, and decides.
///
/// # Errors
/// Manifests are missing or malformed, or the needs go in a circle.
pub(super) fn resolve(
    project: &Project,
    asked: &[String],
    chosen: &Chosen,
    registry: Option<Delivery>,
    context: &Context,
) -> Result<Plan, Failure> {
    let (name, namespace) = names(project);
    let services = services(project, asked)?;
    let target = chosen.cluster.target();
    let delivery = match (registry, chosen.tool) {
        (Some(registry), _) => registry,
        (None, Some(tool)) => by_command(tool, &target.context, &chosen.nodes),
        (None, None) => return Err(no_way(&target.context)),
    };
    let nodes = platforms(&chosen.nodes);
    let fits =
        |service: &Service| nodes.iter().all(|node| service.platforms.is_empty() || service.platforms.contains(node));
    let platforms = if services.iter().all(fits) { nodes.clone() } else { Vec::new() };
    let folder = project.root.join("contracts/examples");
    Ok(Plan {
        waves: in_waves(project, &services, context)?,
        parts: parts(project, services, &namespace, context)?,
        environment: project.environment("local").is_some_and(|local| local.namespace.is_some()),
        name,
        context: target.context.clone(),
        namespace,
        delivery,
        platforms,
        samples: has_files(&folder),
        whole: asked.is_empty(),
    })
}

fn no_way(context: &str) -> Failure {
    Failure::refused(format!(
        "there is no way to bring images to the cluster of context `{context}`; nothing was changed"
    ))
    .help("let the ConfigMap `local-registry-hosting` in `kube-public` name a registry that both reach (KEP-1755)")
}

fn in_waves(project: &Project, services: &[Service], context: &Context) -> Result<Vec<Wave>, Failure> {
    let names: Vec<String> = services.iter().map(|service| service.name.clone()).collect();
    if let Some(manifests) = project.environment("local").and_then(|local| local.manifests.as_ref()) {
        let paths = manifests.iter().map(|path| shown(project, path, context)).collect();
        return Ok(vec![Wave { paths, services: names }]);
    }
    let mut known: Vec<PathBuf> = Vec::new();
    let mut ordered = Vec::new();
    for names in waves(&names, &project.manifest.rollout.needs)? {
        let mut paths = Vec::new();
        for service in services.iter().filter(|service| names.contains(&service.name)) {
            for path in &service.manifests {
                if !known.contains(path) {
                    known.push(path.clone());
                    paths.push(shown(project, path, context));
                }
            }
        }
        if !paths.is_empty() {
            ordered.push(Wave { paths, services: names });
        }
    }
    if ordered.is_empty() {
        let failure = Failure::input("there are no manifests: nothing says how the services run");
        return Err(failure.help("put them into `deploy/`, or name them in `linkspan.yaml`"));
    }
    Ok(ordered)
}

fn parts(project: &Project, services: Vec<Service>, namespace: &str, context: &Context) -> Result<Vec<Part>, Failure> {
    let replaced = project.environment("local").and_then(|local| local.manifests.as_ref());
    let how = Loading { directory: &context.directory, recursive: false, namespace: Some(namespace) };
    let mut parts = Vec::new();
    for service in services {
        let manifests = replaced.unwrap_or(&service.manifests);
        let paths: Vec<String> = manifests.iter().map(|path| shown(project, path, context)).collect();
        let loaded = load(&paths, how, &Processes).map_err(|error| Failure::from(RolloutError::from(error)))?;
        let objects = loaded.into_iter().map(|manifest| manifest.object).collect();
        parts.push(Part { service, objects });
    }
    Ok(parts)
}

/// A path of the project as it is reached from the working directory.
fn shown(project: &Project, path: &Path, context: &Context) -> String {
    let whole = project.root.join(path);
    let below = whole.strip_prefix(&context.directory).map_or_else(|_| whole.clone(), Path::to_owned);
    if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() }
}

fn has_files(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
}

/// A warning for a service whose image no manifest uses.
pub(super) fn unused(service: &str) -> Finding {
    Finding::warning("up/unused-image", format!("no manifest has an image called `{service}`, so it does not run"))
        .help("an image in a manifest belongs to a service by the last part of its name")
}
