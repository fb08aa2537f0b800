//! Owners: `user[:group]` by number, or by name in the stage's own files.

use crate::context::{Tree, TreeError, resolve};
use crate::layer::ImagePath;

/// Numbers of a user and a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub uid: u64,
    /// The group.
    pub gid: u64,
}

/// A name that could not be looked up, and what it means then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// `user` or `group`.
    pub what: &'static str,
    /// The name.
    pub name: String,
}

/// Why an owner could not be found.
#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    /// Names in an empty file system.
    #[error("`{0}` cannot be looked up: there is no `/etc/passwd` in an empty file system; use a number")]
    Empty(String),
    /// Names with `--link`.
    #[error("`{0}` cannot be looked up with `--link`: user and group must be numbers")]
    Linked(String),
    /// The file system could not be looked into.
    #[error("{0}")]
    Tree(#[from] TreeError),
    /// A user file that cannot be read.
    #[error("cannot read `{path}`: {cause}")]
    Read {
        /// The path in the image.
        path: ImagePath,
        /// What went wrong.
        cause: std::io::Error,
    },
}

/// A number, or a name.
enum Id<'a> {
    Number(u64),
    Name(&'a str),
}

impl<'a> Id<'a> {
    fn parse(text: &'a str) -> Self {
        match text.parse::<i32>() {
            _ if text == "root" => Self::Number(0),
            Ok(number) if number >= 0 => Self::Number(u64::from(number.unsigned_abs())),
            _ => Self::Name(text),
        }
    }
}

/// Whether an owner needs a look into the file system.
#[must_use]
pub fn needs_names(text: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && matches!(Id::parse(part), Id::Name(_));
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    matches!(Id::parse(user), Id::Name(_)) || is_name(group)
}

/// Finds the numbers. A number without a group means the group of the same number; a name without a group the
/// user's own group. A name that is not in the files means 0 (BuildKit's `readUser`): it is returned besides.
///
/// # Errors
/// [`OwnerError`] if the files cannot be read.
pub fn find(text: &str, tree: &dyn Tree) -> Result<(Owner, Vec<Unknown>), OwnerError> {
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    let mut unknown = Vec::new();
    let mut owner = match Id::parse(user) {
        Id::Number(number) => Owner { uid: number, gid: number },
        Id::Name(name) => match field(tree, "etc/passwd", name)? {
            Some(line) => Owner { uid: number(&line, 2), gid: number(&line, 3) },
            None => {
                unknown.push(Unknown { what: "user", name: name.to_owned() });
                Owner { uid: 0, gid: 0 }
            }
        },
    };
    match Id::parse(group) {
        _ if group.is_empty() => {}
        Id::Number(number) => owner.gid = number,
        Id::Name(name) => match field(tree, "etc/group", name)? {
            Some(line) => owner.gid = number(&line, 2),
            None => unknown.push(Unknown { what: "group", name: name.to_owned() }),
        },
    }
    Ok((owner, unknown))
}

/// A user file that is larger is not one.
const MAX_FILE: u64 = 16 << 20;

/// The first line of a colon-separated file that has this name.
fn field(tree: &dyn Tree, file: &str, name: &str) -> Result<Option<String>, OwnerError> {
    let path = resolve(tree, &ImagePath::clean(file))?;
    let Some(node) = tree.node(&path)? else { return Ok(None) };
    let Some(content) = node.content() else { return Ok(None) };
    let bytes = content.read(MAX_FILE).map_err(|cause| OwnerError::Read { path, cause })?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().map(str::trim).find(|line| line.split(':').next() == Some(name));
    Ok(line.map(str::to_owned))
}

fn number(line: &str, index: usize) -> u64 {
    line.split(':').nth(index).and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{Entries, Node};

    #[test]
    fn names_and_numbers() {
        let tree: Entries = [
            ("etc/passwd", Node::bytes(*b"root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:\n", 0o644)),
            ("etc/group", Node::bytes(*b"root:x:0:\nweb:x:33:app\n", 0o644)),
        ]
        .map(|(path, node)| (ImagePath::clean(path), node))
        .into();
        let found = |text: &str| {
            let (owner, unknown) = find(text, &tree).unwrap();
            (owner.uid, owner.gid, unknown.len())
        };
        assert_eq!(found("55"), (55, 55, 0));
        assert_eq!(found("55:web"), (55, 33, 0));
        assert_eq!(found("app"), (1000, 1001, 0));
        assert_eq!(found("app:"), (1000, 1001, 0));
        assert_eq!(found("app:7"), (1000, 7, 0));
        assert_eq!(found("root:root"), (0, 0, 0));
        assert_eq!(found("nobody:nogroup"), (0, 0, 2));
        assert!(
            needs_names("app")
                && needs_names("1:web")
                && !needs_names("1:2")
                && !needs_names("root")
                && !needs_names("5:")
        );
    }
}
