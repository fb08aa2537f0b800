//! Paths as they are written in `linkspan.yaml`: relative, with `/`, `.` for the project itself.

use std::path::{Component, Path};

/// A relative path without `.` and `..` in it; `None` if it leads out of the project or is an address.
pub(super) fn normal(path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with("git@") || path.contains('$') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// A path below a folder.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    normal(&format!("{folder}/{path}"))
}

/// The folder and the file's name.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or((".", path))
}

/// The last part of a path; empty for the project itself.
pub(super) fn last(path: &str) -> &str {
    let name = split(path).1;
    if name == "." { "" } else { name }
}

/// Whether `path` is `folder` or lies in it.
pub(super) fn is_in(path: &str, folder: &str) -> bool {
    folder == "." || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A name that Kubernetes and image repositories take: lower-case letters, digits, single hyphens between them.
pub(crate) fn name(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name: String = name.chars().take(50).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "app".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(normal("./a//b/../c/").as_deref(), Some("a/c"));
        assert_eq!(normal("").as_deref(), Some("."));
        for outside in ["..", "a/../..", "/etc", "https://x/y", "${HOME}/x"] {
            assert_eq!(normal(outside), None, "{outside}");
        }
        assert!(is_in("a/b", "a") && is_in("a", ".") && !is_in("ab", "a"));
    }

    #[test]
    fn names_are_what_kubernetes_takes() {
        for (text, expected) in [("Order_Service 2", "order-service-2"), ("--", "app"), ("Ünit", "nit"), ("a.b", "a-b")]
        {
            assert_eq!(name(text), expected);
        }
    }
}
