use std::path::PathBuf;

use linkspan_project::Gate;
use linkspan_report::Severity;

use super::mode::Mode;
use super::registry::Policy;
use crate::schema::Dialect;

/// Compare schemas with earlier versions, and show the event that breaks
///
/// `compat OLD NEW` compares two files; without files the project's models, messages and operations are compared with
/// earlier versions of them. Every pair gets two verdicts: the semantic one (is there an event that one schema accepts
/// and the other rejects? here it is) and the one that a schema registry with Confluent's rules would give. Nothing is
/// fetched, except from a registry that `--against` names.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan-events compat old.schema.json new.schema.json
  linkspan-events compat v1/order.yaml v2/order.yaml --mode full --format json
  linkspan-events compat --against origin/main                 the project, as a pull request changes it
  linkspan-events compat --against 'v*' --mode backward-transitive
  linkspan-events compat --html report/")]
pub struct Args {
    /// The old and the new schema, JSON or YAML; `FILE#/pointer` names a part. Without them the project is compared
    #[arg(value_name = "OLD NEW", num_args = 0..=2)]
    pub files: Vec<String>,

    /// Compare the project with: a branch, tag or commit, a pattern of tags, a folder, or a registry's address
    ///
    /// Without it: on a pull request the commit at which it left its base, else the newest tag `v*`.
    #[arg(long, value_name = "VERSION", conflicts_with = "files")]
    pub against: Option<String>,

    /// What must hold; by default backward for two files and models, and by who sends and who receives for the rest
    #[arg(long, value_name = "MODE", value_enum)]
    pub mode: Option<Mode>,

    /// Which verdict stops a change: semantic, registry or both; `linkspan.yaml` decides otherwise, else semantic
    #[arg(long, value_name = "VERDICT", value_parser = gate)]
    pub gate: Option<Gate>,

    /// The registry's policy: strict or lenient; `linkspan.yaml` decides otherwise, else strict
    #[arg(long, value_name = "POLICY", value_parser = registry_policy)]
    pub registry_policy: Option<Policy>,

    /// What an undecided pair is: error (the exit code is 10; the default), warning or notice
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub unknown: Option<Severity>,

    /// The draft of schemas that name none: 4, 6, 7, 2019-09 or 2020-12; by default the one that fits what they use
    #[arg(long, value_name = "DRAFT", value_parser = draft)]
    pub schema_draft: Option<Dialect>,

    /// Recorded events, files or folders, that every version must accept; `contracts/examples/`, if it is there
    #[arg(long, value_name = "PATH")]
    pub golden: Vec<PathBuf>,

    /// A label of the pull request that allows breaks: they become warnings
    #[arg(long, value_name = "LABEL")]
    pub allow_label: Option<String>,

    /// Also write a report for a browser into this folder
    #[arg(long, value_name = "DIR")]
    pub html: Option<PathBuf>,

    /// The user for `--against` a registry
    #[arg(long, value_name = "NAME")]
    pub registry_user: Option<String>,

    /// The password for `--against` a registry
    #[arg(long, value_name = "PASSWORD")]
    pub registry_password: Option<linkspan_command::Secret>,

    /// The bearer token for `--against` a registry
    #[arg(long, value_name = "TOKEN", conflicts_with = "registry_password")]
    pub registry_token: Option<linkspan_command::Secret>,
}

fn gate(word: &str) -> Result<Gate, String> {
    match word {
        "semantic" => Ok(Gate::Semantic),
        "registry" => Ok(Gate::Registry),
        "both" => Ok(Gate::Both),
        _ => Err(format!("`{word}` is none of semantic, registry, both")),
    }
}

fn registry_policy(word: &str) -> Result<Policy, String> {
    match word {
        "strict" => Ok(Policy::Strict),
        "lenient" => Ok(Policy::Lenient),
        _ => Err(format!("`{word}` is none of strict, lenient")),
    }
}

fn severity(word: &str) -> Result<Severity, String> {
    match word {
        "error" => Ok(Severity::Error),
        "warning" => Ok(Severity::Warning),
        "notice" => Ok(Severity::Notice),
        _ => Err(format!("`{word}` is none of error, warning, notice")),
    }
}

fn draft(word: &str) -> Result<Dialect, String> {
    match word.strip_prefix("draft-").unwrap_or(word) {
        "4" | "04" => Ok(Dialect::Draft4),
        "6" | "06" => Ok(Dialect::Draft6),
        "7" | "07" => Ok(Dialect::Draft7),
        "2019-09" => Ok(Dialect::Draft201909),
        "2020-12" => Ok(Dialect::Draft202012),
        _ => Err(format!("`{word}` is none of 4, 6, 7, 2019-09, 2020-12")),
    }
}
