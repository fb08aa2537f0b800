//! Credential programs (`exec` in a kubeconfig): with a time limit, and only those that are allowed.
//!
//! The protocol is that of `client.authentication.k8s.io`: the program is told about the request in
//! `KUBERNETES_EXEC_INFO`, and prints an `ExecCredential`.

use std::io::IsTerminal;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use base64::Engine;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::ClientError;
use super::session::Options;
use crate::Secret;
use crate::kubeconfig::{Exec, InteractiveMode, Material, Target};

/// More than any credential needs.
const MAX_OUTPUT: u64 = 1 << 20;

/// What a program gave.
pub(super) struct Credentials {
    pub(super) token: Option<Secret>,
    pub(super) certificate: Option<Secret>,
    pub(super) key: Option<Secret>,
    pub(super) expires: Option<SystemTime>,
}

/// Runs a user's credential program.
pub(super) async fn run(exec: &Exec, target: &Target, options: &Options) -> Result<Credentials, ClientError> {
    check(exec, options)?;
    let (program, limit) = (exec.command.as_str(), options.exec_timeout);
    let child = spawn(exec, target)?;
    let finished = tokio::time::timeout(limit, output(child)).await;
    let (status, printed, complaints) = finished
        .map_err(|_| fault(format!("`{program}` gave no credentials within {} s", limit.as_secs())))?
        .map_err(|error| fault(format!("`{program}` could not be run: {error}")))?;
    if !status.success() {
        return Err(fault(format!("`{program}` gave no credentials ({status}){complaints}")));
    }
    let answer: Value =
        serde_json::from_slice(&printed).map_err(|_| fault(format!("`{program}` printed no `ExecCredential`")))?;
    credentials(exec, &answer)
}

fn check(exec: &Exec, options: &Options) -> Result<(), ClientError> {
    // Only the bare name of a known program is trusted: with a folder it may be anything.
    let known = Exec::ALLOWED.contains(&exec.command.as_str());
    let allowed = options.allow_exec.iter().any(|allowed| *allowed == exec.command || allowed == exec.program());
    if !known && !allowed {
        return Err(ClientError::ExecNotAllowed { program: exec.command.clone() });
    }
    if exec.interactive_mode == InteractiveMode::Always {
        return Err(fault(format!("`{}` wants to ask for credentials, which is not possible here", exec.command)));
    }
    match exec.api_version.as_str() {
        "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1" => Ok(()),
        other => Err(fault(format!(
            "`exec` has `apiVersion: {other}`: only `client.authentication.k8s.io/v1` and `v1beta1` exist"
        ))),
    }
}

fn spawn(exec: &Exec, target: &Target) -> Result<Child, ClientError> {
    let shown = std::io::stderr().is_terminal();
    let mut command = Command::new(&exec.command);
    command
        .args(&exec.args)
        .env("KUBERNETES_EXEC_INFO", info(exec, target).to_string())
        .envs(exec.env.iter().map(|(name, value)| (name, value.reveal())))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(if shown { Stdio::inherit() } else { Stdio::piped() })
        .kill_on_drop(true);
    command.spawn().map_err(|error| {
        let hint = exec.install_hint.as_deref().map(|hint| format!(": {}", hint.trim())).unwrap_or_default();
        match error.kind() {
            std::io::ErrorKind::NotFound => fault(format!(
                "the kubeconfig runs `{}` to get credentials, which is not installed{hint}",
                exec.command
            )),
            _ => fault(format!("`{}` could not be run: {error}", exec.command)),
        }
    })
}

fn info(exec: &Exec, target: &Target) -> Value {
    let mut info = json!({"apiVersion": exec.api_version, "kind": "ExecCredential", "spec": {"interactive": false}});
    if exec.provide_cluster_info {
        let cluster = &target.cluster;
        info["spec"]["cluster"] =
            json!({"server": cluster.server, "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify});
        let told = &mut info["spec"]["cluster"];
        let authority = match &cluster.certificate_authority {
            Some(Material::Data(text)) => Some(text.reveal().as_bytes().to_vec()),
            Some(Material::File(path)) => std::fs::read(path).ok(),
            None => None,
        };
        if let Some(authority) = authority {
            told["certificate-authority-data"] = base64::engine::general_purpose::STANDARD.encode(authority).into();
        }
        if let Some(name) = &cluster.tls_server_name {
            told["tls-server-name"] = name.as_str().into();
        }
        if let Some(proxy) = &cluster.proxy_url {
            told["proxy-url"] = proxy.as_str().into();
        }
    }
    info
}

type Output = (std::process::ExitStatus, Vec<u8>, String);

async fn output(mut child: Child) -> std::io::Result<Output> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (printed, complaints) = tokio::join!(drain(stdout), drain(stderr));
    let status = child.wait().await?;
    let complaints =
        String::from_utf8_lossy(&complaints?).lines().next().unwrap_or_default().chars().take(300).collect::<String>();
    let complaints = if complaints.is_empty() { complaints } else { format!(": {complaints}") };
    Ok((status, printed?, complaints))
}

async fn drain(stream: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        stream.take(MAX_OUTPUT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

fn credentials(exec: &Exec, answer: &Value) -> Result<Credentials, ClientError> {
    let text = |field: &str| {
        answer.pointer(&format!("/status/{field}")).and_then(Value::as_str).filter(|text| !text.is_empty())
    };
    let secret = |field: &str| text(field).map(Secret::new);
    let given = Credentials {
        token: secret("token"),
        certificate: secret("clientCertificateData"),
        key: secret("clientKeyData"),
        expires: text("expirationTimestamp").and_then(expiry),
    };
    if given.token.is_none() && (given.certificate.is_none() || given.key.is_none()) {
        return Err(fault(format!("`{}` printed neither a token nor a certificate with its key", exec.command)));
    }
    Ok(given)
}

fn expiry(text: &str) -> Option<SystemTime> {
    let seconds = u64::try_from(crate::time::unix_seconds(text)?).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn fault(why: String) -> ClientError {
    ClientError::Credentials { why }
}
