//! Groups, versions and kinds: how an object says what it is.

use std::fmt;

/// A group and a kind, without a version: what stays the same when an API moves on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind, for example `Deployment`.
    pub kind: String,
}

impl GroupKind {
    /// A group and a kind.
    pub fn new(group: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { group: group.into(), kind: kind.into() }
    }

    /// Whether this is `kind` in `group`.
    #[must_use]
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }
}

impl fmt::Display for GroupKind {
    /// `Deployment.apps`, or `Pod` in the core group, as `kubectl` writes it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.group.as_str() {
            "" => formatter.write_str(&self.kind),
            group => write!(formatter, "{}.{group}", self.kind),
        }
    }
}

/// A group, a version and a kind: what `apiVersion` and `kind` say together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupVersionKind {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version, for example `v1`.
    pub version: String,
    /// The kind, for example `Deployment`.
    pub kind: String,
}

impl GroupVersionKind {
    /// A group, a version and a kind.
    pub fn new(group: impl Into<String>, version: impl Into<String>, kind: impl Into<String>) -> Self {
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// From an object's `apiVersion` (`apps/v1`, or `v1` in the core group) and `kind`.
    /// `None` if `apiVersion` is not one or two non-empty parts, or `kind` is empty.
    #[must_use]
    pub fn parse(api_version: &str, kind: &str) -> Option<Self> {
        let (group, version) = match api_version.split_once('/') {
            Some((group, version)) if !group.is_empty() => (group, version),
            Some(_) => return None,
            None => ("", api_version),
        };
        let whole = !version.is_empty() && !version.contains('/') && !kind.is_empty();
        whole.then(|| Self::new(group, version, kind))
    }

    /// What the object's `apiVersion` says.
    #[must_use]
    pub fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// The same without the version.
    #[must_use]
    pub fn group_kind(&self) -> GroupKind {
        GroupKind::new(&*self.group, &*self.kind)
    }

    /// Whether this is `kind` in `group`, in any version.
    #[must_use]
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }
}

impl fmt::Display for GroupVersionKind {
    /// `apps/v1 Deployment`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.api_version(), self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_are_read_and_written_back() {
        for text in ["v1", "apps/v1", "example.com/v1alpha1"] {
            assert_eq!(GroupVersionKind::parse(text, "Thing").unwrap().api_version(), text);
        }
        for text in ["", "/v1", "apps/", "a/b/c"] {
            assert_eq!(GroupVersionKind::parse(text, "Thing"), None, "{text}");
        }
        assert_eq!(GroupVersionKind::parse("v1", ""), None);
    }

    #[test]
    fn kinds_are_written_as_kubectl_does() {
        let deployment = GroupVersionKind::new("apps", "v1", "Deployment");
        assert_eq!(deployment.group_kind().to_string(), "Deployment.apps");
        assert_eq!(deployment.to_string(), "apps/v1 Deployment");
        assert_eq!(GroupKind::new("", "Pod").to_string(), "Pod");
    }
}
