//! Which cluster, as whom: the kubeconfig as `kubectl` finds it.

use std::path::{Path, PathBuf};

use linkspan_command::{Context, Exit, Failure};
use linkspan_kube::client::{Options, Proxies};
use linkspan_kube::kubeconfig::{KubeConfig, KubeConfigError, Sources, Target, load};

/// The kubeconfig; `None` if there is none.
///
/// # Errors
/// It cannot be read or is malformed.
pub(crate) fn kubeconfig(context: &Context, file: Option<&Path>) -> Result<Option<KubeConfig>, Failure> {
    let variables = &context.environment;
    let sources = Sources {
        content: None,
        file: file.map(Path::to_owned),
        variable: variables.get("KUBECONFIG").map(str::to_owned),
        home: variables.get("HOME").or_else(|| variables.get("USERPROFILE")).map(PathBuf::from),
        directory: context.directory.clone(),
    };
    load(&sources).map_err(|error| failure(&error))
}

/// A context of the kubeconfig, or its current one.
///
/// # Errors
/// There is no such context, or it is not safe to use.
pub(crate) fn target(context: &Context, name: Option<&str>, file: Option<&Path>) -> Result<Target, Failure> {
    let config = kubeconfig(context, file)?.unwrap_or_default();
    config.target(name, false).map_err(|error| failure(&error))
}

/// What a client is told: the environment's proxies, and to say what takes long.
pub(crate) fn options(context: &Context) -> Options {
    let either = |name: &str| {
        let value = context.environment.get(name).or_else(|| context.environment.get(&name.to_ascii_lowercase()));
        value.map(str::to_owned)
    };
    let progress = context.progress.clone();
    Options {
        proxies: Proxies { https: either("HTTPS_PROXY"), http: either("HTTP_PROXY"), none: either("NO_PROXY") },
        note: std::sync::Arc::new(move |line| progress.note(line)),
        ..Options::default()
    }
}

/// A kubeconfig's error with its exit code.
pub(crate) fn failure(error: &KubeConfigError) -> Failure {
    let reason = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    let message = format!("{error}{reason}");
    match error {
        KubeConfigError::Malformed { finding, .. } => Failure::new(Exit::Input, (**finding).clone()),
        KubeConfigError::Read { .. } => Failure::input(message),
        KubeConfigError::Unsafe { .. } | KubeConfigError::Unsupported { .. } => Failure::refused(message),
        KubeConfigError::NoContext { .. }
        | KubeConfigError::UnknownContext { .. }
        | KubeConfigError::Dangling { .. }
        | KubeConfigError::None { .. } => Failure::usage(message),
    }
}
