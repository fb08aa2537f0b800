//! Which sources of `ADD` are not files of the build context.

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remote {
    /// A path.
    No,
    /// A download.
    Http,
    /// A Git repository.
    Git,
}

/// Reads a source as BuildKit does: `http(s)://` is a download unless its path ends in `.git`; `git://`, `ssh://` and
/// `user@host:path` are repositories; anything else is a path, other protocols too.
pub(super) fn kind(source: &str) -> Remote {
    if let Some((protocol, rest)) = source.split_once("://")
        && !protocol.is_empty()
        && protocol.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return match protocol.to_ascii_lowercase().as_str() {
            "git" | "ssh" => Remote::Git,
            "http" | "https" if is_repository(rest) => Remote::Git,
            // Downloads are told by their exact, lower-case protocol.
            "http" | "https" if matches!(protocol, "http" | "https") => Remote::Http,
            _ => Remote::No,
        };
    }
    if is_scp(source) { Remote::Git } else { Remote::No }
}

fn is_repository(rest: &str) -> bool {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    path.contains('/') && path.ends_with(".git")
}

/// `user@host:path`.
fn is_scp(source: &str) -> bool {
    let word = |text: &str, more: &[char]| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || more.contains(&c))
    };
    let Some((user, rest)) = source.split_once('@') else { return false };
    let Some((host, _)) = rest.split_once(':') else { return false };
    word(user, &['_']) && word(host, &['.'])
}
