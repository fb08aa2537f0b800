//! Included repositories through the program: pinned, brought here, and their consumers named in a break.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SENDER: &str = "\
asyncapi: 3.0.0
info: { title: orders, version: 1.0.0 }
channels:
  orders: { address: orders, messages: { placed: { $ref: '#/components/messages/placed' } } }
operations:
  tell: { action: send, channel: { $ref: '#/channels/orders' } }
components:
  messages:
    placed:
      name: shop.placed.v1
      payload: { type: object, required: [id], properties: { id: { type: string }, kind: { enum: [a, b] } } }
";

const REMOTE: &str = "https://git.example/globex/loyalty";

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    let output = git.args(identity).args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").output();
    let output = output.unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn release(folder: &Path, tag: &str, file: &str, text: &str) -> String {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", tag]);
    git(folder, &["tag", "-a", "-m", tag, tag]);
    git(folder, &["rev-parse", "HEAD"])
}

/// Two repositories: one of a receiver with two versions, and one of a sender that includes it.
struct Pair {
    folder: tempfile::TempDir,
    commits: [String; 2],
}

impl Pair {
    fn new(include: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (shop, loyalty) = (folder.path().join("shop"), folder.path().join("globex/loyalty"));
        std::fs::create_dir_all(&shop).unwrap();
        std::fs::create_dir_all(&loyalty).unwrap();
        let receiver = SENDER.replace("action: send", "action: receive");
        let file = "contracts/loyalty.asyncapi.yaml";
        let commits = ["count", "later"].map(|name| release(&loyalty, name, file, &receiver.replace("tell", name)));
        std::fs::write(shop.join("linkspan.yaml"), format!("project: shop\ninclude: [{{ {include} }}]\n")).unwrap();
        release(&shop, "v1.0.0", "contracts/orders.asyncapi.yaml", SENDER);
        Self { folder, commits }
    }

    /// Runs the program; addresses of the host lead to this folder.
    fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_linkspan-events"))
            .args(arguments)
            .args(["--format", "json"])
            .current_dir(self.folder.path().join("shop"))
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", format!("url.file://{}/.insteadOf", self.folder.path().display()))
            .env("GIT_CONFIG_VALUE_0", "https://git.example/")
            .output()
            .unwrap();
        let report = serde_json::from_slice(&output.stdout);
        (
            output.status.code().unwrap(),
            report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))),
        )
    }

    fn locked(&self, repository: &str) -> Option<String> {
        let lock = std::fs::read(self.folder.path().join("shop/linkspan.lock")).ok()?;
        let lock: Value = serde_json::from_slice(&lock).unwrap();
        lock["include"][repository]["commit"].as_str().map(ToOwned::to_owned)
    }

    /// What a break of the sender's message says.
    fn broken(&self) -> String {
        let text = SENDER.replace("{ enum: [a, b] }", "{ enum: [a, b, c] }");
        std::fs::write(self.folder.path().join("shop/contracts/orders.asyncapi.yaml"), text).unwrap();
        let (_, report) = self.run(&["compat", "--mode", "forward"]);
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn a_repository_elsewhere_is_pinned_when_fetched() {
    let pair = Pair::new(&format!("repository: '{REMOTE}', ref: count"));
    let (exit, report) = pair.run(&["lock"]);
    let finding = &report["findings"][0];
    let place = format!("{}:{}", finding["file"].as_str().unwrap(), finding["span"]["start"]["line"]);
    assert_eq!((exit, finding["rule"].as_str().unwrap(), place.as_str()), (1, "lock/missing", "linkspan.yaml:2"));
    assert_eq!(pair.locked(REMOTE), None);
    let (exit, report) = pair.run(&["lock", "--fetch", "--dry-run"]);
    assert_eq!((exit, report["result"]["include"][REMOTE]["commit"].as_str()), (0, Some(pair.commits[0].as_str())));
    assert!(!pair.folder.path().join("shop/.linkspan").exists());

    assert_eq!(pair.run(&["lock", "--fetch"]).0, 0);
    assert_eq!(pair.locked(REMOTE).as_ref(), Some(&pair.commits[0]));
    insta::assert_snapshot!(pair.broken(), @r#"the old schema does not list `"c"` at `/kind`, the new one does; it hits loyalty/count of https://git.example/globex/loyalty"#);
    assert_eq!(git(&pair.folder.path().join("shop"), &["status", "--porcelain", ".linkspan"]), "");

    // Another `ref` is another pin; the clone has what the old one said, and gets what the new one says.
    let manifest = pair.folder.path().join("shop/linkspan.yaml");
    std::fs::write(&manifest, format!("include: [{{ repository: '{REMOTE}', ref: later }}]\n")).unwrap();
    assert_eq!(pair.run(&["lock"]).0, 1);
    assert_eq!(pair.run(&["lock", "--fetch"]).0, 0);
    assert_eq!(pair.locked(REMOTE).as_ref(), Some(&pair.commits[1]));
    insta::assert_snapshot!(pair.broken(), @r#"the old schema does not list `"c"` at `/kind`, the new one does; it hits loyalty/later of https://git.example/globex/loyalty"#);
    std::fs::write(&manifest, "project: shop\n").unwrap();
    assert_eq!(pair.run(&["lock", "--prune"]).1["result"]["dropped"][0], REMOTE);
    assert_eq!(pair.locked(REMOTE), None);
}

#[test]
fn a_repository_at_a_path_is_pinned_at_once_and_moved_when_asked() {
    let pair = Pair::new("repository: ../globex/loyalty");
    let path = "../globex/loyalty";
    assert_eq!(pair.run(&["lock"]).0, 0);
    assert_eq!(pair.locked(path).as_ref(), Some(&pair.commits[1]));
    let text = SENDER.replace("action: send", "action: receive").replace("tell", "newest");
    let newest =
        release(&pair.folder.path().join("globex/loyalty"), "newest", "contracts/loyalty.asyncapi.yaml", &text);
    assert_eq!(pair.run(&["lock"]).0, 0);
    assert_eq!(pair.locked(path).as_ref(), Some(&pair.commits[1]));
    insta::assert_snapshot!(pair.broken(), @r#"the old schema does not list `"c"` at `/kind`, the new one does; it hits loyalty/later of ../globex/loyalty"#);
    assert_eq!(pair.run(&["lock", "--update"]).0, 0);
    assert_eq!(pair.locked(path), Some(newest));
    insta::assert_snapshot!(pair.broken(), @r#"the old schema does not list `"c"` at `/kind`, the new one does; it hits loyalty/newest of ../globex/loyalty"#);
}

#[test]
fn what_cannot_be_pinned_is_said() {
    let said = |include: &str| {
        let pair = Pair::new(include);
        let output = Command::new(env!("CARGO_BIN_EXE_linkspan-events"))
            .args(["lock", "--fetch"])
            .current_dir(pair.folder.path().join("shop"))
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", format!("url.file://{}/.insteadOf", pair.folder.path().display()))
            .env("GIT_CONFIG_VALUE_0", "https://git.example/")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = text.replace(&pair.folder.path().display().to_string(), "<folder>");
        assert_eq!(pair.locked(REMOTE), None);
        format!("{} {}", output.status.code().unwrap(), text.lines().next().unwrap_or_default())
    };
    let cases = [
        format!("repository: '{REMOTE}', ref: never"),
        "repository: ../globex/loyalty, ref: never".to_owned(),
        "repository: ../globex/none".to_owned(),
    ];
    insta::assert_snapshot!(cases.map(|case| said(&case)).join("\n"), @"
    3 error[input]: the included repository `https://git.example/globex/loyalty` has no branch, tag or commit `never`
    3 error[input]: the included repository `../globex/loyalty` has no branch, tag or commit `never`
    3 error[input]: the included repository `../globex/none` is not at `<folder>/shop/../globex/none`
    ");
    let unreachable = said("repository: 'https://user:secret@127.0.0.1:1/none', ref: v1");
    let expected = "4 error[unreachable]: the included repository `https://127.0.0.1:1/none` cannot be read: ";
    assert!(unreachable.starts_with(expected) && !unreachable.contains("secret"), "{unreachable}");
}
