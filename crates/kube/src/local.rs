//! Which cluster is local: a pure decision on a context's name, its address and its nodes.

use std::net::{IpAddr, Ipv4Addr};

use crate::Object;

/// A tool that runs a Kubernetes on one's own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocalKind {
    /// kind.
    Kind,
    /// k3d.
    K3d,
    /// minikube.
    Minikube,
    /// Docker Desktop.
    DockerDesktop,
    /// Rancher Desktop.
    RancherDesktop,
    /// OrbStack.
    OrbStack,
    /// Colima.
    Colima,
}

impl LocalKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Kind,
        Self::K3d,
        Self::Minikube,
        Self::DockerDesktop,
        Self::RancherDesktop,
        Self::OrbStack,
        Self::Colima,
    ];

    /// The tool's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::K3d => "k3d",
            Self::Minikube => "minikube",
            Self::DockerDesktop => "Docker Desktop",
            Self::RancherDesktop => "Rancher Desktop",
            Self::OrbStack => "OrbStack",
            Self::Colima => "Colima",
        }
    }

    /// Whether the tool gives a context this name.
    fn names(self, context: &str) -> bool {
        match self {
            Self::Kind => context.strip_prefix("kind-").is_some_and(|cluster| !cluster.is_empty()),
            Self::K3d => context.strip_prefix("k3d-").is_some_and(|cluster| !cluster.is_empty()),
            Self::Minikube => context == "minikube",
            Self::DockerDesktop => matches!(context, "docker-desktop" | "docker-for-desktop"),
            Self::RancherDesktop => context == "rancher-desktop",
            Self::OrbStack => context == "orbstack",
            Self::Colima => context == "colima" || context.starts_with("colima-"),
        }
    }

    /// Host names that lead to the tool's own machine.
    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::DockerDesktop => &["kubernetes.docker.internal"],
            Self::K3d => &["host.docker.internal"],
            Self::OrbStack => &["k8s.orb.local"],
            _ => &[],
        }
    }

    /// Whether the tool's virtual machine may have an address of its own on the host's private network.
    const fn has_machine_address(self) -> bool {
        matches!(self, Self::Minikube | Self::Colima | Self::RancherDesktop)
    }

    /// Whether a node is one that the tool makes for this context.
    fn made(self, context: &str, node: &Object) -> bool {
        let provider = node.text("/spec/providerID").unwrap_or_default();
        let by_k3s = node.label("node.kubernetes.io/instance-type") == Some("k3s") || provider.starts_with("k3s://");
        match self {
            Self::Kind => context.strip_prefix("kind-").is_some_and(|cluster| is_kind(provider, cluster)),
            Self::K3d => by_k3s && node.name().starts_with(&format!("{context}-")),
            Self::Minikube => node.label("minikube.k8s.io/name").is_some(),
            Self::DockerDesktop => node.name() == "docker-desktop" || is_kind(provider, "desktop"),
            Self::RancherDesktop => by_k3s && node.name().contains("rancher-desktop"),
            Self::OrbStack => node.name() == "orbstack",
            Self::Colima => by_k3s && node.name() == context,
        }
    }
}

/// `kind://<docker or podman>/<cluster>/<node>`.
fn is_kind(provider: &str, cluster: &str) -> bool {
    let mut parts = provider.strip_prefix("kind://").unwrap_or_default().split('/').skip(1);
    parts.next() == Some(cluster)
}

/// Why a context does not count as local. It can still be used with `--kube-context`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotLocal {
    /// The name is of no known tool.
    #[error(
        "the name `{0}` is not of a known local cluster (kind, k3d, minikube, Docker Desktop, Rancher Desktop, OrbStack, Colima)"
    )]
    Name(String),
    /// The address is elsewhere.
    #[error("its address `{server}` is neither this machine nor a virtual machine of {}", tool.name())]
    Address {
        /// The tool that the name points to.
        tool: LocalKind,
        /// The address.
        server: String,
    },
    /// The nodes are not the tool's.
    #[error("node `{node}` was not made by {}", tool.name())]
    Node {
        /// The tool that the name points to.
        tool: LocalKind,
        /// The first node that differs.
        node: String,
    },
    /// There are no nodes to tell by.
    #[error("it has no nodes that could tell whether it is {}", .0.name())]
    NoNodes(LocalKind),
}

/// The tool that a context's name and address point to. The nodes must agree: [`is_local`].
///
/// # Errors
/// [`NotLocal`] with the reason.
pub fn candidate(context: &str, server: &str) -> Result<LocalKind, NotLocal> {
    let named = LocalKind::ALL.into_iter().find(|tool| tool.names(context));
    let tool = named.ok_or_else(|| NotLocal::Name(context.to_owned()))?;
    let near = is_loopback(server) || host(server).is_some_and(|host| is_machine_of(tool, host));
    if near { Ok(tool) } else { Err(NotLocal::Address { tool, server: server.to_owned() }) }
}

/// Whether a context is a local cluster: its name is of a known tool, *and* its address is this machine or that
/// tool's, *and* all its nodes were made by it. A tunnel on 127.0.0.1 fails the last.
///
/// # Errors
/// [`NotLocal`] with the reason.
pub fn is_local(context: &str, server: &str, nodes: &[Object]) -> Result<LocalKind, NotLocal> {
    let tool = candidate(context, server)?;
    if nodes.is_empty() {
        return Err(NotLocal::NoNodes(tool));
    }
    match nodes.iter().find(|node| !tool.made(context, node)) {
        Some(stranger) => Err(NotLocal::Node { tool, node: stranger.name().to_owned() }),
        None => Ok(tool),
    }
}

fn is_machine_of(tool: LocalKind, host: &str) -> bool {
    let private = || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_private());
    tool.hosts().contains(&host) || tool.has_machine_address() && private()
}

/// Whether an address is this machine: `localhost`, 127.0.0.0/8, `::1`, or 0.0.0.0 (which k3d writes).
#[must_use]
pub fn is_loopback(server: &str) -> bool {
    let Some(host) = host(server) else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost"
        || address.is_ok_and(|address| address.is_loopback() || address == IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The host of a URL, in brackets if it is IPv6.
fn host(server: &str) -> Option<&str> {
    let rest = server.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    match authority.find(']') {
        Some(end) => authority.get(..=end),
        None => authority.split(':').next(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn node(name: &str, labels: &Value, provider: &str) -> Object {
        let value = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
                           "spec": {"providerID": provider}});
        Object::new(value).unwrap()
    }

    fn verdict(context: &str, server: &str, node: Object) -> Result<LocalKind, String> {
        is_local(context, server, &[node]).map_err(|reason| reason.to_string())
    }

    #[test]
    fn each_tool_is_known_by_name_address_and_nodes() {
        let k3s = json!({"node.kubernetes.io/instance-type": "k3s"});
        let cases = [
            ("kind-shop", "https://127.0.0.1:6443", node("n", &json!({}), "kind://docker/shop/n"), LocalKind::Kind),
            ("k3d-a", "https://0.0.0.0:4000", node("k3d-a-server-0", &k3s, "k3s://k3d-a-server-0"), LocalKind::K3d),
            (
                "minikube",
                "https://192.168.49.2:8443",
                node("minikube", &json!({"minikube.k8s.io/name": "minikube"}), ""),
                LocalKind::Minikube,
            ),
            (
                "docker-desktop",
                "https://kubernetes.docker.internal:6443",
                node("docker-desktop", &json!({}), ""),
                LocalKind::DockerDesktop,
            ),
            (
                "docker-desktop",
                "https://127.0.0.1:6443",
                node("n", &json!({}), "kind://docker/desktop/n"),
                LocalKind::DockerDesktop,
            ),
            (
                "rancher-desktop",
                "https://127.0.0.1:6443",
                node("lima-rancher-desktop", &k3s, ""),
                LocalKind::RancherDesktop,
            ),
            ("orbstack", "https://k8s.orb.local", node("orbstack", &json!({}), ""), LocalKind::OrbStack),
            ("colima-a", "https://[::1]:6443", node("colima-a", &k3s, ""), LocalKind::Colima),
        ];
        for (context, server, node, tool) in cases {
            assert_eq!(verdict(context, server, node), Ok(tool), "{context}");
        }
    }

    #[test]
    fn what_only_looks_local_is_not() {
        let kind = || node("n", &json!({}), "kind://docker/shop/n");
        let cases = [
            verdict("staging", "https://127.0.0.1:6443", kind()),
            verdict("kind-", "https://127.0.0.1:6443", kind()),
            verdict("kind-shop", "https://10.0.0.4:6443", kind()),
            verdict("kind-shop", "https://127.0.0.1.example.com", kind()),
            verdict("kind-shop", "https://127.0.0.1@example.com", kind()),
            verdict("kind-shop", "https://localhost:6443", node("gke-1", &json!({}), "gce://p/z/gke-1")),
            verdict("kind-shop", "https://localhost:6443", node("n", &json!({}), "kind://docker/other/n")),
            verdict("minikube", "https://203.0.113.7", node("minikube", &json!({"minikube.k8s.io/name": "m"}), "")),
        ];
        for case in cases {
            assert!(case.is_err(), "{case:?}");
        }
        assert_eq!(is_local("kind-shop", "https://localhost", &[]), Err(NotLocal::NoNodes(LocalKind::Kind)));
        let mixed = [kind(), node("gke-1", &json!({}), "gce://p")];
        assert!(is_local("kind-shop", "https://localhost", &mixed).is_err());
    }
}
