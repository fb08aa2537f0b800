use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// Where an object is: its resource, its namespace unless the resource has none, its name.
///
/// Keys are in the order of etcd's: that of `<resource>/<namespace>/<name>` as bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

/// A resource, or a namespace of it, or one object: where a list or watch looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(String);

fn resource(group: &str, plural: &str) -> String {
    if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
}

impl Key {
    /// The key of an object; the core group is the empty one. No part may have a slash or a NUL in it.
    #[must_use]
    pub fn new(group: &str, plural: &str, namespace: Option<&str>, name: &str) -> Self {
        let resource = resource(group, plural);
        Self(match namespace {
            Some(namespace) => format!("{resource}/{namespace}/{name}").into(),
            None => format!("{resource}/{name}").into(),
        })
    }

    /// As [`as_str`](Self::as_str) gave it.
    pub(super) fn of(text: &str) -> Self {
        Self(text.into())
    }

    /// `<plural>.<group>/<namespace>/<name>`, without what there is not.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `deployments.apps`, `pods`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The namespace of the object.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        let mut parts = self.0.split('/').skip(1);
        let first = parts.next();
        parts.next().and(first)
    }

    /// The name of the object.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:?}", &*self.0)
    }
}

impl Prefix {
    /// All objects of a resource, or those in one namespace.
    #[must_use]
    pub fn new(group: &str, plural: &str, namespace: Option<&str>) -> Self {
        let resource = resource(group, plural);
        Self(match namespace {
            Some(namespace) => format!("{resource}/{namespace}/"),
            None => format!("{resource}/"),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn covers(&self, key: &Key) -> bool {
        key.0.starts_with(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_knows_its_parts() {
        let web = Key::new("apps", "deployments", Some("shop"), "web");
        assert_eq!((web.resource(), web.namespace(), web.name()), ("deployments.apps", Some("shop"), "web"));
        let node = Key::new("", "nodes", None, "one");
        assert_eq!((node.resource(), node.namespace(), node.name()), ("nodes", None, "one"));
        assert!(Prefix::new("apps", "deployments", Some("shop")).covers(&web));
        assert!(Prefix::new("apps", "deployments", None).covers(&web));
        assert!(!Prefix::new("apps", "deployments", Some("sho")).covers(&web));
        assert!(!Prefix::new("", "deployments", None).covers(&web));
    }

    #[test]
    fn keys_are_in_the_order_of_etcd() {
        let pod = |namespace| Key::new("", "pods", Some(namespace), "a");
        assert!(pod("default-2") < pod("default"));
    }
}
