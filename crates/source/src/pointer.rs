//! JSON Pointer (RFC 6901).

use std::borrow::Cow;

use serde_json::Value;

/// A reference token as it stands in a pointer: `~` becomes `~0`, `/` becomes `~1`.
#[must_use]
pub fn escape(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The key that a reference token names. Tolerant: a `~` that starts no escape stands for itself.
#[must_use]
pub fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') { Cow::Owned(token.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(token) }
}

/// The pointer to a member of what `parent` points to.
#[must_use]
pub fn join(parent: &str, token: &str) -> String {
    format!("{parent}/{}", escape(token))
}

/// The pointer to an item of the array that `parent` points to.
#[must_use]
pub fn join_index(parent: &str, index: usize) -> String {
    format!("{parent}/{index}")
}

/// The pointer's tokens, unescaped; none for the root. A pointer without its leading `/` is read as if it had one.
pub fn split(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let tokens = pointer.strip_prefix('/').unwrap_or(pointer);
    let none = pointer.is_empty();
    tokens.split('/').filter(move |_| !none).map(unescape)
}

/// The pointer to the parent, and the last token, unescaped; `None` for the root.
#[must_use]
pub fn parent(pointer: &str) -> Option<(&str, Cow<'_, str>)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, unescape(token)))
}

/// The array index that a token means: digits without leading zeros.
#[must_use]
pub fn index(token: &str) -> Option<usize> {
    let canonical = token == "0" || !token.starts_with('0');
    (canonical && token.bytes().all(|byte| byte.is_ascii_digit())).then(|| token.parse().ok()).flatten()
}

/// The value that a pointer points to.
#[must_use]
pub fn get<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    split(pointer).try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token.as_ref()),
        Value::Array(items) => items.get(index(&token)?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The examples of RFC 6901 section 5.
    #[test]
    fn rfc_examples() {
        let value = json!({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "m~n": 8, " ": 7});
        for (pointer, expected) in [
            ("/foo", json!(["bar", "baz"])),
            ("/foo/0", json!("bar")),
            ("/", json!(0)),
            ("/a~1b", json!(1)),
            ("/c%d", json!(2)),
            ("/m~0n", json!(8)),
            ("/ ", json!(7)),
        ] {
            assert_eq!(get(&value, pointer), Some(&expected), "{pointer}");
        }
        assert_eq!(get(&value, ""), Some(&value));
        assert_eq!(get(&value, "/foo/00"), None);
        assert_eq!(get(&value, "/foo/-"), None);
        assert_eq!(get(&value, "/foo/"), None);
    }

    proptest! {
        #[test]
        fn what_is_joined_is_split_again(tokens in proptest::collection::vec("[~/01a-c]{0,5}", 0..5)) {
            let pointer = tokens.iter().fold(String::new(), |pointer, token| join(&pointer, token));
            prop_assert_eq!(split(&pointer).collect::<Vec<_>>(), tokens);
        }
    }
}
