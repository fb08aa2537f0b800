use std::path::Path;

use super::load::is_world_readable;
use super::{Cluster, KubeConfig, KubeConfigError, Material, User};

/// One cluster, as one user, with a namespace for objects that name none: all that a client needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The context's name; `in-cluster` inside a pod.
    pub context: String,
    /// How to reach it.
    pub cluster: Cluster,
    /// Who one is to it.
    pub user: User,
    /// The context's namespace, else `default`.
    pub namespace: String,
}

impl KubeConfig {
    /// The context asked for, or the current one, if it is safe to use.
    ///
    /// Refused are: plain HTTP to another machine, a certificate that is not checked (unless `allow_insecure`),
    /// and a token or password that everybody on this machine may read.
    ///
    /// # Errors
    /// [`KubeConfigError`] if there is no such context, it is incomplete, or it is refused.
    pub fn target(&self, context: Option<&str>, allow_insecure: bool) -> Result<Target, KubeConfigError> {
        let names = || self.contexts.keys().cloned().collect::<Vec<_>>();
        let name = context
            .or(self.current_context.as_deref())
            .ok_or_else(|| KubeConfigError::NoContext { contexts: names() })?;
        let chosen = self
            .contexts
            .get(name)
            .ok_or_else(|| KubeConfigError::UnknownContext { name: name.to_owned(), contexts: names() })?;
        let dangling = |what, missing: &str| KubeConfigError::Dangling {
            context: name.to_owned(),
            what,
            name: missing.to_owned(),
        };
        let cluster = self.clusters.get(&chosen.cluster).ok_or_else(|| dangling("cluster", &chosen.cluster))?;
        let user = match chosen.user.as_str() {
            "" => User::default(),
            user => self.users.get(user).cloned().ok_or_else(|| dangling("user", user))?,
        };
        check_cluster(name, cluster, allow_insecure)?;
        check_user(name, &user)?;
        Ok(Target {
            context: name.to_owned(),
            cluster: cluster.clone(),
            user,
            namespace: chosen.namespace.clone().unwrap_or_else(|| "default".to_owned()),
        })
    }
}

fn check_cluster(context: &str, cluster: &Cluster, allow_insecure: bool) -> Result<(), KubeConfigError> {
    let refuse = |what| Err(KubeConfigError::Unsafe { what });
    let server = &cluster.server;
    if server.is_empty() {
        return Err(KubeConfigError::Unsupported {
            what: format!("the cluster of context `{context}` has no `server`"),
        });
    }
    if server.starts_with("http://") && !crate::local::is_loopback(server) {
        return refuse(format!("context `{context}` talks plain HTTP to `{server}`: use `https://`"));
    }
    if cluster.insecure_skip_tls_verify && !allow_insecure {
        return refuse(format!(
            "context `{context}` does not check the server's certificate (`insecure-skip-tls-verify`): \
             add `certificate-authority-data`, or accept the risk with `--insecure-skip-tls-verify`"
        ));
    }
    Ok(())
}

fn check_user(context: &str, user: &User) -> Result<(), KubeConfigError> {
    if let Some(provider) = &user.auth_provider {
        return Err(KubeConfigError::Unsupported {
            what: format!(
                "context `{context}` uses the removed authentication provider `{provider}`: use an `exec` plugin"
            ),
        });
    }
    let exposed = user.token_file.as_deref().filter(|file| is_world_readable(file).unwrap_or(false));
    match user.exposed_in.as_deref().or(exposed) {
        Some(path) => Err(KubeConfigError::Unsafe {
            what: format!(
                "everybody on this machine can read the token or password in `{0}`: run `chmod 600 {0}`",
                path.display()
            ),
        }),
        None => Ok(()),
    }
}

/// The mounted credentials of a pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The cluster that this process runs in: from `KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT` and the
/// mounted service account. `None` outside a pod.
#[must_use]
pub fn in_cluster(host: Option<&str>, port: Option<&str>) -> Option<Target> {
    let (host, port) = (host?, port?);
    let folder = Path::new(SERVICE_ACCOUNT);
    let token_file = folder.join("token");
    if !token_file.is_file() {
        return None;
    }
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let namespace = std::fs::read_to_string(folder.join("namespace")).ok();
    Some(Target {
        context: "in-cluster".to_owned(),
        cluster: Cluster {
            server: format!("https://{host}:{port}"),
            certificate_authority: Some(Material::File(folder.join("ca.crt"))),
            ..Cluster::default()
        },
        user: User { token_file: Some(token_file), ..User::default() },
        namespace: namespace
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| "default".to_owned()),
    })
}
