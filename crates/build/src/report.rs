//! What a build did, for people and for the steps that follow.

use linkspan_command::{Context, Failure};
use linkspan_report::{Finding, Findings, Outcome, Report};
use serde_json::{Value, json};

/// One image that was built, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// The service.
    pub name: String,
    /// Where it went; `None` where it was not pushed.
    pub repository: Option<String>,
    /// Under which tags.
    pub tags: Vec<String>,
    /// Digest of the manifest or index; `None` if it is not known before a hand-over.
    pub digest: Option<String>,
    /// One entry per platform.
    pub platforms: Vec<BuiltPlatform>,
    /// Who built it: `native`, `docker buildx`, `buildctl`.
    pub builder: String,
    /// Why it was handed over, or what each stage needs.
    pub reasons: Vec<String>,
    /// It was pushed.
    pub pushed: bool,
    /// Everything was there already: nothing was sent, no tag changed.
    pub unchanged: bool,
    /// Bytes of blobs that were sent.
    pub bytes_sent: u64,
    /// Bytes of all manifests, configurations and layers.
    pub size: u64,
    /// Wall time.
    pub seconds: f64,
}

/// One platform of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct BuiltPlatform {
    /// `linux/amd64`.
    pub platform: String,
    /// Digest of its manifest.
    pub digest: String,
    /// Number of layers.
    pub layers: usize,
    /// Layers that were there already, or mounted.
    pub layers_reused: usize,
    /// Layers that were compressed.
    pub layers_compressed: usize,
}

impl Built {
    /// The line that `linkspan-rollout` takes: `name=repository@digest`.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let repository = self.repository.as_ref().unwrap_or(&self.name);
        self.digest.as_ref().map(|digest| format!("{}={repository}@{digest}", self.name))
    }

    fn layers(&self) -> (usize, usize) {
        self.platforms
            .iter()
            .fold((0, 0), |(all, reused), platform| (all + platform.layers, reused + platform.layers_reused))
    }

    fn how(&self, dry_run: bool) -> String {
        match (self.unchanged, dry_run, self.pushed) {
            (true, ..) => "unchanged, built".to_owned(),
            (_, true, _) => "would be built".to_owned(),
            (.., true) => format!("{} sent, built", bytes(self.bytes_sent)),
            _ => "built".to_owned(),
        }
    }

    fn value(&self) -> Value {
        let platforms: Vec<Value> = self
            .platforms
            .iter()
            .map(|platform| {
                json!({
                    "platform": platform.platform, "digest": platform.digest, "layers": platform.layers,
                    "layersReused": platform.layers_reused, "layersCompressed": platform.layers_compressed,
                })
            })
            .collect();
        json!({
            "name": self.name, "repository": self.repository, "tags": self.tags, "digest": self.digest,
            "platforms": platforms, "builder": self.builder, "reasons": self.reasons, "pushed": self.pushed, "unchanged": self.unchanged,
            "bytesSent": self.bytes_sent, "size": self.size, "seconds": (self.seconds * 1000.0).round() / 1000.0,
        })
    }
}

/// The report of a build: what was built, and the failures of the services that were not.
#[must_use]
pub fn report(
    built: &[Built],
    failures: &[(String, Failure)],
    notes: Vec<Finding>,
    dry_run: bool,
    context: &Context,
) -> Report {
    let mut findings: Findings = context.findings();
    notes.into_iter().for_each(|note| findings.push(note));
    for (name, failure) in failures {
        let mut finding = (*failure.finding).clone();
        finding.message = format!("{name}: {}", finding.message);
        findings.push(finding);
    }
    let outcome = if failures.is_empty() { Outcome::Done } else { Outcome::Failed };
    let lines: Vec<String> = if dry_run { Vec::new() } else { built.iter().filter_map(Built::line).collect() };
    let result = json!({
        "images": lines,
        "dryRun": dry_run,
        "services": built.iter().map(Built::value).collect::<Vec<_>>(),
    });
    let mut report = Report::new(context.command.as_str(), findings)
        .outcome(outcome)
        .result(result)
        .text(text(built, &lines, dry_run))
        .markdown(markdown(built))
        .output("images", lines.join("\n"));
    if let [one] = built
        && let Some(digest) = one.digest.as_ref().filter(|_| !dry_run)
    {
        report = report.output("digest", digest.clone());
    }
    report
}

fn text(built: &[Built], lines: &[String], dry_run: bool) -> String {
    let mut text = Vec::new();
    for one in built {
        let (layers, reused) = one.layers();
        let size = if one.digest.is_some() { format!(", {}", bytes(one.size)) } else { String::new() };
        text.push(format!(
            "{}: {} by {} ({layers} layers, {reused} reused{size}, {:.1} s)",
            one.name,
            one.how(dry_run),
            one.builder,
            one.seconds
        ));
        text.extend(one.reasons.iter().map(|reason| format!("  {reason}")));
    }
    text.extend(lines.iter().cloned());
    text.join("\n")
}

fn markdown(built: &[Built]) -> String {
    let mut text =
        String::from("| service | digest | size | layers | reused | sent | seconds |\n|---|---|---|---|---|---|---|");
    for one in built {
        let (layers, reused) = one.layers();
        let digest = one.digest.as_deref().unwrap_or("");
        text.push_str(&format!(
            "\n| {} | `{digest}` | {} | {layers} | {reused} | {} | {:.1} |",
            one.name,
            bytes(one.size),
            if one.unchanged { "unchanged".to_owned() } else { bytes(one.bytes_sent) },
            one.seconds,
        ));
    }
    text
}

/// Bytes for people: `1.2 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal place is shown")]
    let count_f = count as f64;
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count_f / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count_f / 1e6),
        _ => format!("{:.1} GB", count_f / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built() -> Built {
        Built {
            name: "orders".into(),
            repository: Some("ghcr.io/acme/orders".into()),
            tags: vec!["latest".into()],
            digest: Some("sha256:ab".into()),
            platforms: vec![BuiltPlatform {
                platform: "linux/amd64".into(),
                digest: "sha256:ab".into(),
                layers: 3,
                layers_reused: 2,
                layers_compressed: 1,
            }],
            builder: "native".into(),
            reasons: Vec::new(),
            pushed: true,
            unchanged: false,
            bytes_sent: 1_234_567,
            size: 99_999_999,
            seconds: 0.25,
        }
    }

    #[test]
    fn lines_for_the_rollout() {
        let context = Context::quiet("build", "/");
        let failure = Failure::unreachable("cannot reach `x`");
        let report = report(&[built()], &[("web".into(), failure)], Vec::new(), false, &context);
        assert_eq!(
            report.outputs,
            [
                ("images".to_owned(), "orders=ghcr.io/acme/orders@sha256:ab".to_owned()),
                ("digest".to_owned(), "sha256:ab".to_owned())
            ]
        );
        assert_eq!(report.outcome, Outcome::Failed);
        insta::assert_snapshot!(report.text, @r"
        orders: 1.2 MB sent, built by native (3 layers, 2 reused, 100.0 MB, 0.2 s)
        orders=ghcr.io/acme/orders@sha256:ab
        ");
        insta::assert_snapshot!(report.markdown, @r"
        | service | digest | size | layers | reused | sent | seconds |
        |---|---|---|---|---|---|---|
        | orders | `sha256:ab` | 100.0 MB | 3 | 2 | 1.2 MB | 0.2 |
        ");
    }
}
