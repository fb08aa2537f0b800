//! Hand-over: what a Dockerfile asks for that is not done here is passed to BuildKit or Docker, saying why.

mod engine;
mod process;

use linkspan_report::Span;

use crate::dockerfile::{MountKind, ResolvedStage, Source, StepKind};
use crate::plan::NamedContext;

pub use engine::{Engine, Handed, HandoverError, build, find};
pub use process::{Ended, Invocation, Processes, System};

/// Why a Dockerfile is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stage, by name or number.
    pub stage: String,
    /// The instruction.
    pub span: Span,
    /// What it needs.
    pub why: String,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "line {} {}", self.span.start.line, self.why)
    }
}

/// Why stages that ship cannot be put together here; empty if they can. `remote` tells named contexts that only
/// BuildKit fetches.
#[must_use]
pub fn reasons(stages: &[ResolvedStage], remote: &dyn Fn(&str) -> Option<NamedContext>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for stage in stages {
        let name = stage.name.clone().unwrap_or_else(|| stage.index.to_string());
        let mut add = |span, why: String| reasons.push(Reason { stage: name.clone(), span, why });
        for step in &stage.steps {
            match &step.kind {
                StepKind::Run(run) => {
                    let mounts: Vec<&str> = run.mounts.iter().map(|mount| mount_name(mount.kind)).collect();
                    let with = if mounts.is_empty() {
                        String::new()
                    } else {
                        format!(" with `--mount=type={}`", mounts.join("`, `--mount=type="))
                    };
                    add(step.span, format!("runs a command{with}: `{}`", shorten(&step.original)));
                }
                StepKind::Add(add_step) => {
                    if let Some(source) = add_step.remote().next() {
                        add(step.span, format!("adds `{source}` from the network"));
                    }
                }
                StepKind::Copy(copy) => {
                    if let Source::Named(name) = &copy.from
                        && let Some(NamedContext::Remote(place)) = remote(name)
                    {
                        add(step.span, format!("copies from `{place}` in the network"));
                    }
                }
                _ => {}
            }
        }
    }
    reasons
}

const fn mount_name(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Bind => "bind",
        MountKind::Cache => "cache",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Secret => "secret",
        MountKind::Ssh => "ssh",
    }
}

/// The first line of an instruction, at most 80 characters.
fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Whether a `# syntax=` directive names a frontend other than the stock one, which alone knows what it means.
#[must_use]
pub fn is_foreign_syntax(syntax: &str) -> bool {
    let image = syntax.split_whitespace().next().unwrap_or_default();
    let name = image.split(['@', ':']).next().unwrap_or_default();
    !matches!(
        name,
        "docker/dockerfile"
            | "docker.io/docker/dockerfile"
            | "docker/dockerfile-upstream"
            | "docker.io/docker/dockerfile-upstream"
    ) || image.contains("labs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_frontend_is_known() {
        for stock in ["docker/dockerfile:1", "docker/dockerfile:1.7@sha256:abc", "docker.io/docker/dockerfile"] {
            assert!(!is_foreign_syntax(stock), "{stock}");
        }
        for foreign in ["docker/dockerfile:1-labs", "acme/frontend", "ghcr.io/docker/dockerfile:1"] {
            assert!(is_foreign_syntax(foreign), "{foreign}");
        }
    }
}
