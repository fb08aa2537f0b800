//! Paths as BuildKit joins them (Linux).

/// The working directory after `WORKDIR path`: an absolute path as it is, a relative one joined and cleaned.
pub(super) fn working_dir(current: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let parent = absolute(current);
    if path.is_empty() { parent } else { clean(&format!("{parent}/{path}")) }
}

/// The destination of a copy: joined to the working directory, a trailing `/` or `/.` kept.
pub(super) fn destination(working_dir: &str, path: &str) -> String {
    let written = if path.is_empty() || path == "." { "./" } else { path };
    let mut joined = if written.starts_with('/') {
        written.to_owned()
    } else {
        clean(&format!("{}/{written}", absolute(working_dir)))
    };
    if written.ends_with('/') && !joined.ends_with('/') {
        joined.push('/');
    } else if written.ends_with("/.") && !joined.ends_with("/.") {
        joined.push_str(if joined == "/" { "." } else { "/." });
    }
    joined
}

fn absolute(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { clean(&format!("/{path}")) }
}

/// Go's `path.Clean` of an absolute path.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
