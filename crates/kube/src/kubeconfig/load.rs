use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;

use super::read::{Origin, read};
use super::{KubeConfig, KubeConfigError};

/// Where a kubeconfig is looked for, in the order of precedence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The text itself (as CI keeps it in a secret), plain or in base64. It is used alone.
    pub content: Option<String>,
    /// One file (`--kubeconfig`). It must exist, and is used alone.
    pub file: Option<PathBuf>,
    /// The value of `KUBECONFIG`: files that are merged; those that do not exist are passed over.
    pub variable: Option<String>,
    /// The home folder, for `.kube/config`.
    pub home: Option<PathBuf>,
    /// The folder that relative paths start from.
    pub directory: PathBuf,
}

/// Reads and merges what [`Sources`] name; `None` if there is nothing at any of the places.
///
/// # Errors
/// [`KubeConfigError`] if a file cannot be read or is malformed, or the one asked for is missing.
pub fn load(sources: &Sources) -> Result<Option<KubeConfig>, KubeConfigError> {
    if let Some(content) = &sources.content {
        let origin = Origin { file: "<kubeconfig content>", folder: &sources.directory, exposed: None };
        return read(&plain(content), &origin).map(Some);
    }
    if let Some(file) = &sources.file {
        let path = sources.directory.join(file);
        return read_file(&path).and_then(|config| match config {
            Some(config) => Ok(Some(config)),
            None => Err(KubeConfigError::Read { path, source: io::Error::from(io::ErrorKind::NotFound) }),
        });
    }
    merged(&candidates(sources))
}

/// The files that `kubectl` would try, each once.
fn candidates(sources: &Sources) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let listed: Vec<PathBuf> = match &sources.variable {
        Some(list) => std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => sources.home.iter().map(|home| home.join(".kube").join("config")).collect(),
    };
    let resolved = listed.into_iter().map(|path| sources.directory.join(path));
    resolved.filter(|path| seen.insert(path.clone())).collect()
}

fn merged(files: &[PathBuf]) -> Result<Option<KubeConfig>, KubeConfigError> {
    let mut merged: Option<KubeConfig> = None;
    for file in files {
        let Some(config) = read_file(file)? else {
            continue;
        };
        match &mut merged {
            Some(merged) => merged.merge(config),
            None => merged = Some(config),
        }
    }
    Ok(merged)
}

/// One file, or `None` if it does not exist.
fn read_file(path: &Path) -> Result<Option<KubeConfig>, KubeConfigError> {
    let failed = |source| KubeConfigError::Read { path: path.to_owned(), source };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let file = path.display().to_string();
    let text = linkspan_source::text(&bytes)
        .map_err(|fault| KubeConfigError::Malformed { file: file.clone(), finding: Box::new(fault.finding(&file)) })?;
    let exposed = is_world_readable(path).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    read(text, &Origin { file: &file, folder, exposed: exposed.then_some(path) }).map(Some)
}

/// Whether everybody on this machine may read a file.
#[cfg(unix)]
pub(super) fn is_world_readable(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o004 != 0)
}

/// Whether everybody on this machine may read a file: not known here.
#[cfg(not(unix))]
pub(super) fn is_world_readable(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// The content itself, unpacked if it is base64: a kubeconfig has colons, base64 has none.
fn plain(content: &str) -> String {
    let packed: String = content.split_whitespace().collect();
    let decoded =
        if packed.contains(':') { None } else { base64::engine::general_purpose::STANDARD.decode(packed).ok() };
    decoded.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| content.to_owned())
}
