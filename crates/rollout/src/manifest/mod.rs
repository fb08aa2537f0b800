//! Paths to objects that are ready to be applied.

mod prepare;
mod render;

use std::path::Path;

use linkspan_kube::manifest::{Manifest, ManifestError, read_bytes, read_path};

pub use prepare::{Defaults, prepare};
pub use render::{Processes, Ran, RenderError, Runner, Tool, tool_of};

/// Why manifests cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be read or is malformed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A kustomization or chart cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// An address on the web, which `kubectl` would fetch.
    #[error("`{0}` is an address: manifests are not fetched, download it first")]
    Address(String),
}

/// How paths are read.
#[derive(Debug, Clone, Copy)]
pub struct Loading<'a> {
    /// The folder that relative paths start from.
    pub directory: &'a Path,
    /// Whether folders in folders are read.
    pub recursive: bool,
    /// The namespace that a chart is told.
    pub namespace: Option<&'a str>,
}

/// The objects of all paths: files, folders, `-`; kustomizations and charts through the installed tool.
///
/// # Errors
/// [`LoadError`] for the first path that cannot be read.
pub fn load(paths: &[String], how: Loading<'_>, processes: &dyn Runner) -> Result<Vec<Manifest>, LoadError> {
    let mut manifests = Vec::new();
    for path in paths {
        manifests.extend(one(path, how, processes)?);
    }
    Ok(manifests)
}

fn one(path: &str, how: Loading<'_>, processes: &dyn Runner) -> Result<Vec<Manifest>, LoadError> {
    if path.starts_with("https://") || path.starts_with("http://") {
        return Err(LoadError::Address(path.to_owned()));
    }
    match tool_of(&how.directory.join(path)) {
        Some(tool) => {
            let rendered = render::render(tool, path, how, processes)?;
            let named = format!("{path} ({})", tool.name());
            Ok(read_bytes(&named, &rendered).map_err(ManifestError::Malformed)?)
        }
        None => Ok(read_path(path, how.directory, how.recursive)?),
    }
}
