use super::fault::{Outcome, unloadable};

/// A URI reference's parts, taken apart as `java.net.URI` does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts<'t> {
    scheme: Option<&'t str>,
    opaque: bool,
    authority: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
    fragment: Option<&'t str>,
}

/// Resolves a reference against a base as `java.net.URI.resolve` does.
pub(super) fn resolve(base: Option<&str>, reference: &str) -> Outcome<String> {
    let child = parse(reference)?;
    let Some(base_text) = base else { return Ok(reference.to_owned()) };
    let base = parse(base_text)?;
    if child.opaque || base.opaque || child.scheme.is_some() {
        return Ok(reference.to_owned());
    }
    let only_fragment = child.authority.is_none() && child.path.is_empty() && child.query.is_none();
    if only_fragment && child.fragment.is_some() {
        return Ok(text(&Parts { fragment: child.fragment, ..base.clone() }, base.path));
    }
    let joined = Parts { scheme: base.scheme, query: child.query, fragment: child.fragment, ..Parts::default() };
    if child.authority.is_some() {
        return Ok(text(&Parts { authority: child.authority, ..joined }, child.path));
    }
    let path = join(&base, child.path);
    Ok(text(&Parts { authority: base.authority, ..joined }, &path))
}

/// A URI without its fragment, and the fragment with its `#`.
pub(super) fn split(uri: &str) -> (&str, &str) {
    uri.find('#').map_or((uri, ""), |at| uri.split_at(at))
}

/// Whether a URI has a scheme.
pub(super) fn is_absolute(uri: &str) -> bool {
    parse(uri).is_ok_and(|parts| parts.scheme.is_some())
}

/// The parts of a JSON Pointer in a fragment, unescaped; `None` if it is no pointer.
pub(super) fn pointer(fragment: &str) -> Option<Vec<String>> {
    let mut parts = fragment.split('/');
    if parts.next() != Some("#") {
        return None;
    }
    let mut segments: Vec<_> = parts.collect();
    // Java's split drops empty parts at the end.
    while segments.last().is_some_and(|last| last.is_empty()) {
        segments.pop();
    }
    Some(segments.into_iter().map(|part| decode(part).replace("~1", "/").replace("~0", "~")).collect())
}

/// Percent-decoding as for forms: a plus is a space.
fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse(uri: &str) -> Outcome<Parts<'_>> {
    check(uri)?;
    let (rest, fragment) = cut(uri, '#');
    let (scheme, rest) = scheme(rest);
    if scheme.is_some() && !rest.starts_with('/') {
        return Ok(Parts { scheme, opaque: true, path: rest, fragment, ..Parts::default() });
    }
    let (rest, query) = cut(rest, '?');
    let (authority, path) = match rest.strip_prefix("//") {
        Some(tail) => {
            let end = tail.find('/').unwrap_or(tail.len());
            (Some(&tail[..end]), &tail[end..])
        }
        None => (None, rest),
    };
    if path.contains(['[', ']']) {
        return unloadable(format!("`{uri}` is no URI: a bracket in its path"));
    }
    Ok(Parts { scheme, opaque: false, authority, path, query, fragment })
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn scheme(text: &str) -> (Option<&str>, &str) {
    let end = text.find([':', '/', '?']).filter(|at| text[*at..].starts_with(':'));
    let Some((scheme, rest)) = end.map(|at| (&text[..at], &text[at + 1..])) else { return (None, text) };
    let letters = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters);
    if valid { (Some(scheme), rest) } else { (None, text) }
}

fn check(uri: &str) -> Outcome<()> {
    let allowed = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        _ if c.is_ascii() => "_-!.~'()*,;:$&+=?/[]@#%".contains(c),
        _ => !c.is_whitespace() && !c.is_control(),
    };
    if let Some(wrong) = uri.chars().find(|c| !allowed(*c)) {
        return unloadable(format!("`{uri}` is no URI: it has the character {wrong:?}"));
    }
    let escaped = |(at, _)| uri.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if uri.matches('#').count() > 1 || !uri.match_indices('%').all(escaped) {
        return unloadable(format!("`{uri}` is no URI: its `#` or `%` stands wrong"));
    }
    Ok(())
}

fn join(base: &Parts<'_>, child: &str) -> String {
    if child.starts_with('/') {
        return normalize(child);
    }
    let folder = base.path.rfind('/').map_or("", |at| &base.path[..=at]);
    let root = if folder.is_empty() && base.scheme.is_some() { "/" } else { "" };
    normalize(&format!("{root}{folder}{child}"))
}

/// Without `.` and, where a name stands before, `..`.
fn normalize(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    for (at, segment) in segments.iter().enumerate() {
        let last = at + 1 == segments.len();
        match *segment {
            "." if last => kept.push(""),
            "." => {}
            ".." if kept.last().is_some_and(|before| !before.is_empty() && *before != "..") => {
                kept.pop();
                if last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    kept.join("/")
}

fn text(parts: &Parts<'_>, path: &str) -> String {
    let mut out = String::new();
    if let Some(scheme) = parts.scheme {
        out.extend([scheme, ":"]);
    }
    if let Some(authority) = parts.authority {
        out.extend(["//", authority]);
    }
    out.push_str(path);
    if let Some(query) = parts.query {
        out.extend(["?", query]);
    }
    if let Some(fragment) = parts.fragment {
        out.extend(["#", fragment]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{is_absolute, pointer, resolve};

    #[test]
    fn references_resolve_as_in_java() {
        for (base, reference, resolved) in [
            (None, "#/a", "#/a"),
            (Some("http://h/a/b"), "#/c", "http://h/a/b#/c"),
            (Some("http://h/a/b#x"), "#/c", "http://h/a/b#/c"),
            (Some("http://h/a/b"), "c", "http://h/a/c"),
            (Some("http://h/a/b"), "../c?d#e", "http://h/c?d#e"),
            (Some("http://h/a/b"), "./c", "http://h/a/c"),
            (Some("http://h/a/b"), "/c", "http://h/c"),
            (Some("http://h/a/b"), "//i/c", "http://i/c"),
            (Some("http://h/a/b"), "https://i/c", "https://i/c"),
            (Some("http://h"), "c", "http://h/c"),
            (Some("root.json"), "other.json#/a", "other.json#/a"),
            (Some("urn:a"), "#/b", "#/b"),
            (Some("http://h/a"), "urn:b", "urn:b"),
        ] {
            assert_eq!(resolve(base, reference).as_deref(), Ok(resolved), "{base:?} {reference}");
        }
        for wrong in ["a b", "#/a#b", "%zz", "a[b", "<a>"] {
            assert!(resolve(None, wrong).is_err(), "{wrong}");
        }
        assert!(is_absolute("mem://input") && is_absolute("urn:a") && !is_absolute("a/b:c"));
    }

    #[test]
    fn pointers_are_unescaped() {
        let parts = |fragment| pointer(fragment).map(|parts| parts.join(" | "));
        assert_eq!(parts("#/a~1b/%25/~0"), Some("a/b | % | ~".to_owned()));
        assert_eq!(parts("#"), Some(String::new()));
        assert_eq!(parts("#/"), Some(String::new()));
        assert_eq!(parts("#anchor"), None);
    }
}
