use std::path::Path;
use std::process::Command;

use linkspan_command::{Context, Environment, Failure};
use linkspan_report::{FileSources, Finding, Format, Options, Report, render};
use serde_json::Value;

/// A folder with files, and a repository where one is asked for.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    /// Variables of the environment.
    pub(crate) variables: Vec<(String, String)>,
}

impl Folder {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Replaces a part of a file.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path().join(path)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Commits everything and tags it.
    pub(crate) fn release(&self, tag: &str) {
        if !self.path().join(".git").exists() {
            self.git(&["init", "-q", "-b", "main"]);
        }
        self.git(&["add", "-A"]);
        self.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", tag]);
        self.git(&["tag", tag]);
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        let git = git.args(arguments).current_dir(self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs `compat` with flags, through the program's own command line.
    pub(crate) fn compat(&self, arguments: &[&str]) -> Result<Report, Failure> {
        let program = linkspan_events::program();
        let (_, leaf) = program.commands().find(|(path, _)| path == &["events", "compat"]).unwrap();
        let words = ["compat"].iter().chain(arguments);
        let matches = leaf.command().clone().try_get_matches_from(words).unwrap();
        let mut context = Context::quiet("events compat", self.path());
        context.environment = self.variables.iter().cloned().collect::<Environment>();
        leaf.run(&matches, &context)
    }

    pub(crate) fn rendered(&self, report: &Report, format: Format) -> String {
        let mut out = Vec::new();
        render(report, format, &Options::default(), &FileSources::new(self.path()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

/// One line a finding: severity, place, rule, message, and how it was accepted.
pub(crate) fn lines(report: &Report) -> String {
    let line = |finding: &Finding| {
        let start = finding.span.map(|span| format!(":{}:{}", span.start.line, span.start.column)).unwrap_or_default();
        let file = finding.file.clone().unwrap_or_default();
        let accepted = finding.data.get("accepted").and_then(Value::as_str);
        let accepted = accepted.map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("{} {file}{start} {} {}{accepted}", finding.severity.name(), finding.rule, finding.message)
    };
    let outcome = report.outcome.name().to_owned();
    report.findings.kept().iter().map(line).chain([outcome]).collect::<Vec<_>>().join("\n")
}

/// One line a pair: the subject, its mode, both verdicts and the event.
pub(crate) fn pairs(report: &Report) -> String {
    let line = |pair: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {} {}",
            text(&pair["subject"]),
            text(&pair["against"]),
            text(&pair["mode"]),
            text(&pair["semantic"]["verdict"]),
            pair["registry"]["compatible"],
            pair["semantic"]["witness"]
        )
    };
    report.result["pairs"].as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}
