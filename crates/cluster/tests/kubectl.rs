//! The cluster through kubectl, unchanged, and through plain HTTP.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use linkspan_cluster::Cluster;
use tokio::runtime::Runtime;

/// A cluster of its own, with the kubeconfig of its owner.
struct Fixture {
    folder: tempfile::TempDir,
    runtime: Runtime,
    cluster: Option<Cluster>,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut fixture = Self { folder, runtime, cluster: None };
        fixture.start();
        fixture
    }

    fn start(&mut self) {
        let cluster = self.runtime.block_on(Cluster::start(self.folder.path(), 0)).unwrap();
        std::fs::write(self.kubeconfig(), cluster.kubeconfig("test")).unwrap();
        self.cluster = Some(cluster);
    }

    fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// What kubectl prints, both streams, after its exit code.
    fn kubectl(&self, line: &str, input: &str) -> String {
        kubectl(&self.kubeconfig(), self.folder.path(), line, input)
    }
}

fn kubectl(kubeconfig: &Path, home: &Path, line: &str, input: &str) -> String {
    let mut command = Command::new("kubectl");
    command.args(line.split(' ')).env("KUBECONFIG", kubeconfig).env("HOME", home).env_remove("KUBECTL_KUBERC");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap()).concat();
    format!("{} {text}", output.status.code().unwrap_or(-1))
}

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
";

#[test]
fn objects_are_applied_patched_shown_and_deleted() {
    let fixture = Fixture::new();
    let applied = fixture.kubectl("apply --server-side -f -", DEPLOYMENT);
    assert_eq!(applied, "0 deployment.apps/web serverside-applied\n");
    let replicas =
        "get deployment web -o jsonpath={.spec.replicas},{.metadata.generation},{.spec.template.spec.dnsPolicy}";
    assert_eq!(fixture.kubectl(replicas, ""), "0 1,1,ClusterFirst");
    let patched = fixture.kubectl(r#"patch deployment web -p {"spec":{"replicas":2}}"#, "");
    assert_eq!(patched, "0 deployment.apps/web patched\n");
    assert_eq!(fixture.kubectl(replicas, ""), "0 2,2,ClusterFirst");
    let conflict =
        fixture.kubectl("apply --server-side --field-manager other -f -", &DEPLOYMENT.replace("nginx", "apache"));
    assert!(conflict.starts_with("1 error: Apply failed with 1 conflict: conflict with \"kubectl\""), "{conflict}");
    let table = fixture.kubectl("get deployments -o wide --no-headers", "");
    let cells: Vec<_> = table.split_whitespace().collect();
    assert_eq!(
        [cells[1], cells[2], cells[6], cells[7], cells[8]],
        ["web", "0/2", "web", "nginx", "app=web"],
        "{table}"
    );
    assert_eq!(
        fixture.kubectl("delete deployment web", ""),
        "0 deployment.apps \"web\" deleted from default namespace\n"
    );
    assert_eq!(
        fixture.kubectl("get deployment web", ""),
        "1 Error from server (NotFound): deployments.apps \"web\" not found\n"
    );
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let mut fixture = Fixture::new();
    fixture.kubectl("apply --server-side -f -", DEPLOYMENT);
    drop(fixture.cluster.take());
    // Connections that are still open hold the store for a moment.
    let runtime = std::mem::replace(
        &mut fixture.runtime,
        tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap(),
    );
    drop(runtime);
    fixture.start();
    assert_eq!(fixture.kubectl("get deployment -o name", ""), "0 deployment.apps/web\n");
}

#[test]
fn nobody_else_gets_in() {
    let fixture = Fixture::new();
    let config = std::fs::read_to_string(fixture.kubeconfig()).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    config["users"][0]["user"] = serde_json::json!({"token": "guess"});
    let stranger = fixture.folder.path().join("stranger");
    std::fs::write(&stranger, config.to_string()).unwrap();
    let refused = kubectl(&stranger, fixture.folder.path(), "get namespaces", "");
    assert!(refused.starts_with("1 ") && refused.contains("error: You must be logged in to the server"), "{refused}");
    let other = fixture.kubectl("get pods --as somebody", "");
    let why = "User \"somebody\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"";
    assert_eq!(other, format!("1 Error from server (Forbidden): pods is forbidden: {why}\n"));
}

/// Bodies that kubectl sends as Protobuf; it does not try JSON when that is refused.
#[test]
fn typed_commands_create_objects() {
    let fixture = Fixture::new();
    let created = |line: &str| fixture.kubectl(&format!("create {line}"), "");
    assert_eq!(created("configmap a --from-literal=x=y"), "0 configmap/a created\n");
    assert_eq!(created("secret generic a --from-literal=x=y"), "0 secret/a created\n");
    assert_eq!(created("deployment a --image=nginx --replicas=2"), "0 deployment.apps/a created\n");
    assert_eq!(created("cronjob a --image=busybox --schedule=*/5"), "0 cronjob.batch/a created\n");
    assert_eq!(created("configmap a"), "1 error: failed to create configmap: configmaps \"a\" already exists\n");
    let shown = "get configmap/a secret/a deployment/a -o jsonpath={.items[0].data.x},{.items[1].data.x},{.items[2].spec.replicas}";
    assert_eq!(fixture.kubectl(shown, ""), "0 y,eQ==,2");
}
