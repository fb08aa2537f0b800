use crate::support::act::act;
use crate::support::cluster::{Cluster, Namespace};
use crate::support::http;
use crate::{edit, place, project, says};

const STEPS: &str = "      - id: build
        uses: linkspan-dev/linkspan/actions/build@v1
        with:
          registry: REGISTRY
      - id: rollout
        uses: linkspan-dev/linkspan/actions/rollout@v1
        with:
          filename: deploy
          image: ${{ steps.build.outputs.images }}
          kube-context: CONTEXT
          namespace: NAMESPACE
          create-namespace: true
          timeout: 60s
";

/// The smallest sample project, and a namespace for it.
fn hello(test: &str, cluster: &Cluster) -> (tempfile::TempDir, Namespace) {
    let name = format!("act-{test}");
    let steps = STEPS
        .replace("REGISTRY", &format!("{}/{name}", cluster.registry))
        .replace("CONTEXT", &cluster.context)
        .replace("NAMESPACE", &name);
    (project("examples/hello", &steps), cluster.namespace(&name))
}

#[test]
fn what_was_built_runs_and_nothing_restarts_where_nothing_changed() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, namespace) = hello("rollout", &cluster);
    let first = act(folder.path(), &[]);
    assert!(first.success, "{}", first.log);
    assert_eq!(first.output("rollout.ready"), "true");
    assert_eq!(first.output("rollout.created"), "3");
    says(&first.summary, &["linkspan rollout apply", "Deployment.apps act-rollout/hello", "3 created, all ready"]);
    assert_eq!(first.errors().count(), 0);

    let deployment = namespace.object("deployment", "hello");
    let image = deployment["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap();
    assert_eq!(format!("hello={image}"), first.output("build.images"));
    says(&http::get_soon(&namespace.url("hello")), &["harbour"]);

    let second = act(folder.path(), &[]);
    assert!(second.success, "{}", second.log);
    assert_eq!((second.output("rollout.created"), second.output("rollout.ready")), ("0", "true"));
    assert_eq!(second.output("rollout.changed"), "0", "{}", second.log);
    let after = namespace.object("deployment", "hello");
    assert_eq!(after["metadata"]["generation"], deployment["metadata"]["generation"]);
}

#[test]
fn an_image_that_is_not_there_is_annotated_at_the_manifest() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, _namespace) = hello("no-image", &cluster);
    let missing = format!("{}/nothing:1", cluster.registry);
    edit(folder.path(), ".github/workflows/ci.yml", "image: ${{ steps.build.outputs.images }}", "no-wait: false");
    edit(folder.path(), "deploy/hello.yaml", "image: hello", &format!("image: {missing}"));
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let errors: Vec<_> = run.errors().collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].get("title"), "rollout/image-not-found");
    assert_eq!(errors[0].place(), place(folder.path(), "deploy/hello.yaml", "image: "));
    says(&errors[0].message, &[&missing, "push the image first"]);
    says(&run.summary, &["rollout/image-not-found", &missing, "failed"]);
    says(&run.log, &["exit status 6"]);
    assert_eq!(run.output("rollout.ready"), "false");
}

#[test]
fn a_program_that_ends_is_told_with_its_exit_code_and_last_words() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, _namespace) = hello("crash", &cluster);
    edit(folder.path(), "services/hello/hello.rs", "println!(\"listening on port 8080\")", "panic!(\"no berth free\")");
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let errors: Vec<_> = run.errors().collect();
    assert!(!errors.is_empty(), "{}", run.log);
    says(&errors[0].message, &["101"]);
    says(&run.summary, &["no berth free"]);
    says(&run.log, &["exit status 6"]);
}

#[test]
fn an_image_line_that_fits_nothing_changes_nothing() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, namespace) = hello("no-match", &cluster);
    edit(folder.path(), "deploy/hello.yaml", "image: hello", "image: other");
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    assert!(run.errors().any(|error| error.message.contains("hello=")), "{:?}", run.annotations);
    assert!(namespace.try_kubectl(&["get", "deployment", "hello"]).is_err());
}
