//! Against a scripted API server: what a real one does not do on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/fake.rs"]
mod fake;

use std::time::Duration;

use clap::{Args, FromArgMatches};
use fake::{Answer, Fake};
use linkspan_command::{Context, Environment, Failure, Progress, ProgressMode};
use linkspan_report::{Outcome, Report};
use linkspan_rollout::{ApplyArgs, run_apply};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments";
const PODS: &str = "/api/v1/namespaces/shop/pods";
const SETS: &str = "/apis/apps/v1/namespaces/shop/replicasets";
const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {spec: {containers: [{name: c, image: \"a:1\"}]}}}\n";

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What came of `apply`, and what was said meanwhile.
struct Ran {
    result: Result<Report, Failure>,
    said: String,
}

impl Ran {
    fn outcome(&self) -> Outcome {
        self.result.as_ref().unwrap().outcome
    }

    fn code(&self) -> u8 {
        match &self.result {
            Ok(report) => linkspan_command::Exit::of(report.outcome).code(),
            Err(failure) => failure.exit.code(),
        }
    }

    /// Everything that anybody could read.
    fn everything(&self) -> String {
        format!("{:?}\n{}", self.result, self.said)
    }
}

fn apply(server: &str, manifests: &str, change: impl FnOnce(&mut ApplyArgs)) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.yaml"), manifests).unwrap();
    let kubeconfig = format!(
        "{{apiVersion: v1, kind: Config, current-context: fake, clusters: [{{name: c, cluster: {{server: \"{server}\"}}}}], contexts: [{{name: fake, context: {{cluster: c, namespace: shop}}}}]}}"
    );
    std::fs::write(folder.path().join("kubeconfig"), kubeconfig).unwrap();
    let sink = Sink::default();
    let context = Context {
        environment: Environment::default(),
        progress: Progress::new(ProgressMode::Plain, sink.clone()),
        ..Context::quiet("rollout apply", folder.path())
    };
    let words = ["apply", "-f", "m.yaml", "--kubeconfig", "kubeconfig", "--timeout", "20s"];
    let matches = ApplyArgs::augment_args(clap::Command::new("apply")).get_matches_from(words);
    let mut args = ApplyArgs::from_arg_matches(&matches).unwrap();
    change(&mut args);
    let result = run_apply(&args, &context);
    let said = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    Ran { result, said }
}

/// What the deployment's controller writes.
fn status(object: &mut Value, updated: u8, available: u8) {
    object["status"] = json!({"observedGeneration": object["metadata"]["generation"], "replicas": updated, "updatedReplicas": updated, "availableReplicas": available});
    object["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
}

fn after(milliseconds: u64, work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(milliseconds));
        work();
    });
}

/// The deployment as it is stored, with another status.
fn ready_deployment(fake: &Fake) -> Value {
    let applied = fake.log().into_iter().rev().find(fake::Request::is_write).unwrap();
    let mut object = applied.body;
    object["metadata"]["generation"] = 1.into();
    object["metadata"]["uid"] = format!("uid-{DEPLOYMENTS}/web").into();
    status(&mut object, 1, 1);
    object
}

fn replica_set() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-1", "namespace": "shop", "uid": "set", "annotations": {"deployment.kubernetes.io/revision": "1"},
        "ownerReferences": [{"uid": format!("uid-{DEPLOYMENTS}/web"), "controller": true}]}})
}

fn pod(container: Value) -> Value {
    let mut status = json!({"name": "c"});
    status.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1-a", "namespace": "shop", "uid": "pod", "ownerReferences": [{"uid": "set", "controller": true}]},
        "spec": {"containers": [{"name": "c"}]}, "status": {"containerStatuses": [status]}})
}

#[test]
fn what_is_applied_again_is_not_written_again() {
    let fake = Fake::start();
    fake.controller(|object| status(object, 1, 1));
    let manifests = format!("{WEB}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: v}}\n");
    assert_eq!(apply(&fake.address, &manifests, |_| {}).outcome(), Outcome::Done);
    let (writes, requests) = (fake.writes(), fake.log().len());
    assert_eq!(writes, 2);
    let again = apply(&fake.address, &manifests, |_| {});
    assert_eq!((again.outcome(), fake.writes()), (Outcome::Done, writes));
    assert_eq!(fake.log().len() - requests, 4, "discovery and one look at each object");
}

#[test]
fn many_objects_are_looked_at_with_one_list() {
    let fake = Fake::start();
    let maps: String = (0..40)
        .map(|n| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{n}}}\ndata: {{k: v}}\n"))
        .collect();
    assert_eq!(apply(&fake.address, &maps, |_| {}).outcome(), Outcome::Done);
    assert_eq!(fake.writes(), 40);
    let before = fake.log().len();
    assert_eq!(apply(&fake.address, &maps, |_| {}).outcome(), Outcome::Done);
    assert_eq!(fake.log().len() - before, 3, "discovery and one list");
}

#[test]
fn the_success_of_the_former_rollout_does_not_count() {
    let fake = Fake::start();
    fake.controller(|object| status(object, 1, 1));
    assert_eq!(apply(&fake.address, WEB, |_| {}).outcome(), Outcome::Done);
    fake.controller(|_| {});
    let late = apply(&fake.address, &WEB.replace("a:1", "a:2"), |args| args.timeout = Duration::from_secs(2));
    assert_eq!(late.outcome(), Outcome::TimedOut);
}

#[test]
fn what_others_need_is_written_first() {
    let fake = Fake::start();
    fake.controller(|object| status(object, 1, 1));
    let manifests = format!(
        "{WEB}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop}}\n"
    );
    apply(&fake.address, &manifests, |args| args.no_wait = true);
    let kinds: Vec<_> = fake
        .log()
        .iter()
        .filter(|request| request.is_write())
        .map(|request| request.body["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["Namespace", "Secret", "Deployment"]);
}

#[test]
fn cut_watches_and_lost_versions_are_mended() {
    let fake = Fake::start();
    let mut watches = 0;
    fake.on_request(move |request| {
        if !request.is_watch() || !request.path.ends_with("deployments") {
            return None;
        }
        watches += 1;
        match watches {
            // Half an event, then nothing.
            1 => Some(Answer::Bytes(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"type\":\r\n".to_vec(),
            )),
            2 => Some(Answer::Http(
                410,
                "",
                json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}).to_string(),
            )),
            3 => Some(Answer::Http(
                200,
                "",
                format!("{}\n", json!({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "gone"}})),
            )),
            _ => None,
        }
    });
    let later = fake.clone();
    after(3_000, move || later.put(DEPLOYMENTS, ready_deployment(&later)));
    let cutting = fake.clone();
    after(2_500, move || cutting.cut_watches());
    let ran = apply(&fake.address, WEB, |_| {});
    assert_eq!(ran.outcome(), Outcome::Done, "{}", ran.everything());
    let lists = fake.log().iter().filter(|request| request.path == DEPLOYMENTS && !request.is_watch()).count();
    assert!((3..6).contains(&lists), "listed anew after each 410: {lists}");
}

#[test]
fn a_busy_server_is_asked_again_and_the_user_is_told() {
    let fake = Fake::start();
    fake.controller(|object| status(object, 1, 1));
    let mut busy = 0;
    fake.on_request(move |request| {
        busy += 1;
        let (code, headers) = if busy % 2 == 0 { (429, "Retry-After: 0\r\n") } else { (503, "") };
        (request.method == "PATCH" && busy < 7).then(|| Answer::Http(code, headers, "busy".to_owned()))
    });
    let ran = apply(&fake.address, WEB, |_| {});
    assert_eq!(ran.outcome(), Outcome::Done, "{}", ran.everything());
    assert!(ran.said.contains("the server answered 429; trying again in"), "{}", ran.said);
}

#[test]
fn a_conflict_is_refused_before_the_first_write() {
    let fake = Fake::start();
    fake.on_request(|request| {
        let conflict = json!({"kind": "Status", "code": 409, "reason": "Conflict", "message": "conflict", "details": {"causes": [
            {"reason": "FieldManagerConflict", "field": ".spec.replicas", "message": "conflict with \"kube-controller-manager\" with subresource \"scale\" using apps/v1"}]}});
        (request.method == "PATCH" && request.path.ends_with("/web")).then(|| Answer::Http(409, "", conflict.to_string()))
    });
    let ran =
        apply(&fake.address, &format!("{WEB}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n"), |_| {});
    assert_eq!((ran.code(), fake.writes()), (8, 0), "{}", ran.everything());
    let report = ran.result.unwrap();
    insta::assert_snapshot!(report.findings.kept()[0].message, @"`.spec.replicas` of Deployment.apps shop/web is managed by `kube-controller-manager`");
    assert_eq!(report.findings.kept()[0].span.unwrap().start.line, 4);
}

#[test]
fn denied_and_hostile_answers_end_cleanly() {
    let wrong: [(u16, &str); 4] =
        [(401, "{}"), (403, "{\"message\": \"User \\\"u\\\" cannot get path\"}"), (302, ""), (200, "<html>")];
    for (code, body) in wrong {
        let fake = Fake::start();
        fake.on_request(move |_| Some(Answer::Http(code, "Location: http://example.com/\r\n", body.to_owned())));
        let ran = apply(&fake.address, WEB, |_| {});
        assert_eq!((ran.code(), fake.writes()), (4, 0), "{code}: {}", ran.everything());
    }
    for bytes in [
        &b"\0\0\0"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ] {
        let fake = Fake::start();
        fake.on_request(move |request| (request.method == "PATCH").then(|| Answer::Bytes(bytes.to_vec())));
        let ran = apply(&fake.address, WEB, |_| {});
        assert_eq!(ran.code(), 4, "{}", ran.everything());
    }
}

#[test]
fn without_a_look_at_pods_the_status_still_tells() {
    let fake = Fake::start();
    fake.on_request(|request| {
        (request.path == PODS).then(|| Answer::Http(403, "", json!({"message": "User cannot list pods"}).to_string()))
    });
    let later = fake.clone();
    after(1_000, move || later.put(DEPLOYMENTS, ready_deployment(&later)));
    let ran = apply(&fake.address, WEB, |_| {});
    assert_eq!(ran.outcome(), Outcome::Done, "{}", ran.everything());
    assert!(ran.said.contains("no Pod objects can be seen"), "{}", ran.said);
}

#[test]
fn an_image_that_is_not_there_ends_it_and_a_pull_that_recovers_does_not() {
    let waiting = |message: &str| json!({"state": {"waiting": {"reason": "ErrImagePull", "message": message}}});
    for (message, code) in [("a:1: not found", 6), ("unexpected status: 500 Internal Server Error", 0)] {
        let fake = Fake::start();
        fake.controller(|object| status(object, 1, 0));
        fake.put(SETS, replica_set());
        fake.put(PODS, pod(waiting(message)));
        let later = fake.clone();
        after(1_500, move || {
            later.put(PODS, pod(json!({"state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off"}}})));
        });
        let later = fake.clone();
        after(4_000, move || {
            later.put(PODS, pod(json!({"ready": true, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}})));
            later.put(DEPLOYMENTS, ready_deployment(&later));
        });
        let ran = apply(&fake.address, WEB, |_| {});
        assert_eq!(ran.code(), code, "{}", ran.everything());
    }
}

#[test]
fn nothing_after_the_first_look_but_watches() {
    let fake = Fake::start();
    fake.controller(|object| status(object, 0, 0));
    let changing = fake.clone();
    after(500, move || {
        for _ in 0..50 {
            let mut object = ready_deployment(&changing);
            status(&mut object, 1, 0);
            changing.put(DEPLOYMENTS, object);
        }
        changing.put(DEPLOYMENTS, ready_deployment(&changing));
    });
    assert_eq!(apply(&fake.address, WEB, |_| {}).outcome(), Outcome::Done);
    let log = fake.log();
    let wrote = log.iter().position(fake::Request::is_write).unwrap();
    let after: Vec<_> = log[wrote + 1..]
        .iter()
        .map(|request| (request.path.rsplit('/').next().unwrap().to_owned(), request.is_watch()))
        .collect();
    assert_eq!(after.len(), 8, "one list and one watch for deployments, replica sets, pods and events: {after:?}");
}

#[test]
fn secrets_are_in_nothing_that_can_be_read() {
    let canary = "canary-7f3a9b";
    let packed = "Y2FuYXJ5LTdmM2E5Yg==";
    let manifests = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{a: {canary}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: t}}\ndata: {{a: {packed}}}\n---\n{WEB}"
    );
    for code in [0, 400, 403, 409, 422, 500] {
        let fake = Fake::start();
        fake.controller(|object| status(object, 1, 0));
        fake.put(SETS, replica_set());
        fake.put(PODS, pod(json!({"state": {"waiting": {"reason": "CreateContainerConfigError", "message": format!("secret {canary} {packed} not found")}}})));
        fake.on_request(move |request| {
            let echo = json!({"message": format!("admission webhook denied the request: {canary}"), "details": {"causes": [{"field": "data.a", "message": format!("Invalid value: \"{packed}\"")}]}});
            (code > 0 && request.method == "PATCH" && request.path.ends_with("secrets/s")).then(|| Answer::Http(code, "Retry-After: 0\r\n", echo.to_string()))
        });
        for dry_run in [true, false] {
            let ran = apply(&fake.address, &manifests, |args| args.dry_run = dry_run);
            let everything = ran.everything();
            assert!(!everything.contains(canary) && !everything.contains(packed), "{code}: {everything}");
        }
    }
}

/// Applies with a user of the kubeconfig.
fn apply_as(fake: &Fake, user: &str, files: &[(&str, &str)], allowed: &str) -> Ran {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let kubeconfig = format!(
        "{{kind: Config, current-context: f, clusters: [{{name: c, cluster: {{server: \"{}\"}}}}], users: [{{name: u, user: {user}}}], contexts: [{{name: f, context: {{cluster: c, user: u}}}}]}}",
        fake.address
    );
    let path = folder.path().join("kubeconfig");
    std::fs::write(&path, kubeconfig).unwrap();
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    apply(&fake.address, map, |args| {
        args.cluster.kubeconfig = Some(path);
        args.cluster.allow_exec = vec![allowed.to_owned()];
    })
}

const LOGIN: &str = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [x], env: [{name: WHO, value: me}], installHint: get it}}";

#[test]
fn credential_programs_run_only_if_they_are_allowed() {
    let fake = Fake::start();
    let script = "#!/bin/sh\ncase $KUBERNETES_EXEC_INFO in *ExecCredential*) ;; *) exit 1;; esac\necho '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"'$WHO$1'\"}}'\n";
    let refused = apply_as(&fake, LOGIN, &[("login", script)], "another");
    assert_eq!((refused.code(), fake.log().len()), (8, 0), "{}", refused.everything());
    let allowed = apply_as(&fake, LOGIN, &[("login", script)], "login");
    assert_eq!(allowed.code(), 0, "{}", allowed.everything());
    assert!(fake.log().iter().all(|request| request.authorization == "Bearer mex"), "{:?}", fake.log());
}

#[test]
fn credential_programs_that_fail_are_told() {
    let fake = Fake::start();
    let said = |script: &str| {
        let ran = apply_as(&fake, LOGIN, &[("login", script)], "login");
        assert_eq!(ran.code(), 4, "{}", ran.everything());
        ran.result.unwrap_err().to_string()
    };
    assert!(
        said("#!/bin/sh\necho no session >&2\nexit 3\n").ends_with("gave no credentials (exit status: 3): no session")
    );
    assert!(said("#!/bin/sh\necho hello\n").ends_with("printed no `ExecCredential`"));
    assert!(
        said("#!/bin/sh\necho '{\"status\":{}}'\n").ends_with("printed neither a token nor a certificate with its key")
    );
    let missing = apply_as(&fake, LOGIN, &[], "login").result.unwrap_err().to_string();
    assert!(missing.ends_with("which is not installed: get it"), "{missing}");
}

#[test]
fn a_token_that_ran_out_is_renewed_once() {
    let fake = Fake::start();
    let mut asked = 0;
    fake.on_request(move |_| {
        asked += 1;
        (asked == 3).then(|| Answer::Http(401, "", "{}".to_owned()))
    });
    let ran = apply_as(&fake, "{tokenFile: token}", &[("token", "abc\n")], "");
    assert_eq!(ran.code(), 0, "{}", ran.everything());
    assert!(fake.log().iter().all(|request| request.authorization == "Bearer abc"));
    let fake = Fake::start();
    fake.on_request(|_| Some(Answer::Http(401, "", "{}".to_owned())));
    assert_eq!(apply_as(&fake, "{tokenFile: token}", &[("token", "abc")], "").code(), 4);
}
