use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::Secret;

/// One or more kubeconfig files, merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KubeConfig {
    /// The context to use unless another is asked for.
    pub current_context: Option<String>,
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
    /// Users by name.
    pub users: BTreeMap<String, User>,
    /// Contexts by name.
    pub contexts: BTreeMap<String, ConfigContext>,
}

impl KubeConfig {
    /// Merges a file of lower precedence by kubectl's rule: the first file to set a value or an entry wins, and
    /// an entry is never put together from two files.
    pub fn merge(&mut self, later: Self) {
        if self.current_context.is_none() {
            self.current_context = later.current_context;
        }
        merge_missing(&mut self.clusters, later.clusters);
        merge_missing(&mut self.users, later.users);
        merge_missing(&mut self.contexts, later.contexts);
    }
}

fn merge_missing<T>(into: &mut BTreeMap<String, T>, from: BTreeMap<String, T>) {
    for (name, entry) in from {
        into.entry(name).or_insert(entry);
    }
}

/// A certificate or key: in the kubeconfig itself, or in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// PEM text.
    Data(Secret),
    /// A file with PEM text; relative paths were resolved against the kubeconfig's folder.
    File(PathBuf),
}

/// How to reach a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The address, for example `https://10.0.0.1:6443`; may have a path.
    pub server: String,
    /// The authority that signed the server's certificate; `None` means the system's authorities.
    pub certificate_authority: Option<Material>,
    /// The name expected in the server's certificate, where it differs from the address.
    pub tls_server_name: Option<String>,
    /// Whether any certificate is accepted.
    pub insecure_skip_tls_verify: bool,
    /// A proxy: `http://`, `https://` or `socks5://`.
    pub proxy_url: Option<String>,
}

/// Who one is to a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The client's certificate.
    pub client_certificate: Option<Material>,
    /// The client's key.
    pub client_key: Option<Material>,
    /// A bearer token.
    pub token: Option<Secret>,
    /// A file with a bearer token; it wins over `token` where it can be read.
    pub token_file: Option<PathBuf>,
    /// A user name for basic authentication.
    pub username: Option<String>,
    /// The password for basic authentication.
    pub password: Option<Secret>,
    /// Whom to act as.
    pub impersonate: Impersonation,
    /// A program that gives credentials.
    pub exec: Option<Exec>,
    /// The name of an authentication provider, which `kubectl` no longer has either.
    pub auth_provider: Option<String>,
    /// The kubeconfig with a token or password in plain text that everybody on this machine may read.
    pub exposed_in: Option<PathBuf>,
}

/// Whom to act as (`as`, `as-uid`, `as-groups`, `as-user-extra`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// The user.
    pub user: Option<String>,
    /// The user's unique id.
    pub uid: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: Vec<(String, Vec<String>)>,
}

/// Whether a credential program may ask people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InteractiveMode {
    /// It never reads standard input.
    Never,
    /// It may, where there is one.
    #[default]
    IfAvailable,
    /// It must.
    Always,
}

/// A program that prints an `ExecCredential`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    /// The program; with a separator in it, relative to the kubeconfig's folder.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to its environment.
    pub env: Vec<(String, Secret)>,
    /// `client.authentication.k8s.io/v1` or `v1beta1`.
    pub api_version: String,
    /// What to tell people if the program is missing.
    pub install_hint: Option<String>,
    /// Whether it is told about the cluster.
    pub provide_cluster_info: bool,
    /// Whether it may ask people.
    pub interactive_mode: InteractiveMode,
}

impl Exec {
    /// How long a program may take unless told otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    /// The programs that may run without being allowed by name: those of the three large clouds.
    pub const ALLOWED: [&str; 4] = ["aws", "aws-iam-authenticator", "gke-gcloud-auth-plugin", "kubelogin"];

    /// The program's name without its folder.
    #[must_use]
    pub fn program(&self) -> &str {
        self.command.rsplit(['/', '\\']).next().unwrap_or(&self.command)
    }
}

/// A cluster, a user, and a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigContext {
    /// The cluster's name.
    pub cluster: String,
    /// The user's name; empty means nobody.
    pub user: String,
    /// The namespace for objects that name none.
    pub namespace: Option<String>,
}
