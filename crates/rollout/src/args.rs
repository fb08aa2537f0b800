//! What is typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use linkspan_command::Secret;

use crate::deployment::DeploymentArgs;

/// Which cluster, as whom.
#[derive(Debug, Clone, Default, Args)]
pub struct ClusterArgs {
    /// The context of the kubeconfig to use; default: the environment's, else the current one
    #[arg(long, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`, else the cluster that this runs in
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The kubeconfig itself, plain or in base64: for CI, through the variable of this flag
    #[arg(long, value_name = "TEXT", hide_possible_values = true)]
    pub kubeconfig_content: Option<Secret>,
    /// The namespace of objects that name none; objects that name another are an error
    #[arg(long, short, value_name = "NAME")]
    pub namespace: Option<String>,
    /// An environment of `linkspan.yaml`: its context, namespace and manifests
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// A program that the kubeconfig may run to get credentials, besides those of the large clouds
    #[arg(long, value_name = "PROGRAM")]
    pub allow_exec: Vec<String>,
    /// Accept any certificate, if the kubeconfig says so
    #[arg(long)]
    pub insecure_skip_tls_verify: bool,
}

/// Bring a cluster to a set of manifests, and wait until everything is ready, failed or late
///
/// Ends early, and says why, when waiting cannot help: an image that does not exist, a missing ConfigMap, a
/// container that ends again and again.
#[derive(Debug, Clone, Args)]
pub struct ApplyArgs {
    /// Manifests: a file, a folder (with a kustomization or a chart: rendered by kubectl or helm), or `-`; default: those of the environment or project
    #[arg(long, short = 'f', value_name = "PATH", visible_alias = "file")]
    pub filename: Vec<String>,
    /// Read folders in folders, too
    #[arg(long, short = 'R')]
    pub recursive: bool,
    /// An image line of the build, `name=repository@sha256:…`, put in where the manifests name that image
    #[arg(long, value_name = "LINE")]
    pub image: Vec<String>,
    /// How long to wait, for example `90s` or `5m`
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub timeout: Duration,
    /// Only tell what would change
    #[arg(long)]
    pub dry_run: bool,
    /// Take fields that others manage
    #[arg(long)]
    pub force_conflicts: bool,
    /// Do not wait until the objects are ready
    #[arg(long)]
    pub no_wait: bool,
    /// Create the namespace if it does not exist
    #[arg(long)]
    pub create_namespace: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "the struct says what it is, and clap would take a comment for the help")]
    pub cluster: ClusterArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "the struct says what it is, and clap would take a comment for the help")]
    pub deployment: DeploymentArgs,
}

/// Follow a rollout that is under way, until everything is ready, failed or late
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Objects to look at: `deployment/orders`
    #[arg(value_name = "KIND/NAME")]
    pub objects: Vec<String>,
    /// Manifests whose objects are looked at: a file, a folder, or `-`
    #[arg(long, short = 'f', value_name = "PATH", visible_alias = "file")]
    pub filename: Vec<String>,
    /// Read folders in folders, too
    #[arg(long, short = 'R')]
    pub recursive: bool,
    /// How long to wait, for example `90s` or `5m`
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    pub timeout: Duration,
    /// Look once
    #[arg(long)]
    pub no_wait: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "the struct says what it is, and clap would take a comment for the help")]
    pub cluster: ClusterArgs,
}

/// A time as Go and people write it: `90s`, `5m`, `1h30m`, `500ms`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a time: write for example `90s`, `5m` or `1h30m`");
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let (mut total, mut rest) = (Duration::ZERO, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0).ok_or_else(wrong)?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        let unit = match unit {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(3_600),
            _ => return Err(wrong()),
        };
        let number: u32 = number.parse().map_err(|_| wrong())?;
        total = unit.checked_mul(number).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = next;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5_400), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "5x", "-5s", "5m-", "99999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
