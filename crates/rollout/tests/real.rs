//! Against a real Kubernetes with a real node: what `tests/parts/cluster.sh` starts.
//!
//!     tests/parts/cluster.sh up
//!     tests/parts/cluster.sh run cargo test -p linkspan-rollout --test real

#[path = "support/cluster.rs"]
mod cluster;

use std::time::Instant;

use cluster::{Cluster, Outcome};
use serde_json::Value;

/// A workload of `kind` with one container.
fn workload(kind: &str, replicas: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: app}}\nspec:\n  {replicas}\n  selector: {{matchLabels: {{app: app}}}}\n  template:\n    \
         metadata: {{labels: {{app: app}}}}\n    spec:\n      terminationGracePeriodSeconds: 1\n      containers:\n        - {{name: main, {container}}}\n"
    )
}

fn deployment(container: &str) -> String {
    workload("Deployment", "replicas: 2", container)
}

/// A container that answers, and says when it does.
fn web(cluster: &Cluster) -> String {
    format!(
        "image: \"{}\", args: [serve, \"8080\"], readinessProbe: {{httpGet: {{path: /, port: 8080}}, periodSeconds: 1}}",
        cluster.image()
    )
}

#[track_caller]
fn assert_fails_early(outcome: &Outcome, rule: &str) {
    assert_eq!(outcome.code, 6, "{outcome}");
    assert_eq!(outcome.json["outcome"], "failed", "{outcome}");
    assert!(outcome.rules().contains(&rule.to_owned()), "{outcome}");
}

#[test]
fn a_rollout_succeeds_and_the_same_again_writes_nothing() {
    let Some(cluster) = Cluster::new("success") else { return };
    let manifests = format!(
        "{}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{password: hunter22}}\n---\napiVersion: v1\nkind: Service\n\
         metadata: {{name: app}}\nspec: {{selector: {{app: app}}, ports: [{{port: 80, targetPort: 8080}}]}}\n",
        deployment(&web(&cluster))
    );
    let first = cluster.apply(&manifests, &[]);
    assert_eq!((first.code, first.states()), (0, vec!["ready"; 3]), "{first}");
    assert_eq!(first.actions(), ["create"; 3]);
    let versions = cluster.versions("secret/s,service/app");
    let again = cluster.apply(&manifests, &[]);
    assert_eq!((again.code, again.actions()), (0, vec!["unchanged"; 3]), "{again}");
    assert_eq!(cluster.versions("secret/s,service/app"), versions);
    let status = cluster.run(&["status", "deploy/app", "--no-wait"]);
    assert_eq!((status.code, status.states()), (0, vec!["ready"]), "{status}");
}

#[test]
fn a_changed_image_rolls_and_the_plan_says_so() {
    let Some(cluster) = Cluster::new("change") else { return };
    let before = deployment(&web(&cluster));
    assert_eq!(cluster.apply(&before, &[]).code, 0);
    let line = format!("app={}", cluster.pinned_image());
    let plan = cluster.apply(&before, &["--image", &line, "--dry-run"]);
    assert_eq!((plan.code, plan.actions()), (0, vec!["change"]), "{plan}");
    let change = &plan.json["result"]["objects"][0]["changes"][0];
    assert_eq!(change["field"], ".spec.template.spec.containers[main].image", "{plan}");
    assert_eq!(cluster.apply(&before, &[]).actions(), ["unchanged"], "a dry run changes nothing");
    let rolled = cluster.apply(&before, &["--image", &line]);
    assert_eq!((rolled.code, rolled.states()), (0, vec!["ready"]), "{rolled}");
    let image = cluster.kubectl(&["get", "deploy/app", "-o", "jsonpath={.spec.template.spec.containers[0].image}"]);
    assert_eq!(format!("app={image}"), line);
}

#[test]
fn images_that_cannot_be_had_fail_early() {
    let Some(cluster) = Cluster::new("images") else { return };
    let missing = cluster.apply(&deployment(&format!("image: \"{}/app:nope\"", cluster.registry())), &[]);
    assert_fails_early(&missing, "rollout/image-not-found");
    let malformed = cluster.apply(&deployment(&format!("image: \"{}/APP:1\"", cluster.registry())), &[]);
    assert_fails_early(&malformed, "rollout/image-malformed");
    let recovered = cluster.apply(&deployment(&web(&cluster)), &[]);
    assert_eq!(recovered.code, 0, "what failed before does not count: {recovered}");
}

#[test]
fn what_is_missing_for_a_container_fails_early() {
    let Some(cluster) = Cluster::new("config") else { return };
    let config = format!("image: \"{}\", envFrom: [{{configMapRef: {{name: missing}}}}]", cluster.image());
    assert_fails_early(&cluster.apply(&deployment(&config), &[]), "rollout/config-missing");
    let program = format!("image: \"{}\", command: [/nope]", cluster.image());
    assert_fails_early(&cluster.apply(&deployment(&program), &[]), "rollout/exec-not-found");
}

#[test]
fn a_crash_loop_is_told_with_exit_code_and_last_lines() {
    let Some(cluster) = Cluster::new("crash") else { return };
    let container =
        format!("image: \"{}\", args: [exit, \"3\", starting, password=hunter2, no database]", cluster.image());
    let outcome = cluster.apply(&deployment(&container), &[]);
    assert_fails_early(&outcome, "rollout/crash-loop");
    let data = &outcome.finding("rollout/crash-loop")["data"];
    assert_eq!(data["exit_code"], 3, "{outcome}");
    assert_eq!(data["log"], serde_json::json!(["starting", "password=***", "no database"]), "{outcome}");
}

#[test]
fn a_quota_is_told_though_there_is_no_pod() {
    let Some(cluster) = Cluster::new("quota") else { return };
    cluster.kubectl(&["create", "quota", "none", "--hard=pods=0"]);
    for kind in ["Deployment", "StatefulSet"] {
        let outcome = cluster.apply(&workload(kind, "replicas: 1", &web(&cluster)), &[]);
        assert_fails_early(&outcome, "rollout/pods-denied");
        cluster.kubectl(&["delete", kind, "app"]);
    }
}

#[test]
fn stateful_and_daemon_sets_are_followed_too() {
    let Some(cluster) = Cluster::new("sets") else { return };
    for (kind, replicas) in [("StatefulSet", "replicas: 2"), ("DaemonSet", "minReadySeconds: 0")] {
        let fine = cluster.apply(&workload(kind, replicas, &web(&cluster)), &[]);
        assert_eq!((fine.code, fine.states()), (0, vec!["ready"]), "{fine}");
        let broken =
            cluster.apply(&workload(kind, replicas, &format!("image: \"{}/app:nope\"", cluster.registry())), &[]);
        assert_fails_early(&broken, "rollout/image-not-found");
        cluster.kubectl(&["delete", kind, "app", "--wait=false"]);
    }
}

#[test]
fn jobs_are_waited_for_to_their_end() {
    let Some(cluster) = Cluster::new("jobs") else { return };
    let job = |name: &str, code: u8| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec:\n  backoffLimit: 0\n  template:\n    spec:\n      restartPolicy: Never\n      \
             containers: [{{name: main, image: \"{}\", args: [exit, \"{code}\", done]}}]\n",
            cluster.image()
        )
    };
    let fine = cluster.apply(&job("fine", 0), &[]);
    assert_eq!((fine.code, fine.states()), (0, vec!["ready"]), "{fine}");
    let failed = cluster.apply(&job("failed", 4), &[]);
    assert_fails_early(&failed, "rollout/failed");
}

#[test]
fn a_definition_and_its_resource_are_applied_at_once() {
    let Some(cluster) = Cluster::new("crd") else { return };
    let group = format!("{}.example.com", cluster.namespace());
    let manifests = format!(
        "apiVersion: {group}/v1\nkind: Widget\nmetadata: {{name: w}}\nspec: {{size: 3}}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
         metadata: {{name: widgets.{group}}}\nspec:\n  group: {group}\n  scope: Namespaced\n  names: {{plural: widgets, singular: widget, kind: Widget}}\n  versions:\n    \
         - name: v1\n      served: true\n      storage: true\n      schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}\n"
    );
    let plan = cluster.apply(&manifests, &["--dry-run"]);
    assert_eq!((plan.code, plan.actions()), (0, vec!["create"; 2]), "{plan}");
    let outcome = cluster.apply(&manifests, &[]);
    assert_eq!((outcome.code, outcome.states()), (0, vec!["ready"; 2]), "{outcome}");
    assert_eq!(cluster.kubectl(&["get", &format!("widgets.{group}"), "w", "-o", "jsonpath={.spec.size}"]), "3");
    assert_eq!(cluster.apply(&manifests, &[]).actions(), ["unchanged"; 2]);
    cluster.kubectl(&["delete", "crd", &format!("widgets.{group}"), "--wait=false"]);
}

#[test]
fn fields_of_others_are_named_and_never_taken_unasked() {
    let Some(cluster) = Cluster::new("conflict") else { return };
    let map = |value: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{key: {value}}}\n");
    cluster.kubectl_with(&["apply", "--server-side", "-f", "-"], &map("theirs"));
    let both = format!("{}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: b}}\n", map("ours"));
    let refused = cluster.apply(&both, &[]);
    assert_eq!((refused.code, refused.rules()), (8, vec!["rollout/conflict".to_owned()]), "{refused}");
    let data = &refused.finding("rollout/conflict")["data"];
    assert_eq!((&data["field"], &data["manager"]), (&Value::from(".data.key"), &Value::from("kubectl")));
    assert_eq!(cluster.kubectl(&["get", "configmap/a", "-o", "jsonpath={.data.key}"]), "theirs");
    assert_eq!(
        cluster.kubectl(&["get", "configmap/b", "--ignore-not-found", "-o", "name"]),
        "",
        "nothing at all was changed"
    );
    let forced = cluster.apply(&both, &["--force-conflicts"]);
    assert_eq!((forced.code, forced.actions()), (0, vec!["change", "create"]), "{forced}");
}

#[test]
fn client_side_apply_hands_its_fields_over() {
    let Some(cluster) = Cluster::new("takeover") else { return };
    let map = |data: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{{data}}}\n");
    cluster.kubectl_with(&["apply", "-f", "-"], &map("keep: \"1\", gone: \"1\""));
    let outcome = cluster.apply(&map("keep: \"2\""), &[]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(cluster.kubectl(&["get", "configmap/a", "-o", "jsonpath={.data}"]), "{\"keep\":\"2\"}");
}

#[test]
fn a_wrong_field_is_told_with_its_line_before_anything_is_written() {
    let Some(cluster) = Cluster::new("invalid") else { return };
    let broken = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n---\n{}",
        deployment(&web(&cluster)).replace("replicas: 2", "replicaz: 2")
    );
    let started = Instant::now();
    let outcome = cluster.apply(&broken, &[]);
    assert_eq!(outcome.code, 3, "{outcome}");
    assert_eq!(outcome.json["findings"][0]["span"]["start"]["line"], 9, "{outcome}");
    assert!(started.elapsed().as_secs() < 5, "such an answer is not tried again");
    assert_eq!(cluster.kubectl(&["get", "configmap/a", "--ignore-not-found", "-o", "name"]), "");
}

#[test]
fn what_is_never_ready_is_late() {
    let Some(cluster) = Cluster::new("late") else { return };
    let container = format!(
        "image: \"{}\", args: [idle], readinessProbe: {{tcpSocket: {{port: 8080}}, periodSeconds: 1}}",
        cluster.image()
    );
    let late = cluster.apply(&deployment(&container), &["--timeout", "8s"]);
    assert_eq!((late.code, late.states()), (7, vec!["progressing"]), "{late}");
    assert!(late.rules().contains(&"rollout/probe".to_owned()), "{late}");
    let undecided = cluster.run(&["status", "deployment/app", "--no-wait"]);
    assert_eq!((undecided.code, undecided.json["outcome"].as_str()), (10, Some("undecided")), "{undecided}");
    let missing = cluster.run(&["status", "deployment/nowhere"]);
    assert_eq!((missing.code, missing.rules()), (6, vec!["rollout/missing".to_owned()]), "{missing}");
}

#[test]
fn a_namespace_is_only_made_when_asked_for() {
    let Some(cluster) = Cluster::new("namespace") else { return };
    let name = format!("{}-new", cluster.namespace());
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    let refused = cluster.apply_in(&name, map, &[]);
    assert_eq!((refused.code, refused.rules()), (8, vec!["rollout/no-namespace".to_owned()]), "{refused}");
    let made = cluster.apply_in(&name, map, &["--create-namespace"]);
    assert_eq!((made.code, made.actions()), (0, vec!["create", "create"]), "{made}");
    cluster.kubectl(&["delete", "namespace", &name, "--wait=false"]);
}
