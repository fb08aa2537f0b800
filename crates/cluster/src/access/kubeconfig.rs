use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::Credentials;

/// The kubeconfig of the cluster's owner, as JSON, which every reader of YAML reads. The context, the cluster and the
/// user are all called `name`.
#[must_use]
pub fn kubeconfig(name: &str, address: &str, credentials: &Credentials) -> String {
    let data = |text: &str| BASE64_STANDARD.encode(text);
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {
            "server": address,
            "certificate-authority-data": data(&credentials.authority),
        }}],
        "users": [{"name": name, "user": {
            "client-certificate-data": data(&credentials.owner.0),
            "client-key-data": data(credentials.owner.1.reveal()),
        }}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    });
    format!("{config:#}\n")
}
