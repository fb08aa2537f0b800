//! Verdicts on the status of workloads, against those of `kubectl rollout status`, whose order they follow.

#[path = "support/fake.rs"]
#[expect(dead_code, reason = "nothing is written here")]
mod fake;

use std::process::Command;

use fake::Fake;
use linkspan_kube::Object;
use linkspan_rollout::health::{Scene, State, verdict};
use serde_json::{Value, json};

/// What `kubectl` says of the object that the server has.
fn peer(fake: &Fake, kind: &str) -> State {
    let folder = tempfile::tempdir().expect("a folder for its cache");
    let output = Command::new("kubectl")
        .env("HOME", folder.path())
        .args(["--kubeconfig=/dev/null", &format!("--server={}", fake.address), "-n", "shop", "rollout", "status", &format!("{kind}/web"), "--watch=false", "--timeout=20s"])
        .output()
        .expect("this test compares with `kubectl`: install it (`tests/parts/install.sh`), or set LINKSPAN_TEST_OFFLINE=1 to skip it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if said.contains("exceeded its progress deadline") {
        State::Failed
    } else if said.contains("successfully rolled out")
        || said.contains("rolling update complete")
        || said.contains("roll out complete")
    {
        State::Ready
    } else {
        assert!(said.contains("Waiting"), "{said}");
        State::Progressing
    }
}

fn ours(object: &Value) -> State {
    let object = Object::new(object.clone()).expect("an object");
    verdict(&Scene { object: &object, children: &[], events: &[], has_status: true, now: 0 }).state
}

fn compare(kind: &str, plural: &str, cases: impl IntoIterator<Item = (Value, Value)>) {
    if std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1") {
        return;
    }
    let fake = Fake::start();
    let mut seen = Vec::new();
    for (spec, status) in cases {
        let object = json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web", "namespace": "shop", "generation": 2}, "spec": spec, "status": status});
        fake.put(&format!("/apis/apps/v1/namespaces/shop/{plural}"), object.clone());
        let (ours, peer) = (ours(&object), peer(&fake, kind));
        assert_eq!(ours, peer, "{object:#}");
        seen.push(ours);
    }
    assert!(seen.contains(&State::Ready) && seen.contains(&State::Progressing), "the cases must differ: {seen:?}");
}

#[test]
fn deployments() {
    let mut cases = Vec::new();
    for observed in [1, 2] {
        for (replicas, updated, available) in [(3, 3, 3), (3, 1, 3), (4, 3, 4), (3, 3, 2), (3, 4, 3), (2, 2, 2)] {
            let status = json!({"observedGeneration": observed, "replicas": replicas, "updatedReplicas": updated, "availableReplicas": available});
            cases.push((json!({"replicas": 3}), status));
        }
    }
    for reason in ["ProgressDeadlineExceeded", "NewReplicaSetAvailable"] {
        let status = json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 2,
            "conditions": [{"type": "Progressing", "status": "True", "reason": reason}]});
        cases.push((json!({"replicas": 3}), status));
    }
    compare("Deployment", "deployments", cases);
}

#[test]
fn stateful_sets() {
    let mut cases = Vec::new();
    for observed in [1, 2] {
        for partition in [0, 1] {
            for (ready, updated, current) in [(3, 3, "b"), (2, 3, "b"), (3, 2, "a"), (3, 1, "a"), (0, 0, "b")] {
                let spec = json!({"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}});
                let status = json!({"observedGeneration": observed, "replicas": 3, "readyReplicas": ready, "updatedReplicas": updated, "currentRevision": current, "updateRevision": "b"});
                cases.push((spec, status));
            }
        }
    }
    compare("StatefulSet", "statefulsets", cases);
}

#[test]
fn daemon_sets() {
    let mut cases = Vec::new();
    for observed in [1, 2] {
        for (wanted, updated, available) in [(2, 2, 2), (2, 1, 2), (2, 2, 1), (0, 0, 0)] {
            let status = json!({"observedGeneration": observed, "desiredNumberScheduled": wanted, "updatedNumberScheduled": updated, "numberAvailable": available});
            cases.push((json!({"updateStrategy": {"type": "RollingUpdate"}}), status));
        }
    }
    compare("DaemonSet", "daemonsets", cases);
}
