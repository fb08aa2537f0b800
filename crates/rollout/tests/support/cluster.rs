//! A namespace of its own in the real test cluster, and the program against it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it is skipped"
)]

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

const HOW_TO: &str = "this test needs a real Kubernetes: run `tests/parts/install.sh`, `tests/parts/cluster.sh up`, and the tests with \
                      `tests/parts/cluster.sh run cargo test …`; without one set LINKSPAN_TEST_OFFLINE=1 to skip it";

pub(crate) struct Cluster {
    namespace: String,
    registry: String,
}

/// How the program ended, and its report.
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "exit {}\n{:#}\n{}", self.code, self.json, self.stderr)
    }
}

impl Outcome {
    fn objects(&self, field: &str) -> Vec<&str> {
        let objects = self.json["result"]["objects"].as_array();
        objects.into_iter().flatten().map(|object| object[field].as_str().unwrap_or_default()).collect()
    }

    pub(crate) fn states(&self) -> Vec<&str> {
        self.objects("state")
    }

    pub(crate) fn actions(&self) -> Vec<&str> {
        self.objects("action")
    }

    pub(crate) fn rules(&self) -> Vec<String> {
        let findings = self.json["findings"].as_array();
        findings.into_iter().flatten().map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[track_caller]
    pub(crate) fn finding(&self, rule: &str) -> &Value {
        let findings = self.json["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("no {rule}: {self}"))
    }
}

impl Cluster {
    /// A new namespace; `None` where the test is to be skipped. Fails, saying how, where there is no cluster.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let (Ok(_), Ok(registry)) = (std::env::var("KUBECONFIG"), std::env::var("LINKSPAN_TEST_REGISTRY")) else {
            if std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1") {
                eprintln!("skipped: LINKSPAN_TEST_OFFLINE=1");
                return None;
            }
            panic!("{HOW_TO}");
        };
        let cluster = Self { namespace: format!("rollout-{name}-{}", std::process::id()), registry };
        cluster.kubectl(&["create", "namespace", &cluster.namespace]);
        pushed(&cluster.registry);
        Some(cluster)
    }

    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(crate) fn registry(&self) -> &str {
        &self.registry
    }

    /// An image with the program of `app.c`.
    pub(crate) fn image(&self) -> String {
        format!("{}/app:1", self.registry)
    }

    /// The same image by its digest.
    pub(crate) fn pinned_image(&self) -> String {
        pushed(&self.registry).to_owned()
    }

    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        self.kubectl_with(arguments, "")
    }

    #[track_caller]
    pub(crate) fn kubectl_with(&self, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new("kubectl");
        command.args(["-n", &self.namespace]).args(arguments);
        let (success, stdout, stderr) = run(command, input);
        assert!(success == Some(0), "kubectl {arguments:?}: {stderr}");
        stdout
    }

    /// The versions of objects: they change with every write.
    pub(crate) fn versions(&self, objects: &str) -> Vec<String> {
        objects
            .split(',')
            .map(|object| self.kubectl(&["get", object, "-o", "jsonpath={.metadata.resourceVersion}"]))
            .collect()
    }

    /// Applies manifests in the cluster's namespace.
    pub(crate) fn apply(&self, manifests: &str, flags: &[&str]) -> Outcome {
        self.apply_in(&self.namespace, manifests, flags)
    }

    pub(crate) fn apply_in(&self, namespace: &str, manifests: &str, flags: &[&str]) -> Outcome {
        let mut arguments = vec!["apply", "-f", "manifests.yaml", "-n", namespace, "--timeout", "90s"];
        if flags.contains(&"--timeout") {
            arguments.truncate(5);
        }
        arguments.extend(flags);
        self.program(&arguments, manifests)
    }

    /// Runs the program in the cluster's namespace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        let mut all = arguments.to_vec();
        all.extend(["-n", &self.namespace]);
        self.program(&all, "")
    }

    fn program(&self, arguments: &[&str], manifests: &str) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manifests.yaml"), manifests).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_linkspan-rollout"));
        command.args(arguments).args(["--format", "json"]).current_dir(folder.path());
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("GITHUB_") || name.starts_with("LINKSPAN_ROLLOUT_"))
        {
            command.env_remove(name);
        }
        let (code, stdout, stderr) = run(command, "");
        Outcome { code: code.unwrap_or(-1), json: serde_json::from_str(&stdout).unwrap_or_default(), stderr }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut command = Command::new("kubectl");
        command.args(["delete", "namespace", &self.namespace, "--wait=false"]);
        run(command, "");
    }
}

fn run(mut command: Command, input: &str) -> (Option<i32>, String, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Compiles `app.c` into an image, pushes it once, and gives its name by digest.
fn pushed(registry: &str) -> &'static str {
    static IMAGE: OnceLock<String> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/app.c");
        let mut compile = Command::new("gcc");
        compile.args(["-Os", "-static", "-s", "-o"]).arg(root.join("app")).arg(source);
        must(compile);
        let parts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/parts/image.sh");
        let archive = folder.path().join("app.tar");
        let mut pack = Command::new(parts);
        pack.arg(&archive).arg("app").arg(&root).arg("/app");
        must(pack);
        let mut push = Command::new("crane");
        push.args(["push", "--insecure"]).arg(&archive).arg(format!("{registry}/app:1"));
        must(push).trim().to_owned()
    })
}

#[track_caller]
fn must(command: Command) -> String {
    let what = format!("{command:?}");
    let (code, stdout, stderr) = run(command, "");
    assert!(code == Some(0), "{what}: {stderr}");
    stdout
}
