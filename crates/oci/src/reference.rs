//! Image references, as `distribution/reference` reads them: `[host[:port]/]path[:tag][@digest]`.

use std::fmt;
use std::str::FromStr;

use crate::digest::{Digest, DigestError};

/// The registry that a name without a host means.
pub const DOCKER_HUB: &str = "docker.io";
const LEGACY_DOCKER_HUB: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const MAX_PATH: usize = 255;
const MAX_TAG: usize = 128;

/// What is wrong with a text that should be an image reference; the message names the part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// There is no name.
    #[error("the image name is empty")]
    Empty,
    /// 64 hexadecimal digits: an image id, which no registry knows.
    #[error("`{0}` is an image id: give a name, for example `ghcr.io/acme/orders:1.0`")]
    ImageId(String),
    /// The host is malformed.
    #[error("registry host `{0}` is malformed: expected a host name, `[IPv6]` or either with `:port`")]
    Host(String),
    /// The path has an upper-case letter.
    #[error("repository `{path}` must be lower-case: `{odd}` is not allowed")]
    UpperCase {
        /// The path as given.
        path: String,
        /// The first letter that is wrong.
        odd: char,
    },
    /// A component of the path is malformed.
    #[error(
        "`{component}` in repository `{path}` is malformed: a component has `a-z`, `0-9`, and single `.`, `_`, `__` or dashes between them"
    )]
    Path {
        /// The path as given.
        path: String,
        /// The component that is wrong.
        component: String,
    },
    /// The path is longer than 255 characters.
    #[error("the repository name has {0} characters: at most {MAX_PATH} are allowed")]
    TooLong(usize),
    /// The tag is malformed.
    #[error("tag `{0}` is malformed: up to {MAX_TAG} of `A-Z`, `a-z`, `0-9`, `_`, `.`, `-`, and no `.` or `-` first")]
    Tag(String),
    /// The digest is malformed.
    #[error("malformed digest: {0}")]
    Digest(#[from] DigestError),
    /// A tag or digest where only a repository is wanted.
    #[error("`{0}` has a tag or digest: only a repository name is wanted here")]
    NotOnlyName(String),
}

/// A repository: where an image lives, without tag and digest.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    registry: String,
    path: String,
}

impl Repository {
    /// The registry's host with its port if one was given; `docker.io` for Docker Hub.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The path inside the registry, `library/` included for Docker Hub's official images.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last component of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The shortest text that means the same: `ubuntu` for `docker.io/library/ubuntu`.
    #[must_use]
    pub fn familiar(&self) -> String {
        if self.registry != DOCKER_HUB {
            return self.to_string();
        }
        match self.path.strip_prefix(OFFICIAL) {
            Some(rest) if !rest.contains('/') => rest.to_owned(),
            _ => self.path.clone(),
        }
    }

    /// This repository's image with a tag.
    ///
    /// # Errors
    /// [`ReferenceError::Tag`] if the tag is malformed.
    pub fn tagged(&self, tag: &str) -> Result<Reference, ReferenceError> {
        check_tag(tag)?;
        Ok(Reference { repository: self.clone(), tag: Some(tag.to_owned()), digest: None })
    }

    /// This repository's image with a digest.
    #[must_use]
    pub fn pinned(&self, digest: Digest) -> Reference {
        Reference { repository: self.clone(), tag: None, digest: Some(digest) }
    }
}

impl FromStr for Repository {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let reference: Reference = text.parse()?;
        if reference.tag.is_some() || reference.digest.is_some() {
            return Err(ReferenceError::NotOnlyName(text.to_owned()));
        }
        Ok(reference.repository)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.path)
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A repository with a tag, a digest, both or neither.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// Where the image lives.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The tag, if one was given.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, if one was given.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The tag, or `latest` if there is neither tag nor digest.
    #[must_use]
    pub fn tag_or_latest(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, None) => Some("latest"),
            (None, Some(_)) => None,
        }
    }

    /// What a registry is asked for: the digest if there is one (it wins over the tag), else the
    /// tag, else `latest`.
    #[must_use]
    pub fn selector(&self) -> String {
        match (&self.digest, self.tag_or_latest()) {
            (Some(digest), _) => digest.to_string(),
            (None, tag) => tag.unwrap_or("latest").to_owned(),
        }
    }

    /// The shortest text that means the same.
    #[must_use]
    pub fn familiar(&self) -> String {
        self.with_name(&self.repository.familiar())
    }

    fn with_name(&self, name: &str) -> String {
        let tag = self.tag.as_ref().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = self.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
        format!("{name}{tag}{digest}")
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ReferenceError::ImageId(text.to_owned()));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (host, rest) = split_host(rest);
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        Ok(Self {
            repository: repository(host, path)?,
            tag: tag.map(check_tag).transpose()?,
            digest: digest.map(str::parse).transpose()?,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_name(&self.repository.to_string()))
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first component is a host if it looks like none of Docker Hub's names: it is `localhost`,
/// has a dot, a colon or an upper-case letter (`normalize.go`, `splitDockerDomain`).
fn split_host(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some((LEGACY_DOCKER_HUB, rest)) => (DOCKER_HUB, rest),
        Some((host, rest))
            if host == "localhost" || host.contains(['.', ':']) || host.chars().any(char::is_uppercase) =>
        {
            (host, rest)
        }
        _ => (DOCKER_HUB, text),
    }
}

fn repository(host: &str, path: &str) -> Result<Repository, ReferenceError> {
    check_host(host)?;
    let official = host == DOCKER_HUB && !path.contains('/') && !path.is_empty();
    let prefix = if official { OFFICIAL } else { "" };
    let full = format!("{prefix}{path}");
    check_path(path)?;
    if full.len() > MAX_PATH {
        return Err(ReferenceError::TooLong(full.len()));
    }
    Ok(Repository { registry: host.to_owned(), path: full })
}

fn check_host(host: &str) -> Result<(), ReferenceError> {
    let error = || ReferenceError::Host(host.to_owned());
    let (name, port) = split_port(host).ok_or_else(error)?;
    let port_fits = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let name_fits = match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'),
        None => name.split('.').all(is_host_label),
    };
    if port_fits && name_fits { Ok(()) } else { Err(error()) }
}

/// Host and port; `None` if something else follows a bracket.
fn split_port(host: &str) -> Option<(&str, Option<&str>)> {
    let after_bracket = host.rfind(']').map_or(0, |at| at + 1);
    match host[after_bracket..].split_once(':') {
        Some((rest, port)) if after_bracket == 0 || rest.is_empty() => {
            Some((&host[..host.len() - port.len() - 1], Some(port)))
        }
        Some(_) => None,
        None if after_bracket == 0 || after_bracket == host.len() => Some((host, None)),
        None => None,
    }
}

fn is_host_label(label: &str) -> bool {
    let ends_fit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    ends_fit(label.bytes().next())
        && ends_fit(label.bytes().last())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_path(path: &str) -> Result<(), ReferenceError> {
    if path.is_empty() {
        return Err(ReferenceError::Empty);
    }
    if let Some(odd) = path.chars().find(|c| c.is_uppercase()) {
        return Err(ReferenceError::UpperCase { path: path.to_owned(), odd });
    }
    match path.split('/').find(|component| !is_component(component)) {
        None => Ok(()),
        Some(component) => Err(ReferenceError::Path { path: path.to_owned(), component: component.to_owned() }),
    }
}

/// `alpha-numeric [separator alpha-numeric]*`, where a separator is `.`, `_`, `__` or dashes.
fn is_component(component: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends_fit = |b: Option<u8>| b.is_some_and(is_word);
    ends_fit(component.bytes().next())
        && ends_fit(component.bytes().last())
        && component
            .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-'))
}

fn check_tag(tag: &str) -> Result<String, ReferenceError> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let fits = tag.bytes().next().is_some_and(is_word)
        && tag.len() <= MAX_TAG
        && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-');
    if fits { Ok(tag.to_owned()) } else { Err(ReferenceError::Tag(tag.to_owned())) }
}
