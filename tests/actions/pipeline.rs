//! The project's own workflow, on the smallest sample project: all three actions, one after the other.

use crate::says;
use crate::support::act::act_with;
use crate::support::cluster::Cluster;
use crate::support::{copy, http, repository};

#[test]
fn the_own_workflow_takes_a_project_from_events_to_a_running_service() {
    let Some(cluster) = Cluster::get() else { return };
    let namespace = cluster.namespace("act-sample");
    let folder = tempfile::tempdir().unwrap();
    for part in [".github", "actions", "examples/hello"] {
        copy(&repository().join(part), &folder.path().join(part), &["target"]);
    }
    let registry = format!("{}/act-sample", cluster.registry);
    let inputs = [
        ("folder", "examples/hello"),
        ("registry", registry.as_str()),
        ("namespace", namespace.name.as_str()),
        ("kube-context", cluster.context.as_str()),
    ];
    let run = act_with(folder.path(), "sample.yml", "workflow_dispatch", &inputs, &[]);
    assert!(run.success, "{}", run.log);
    assert_eq!((run.output("validate.documents"), run.output("validate.invalid")), ("2", "0"));
    assert!(run.output("build.images").starts_with(&format!("hello={registry}/hello@sha256:")), "{:?}", run.outputs);
    assert_eq!(run.output("rollout.ready"), "true");
    says(&run.summary, &["linkspan events validate", "linkspan build", "linkspan rollout apply", "all ready"]);
    says(&http::get_soon(&namespace.url("hello")), &["harbour"]);
}
