//! Which cluster `up` and `down` act on: a decision on the kubeconfig, and then on the cluster's nodes.

use linkspan_command::{Context, Failure};
use linkspan_kube::kubeconfig::{KubeConfig, Target};
use linkspan_kube::local::{LocalKind, candidate, is_local};

use crate::cluster::{Cluster, core};
use crate::target;

use super::ClusterArgs;

/// How to get a local Kubernetes, for people who have none.
const HOW_TO: &str = "start one of these, and run the command again:\n  \
    kind:           kind create cluster\n  \
    k3d:            k3d cluster create\n  \
    minikube:       minikube start\n  \
    Docker Desktop: Settings, Kubernetes, Enable Kubernetes\n\
    or name any other cluster that is yours with `--kube-context`";

/// A cluster that may be acted on.
pub(crate) struct Chosen {
    /// The cluster.
    pub cluster: Cluster,
    /// The tool that runs it; `None` for one that was named and is of no known tool.
    pub tool: Option<LocalKind>,
    /// Its nodes.
    pub nodes: Vec<linkspan_kube::Object>,
}

/// The cluster that was asked for; else `preferred` or the current context, if that is local by name, address and
/// nodes.
///
/// # Errors
/// There is none, or it is not local and nobody asked for it. One that was picked, but does not answer, comes with
/// the failure.
pub(crate) fn choose(
    args: &ClusterArgs,
    preferred: Option<&str>,
    context: &Context,
) -> Result<Chosen, (Failure, Option<Box<Cluster>>)> {
    let alone = |failure| (failure, None);
    let config = target::kubeconfig(context, args.kubeconfig.as_deref()).map_err(alone)?;
    let target = pick(args.kube_context.as_deref(), preferred, config.as_ref()).map_err(alone)?;
    let (name, server) = (target.context.clone(), target.cluster.server.clone());
    let cluster = Cluster::connect(target, context).map_err(alone)?;
    let nodes = match cluster.list(&core("Node"), "") {
        Ok(nodes) => nodes,
        Err(failure) => return Err((asleep(failure, &name, &server), Some(Box::new(cluster)))),
    };
    match (is_local(&name, &server, &nodes), &args.kube_context) {
        (Ok(tool), _) => Ok(Chosen { cluster, tool: Some(tool), nodes }),
        (Err(_), Some(_)) => Ok(Chosen { cluster, tool: None, nodes }),
        (Err(reason), None) => Err(alone(refused(&name, &reason.to_string(), config.as_ref()))),
    }
}

/// The target, as far as the kubeconfig alone can tell: no cluster that is not local is even connected to.
fn pick(asked: Option<&str>, preferred: Option<&str>, config: Option<&KubeConfig>) -> Result<Target, Failure> {
    let none = || Failure::refused("there is no local Kubernetes: there is no kubeconfig").help(HOW_TO);
    let config = config.ok_or_else(none)?;
    if asked.is_some() {
        return config.target(asked, false).map_err(|error| target::failure(&error));
    }
    let Some(name) = preferred.or(config.current_context.as_deref()) else {
        return Err(Failure::refused("there is no local Kubernetes: no context is current").help(advice(config)));
    };
    let target = config.target(Some(name), false).map_err(|error| target::failure(&error))?;
    match candidate(name, &target.cluster.server) {
        Ok(_) => Ok(target),
        Err(reason) => Err(refused(name, &reason.to_string(), Some(config))),
    }
}

fn refused(name: &str, reason: &str, config: Option<&KubeConfig>) -> Failure {
    let message = format!("the context `{name}` is no local Kubernetes: {reason}; nothing was changed");
    Failure::refused(message).help(config.map_or_else(|| HOW_TO.to_owned(), advice))
}

/// Contexts that look local are offered before anything is to be installed.
fn advice(config: &KubeConfig) -> String {
    let server =
        |cluster: &str| config.clusters.get(cluster).map(|cluster| cluster.server.as_str()).unwrap_or_default();
    let looks_local = |name: &&String| {
        let cluster = config.contexts.get(*name).map(|context| server(&context.cluster)).unwrap_or_default();
        candidate(name, cluster).is_ok()
    };
    let local: Vec<_> =
        config.contexts.keys().filter(looks_local).map(|name| format!("`--kube-context {name}`")).collect();
    match local.as_slice() {
        [] => HOW_TO.to_owned(),
        known => format!("these contexts look local: {}\nelse {HOW_TO}", known.join(", ")),
    }
}

/// A local cluster that does not answer is most often just not started.
fn asleep(failure: Failure, name: &str, server: &str) -> Failure {
    let start = match candidate(name, server) {
        Ok(LocalKind::Minikube) => "minikube start",
        Ok(LocalKind::K3d) => "k3d cluster start",
        Ok(LocalKind::Colima) => "colima start --kubernetes",
        Ok(LocalKind::OrbStack) => "orb start k8s",
        Ok(LocalKind::Kind) => "docker start $(docker ps --all --quiet --filter label=io.x-k8s.kind.cluster)",
        Ok(LocalKind::DockerDesktop | LocalKind::RancherDesktop) => "the application itself",
        Err(_) => return failure,
    };
    failure.help(format!("is the cluster of context `{name}` started? it is started with: {start}"))
}

#[cfg(test)]
mod tests {
    use linkspan_kube::kubeconfig::{Cluster as Address, ConfigContext};

    use super::*;

    fn config(current: Option<&str>, contexts: &[(&str, &str)]) -> KubeConfig {
        let mut config = KubeConfig { current_context: current.map(ToOwned::to_owned), ..KubeConfig::default() };
        for (name, server) in contexts {
            let cluster = Address { server: (*server).to_owned(), ..Address::default() };
            config.clusters.insert((*name).to_owned(), cluster);
            let context = ConfigContext { cluster: (*name).to_owned(), ..ConfigContext::default() };
            config.contexts.insert((*name).to_owned(), context);
        }
        config
    }

    fn picked(asked: Option<&str>, preferred: Option<&str>, config: Option<&KubeConfig>) -> Result<String, Failure> {
        pick(asked, preferred, config).map(|target| target.context)
    }

    #[test]
    fn only_what_is_asked_for_or_local_is_picked() {
        let both = config(Some("kind-a"), &[("kind-a", "https://127.0.0.1:1"), ("prod", "https://10.0.0.1")]);
        assert_eq!(picked(None, None, Some(&both)).unwrap(), "kind-a");
        assert_eq!(picked(Some("prod"), None, Some(&both)).unwrap(), "prod");
        let remote = KubeConfig { current_context: Some("prod".to_owned()), ..both };
        assert_eq!(picked(None, Some("kind-a"), Some(&remote)).unwrap(), "kind-a");
        let failure = picked(None, None, Some(&remote)).unwrap_err();
        assert_eq!(failure.exit, linkspan_command::Exit::Refused);
        assert!(failure.finding.help.unwrap().starts_with("these contexts look local: `--kube-context kind-a`"));
        // What a repository says is not what its user asks for.
        let tempted = config(Some("kind-a"), &[("kind-a", "https://127.0.0.1:1"), ("prod", "https://10.0.0.1")]);
        assert!(picked(None, Some("prod"), Some(&tempted)).is_err());
    }

    #[test]
    fn without_a_cluster_it_says_how_to_get_one() {
        let failure = picked(None, None, None).unwrap_err();
        insta::assert_snapshot!(failure.finding.message, @"there is no local Kubernetes: there is no kubeconfig");
        insta::assert_snapshot!(failure.finding.help.unwrap(), @r"
        start one of these, and run the command again:
          kind:           kind create cluster
          k3d:            k3d cluster create
          minikube:       minikube start
          Docker Desktop: Settings, Kubernetes, Enable Kubernetes
        or name any other cluster that is yours with `--kube-context`
        ");
        assert!(picked(None, None, Some(&config(None, &[]))).is_err());
    }
}
