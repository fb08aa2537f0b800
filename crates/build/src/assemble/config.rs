//! Image configurations as BuildKit writes them: docker's image specification 1.3 over OCI's config.md.

use std::collections::BTreeMap;

use linkspan_oci::digest::Digest;
use serde::{Deserialize, Deserializer, Serialize};

use crate::dockerfile::{BaseImage, Platform};

/// `Env` of an image that sets no `PATH`.
pub const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An image's configuration. Fields that BuildKit drops when it builds on an image are not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// `amd64`, `arm64`, …
    #[serde(default)]
    pub architecture: String,
    /// By `MAINTAINER`.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// How a container runs.
    #[serde(default, deserialize_with = "or_default")]
    pub config: Container,
    /// When it was made: only where a time was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// One entry per instruction.
    #[serde(default, deserialize_with = "or_default")]
    pub history: Vec<History>,
    /// `linux`, …
    #[serde(default)]
    pub os: String,
    /// Windows only.
    #[serde(rename = "os.features", default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
    /// Windows only.
    #[serde(rename = "os.version", default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub os_version: String,
    /// The layers' uncompressed digests.
    #[serde(default)]
    pub rootfs: RootFs,
    /// `v7`, `v8`, …
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

/// The layers of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of the uncompressed layers, the lowest first.
    #[serde(default, deserialize_with = "or_default")]
    pub diff_ids: Vec<Digest>,
}

/// One entry of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// By which instruction.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// By whom.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// With what.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// It made no layer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub empty_layer: bool,
}

/// An empty JSON object: the value of docker's sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {}

/// How a container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Container {
    /// `USER`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// `EXPOSE`: `80/tcp`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub exposed_ports: BTreeMap<String, Member>,
    /// `ENV`: `NAME=value` in order.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// `ENTRYPOINT`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// `CMD`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub cmd: Vec<String>,
    /// `VOLUME`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Member>,
    /// `WORKDIR`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// `LABEL`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// `STOPSIGNAL`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub stop_signal: String,
    /// `CMD` is one command line already (Windows); BuildKit sets it with every `CMD`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "is_false")]
    pub args_escaped: bool,
    /// `HEALTHCHECK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Health>,
    /// `ONBUILD`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub on_build: Vec<String>,
    /// `SHELL`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub shell: Vec<String>,
}

/// `HEALTHCHECK`; times in nanoseconds, zero means the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Health {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", …]`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Between two checks.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: u64,
    /// Of one check.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: u64,
    /// In which failures do not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: u64,
    /// Between two checks in the start period.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_interval: u64,
    /// Failures in a row that make it unhealthy.
    #[serde(skip_serializing_if = "is_zero")]
    pub retries: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Go writes `null` for what is empty.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Config {
    /// The configuration of `FROM scratch`.
    #[must_use]
    pub fn scratch(platform: &Platform) -> Self {
        let container =
            Container { env: vec![DEFAULT_PATH.to_owned()], working_dir: "/".to_owned(), ..Container::default() };
        let mut config = Self {
            config: container,
            rootfs: RootFs { kind: "layers".to_owned(), diff_ids: Vec::new() },
            ..Self::default()
        };
        config.set_platform(platform);
        config
    }

    /// Reads a base image's configuration; its own time is not inherited.
    ///
    /// # Errors
    /// What the JSON reader says.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut config: Self = serde_json::from_slice(bytes)?;
        config.created = None;
        "layers".clone_into(&mut config.rootfs.kind);
        Ok(config)
    }

    /// Says for which platform the image is, as BuildKit does when one is asked for.
    pub fn set_platform(&mut self, platform: &Platform) {
        let same = self.os == platform.os && self.architecture == platform.architecture;
        self.os.clone_from(&platform.os);
        self.architecture.clone_from(&platform.architecture);
        if !same || !platform.variant.is_empty() {
            self.variant.clone_from(&platform.variant);
        }
        if !same || !platform.os_version.is_empty() {
            self.os_version.clone_from(&platform.os_version);
        }
    }

    /// What stages that start from it see.
    #[must_use]
    pub fn as_base(&self) -> BaseImage {
        let pair = |text: &String| {
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            (name.to_owned(), value.to_owned())
        };
        BaseImage {
            env: self.config.env.iter().map(pair).collect(),
            working_dir: self.config.working_dir.clone(),
            user: self.config.user.clone(),
            shell: self.config.shell.clone(),
            on_build: self.config.on_build.clone(),
            os: self.os.clone(),
        }
    }

    /// The bytes that are stored: JSON without blanks, the same every time.
    ///
    /// # Errors
    /// What the JSON writer says.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch() {
        let config = Config::scratch(&Platform::parse("linux/arm64").unwrap());
        insta::assert_snapshot!(String::from_utf8(config.to_bytes().unwrap()).unwrap(), @r#"{"architecture":"arm64","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"WorkingDir":"/"},"history":[],"os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#);
    }

    #[test]
    fn what_docker_wrote_is_read() {
        let text = r#"{"architecture":"amd64","os":"linux","created":"2020-01-01T00:00:00Z","container":"x","docker_version":"20.10",
            "config":{"Hostname":"","Cmd":null,"Env":["A=b"],"Volumes":null,"OnBuild":null,"Labels":null,"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["CMD","x"],"Interval":30000000000}},
            "history":[{"created":"2020-01-01T00:00:00Z","created_by":"x"}],"rootfs":{"type":"layers","diff_ids":null}}"#;
        let config = Config::parse(text.as_bytes()).unwrap();
        assert_eq!(config.created, None);
        assert_eq!(config.config.healthcheck.as_ref().map(|health| health.interval), Some(30_000_000_000));
        assert_eq!(config.as_base().env, [("A".to_owned(), "b".to_owned())]);
        assert!(config.config.exposed_ports.contains_key("80/tcp"));
    }
}
