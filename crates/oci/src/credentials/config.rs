//! Docker's `config.json` and podman's `auth.json`, which has the same shape.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

use super::{Credential, CredentialError, Credentials, helper};
use crate::reference::{DOCKER_HUB, Repository};
use crate::secret::Secret;

/// The key under which Docker keeps what belongs to Docker Hub.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";
const DOCKER_HUB_HOSTS: [&str; 3] = [DOCKER_HUB, "index.docker.io", "registry-1.docker.io"];
const HELPER_LIMIT: Duration = Duration::from_secs(30);

/// Credentials from configuration files, the first that has some for the registry.
#[derive(Clone, Debug)]
pub struct ConfigFiles {
    paths: Vec<PathBuf>,
    helper_limit: Duration,
}

impl ConfigFiles {
    /// From these files, in this order; one that is not there is passed over.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, helper_limit: HELPER_LIMIT }
    }

    /// From where Docker and podman look: `$DOCKER_CONFIG/config.json`, else
    /// `~/.docker/config.json`; then `$REGISTRY_AUTH_FILE`,
    /// `$XDG_RUNTIME_DIR/containers/auth.json`, `$XDG_CONFIG_HOME/containers/auth.json` (or
    /// `~/.config/…`). `variable` looks one up in the environment.
    #[must_use]
    pub fn locate(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let folder = |name: &str| variable(name).filter(|text| !text.is_empty()).map(PathBuf::from);
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let below_home = |name: &str| home.as_ref().map(|home| home.join(name));
        let docker = folder("DOCKER_CONFIG").or_else(|| below_home(".docker"));
        let config = folder("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
        let podman = "containers/auth.json";
        let paths = [
            docker.map(|folder| folder.join("config.json")),
            folder("REGISTRY_AUTH_FILE"),
            folder("XDG_RUNTIME_DIR").map(|folder| folder.join(podman)),
            config.map(|folder| folder.join(podman)),
        ];
        Self::new(paths.into_iter().flatten().collect())
    }

    /// Waits at most so long for a credential helper, instead of 30 s.
    #[must_use]
    pub fn with_helper_limit(mut self, limit: Duration) -> Self {
        self.helper_limit = limit;
        self
    }
}

impl Credentials for ConfigFiles {
    fn find(&self, repository: &Repository) -> Result<Credential, CredentialError> {
        for path in &self.paths {
            let Some(config) = read(path)? else { continue };
            if let Some(found) = config.find(repository, path, self.helper_limit)? {
                return Ok(found);
            }
        }
        Ok(Credential::Anonymous)
    }
}

fn read(path: &Path) -> Result<Option<Config>, CredentialError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(cause) => return Err(CredentialError::Unreadable { path: path.to_owned(), cause }),
    };
    // The reader's own message may quote a value, and a value may be a secret.
    let malformed = |error: serde_json::Error| CredentialError::Malformed {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(malformed)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
    #[serde(default)]
    creds_store: String,
}

#[derive(Deserialize)]
struct Auth {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    identitytoken: String,
    #[serde(default)]
    registrytoken: String,
}

impl Config {
    /// A helper named for the registry, then the store for all, then what stands in the file
    /// (Docker keeps empty entries there for what a helper has).
    fn find(
        &self,
        repository: &Repository,
        path: &Path,
        limit: Duration,
    ) -> Result<Option<Credential>, CredentialError> {
        if let Some((name, server)) = self.helper_for(repository.registry()) {
            let found = helper::get(name, &server, path, limit)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        for key in keys(repository) {
            let entry = self.auths.iter().find(|(name, _)| **name == key || normalised(name) == key);
            if let Some((name, auth)) = entry
                && let Some(found) = auth.credential(name, path)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn helper_for(&self, registry: &str) -> Option<(&str, String)> {
        let named = aliases(registry).find_map(|alias| {
            let entry = self.cred_helpers.iter().find(|(key, _)| **key == alias || normalised(key) == alias);
            entry.map(|(_, name)| name.as_str())
        });
        let name = named.unwrap_or(&self.creds_store);
        let server = if is_docker_hub(registry) { DOCKER_HUB_KEY } else { registry };
        (!name.is_empty()).then(|| (name, server.to_owned()))
    }
}

impl Auth {
    fn credential(&self, key: &str, path: &Path) -> Result<Option<Credential>, CredentialError> {
        if !self.registrytoken.is_empty() {
            return Ok(Some(Credential::Bearer(Secret::new(&self.registrytoken))));
        }
        if !self.identitytoken.is_empty() {
            return Ok(Some(Credential::Identity(Secret::new(&self.identitytoken))));
        }
        if !self.auth.is_empty() {
            let error = || CredentialError::Auth { path: path.to_owned(), key: key.to_owned() };
            return decode(&self.auth).map(Some).ok_or_else(error);
        }
        let known = !self.username.is_empty() && !self.password.is_empty();
        Ok(known.then(|| Credential::from_pair(&self.username, &self.password)))
    }
}

/// `user:password` in base64, padded or not; Docker pads the password with NUL bytes at times.
fn decode(auth: &str) -> Option<Credential> {
    let settings = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, settings).decode(auth.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credential::from_pair(user, password.trim_matches('\0')))
}

fn is_docker_hub(registry: &str) -> bool {
    DOCKER_HUB_HOSTS.contains(&registry)
}

/// Names under which a registry may be found.
fn aliases(registry: &str) -> impl Iterator<Item = String> {
    let hub = is_docker_hub(registry);
    let hosts: &[&str] = if hub { &DOCKER_HUB_HOSTS } else { &[] };
    let own = (!hub).then(|| registry.to_owned());
    own.into_iter().chain(hosts.iter().map(|&host| host.to_owned()))
}

/// Keys to look for, most specific first: podman also keeps credentials for a part of a registry
/// (containers-auth.json(5)).
fn keys(repository: &Repository) -> Vec<String> {
    let parts: Vec<&str> = repository.path().split('/').collect();
    let paths: Vec<String> = (0..=parts.len()).rev().map(|count| parts[..count].join("/")).collect();
    let key = |host: &str, path: &str| if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") };
    paths.iter().flat_map(|path| aliases(repository.registry()).map(move |host| key(&host, path))).collect()
}

/// A key without scheme; one with a scheme, or with an API version as path, is a whole registry.
fn normalised(key: &str) -> &str {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let (host, path) = bare.unwrap_or(key).split_once('/').unwrap_or((bare.unwrap_or(key), ""));
    if bare.is_some() || matches!(path, "" | "v1" | "v1/" | "v2" | "v2/") { host } else { key }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn basic(user: &str, password: &str) -> Credential {
        Credential::Basic { user: user.to_owned(), password: Secret::new(password) }
    }

    fn find(json: &str, name: &str) -> Result<Credential, CredentialError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, json).unwrap();
        ConfigFiles::new(vec![path]).find(&name.parse().unwrap())
    }

    #[test]
    fn auths_are_found_under_every_spelling() {
        // `auth` is `user:pass`.
        for key in
            ["ghcr.io", "https://ghcr.io", "http://ghcr.io/v2/", "ghcr.io/v1/", "ghcr.io/acme", "ghcr.io/acme/app"]
        {
            let json = format!(r#"{{"auths":{{"{key}":{{"auth":"dXNlcjpwYXNz"}}}},"HttpHeaders":{{}}}}"#);
            assert_eq!(find(&json, "ghcr.io/acme/app").unwrap(), basic("user", "pass"), "{key}");
        }
        let json = r#"{"auths":{"ghcr.io/other":{"auth":"dXNlcjpwYXNz"},"ghcr.io:443":{"auth":"dXNlcjpwYXNz"}}}"#;
        assert_eq!(find(json, "ghcr.io/acme/app").unwrap(), Credential::Anonymous);
    }

    #[test]
    fn the_most_specific_key_wins() {
        let json = r#"{"auths":{"q.io":{"username":"a","password":"1"},"q.io/t":{"username":"b","password":"2"},"q.io/t/x":{"username":"c","password":"3"}}}"#;
        assert_eq!(find(json, "q.io/t/x").unwrap(), basic("c", "3"));
        assert_eq!(find(json, "q.io/t/y").unwrap(), basic("b", "2"));
        assert_eq!(find(json, "q.io/u").unwrap(), basic("a", "1"));
    }

    #[test]
    fn docker_hub_has_many_names() {
        for key in
            ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io", "docker.io/library"]
        {
            let json = format!(r#"{{"auths":{{"{key}":{{"auth":"dXNlcjpwYXNz"}}}}}}"#);
            assert_eq!(find(&json, "ubuntu").unwrap(), basic("user", "pass"), "{key}");
        }
    }

    #[test]
    fn tokens_and_odd_entries() {
        let one = |auth: &str| find(&format!(r#"{{"auths":{{"q.io":{auth}}}}}"#), "q.io/a");
        assert_eq!(
            one(r#"{"identitytoken":"t","auth":"dXNlcjpwYXNz"}"#).unwrap(),
            Credential::Identity(Secret::new("t"))
        );
        assert_eq!(one(r#"{"registrytoken":"t"}"#).unwrap(), Credential::Bearer(Secret::new("t")));
        assert_eq!(one(r#"{}"#).unwrap(), Credential::Anonymous);
        assert_eq!(one(r#"{"auth":"dTpwOnE"}"#).unwrap(), basic("u", "p:q"));
        assert_eq!(one(r#"{"auth":"dTpwAAA="}"#).unwrap(), basic("u", "p"));
    }

    #[test]
    fn errors_name_the_place_and_no_secret() {
        for (json, place) in [
            (r#"{"auths":{"q.io":{"auth":"c2VjcmV0"}}}"#, "auths.q.io.auth"),
            (r#"{"auths":{"q.io":{"auth":"!!"}}}"#, "auths.q.io.auth"),
            ("{\"auths\":{\"q.io\":{\n\"auth\":[\"c2VjcmV0\"]}}}", "line 2, column"),
            (r#"{"auths":{"q.io":"c2VjcmV0"}}"#, "line 1, column"),
            (r#"{"credsStore":"../evil"}"#, "`../evil`"),
        ] {
            let text = find(json, "q.io/a").unwrap_err().to_string();
            assert!(text.contains(place), "{text}");
            assert!(!text.contains("c2VjcmV0") && !text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn files_are_tried_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("2"), r#"{"auths":{"q.io":{"auth":"dXNlcjpwYXNz"}}}"#).unwrap();
        fs::write(at("1"), r#"{"auths":{"other":{"auth":"dXNlcjpwYXNz"}}}"#).unwrap();
        let files = ConfigFiles::new(vec![at("0"), at("1"), at("2")]);
        assert_eq!(files.find(&"q.io/a".parse().unwrap()).unwrap(), basic("user", "pass"));
    }

    #[test]
    fn places_follow_the_environment() {
        let locate = |pairs: &[(&str, &str)]| {
            let pairs: BTreeMap<String, String> =
                pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let found = ConfigFiles::locate(&|name| pairs.get(name).cloned()).paths;
            found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        insta::assert_snapshot!(locate(&[("HOME", "/h")]), @"/h/.docker/config.json /h/.config/containers/auth.json");
        insta::assert_snapshot!(locate(&[("HOME", "/h"), ("DOCKER_CONFIG", "/d"), ("XDG_RUNTIME_DIR", "/run/user/1")]), @"/d/config.json /run/user/1/containers/auth.json /h/.config/containers/auth.json");
        insta::assert_snapshot!(locate(&[("DOCKER_CONFIG", ""), ("REGISTRY_AUTH_FILE", "/a.json")]), @"/a.json");
    }

    /// A folder with a helper script, and a configuration that names it by its path-less name.
    fn with_helper(script: &str) -> Result<Option<Credential>, CredentialError> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("docker-credential-test");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        helper::run(&program.display().to_string(), "q.io", Path::new("config.json"), Duration::from_secs(2))
    }

    #[test]
    fn helpers_speak_json() {
        let found = with_helper(
            r#"read server; echo "{\"ServerURL\":\"$server\",\"Username\":\"me@$server\",\"Secret\":\"s\"}""#,
        );
        assert_eq!(found.unwrap(), Some(basic("me@q.io", "s")));
        let found = with_helper(r#"echo '{"Username":"<token>","Secret":"refresh"}'"#);
        assert_eq!(found.unwrap(), Some(Credential::Identity(Secret::new("refresh"))));
        assert_eq!(with_helper("echo credentials not found in native keychain; exit 1").unwrap(), None);
    }

    #[test]
    fn helpers_that_fail_say_so() {
        let error = |script: &str| {
            let text = with_helper(script).unwrap_err().to_string();
            text.split("docker-credential-").last().unwrap_or_default().to_owned()
        };
        insta::assert_snapshot!(error("echo locked; exit 2"), @"test get` failed for `q.io`: locked");
        insta::assert_snapshot!(error("echo no >&2; exit 3"), @"test get` failed for `q.io`: no");
        insta::assert_snapshot!(error("exit 3"), @"test get` failed for `q.io`: exit status: 3");
        insta::assert_snapshot!(error("echo '{\"Secret\":'"), @"test get` failed for `q.io`: its answer is not the JSON of a credential helper");
        insta::assert_snapshot!(error("exec sleep 60"), @"test get` for `q.io` did not end within 2 s: does it wait for a terminal?");
    }
}
