//! Kubeconfigs as `kubectl` reads them, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use base64::Engine;
use linkspan_kube::kubeconfig::{KubeConfig, KubeConfigError, Material, Sources, load};

/// A kubeconfig with one context `name` for a cluster at `server`, as one user.
fn config(name: &str, server: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: {name}\nclusters:\n- name: {name}\n  cluster: {{server: \"{server}\"}}\nusers:\n- name: {name}\n  user: {user}\n\
         contexts:\n- name: {name}\n  context: {{cluster: {name}, user: {name}, namespace: {name}-ns}}\n"
    )
}

fn write(folder: &Path, file: &str, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn sources(folder: &Path) -> Sources {
    Sources { directory: folder.to_owned(), ..Sources::default() }
}

fn parsed(text: &str) -> Result<KubeConfig, KubeConfigError> {
    load(&Sources { content: Some(text.to_owned()), ..sources(Path::new("/x")) }).map(Option::unwrap)
}

/// Why the current context of a kubeconfig is refused.
fn refusal(text: &str) -> String {
    parsed(text).and_then(|config| config.target(None, false)).unwrap_err().to_string()
}

#[test]
fn files_are_found_where_kubectl_finds_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["home/.kube/config", "one", "two"] {
        write(at, name, &config(name.rsplit('/').next().unwrap(), "https://a", "{}"), 0o600);
    }
    let context = |sources: Sources| load(&sources).unwrap().and_then(|config| config.current_context);
    let home = Sources { home: Some(at.join("home")), ..sources(at) };
    assert_eq!(context(home.clone()).as_deref(), Some("config"));
    let variable = Sources { variable: Some(format!("nowhere::{}", at.join("two").display())), ..home };
    assert_eq!(context(variable.clone()).as_deref(), Some("two"), "missing files and empty entries are passed over");
    assert_eq!(context(Sources { file: Some("one".into()), ..variable.clone() }).as_deref(), Some("one"));
    assert_eq!(
        context(Sources { content: Some(config("text", "https://a", "{}")), ..variable }).as_deref(),
        Some("text")
    );
    assert_eq!(load(&sources(at)).unwrap(), None);
    let missing = load(&Sources { file: Some("none".into()), ..sources(at) }).unwrap_err();
    assert!(matches!(missing, KubeConfigError::Read { .. }));
}

#[test]
fn of_several_files_the_first_to_say_something_wins() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a",
        &config("same", "https://first", "{username: first}").replace("current-context: same\n", ""),
        0o600,
    );
    let second = config("same", "https://second", "{username: second, password: x}")
        + "- name: other\n  context: {cluster: same, user: same}\n";
    write(folder.path(), "b", &second, 0o600);
    let config = load(&Sources { variable: Some("a:b:a".to_owned()), ..sources(folder.path()) }).unwrap().unwrap();
    assert_eq!(config.current_context.as_deref(), Some("same"), "the first file that has one");
    assert_eq!(config.clusters["same"].server, "https://first");
    assert_eq!(
        (config.users["same"].username.as_deref(), config.users["same"].password.clone()),
        (Some("first"), None),
        "entries are not mixed"
    );
    assert_eq!(config.contexts.keys().collect::<Vec<_>>(), ["other", "same"]);
}

#[test]
fn paths_are_relative_to_their_file_and_data_wins() {
    let folder = tempfile::tempdir().unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode("PEM");
    let user = format!(
        "{{client-certificate: certs/c.pem, client-key: /k.pem, client-key-data: {data}, exec: {{apiVersion: v1, command: bin/login}}}}"
    );
    write(folder.path(), "sub/config", &config("a", "https://a", &user), 0o644);
    let config = load(&Sources { file: Some("sub/config".into()), ..sources(folder.path()) }).unwrap().unwrap();
    let user = &config.users["a"];
    assert_eq!(user.client_certificate, Some(Material::File(folder.path().join("sub/certs/c.pem"))));
    assert!(matches!(&user.client_key, Some(Material::Data(text)) if text.reveal() == "PEM"));
    assert_eq!(user.exec.as_ref().unwrap().command, folder.path().join("sub/bin/login").display().to_string());
    assert!(!format!("{config:?}").contains("PEM"));
}

#[test]
fn content_may_be_packed() {
    let packed = base64::engine::general_purpose::STANDARD.encode(config("a", "https://a", "{}"));
    let wrapped: String = packed.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\n").collect();
    assert_eq!(parsed(&wrapped).unwrap().current_context.as_deref(), Some("a"));
}

#[test]
fn contexts_are_chosen_and_must_be_whole() {
    let config = parsed(&config("a", "https://a", "{}")).unwrap();
    let target = config.target(None, false).unwrap();
    assert_eq!((target.context.as_str(), target.namespace.as_str()), ("a", "a-ns"));
    let message = |config: &KubeConfig, context| config.target(context, false).unwrap_err().to_string();
    insta::assert_snapshot!(message(&config, Some("b")), @"the kubeconfig has no context `b` (it has `a`)");
    let mut none = config.clone();
    none.current_context = None;
    insta::assert_snapshot!(message(&none, None), @"the kubeconfig has no current context: choose one with `--kube-context` (it has `a`)");
    let mut dangling = config;
    dangling.users.clear();
    insta::assert_snapshot!(message(&dangling, None), @"context `a` names the user `a`, which the kubeconfig does not have");
}

#[test]
fn what_is_unsafe_is_refused() {
    insta::assert_snapshot!(refusal(&config("a", "http://10.0.0.1:8080", "{}")), @"context `a` talks plain HTTP to `http://10.0.0.1:8080`: use `https://`");
    let unchecked = config("a", "https://a", "{}").replace("{server:", "{insecure-skip-tls-verify: true, server:");
    insta::assert_snapshot!(refusal(&unchecked), @"context `a` does not check the server's certificate (`insecure-skip-tls-verify`): add `certificate-authority-data`, or accept the risk with `--insecure-skip-tls-verify`");
    assert!(parsed(&unchecked).unwrap().target(None, true).is_ok());
    assert!(
        parsed(&config("a", "http://127.0.0.1:8001", "{}")).unwrap().target(None, false).is_ok(),
        "this machine may be spoken to plainly"
    );
    insta::assert_snapshot!(refusal(&config("a", "https://a", "{auth-provider: {name: gcp}}")), @"context `a` uses the removed authentication provider `gcp`: use an `exec` plugin");
}

#[test]
fn secrets_that_everybody_can_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |user: &str, mode: u32| {
        write(folder.path(), "config", &config("a", "https://a", user), mode);
        let config = load(&Sources { file: Some("config".into()), ..sources(folder.path()) }).unwrap().unwrap();
        config.target(None, false).err().map(|error| error.to_string())
    };
    assert!(refused("{token: t}", 0o644).unwrap().contains("everybody on this machine can read the token or password"));
    assert_eq!(refused("{token: t}", 0o600), None);
    assert_eq!(refused("{client-certificate: c, client-key: k}", 0o644), None);
    write(folder.path(), "token", "t", 0o644);
    assert!(refused("{tokenFile: token}", 0o600).is_some());
    write(folder.path(), "token", "t", 0o600);
    assert_eq!(refused("{tokenFile: token}", 0o600), None);
}

#[test]
fn malformed_files_are_told_with_their_place() {
    let cases = [
        ("clusters: {}\n", "`clusters` must be a list", (1, 11)),
        ("users:\n- user: {}\n", "an entry of `users` has no `name`", (2, 3)),
        ("users:\n- name: a\n  user: {token: 5}\n", "`token` must be a string", (3, 17)),
        (
            "clusters:\n- name: a\n  cluster: {certificate-authority-data: \"%%\"}\n",
            "`certificate-authority-data` is not PEM text in base64",
            (3, 41),
        ),
        ("kind: Pod\n", "expected `kind: Config`, not `Pod`", (1, 7)),
        ("[]\n", "a kubeconfig is a mapping", (1, 1)),
    ];
    for (text, message, (line, column)) in cases {
        let Err(KubeConfigError::Malformed { finding, .. }) = parsed(text) else { panic!("{text}") };
        let start = finding.span.unwrap().start;
        assert_eq!((finding.message.as_str(), start.line, start.column), (message, line, column), "{text}");
    }
    assert!(matches!(parsed("a: ["), Err(KubeConfigError::Malformed { .. })));
}
