//! How images reach the cluster: a decision on what the cluster says of itself.

use linkspan_kube::Object;
use linkspan_kube::local::LocalKind;
use linkspan_source::{Dialect, yaml};
use serde_json::Value;

/// The registry of images that are loaded: no such host exists, so nothing is ever pulled by accident.
const NOWHERE: &str = "linkspan.local";

/// How images reach the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Through a registry that both sides reach, by names that may differ.
    Registry {
        /// The registry, as this machine pushes to it.
        push: String,
        /// The registry, as the cluster's container runtime pulls from it.
        pull: String,
    },
    /// By a command that takes an archive, whose path is `ARCHIVE` in it.
    Load {
        /// The command's words.
        command: Vec<String>,
    },
}

/// The placeholder for an archive's path in a command.
pub(super) const ARCHIVE: &str = "ARCHIVE";

impl Delivery {
    /// The repository of a service's image, as this machine names it.
    pub(super) fn repository(&self, project: &str, service: &str) -> String {
        match self {
            Self::Registry { push, .. } => format!("{push}/{project}/{service}"),
            Self::Load { .. } => format!("{NOWHERE}/{project}/{service}"),
        }
    }

    /// The image line as the cluster reads it.
    pub(super) fn line(&self, project: &str, service: &str, digest: &str) -> String {
        match self {
            Self::Registry { pull, .. } => format!("{service}={pull}/{project}/{service}@{digest}"),
            Self::Load { .. } => format!("{service}={NOWHERE}/{project}/{service}:{}", tag(digest)),
        }
    }

    /// In a few words, for a plan.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Registry { push, .. } => format!("through the registry {push}"),
            Self::Load { command } => format!("by `{}`", command.join(" ")),
        }
    }
}

/// The tag of an image that is loaded: it names the content, so the same content needs no new pod.
pub(super) fn tag(digest: &str) -> String {
    let hex = digest.split_once(':').map_or(digest, |(_, hex)| hex);
    format!("ls-{}", hex.chars().take(12).collect::<String>())
}

/// The registry of a cluster's `local-registry-hosting` ConfigMap in `kube-public` (KEP-1755), if it names one:
/// `host` is where this machine pushes to, `hostFromContainerRuntime` what images in manifests are called by.
pub(super) fn registry(hosting: &Object) -> Option<Delivery> {
    let text = hosting.at("/data")?.get("localRegistryHosting.v1")?.as_str()?;
    let document = yaml(text, Dialect::Yaml12).ok()?.into_iter().next()?;
    let field = |name: &str| {
        document.value.get(name).and_then(Value::as_str).filter(|host| is_host(host)).map(ToOwned::to_owned)
    };
    let push = field("host")?;
    let pull = field("hostFromContainerRuntime").unwrap_or_else(|| push.clone());
    Some(Delivery::Registry { push, pull })
}

/// A host, perhaps with a port; `host` may have a path by the KEP's text, which image names may have, too.
fn is_host(host: &str) -> bool {
    !host.is_empty() && !host.contains("://") && !host.contains(char::is_whitespace) && !host.ends_with('/')
}

/// The command by which a tool takes an archive of images.
pub(super) fn load(tool: LocalKind, context: &str, nodes: &[Object]) -> Delivery {
    let behind = |prefix: &str| context.strip_prefix(prefix).unwrap_or(context).to_owned();
    let docker = nodes.iter().any(|node| {
        node.text("/status/nodeInfo/containerRuntimeVersion").is_some_and(|version| version.starts_with("docker://"))
    });
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let docker_load = |name: &str| words(&["docker", "--context", name, "load", "--input", ARCHIVE]);
    let command = match tool {
        LocalKind::Kind => words(&["kind", "load", "image-archive", ARCHIVE, "--name", &behind("kind-")]),
        LocalKind::K3d => words(&["k3d", "image", "import", ARCHIVE, "--cluster", &behind("k3d-")]),
        LocalKind::Minikube => words(&["minikube", "image", "load", ARCHIVE, "--profile", context]),
        LocalKind::DockerDesktop => docker_load("desktop-linux"),
        LocalKind::OrbStack => docker_load("orbstack"),
        LocalKind::RancherDesktop if docker => docker_load("rancher-desktop"),
        LocalKind::RancherDesktop => words(&["nerdctl", "--namespace", "k8s.io", "load", "--input", ARCHIVE]),
        LocalKind::Colima if docker => docker_load(context),
        LocalKind::Colima => {
            let profile = if context == "colima" { "default".to_owned() } else { behind("colima-") };
            words(&[
                "colima",
                "nerdctl",
                "--profile",
                &profile,
                "--",
                "--namespace",
                "k8s.io",
                "load",
                "--input",
                ARCHIVE,
            ])
        }
    };
    Delivery::Load { command }
}

/// The platforms of a cluster's nodes: `linux/amd64`.
pub(super) fn platforms(nodes: &[Object]) -> Vec<String> {
    let platform = |node: &Object| {
        let part = |pointer: &str| node.text(pointer).filter(|part| !part.is_empty()).map(ToOwned::to_owned);
        Some(format!("{}/{}", part("/status/nodeInfo/operatingSystem")?, part("/status/nodeInfo/architecture")?))
    };
    let mut platforms: Vec<String> = nodes.iter().filter_map(platform).collect();
    platforms.sort();
    platforms.dedup();
    platforms
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn hosting(text: &str) -> Option<Delivery> {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "local-registry-hosting"},
                         "data": {"localRegistryHosting.v1": text}});
        registry(&Object::new(map).unwrap())
    }

    #[test]
    fn the_registry_may_have_two_names() {
        let delivery = hosting("host: \"localhost:5001\"\nhelp: https://kind.sigs.k8s.io\n").unwrap();
        assert_eq!(delivery.line("shop", "web", DIGEST), format!("web=localhost:5001/shop/web@{DIGEST}"));
        let delivery = hosting("host: localhost:5000\nhostFromContainerRuntime: registry:5000\n").unwrap();
        assert_eq!(delivery.repository("shop", "web"), "localhost:5000/shop/web");
        assert_eq!(delivery.line("shop", "web", DIGEST), format!("web=registry:5000/shop/web@{DIGEST}"));
        for text in ["", "host: ''", "host: http://localhost:5000", "host: [", "help: x"] {
            assert_eq!(hosting(text), None, "{text}");
        }
    }

    #[test]
    fn each_tool_has_its_command() {
        let node = |runtime: &str| {
            let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
                              "status": {"nodeInfo": {"containerRuntimeVersion": runtime}}});
            [Object::new(node).unwrap()]
        };
        let command = |tool, context, runtime| load(tool, context, &node(runtime)).shown();
        let lines = [
            command(LocalKind::Kind, "kind-dev", "containerd://2"),
            command(LocalKind::K3d, "k3d-dev", "containerd://2"),
            command(LocalKind::Minikube, "minikube", "docker://28"),
            command(LocalKind::DockerDesktop, "docker-desktop", "docker://28"),
            command(LocalKind::OrbStack, "orbstack", "docker://28"),
            command(LocalKind::RancherDesktop, "rancher-desktop", "containerd://2"),
            command(LocalKind::Colima, "colima", "docker://28"),
            command(LocalKind::Colima, "colima-work", "containerd://2"),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        by `kind load image-archive ARCHIVE --name dev`
        by `k3d image import ARCHIVE --cluster dev`
        by `minikube image load ARCHIVE --profile minikube`
        by `docker --context desktop-linux load --input ARCHIVE`
        by `docker --context orbstack load --input ARCHIVE`
        by `nerdctl --namespace k8s.io load --input ARCHIVE`
        by `docker --context colima load --input ARCHIVE`
        by `colima nerdctl --profile work -- --namespace k8s.io load --input ARCHIVE`
        ");
    }

    #[test]
    fn a_loaded_image_is_named_by_its_content() {
        let delivery = Delivery::Load { command: vec![] };
        assert_eq!(delivery.line("shop", "web", DIGEST), "web=linkspan.local/shop/web:ls-0123456789ab");
    }
}
