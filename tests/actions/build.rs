use std::process::Command;

use crate::support::act::{Run, act};
use crate::support::cluster::Cluster;
use crate::support::{have, part};
use crate::{edit, place, project, says};

const STEPS: &str = "      - id: build
        uses: linkspan-dev/linkspan/actions/build@v1
        with:
          registry: REGISTRY
          tag: |
            one
            two
";

/// The smallest sample project, and the repository that its image goes to: one of its own per test.
fn hello(test: &str, cluster: &Cluster) -> (tempfile::TempDir, String) {
    let registry = format!("{}/act-{test}", cluster.registry);
    (project("examples/hello", &STEPS.replace("REGISTRY", &registry)), format!("{registry}/hello"))
}

/// The digest that the registry has under a tag.
fn digest(reference: &str) -> String {
    let output = Command::new(part("crane")).args(["digest", "--insecure", reference]).output().unwrap();
    assert!(output.status.success(), "{reference}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn succeeded(run: Run) -> Run {
    assert!(run.success, "{}", run.log);
    run
}

#[test]
fn an_image_is_pushed_and_not_sent_again_from_a_clean_machine() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, repository) = hello("push", &cluster);
    let first = succeeded(act(folder.path(), &[]));
    let pushed = digest(&format!("{repository}:one"));
    assert_eq!(first.output("build.images"), format!("hello={repository}@{pushed}"));
    assert_eq!(first.output("build.digest"), pushed);
    assert_eq!(digest(&format!("{repository}:two")), pushed);
    says(&first.summary, &["linkspan build", "| hello |", &pushed]);

    // Each run of act has a home of its own: nothing is kept between the two but the registry.
    let second = succeeded(act(folder.path(), &[]));
    assert_eq!(second.outputs, first.outputs);
    says(&second.summary, &["unchanged"]);
    says(&second.log, &["hello: unchanged"]);

    edit(folder.path(), "services/hello/Dockerfile", "USER 65532", "USER 65533");
    let third = succeeded(act(folder.path(), &[]));
    assert_ne!(third.output("build.digest"), pushed);
    assert_eq!(digest(&format!("{repository}:one")), third.output("build.digest"));
}

#[test]
fn a_broken_dockerfile_is_annotated_and_nothing_is_pushed() {
    let Some(cluster) = Cluster::get() else { return };
    let (folder, repository) = hello("broken", &cluster);
    edit(folder.path(), "services/hello/Dockerfile", "COPY hello", "COPPY hello");
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let errors: Vec<_> = run.errors().collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].place(), place(folder.path(), "services/hello/Dockerfile", "COPPY"));
    says(&errors[0].message, &["unknown instruction `COPPY`", "`COPY`"]);
    says(&run.summary, &["unknown instruction", "services/hello/Dockerfile"]);
    says(&run.log, &["exit status 3"]);
    assert_eq!(run.output("build.images"), "");
    let tags = Command::new(part("crane")).args(["ls", "--insecure", &repository]).output().unwrap();
    assert!(!tags.status.success(), "{}", String::from_utf8_lossy(&tags.stdout));
}

#[test]
fn a_registry_that_is_not_there_is_told_from_a_failed_build() {
    if !have(&["act"]) {
        return;
    }
    let folder = project("examples/hello", &STEPS.replace("REGISTRY", "127.0.0.1:9/nothing"));
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    says(&run.log, &["127.0.0.1:9", "exit status 4"]);
    assert!(run.errors().any(|error| error.message.contains("127.0.0.1:9")), "{:?}", run.annotations);
}
