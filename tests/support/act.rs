//! Workflows under a real `act`, on the host and offline.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::{is_foreign, part, program, repository};

/// What a run of a workflow came to.
pub struct Run {
    /// Whether all jobs succeeded.
    pub success: bool,
    /// Everything that was said, without colours.
    pub log: String,
    /// What GitHub would show beside the code.
    pub annotations: Vec<Annotation>,
    /// Outputs of the workflow's own steps, as `step.output`.
    pub outputs: BTreeMap<String, String>,
    /// The summaries of all steps, one after the other.
    pub summary: String,
}

/// One `::error`, `::warning` or `::notice`, as act has read it.
#[derive(Debug, Clone, Default)]
pub struct Annotation {
    /// `error`, `warning` or `notice`.
    pub level: String,
    /// What is wrong.
    pub message: String,
    /// `title`, `file`, `line`, `col`, …
    pub properties: BTreeMap<String, String>,
}

impl Annotation {
    /// A property, or nothing.
    pub fn get(&self, property: &str) -> &str {
        self.properties.get(property).map_or("", String::as_str)
    }

    /// `file:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.get("file"), self.get("line"))
    }
}

/// Runs the workflow `.github/workflows/ci.yml` of a folder, which becomes a repository with one commit.
///
/// `linkspan-dev/linkspan@v1` is this checkout, and the programs are those built beside the tests.
pub fn act(folder: &Path, variables: &[(&str, &str)]) -> Run {
    act_with(folder, "ci.yml", "push", &[], variables)
}

/// The same for one workflow, event and set of inputs.
pub fn act_with(
    folder: &Path,
    workflow: &str,
    event: &str,
    inputs: &[(&str, &str)],
    variables: &[(&str, &str)],
) -> Run {
    let act = part("act");
    commit(folder);
    let home = tempfile::tempdir().expect("a folder for act's settings");
    let settings = home.path().join(".config/act");
    std::fs::create_dir_all(&settings).and_then(|()| std::fs::write(settings.join("actrc"), "")).expect("settings");
    let programs = program("linkspan-events");
    let mut command = Command::new(act);
    command.args([
        event,
        "--json",
        "--no-cache-server",
        "-P",
        "ubuntu-latest=-self-hosted",
        "--container-daemon-socket",
        "-",
    ]);
    command.arg("--workflows").arg(format!(".github/workflows/{workflow}"));
    command.arg("--local-repository").arg(format!("linkspan-dev/linkspan@v1={}", checkout(home.path()).display()));
    command.arg("--env").arg(format!("LINKSPAN_BIN_DIR={}", programs.parent().expect("a folder").display()));
    for (name, value) in variables {
        command.arg("--env").arg(format!("{name}={value}"));
    }
    for (name, value) in inputs {
        command.arg("--input").arg(format!("{name}={value}"));
    }
    for (name, _) in std::env::vars().filter(|(name, _)| is_foreign(name) && !name.starts_with("LINKSPAN_TEST")) {
        command.env_remove(name);
    }
    command.current_dir(folder).env("HOME", home.path()).env("NO_COLOR", "1").envs(rust());
    let Output { status, stdout, stderr } = command.output().expect("act runs");
    Run::read(status.success(), &String::from_utf8_lossy(&stdout), &String::from_utf8_lossy(&stderr))
}

impl Run {
    fn read(success: bool, stdout: &str, stderr: &str) -> Self {
        let mut run = Self {
            success,
            log: String::new(),
            annotations: Vec::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
        };
        for line in stdout.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(entry) => run.add(&entry),
                Err(_) => run.say(line),
            }
        }
        run.say(stderr);
        run
    }

    fn say(&mut self, text: &str) {
        self.log.push_str(text.trim_end_matches('\n'));
        self.log.push('\n');
    }

    /// What a composite action passes on is told for its step and for itself: only the latter is a step of the
    /// workflow. Some of it is told twice.
    fn add(&mut self, entry: &Value) {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        self.say(&text("msg"));
        let step = entry["stepID"].as_array().filter(|path| path.len() == 1).and_then(|path| path[0].as_str());
        match (entry["command"].as_str(), step) {
            (Some(level @ ("error" | "warning" | "notice")), _) => self.annotations.push(Annotation {
                level: level.to_owned(),
                message: text("arg"),
                properties: serde_json::from_value(entry["kvPairs"].clone()).unwrap_or_default(),
            }),
            (Some("set-output"), Some(step)) => {
                self.outputs.insert(format!("{step}.{}", text("name")), text("arg"));
            }
            (Some("summary"), Some(_)) if !self.summary.contains(&text("content")) => {
                self.summary.push_str(&text("content"));
            }
            _ => {}
        }
    }

    /// An output of a step, which must be there.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).unwrap_or_else(|| panic!("there is no output `{name}`:\n{}", self.log))
    }

    /// The errors among the annotations.
    pub fn errors(&self) -> impl Iterator<Item = &Annotation> {
        self.annotations.iter().filter(|annotation| annotation.level == "error")
    }
}

/// Where Rust is: a program that finds it through the home folder finds it in a home of its own, too.
fn rust() -> impl Iterator<Item = (&'static str, PathBuf)> {
    let home = PathBuf::from(std::env::var("HOME").unwrap_or_default());
    [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")]
        .into_iter()
        .map(move |(name, folder)| (name, std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from)))
        .filter(|(_, folder)| folder.exists())
}

/// The actions as a repository of their own: act wants one with a commit.
fn checkout(below: &Path) -> PathBuf {
    let folder = below.join("linkspan");
    std::fs::create_dir_all(&folder).expect("a folder");
    let copied = Command::new("cp").arg("-r").arg(repository().join("actions")).arg(&folder).status();
    assert!(copied.is_ok_and(|status| status.success()), "the actions can be copied");
    commit(&folder);
    folder
}

fn commit(folder: &Path) {
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git runs");
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "test"]);
}
