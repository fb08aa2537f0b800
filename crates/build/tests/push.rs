//! From a Dockerfile to a registry and back: the whole way, with a registry in this process.
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

#[path = "../../oci/tests/support/mod.rs"]
mod support;

use std::path::Path;

use linkspan_build::{BuildArgs, run};
use linkspan_command::{Context, Exit, Failure};
use linkspan_report::Report;
use serde_json::Value;
use support::Registry;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

struct Bench {
    registry: Registry,
    folder: tempfile::TempDir,
    store: tempfile::TempDir,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), files);
        Self { registry: Registry::start(), folder, store: tempfile::tempdir().unwrap() }
    }

    fn args(&self) -> BuildArgs {
        BuildArgs {
            targets: vec![".".into()],
            repository: Some(format!("{}/acme/app", self.registry.host())),
            platform: vec!["linux/amd64".into()],
            store: Some(self.store.path().into()),
            ..BuildArgs::default()
        }
    }

    fn run(&self, args: &BuildArgs) -> Result<Report, Failure> {
        run(args, &Context::quiet("build", self.folder.path()))
    }

    fn blob(&self, digest: &str) -> Vec<u8> {
        self.registry.with(|state| state.blobs[&("acme/app".to_owned(), digest.to_owned())].clone())
    }

    fn manifest(&self, name: &str) -> Value {
        let bytes = self.registry.with(|state| state.manifests[&("acme/app".to_owned(), name.to_owned())].1.clone());
        serde_json::from_slice(&bytes).unwrap()
    }
}

fn output<'a>(report: &'a Report, name: &str) -> &'a str {
    report.outputs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

const DOCKERFILE: &str =
    "FROM scratch\nCOPY hello /bin/hello\nWORKDIR /data\nUSER 65532\nENTRYPOINT [\"/bin/hello\"]\n";

#[test]
fn an_image_is_pushed_and_then_left_alone() {
    let bench = Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]);
    let report = bench.run(&bench.args()).unwrap();
    let digest = output(&report, "digest").to_owned();
    assert_eq!(
        output(&report, "images").split_once('=').unwrap().1,
        format!("{}/acme/app@{digest}", bench.registry.host())
    );
    assert_eq!(bench.registry.tag("acme/app", "latest").unwrap().to_string(), digest);

    let manifest = bench.manifest("latest");
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 2);
    let config: Value = serde_json::from_slice(&bench.blob(manifest["config"]["digest"].as_str().unwrap())).unwrap();
    insta::assert_snapshot!(config, @r#"{"architecture":"amd64","config":{"Entrypoint":["/bin/hello"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"User":"65532","WorkingDir":"/data"},"history":[{"comment":"buildkit.dockerfile.v0","created_by":"COPY hello /bin/hello # buildkit"},{"comment":"buildkit.dockerfile.v0","created_by":"WORKDIR /data"},{"comment":"buildkit.dockerfile.v0","created_by":"USER 65532","empty_layer":true},{"comment":"buildkit.dockerfile.v0","created_by":"ENTRYPOINT [\"/bin/hello\"]","empty_layer":true}],"os":"linux","rootfs":{"diff_ids":["sha256:d106688ca948b8fa9bd039fa78fc010e02e38597199ddfd7dd9b8e9eeebb3c5b","sha256:98e4514b140b6edb335e7699e8161ba87afdc50b87162958cf444cfcdee3f367"],"type":"layers"}}"#);

    bench.registry.take_log();
    let again = bench.run(&bench.args()).unwrap();
    assert_eq!(output(&again, "digest"), digest);
    assert_eq!(again.result["services"][0]["unchanged"], true);
    let lines = bench.registry.take_lines();
    assert!(lines.len() <= 3 && lines.iter().all(|line| line.starts_with("GET")), "{lines:?}");
}

#[test]
fn an_unchanged_image_is_recognised_on_a_clean_machine() {
    let bench = Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]);
    bench.run(&bench.args()).unwrap();
    let elsewhere =
        Bench { registry: bench.registry.clone(), ..Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]) };
    bench.registry.take_log();
    let report = elsewhere.run(&elsewhere.args()).unwrap();
    assert_eq!(report.result["services"][0]["unchanged"], true);
    assert_eq!(report.result["services"][0]["platforms"][0]["layersCompressed"], 0);
    assert!(bench.registry.take_lines().iter().all(|line| line.starts_with("GET")), "nothing is written");
}

#[test]
fn a_run_without_a_builder_is_refused_with_its_line() {
    let bench = Bench::new(&[("Dockerfile", "FROM scratch\nRUN make\n")]);
    let failure = bench.run(&bench.args()).unwrap_err();
    assert_eq!(failure.exit, Exit::Refused);
    assert_eq!(failure.finding.span.unwrap().start.line, 2);
    insta::assert_snapshot!(failure, @"line 2 runs a command: `RUN make`: that needs Docker or BuildKit");
    assert!(bench.registry.names("acme/app").is_empty());
}

/// A base image with a passwd file and a folder, in the registry; the digest of its layer.
fn base(bench: &Bench) -> String {
    let other = tempfile::tempdir().unwrap();
    write(
        other.path(),
        &[
            ("Dockerfile", "FROM scratch\nCOPY etc /etc\nENV A=1\nWORKDIR /srv\nENTRYPOINT [\"/x\"]\nCMD [\"y\"]\n"),
            ("etc/passwd", "root:x:0:0::/:\napp:x:1000:1001::/:\n"),
        ],
    );
    let args = BuildArgs { repository: Some(format!("{}/acme/base", bench.registry.host())), ..bench.args() };
    run(&args, &Context::quiet("build", other.path())).unwrap();
    let manifest =
        bench.registry.with(|state| state.manifests[&("acme/base".to_owned(), "latest".to_owned())].1.clone());
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    manifest["layers"][0]["digest"].as_str().unwrap().to_owned()
}

fn on_base(bench: &Bench, rest: &str) -> BuildArgs {
    write(bench.folder.path(), &[("Dockerfile", &format!("FROM {}/acme/base\n{rest}", bench.registry.host()))]);
    // A machine that has seen nothing yet.
    let store = tempfile::tempdir_in(bench.folder.path().parent().unwrap()).unwrap().keep();
    BuildArgs { store: Some(store), ..bench.args() }
}

#[test]
fn layers_of_a_base_are_loaded_only_to_look_something_up() {
    let bench = Bench::new(&[("hello", "hi")]);
    let layer = base(&bench);
    let loads = |rest: &str| {
        let args = on_base(&bench, rest);
        bench.registry.take_log();
        bench.run(&args).unwrap();
        bench.registry.take_lines().iter().any(|line| line.starts_with("GET") && line.contains(&layer))
    };
    assert!(!loads("ENV B=2\nUSER 5\n"), "metadata");
    assert!(!loads("COPY --link hello /opt/\n"), "a linked copy");
    assert!(loads("COPY --chown=app hello /opt/\n"), "a user's name");
}

#[test]
fn a_base_gives_its_configuration_and_files() {
    let bench = Bench::new(&[("hello", "hi")]);
    base(&bench);
    let args = on_base(&bench, "COPY --chown=app hello .\nENTRYPOINT [\"/z\"]\n");
    bench.run(&args).unwrap();
    let manifest = bench.manifest("latest");
    let config: Value = serde_json::from_slice(&bench.blob(manifest["config"]["digest"].as_str().unwrap())).unwrap();
    assert_eq!(config["config"]["WorkingDir"], "/srv");
    assert_eq!(config["config"]["Cmd"], Value::Null, "an entrypoint clears an inherited command");
    assert_eq!(config["history"].as_array().unwrap().len(), 7);
    let layer = bench.blob(manifest["layers"][2]["digest"].as_str().unwrap());
    let mut archive = tar::Archive::new(flate2::read::MultiGzDecoder::new(&layer[..]));
    let entries: Vec<_> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.path().unwrap().display().to_string(), entry.header().uid().unwrap(), entry.header().gid().unwrap())
        })
        .collect();
    assert_eq!(entries, [("srv/".to_owned(), 0, 0), ("srv/hello".to_owned(), 1000, 1001)]);
}

#[test]
fn a_base_layer_with_other_bytes_than_promised_stops_the_build() {
    let bench = Bench::new(&[("hello", "hi")]);
    let layer = base(&bench);
    bench.registry.with(|state| state.blobs.get_mut(&("acme/base".to_owned(), layer.clone())).unwrap()[20] ^= 1);
    let args = on_base(&bench, "COPY hello /srv/\n");
    let failure = bench.run(&args).unwrap_err();
    assert_eq!(failure.finding.span.unwrap().start.line, 2);
    assert!(bench.registry.tag("acme/app", "latest").is_none());
}

#[test]
fn a_base_that_is_not_there_is_named_with_its_line() {
    let bench = Bench::new(&[]);
    write(bench.folder.path(), &[("Dockerfile", &format!("# a comment\nFROM {}/no/such\n", bench.registry.host()))]);
    let failure = bench.run(&bench.args()).unwrap_err();
    assert_eq!((failure.exit, failure.finding.span.unwrap().start.line), (Exit::Input, 2));
}

#[test]
fn a_registry_that_nobody_answers_is_unreachable() {
    let bench = Bench::new(&[("Dockerfile", "FROM scratch\n")]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let args = BuildArgs { repository: Some(format!("{address}/x")), ..bench.args() };
    assert_eq!(bench.run(&args).unwrap_err().exit, Exit::Unreachable);
}

#[test]
fn several_platforms_make_an_index() {
    let bench = Bench::new(&[
        ("Dockerfile", "FROM scratch\nARG TARGETARCH\nCOPY bin/$TARGETARCH /app\n"),
        ("bin/amd64", "a"),
        ("bin/arm64", "b"),
    ]);
    let args = BuildArgs { platform: vec!["linux/amd64".into(), "linux/arm64".into()], ..bench.args() };
    let report = bench.run(&args).unwrap();
    let index = bench.manifest("latest");
    assert_eq!(index["mediaType"], "application/vnd.oci.image.index.v1+json");
    let platforms: Vec<_> =
        index["manifests"].as_array().unwrap().iter().map(|entry| entry["platform"].to_string()).collect();
    assert_eq!(platforms, [r#"{"architecture":"amd64","os":"linux"}"#, r#"{"architecture":"arm64","os":"linux"}"#]);
    assert_eq!(report.result["services"][0]["platforms"].as_array().unwrap().len(), 2);
    let again = bench.run(&args).unwrap();
    assert_eq!(again.result["services"][0]["unchanged"], true);
}

#[test]
fn a_service_that_fails_leaves_the_others() {
    let bench = Bench::new(&[
        ("services/bad/Dockerfile", "FROM scratch\nCOPY nope /\n"),
        ("services/good/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"),
    ]);
    let args = BuildArgs {
        targets: Vec::new(),
        repository: None,
        registry: Some(format!("{}/acme", bench.registry.host())),
        ..bench.args()
    };
    let report = bench.run(&args).unwrap();
    assert_eq!(report.outcome, linkspan_report::Outcome::Failed);
    assert!(output(&report, "images").starts_with("good="), "{}", output(&report, "images"));
    assert_eq!(report.findings.counts().error, 1);
    assert!(bench.registry.tag("acme/bad", "latest").is_none() && bench.registry.tag("acme/good", "latest").is_some());
}

#[test]
fn a_push_that_breaks_leaves_no_tag() {
    let bench = Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]);
    let refuse = support::Answer::error(400, "MANIFEST_INVALID", "no");
    bench.registry.fault("PUT", "/manifests/", 99, support::Fault::Answer(refuse));
    let failure = bench.run(&bench.args()).unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    assert!(bench.registry.names("acme/app").is_empty());
}

#[test]
fn tags_may_be_many_or_full_names() {
    let bench = Bench::new(&[("Dockerfile", "FROM scratch\n")]);
    let tags = vec!["v1".to_owned(), format!("{}/acme/app:v2", bench.registry.host())];
    let report = bench.run(&BuildArgs { repository: None, tag: tags, ..bench.args() }).unwrap();
    assert_eq!(bench.registry.tag("acme/app", "v1"), bench.registry.tag("acme/app", "v2"));
    assert!(bench.registry.tag("acme/app", "latest").is_none());
    assert!(output(&report, "images").contains("/acme/app@sha256:"));
}

#[test]
fn a_dry_run_changes_nothing() {
    let bench = Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]);
    let report =
        bench.run(&BuildArgs { dry_run: true, output: vec!["oci=layout".into()], push: true, ..bench.args() }).unwrap();
    assert!(
        report.text.contains("line 1: stage 0 from scratch, 2 layers put together here, for linux/amd64"),
        "{}",
        report.text
    );
    assert!(bench.registry.take_lines().iter().all(|line| line.starts_with("GET") || line.starts_with("HEAD")));
    assert!(bench.registry.names("acme/app").is_empty() && !bench.folder.path().join("layout").exists());
    assert_eq!(std::fs::read_dir(bench.store.path()).unwrap().count(), 0);
    assert_eq!(output(&report, "images"), "");
}

#[test]
fn a_failed_preparation_stops_everything() {
    let bench = Bench::new(&[
        ("linkspan.yaml", "project: shop\nservices:\n  app:\n    path: app\n    prepare: echo no such thing; exit 4\n"),
        ("app/Dockerfile", "FROM scratch\n"),
    ]);
    let context = Context {
        environment: [("PATH", "/usr/bin:/bin")].into_iter().collect(),
        ..Context::quiet("build", bench.folder.path())
    };
    let args = BuildArgs { targets: vec!["app".into()], ..bench.args() };
    let failure = run(&args, &context).unwrap_err();
    assert_eq!(failure.exit, Exit::Failed);
    insta::assert_snapshot!(failure, @"`prepare` of `app` ended with exit code 4: `echo no such thing; exit 4`");
    assert_eq!(failure.finding.help.as_deref(), Some("no such thing"));
    assert!(run(&BuildArgs { skip_prepare: true, ..args }, &context).is_ok());
}

#[test]
fn a_layout_is_a_base_and_named_contexts_take_the_place_of_stages_and_images() {
    let bench = Bench::new(&[
        ("base/Dockerfile", "FROM scratch\nCOPY Dockerfile /from-layout\nENV L=1\n"),
        ("extra/x", "x"),
        ("extra/y", "y"),
        ("extra/.dockerignore", "y\n.dockerignore\n"),
        (
            "app/Dockerfile",
            "FROM scratch AS made\nRUN make everything\nFROM vendor/base\nCOPY --from=made / /made/\nCOPY --from=other /x /o/\n",
        ),
    ]);
    let layout = BuildArgs {
        targets: vec!["base".into()],
        output: vec!["oci=layout".into()],
        repository: None,
        tag: vec!["v1".into()],
        ..bench.args()
    };
    bench.run(&layout).unwrap();
    let contexts = ["vendor/base=oci-layout://layout:v1", "made=extra", "other=extra"].map(str::to_owned);
    let app = BuildArgs { targets: vec!["app".into()], build_context: contexts.into(), ..bench.args() };
    bench.run(&app).unwrap();
    let manifest = bench.manifest("latest");
    let names: Vec<String> = manifest["layers"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|layer| {
            let bytes = bench.blob(layer["digest"].as_str().unwrap());
            let mut archive = tar::Archive::new(flate2::read::MultiGzDecoder::new(&bytes[..]));
            archive
                .entries()
                .unwrap()
                .map(|entry| entry.unwrap().path().unwrap().display().to_string())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(names, ["from-layout", "made/", "made/x", "o/", "o/x"]);
}

#[test]
fn archives_for_docker_and_the_local_store_hold_the_image() {
    let bench = Bench::new(&[("Dockerfile", DOCKERFILE), ("hello", "hi")]);
    let args = BuildArgs {
        repository: Some("acme/app".into()),
        output: vec!["docker=image.tar".into(), "store".into()],
        ..bench.args()
    };
    let report = bench.run(&args).unwrap();
    let digest = output(&report, "digest");
    let mut archive = tar::Archive::new(std::fs::File::open(bench.folder.path().join("image.tar")).unwrap());
    let names: Vec<String> =
        archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
    assert!(names.contains(&"manifest.json".to_owned()) && names.contains(&"index.json".to_owned()), "{names:?}");
    let store = linkspan_oci::store::Store::open(bench.store.path()).unwrap();
    let entry = store.entry("image/docker.io/acme/app:latest").unwrap().unwrap();
    assert_eq!(entry.data["digest"], digest);
    assert!(bench.registry.names("acme/app").is_empty(), "not pushed");
}
