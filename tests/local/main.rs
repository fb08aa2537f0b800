//! `linkspan init`, `up` and `down` for real: a small project on a real Kubernetes.
//!
//! Run by `tests/parts/cluster.sh run cargo test --test local`, which sets `KUBECONFIG` and
//! `LINKSPAN_TEST_CONTEXT`. Where they are missing the tests fail; `LINKSPAN_TEST_OFFLINE=1` skips them, visibly.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod project;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use project::{Project, get, kubectl};
use serde_json::Value;

/// The files of a folder with what is in them.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())).collect()
}

/// The addresses that a report names, by service.
fn addresses(report: &Value) -> BTreeMap<String, String> {
    let forwards = report["result"]["forwards"].as_array().unwrap();
    let text = |forward: &Value, key: &str| forward[key].as_str().unwrap().to_owned();
    forwards.iter().map(|forward| (text(forward, "name"), text(forward, "address"))).collect()
}

/// Every object's kind and version in a namespace.
fn versions(namespace: &str) -> String {
    let columns = "custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion";
    let kinds = "deployments,statefulsets,services,configmaps,pods,persistentvolumeclaims";
    kubectl(&["get", kinds, "--namespace", namespace, "--output", columns, "--no-headers"])
}

#[test]
fn it_comes_up_stays_as_it_is_and_goes_down_without_a_trace() {
    let Some(project) = Project::new("whole") else { return };

    let up = project.json(&["up"], 0);
    assert_eq!(up["result"]["changed"], true);
    let urls = addresses(&up);
    assert_eq!(urls.keys().collect::<Vec<_>>(), ["hello", "store"]);
    assert_eq!(get(&urls["hello"]), "hello\n");
    assert_eq!(get(&urls["store"]), "store\n");

    // Nothing changed: nothing is written, neither here nor there.
    let (state, objects) = (contents(&project.state()), versions(&project.name));
    let (text, _) = project.run(&["up"], 0);
    assert!(text.starts_with("everything is up to date\n"), "{text}");
    assert_eq!(contents(&project.state()), state);
    assert_eq!(versions(&project.name), objects);
    assert_eq!(get(&urls["hello"]), "hello\n");

    // The process that forwards was killed: another takes its place, at the same addresses.
    let running: Value = serde_json::from_slice(&state["running.json"]).unwrap();
    project::kill(&running["pid"].to_string());
    assert_eq!(addresses(&project.json(&["up"], 0)), urls);
    assert_eq!(get(&urls["store"]), "store\n");

    // One service changed: the other one's pods stay, and not one request fails.
    let pods = || {
        kubectl(&[
            "get",
            "pods",
            "--namespace",
            &project.name,
            "--selector",
            "app=store",
            "--output",
            "jsonpath={.items[*].metadata.uid}",
        ])
    };
    let before = pods();
    project.greet("hello", "hello again\n");
    let requests = project::keep_asking(&urls["hello"]);
    assert_eq!(addresses(&project.json(&["up"], 0)), urls);
    requests.end_without_failure();
    let deadline = Instant::now() + Duration::from_secs(30);
    while get(&urls["hello"]) != "hello again\n" {
        assert!(Instant::now() < deadline, "the old pods still answer");
    }
    assert_eq!(pods(), before);

    // A manifest is gone: what it had is gone, too.
    fs::remove_file(project.folder().join("deploy/hello/extra.yaml")).unwrap();
    project.run(&["up"], 0);
    assert!(!versions(&project.name).contains("extra"), "{}", versions(&project.name));

    let (text, _) = project.run(&["down", "--dry-run"], 0);
    assert!(text.contains(&format!("would remove Namespace {}", project.name)), "{text}");
    let (text, _) = project.run(&["down"], 0);
    assert!(text.contains("removed PersistentVolumeClaim") && text.contains("the forwarding of 2 ports"), "{text}");
    let namespaces = kubectl(&["get", "namespaces", "--output", "name"]);
    assert!(!namespaces.contains(&project.name), "{namespaces}");
    assert!(!project.state().exists());
    project::assert_closed(&urls["hello"]);
    let (text, _) = project.run(&["down"], 0);
    assert_eq!(text.trim(), "there is nothing to take down");
}

#[test]
fn what_was_there_before_stays() {
    let Some(project) = Project::new("guest") else { return };
    kubectl(&["create", "namespace", &project.name]);
    kubectl(&["create", "configmap", "extra", "--namespace", &project.name, "--from-literal=mine=yes"]);
    kubectl(&["create", "configmap", "other", "--namespace", &project.name]);

    project.run(&["up", "--no-forward"], 0);
    let (text, _) = project.run(&["down"], 0);
    assert!(text.contains("removed Deployment.apps") && !text.contains("Namespace"), "{text}");
    let left =
        kubectl(&["get", "all,configmaps,persistentvolumeclaims", "--namespace", &project.name, "--output", "name"]);
    let left: Vec<_> = left.lines().filter(|line| *line != "configmap/kube-root-ca.crt").collect();
    assert_eq!(left, ["configmap/extra", "configmap/other"]);
    kubectl(&["delete", "namespace", &project.name]);
}

#[test]
fn a_faulty_sample_event_stops_it_before_anything_is_built() {
    let Some(project) = Project::new("faulty") else { return };
    let examples = project.folder().join("contracts/examples");
    fs::create_dir_all(&examples).unwrap();
    fs::write(examples.join("a.ndjson"), "{\"specversion\": \"1.0\"}\n").unwrap();
    let (text, _) = project.run(&["up"], 1);
    assert!(text.contains("nothing was built"), "{text}");
    assert!(!kubectl(&["get", "namespaces", "--output", "name"]).contains(&project.name));
    assert!(!project.state().exists());
}

#[test]
fn a_rollout_that_fails_says_why_and_down_still_cleans_up() {
    let Some(project) = Project::new("broken") else { return };
    project.replace("deploy/hello/app.yaml", "image: hello\n", "image: hello\n        command: [/no-such-program]\n");
    let (text, _) = project.run(&["up", "--timeout", "60s"], 6);
    assert!(text.contains("no-such-program"), "{text}");
    project.run(&["down"], 0);
    assert!(!kubectl(&["get", "namespaces", "--output", "name"]).contains(&project.name));
}

#[test]
fn only_some_services_come_up_if_asked() {
    let Some(project) = Project::new("some") else { return };
    let up = project.json(&["up", "--service", "hello"], 0);
    assert_eq!(addresses(&up).keys().collect::<Vec<_>>(), ["hello"]);
    assert!(!versions(&project.name).contains("store"));
    let up = project.json(&["up", "--service", "store"], 0);
    assert_eq!(addresses(&up).keys().collect::<Vec<_>>(), ["hello", "store"]);
    project.run(&["up", "--service", "nobody"], 2);
    project.run(&["down"], 0);
}

#[test]
fn without_a_local_cluster_it_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    let (text, errors) = project::linkspan(folder.path(), &[("KUBECONFIG", "/nonexistent")], &["up"], 8);
    assert!(text.contains("kind create cluster") && text.contains("--kube-context"), "{text}{errors}");
}

/// The linters find nothing in the workflow that `init` writes.
#[test]
fn the_workflow_of_init_is_clean() {
    let tools = std::env::var_os("LINKSPAN_TOOLS").map_or_else(
        || Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(".cache/linkspan-tools"),
        Into::into,
    );
    let bin = tools.join("bin");
    if !project::is_there(bin.join("zizmor").is_file(), "`zizmor` and `actionlint`: run `tests/parts/install.sh`") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    project::write_sample(folder.path());
    fs::create_dir(folder.path().join(".git")).unwrap();
    project::linkspan(folder.path(), &[], &["init"], 0);
    let workflow = folder.path().join(".github/workflows/linkspan.yml");
    let lint = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(bin.join(program)).args(arguments).arg(&workflow).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
    };
    lint("actionlint", &[]);
    lint("zizmor", &["--offline", "--persona=auditor"]);
}
