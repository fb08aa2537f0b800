//! Flags, `linkspan.yaml` and the environment to a cluster and paths.

use std::path::PathBuf;
use std::sync::Arc;

use linkspan_command::{Context, Environment as Variables};
use linkspan_kube::client::{Client, Options, Proxies};
use linkspan_kube::kubeconfig::{KubeConfigError, Sources, Target, in_cluster, load};
use linkspan_project::{Environment, Project};

use crate::args::ClusterArgs;
use crate::error::RolloutError;
use crate::redact::Redactor;

/// Where to, decided: nothing after this looks at flags or variables.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) target: Target,
    /// The namespace for objects that name none.
    pub(crate) namespace: String,
    /// Whether objects in other namespaces are an error.
    pub(crate) only_namespace: bool,
    allow_exec: Vec<String>,
    proxies: Proxies,
}

impl Place {
    /// Decides on cluster and namespace.
    pub(crate) fn resolve(
        args: &ClusterArgs,
        environment: Option<&Environment>,
        context: &Context,
    ) -> Result<Self, RolloutError> {
        let variables = &context.environment;
        let wanted =
            args.kube_context.as_deref().or(environment.and_then(|environment| environment.kube_context.as_deref()));
        let target = target(args, wanted, context)?;
        let asked = args.namespace.clone();
        let of_environment = environment.and_then(|environment| environment.namespace.clone());
        Ok(Self {
            only_namespace: asked.is_some(),
            namespace: asked.or(of_environment).unwrap_or_else(|| target.namespace.clone()),
            target,
            allow_exec: args.allow_exec.clone(),
            proxies: proxies(variables),
        })
    }

    /// A client that tells what takes long.
    pub(crate) async fn client(&self, context: &Context, redactor: &Redactor) -> Result<Client, RolloutError> {
        let (progress, redactor) = (context.progress.clone(), redactor.clone());
        let options = Options {
            allow_exec: self.allow_exec.clone(),
            proxies: self.proxies.clone(),
            note: Arc::new(move |line| progress.note(redactor.line(line, 600))),
            ..Options::default()
        };
        Ok(Client::new(self.target.clone(), options).await?)
    }
}

fn target(args: &ClusterArgs, wanted: Option<&str>, context: &Context) -> Result<Target, RolloutError> {
    let variables = &context.environment;
    let sources = Sources {
        content: args.kubeconfig_content.as_ref().map(|content| content.reveal().to_owned()),
        file: args.kubeconfig.clone(),
        variable: variables.get("KUBECONFIG").map(str::to_owned),
        home: variables.get("HOME").or(variables.get("USERPROFILE")).map(PathBuf::from),
        directory: context.directory.clone(),
    };
    if let Some(config) = load(&sources)? {
        return Ok(config.target(wanted, args.insecure_skip_tls_verify)?);
    }
    let inside = in_cluster(variables.get("KUBERNETES_SERVICE_HOST"), variables.get("KUBERNETES_SERVICE_PORT"));
    match inside.filter(|_| wanted.is_none()) {
        Some(target) => Ok(target),
        None => Err(KubeConfigError::None { looked_at: looked_at(&sources) }.into()),
    }
}

fn looked_at(sources: &Sources) -> String {
    match (&sources.variable, &sources.home) {
        (Some(list), _) => format!("`KUBECONFIG={list}`"),
        (None, Some(home)) => format!("`{}`", home.join(".kube/config").display()),
        (None, None) => "`KUBECONFIG`, which is not set".to_owned(),
    }
}

fn proxies(variables: &Variables) -> Proxies {
    let either =
        |name: &str| variables.get(name).or_else(|| variables.get(&name.to_ascii_lowercase())).map(str::to_owned);
    Proxies { https: either("HTTPS_PROXY"), http: either("HTTP_PROXY"), none: either("NO_PROXY") }
}

/// The environment that was asked for.
pub(crate) fn environment<'a>(
    project: &'a Project,
    name: Option<&str>,
) -> Result<Option<&'a Environment>, RolloutError> {
    let Some(name) = name else { return Ok(None) };
    project.environment(name).map(Some).ok_or_else(|| RolloutError::Usage {
        message: format!("`linkspan.yaml` has no environment `{name}`"),
        help: match project.environments.as_slice() {
            [] => "it has no environments".to_owned(),
            known => format!(
                "it has {}",
                known.iter().map(|known| format!("`{}`", known.name)).collect::<Vec<_>>().join(", ")
            ),
        },
    })
}

/// The manifests: those that were named, else the environment's, else the project's.
pub(crate) fn paths(
    named: &[String],
    environment: Option<&Environment>,
    project: &Project,
    context: &Context,
) -> Result<Vec<String>, RolloutError> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let of_environment = environment.and_then(|environment| environment.manifests.clone());
    let found = of_environment.unwrap_or_else(|| project.manifests());
    if found.is_empty() {
        return Err(RolloutError::Usage {
            message: "there are no manifests".to_owned(),
            help: "name them with `-f PATH`, or put them into `deploy/`".to_owned(),
        });
    }
    let shown = |path: PathBuf| {
        let whole = project.root.join(path);
        whole.strip_prefix(&context.directory).map_or_else(|_| whole.clone(), std::path::Path::to_owned)
    };
    let named = |path: PathBuf| if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() };
    Ok(found.into_iter().map(|path| named(shown(path))).collect())
}
