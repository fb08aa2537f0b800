//! Where a service's files and images come from: its context, named contexts, and what is ignored in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use linkspan_command::Failure;
use linkspan_report::Span;

use crate::assemble::config::Config;
use crate::assemble::{Layer, Stage};
use crate::context::{Folder, IgnoreError, IgnoreFile, Tree, TreeError};
use crate::dockerfile::{Dockerfile, Platform};
use crate::layer::archive::LayerTree;
use crate::layer::{Entries, ImagePath};
use crate::plan::{NamedContext, Service};

/// A stage whose name is that of a named context is that context (BuildKit's `buildDispatchStates`).
pub(super) fn with_contexts(dockerfile: &Dockerfile, contexts: &BTreeMap<String, NamedContext>) -> Dockerfile {
    let mut dockerfile = dockerfile.clone();
    for stage in &mut dockerfile.stages {
        if let Some(name) = stage.name.clone().filter(|name| contexts.contains_key(name)) {
            stage.base.text = name;
            stage.instructions.clear();
        }
    }
    dockerfile
}

/// The named context that takes an image's place: by its name as written, or by the familiar one without `latest`.
pub(super) fn named_context<'a>(service: &'a Service, name: &str) -> Option<&'a NamedContext> {
    let familiar = |text: &str| {
        text.parse::<linkspan_oci::reference::Reference>()
            .ok()
            .map(|reference| reference.familiar().trim_end_matches(":latest").to_owned())
    };
    service.contexts.get(name).or_else(|| {
        let wanted = familiar(name)?;
        service.contexts.iter().find(|(key, _)| familiar(key).as_ref() == Some(&wanted)).map(|(_, context)| context)
    })
}

/// The build context, without what is ignored.
pub(super) fn open_context(service: &Service) -> Result<Folder, Failure> {
    let folder = Folder::open(&service.folder).map_err(|error| Failure::input(error.to_string()))?;
    let folder = match std::fs::metadata(&service.file) {
        Ok(witness) => folder.with_umask_of(&witness),
        Err(_) => folder,
    };
    let mut beside = service.file.clone().into_os_string();
    beside.push(".dockerignore");
    let files = [beside.into(), service.folder.join(".dockerignore")];
    hiding(folder, &files)
}

/// Hides what the first of these files that exists says.
pub(super) fn hiding(folder: Folder, files: &[std::path::PathBuf]) -> Result<Folder, Failure> {
    for file in files {
        let shown = file.display().to_string();
        match std::fs::read(file) {
            Ok(bytes) => {
                let ignore = IgnoreFile::read(&bytes).map_err(|error| {
                    let (IgnoreError::Pattern { line, .. } | IgnoreError::Line { line }) = error;
                    Failure::input(error.to_string()).in_file(&shown, Some(Span::line(line)))
                })?;
                return Ok(folder.hiding(Arc::new(ignore)));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::input(format!("`{shown}` cannot be read: {error}"))),
        }
    }
    Ok(folder)
}

/// A folder as an image without configuration; it has its own ignore file.
pub(super) fn folder_stage(folder: &Path, platform: &Platform) -> Result<Stage, Failure> {
    let tree = Folder::open(folder).map_err(|error| Failure::input(error.to_string()))?;
    let tree = hiding(tree, &[folder.join(".dockerignore")])?;
    let mut entries = Entries::new();
    gather(&tree, &ImagePath::root(), &mut entries).map_err(|error| Failure::input(error.to_string()))?;
    let files = Arc::new(LayerTree { entries, ..LayerTree::default() });
    let mut stage = scratch(platform);
    stage.rootfs.push(files.clone());
    stage.layers.push(Layer::New { files, line: 1 });
    Ok(stage)
}

pub(super) fn gather(tree: &dyn Tree, folder: &ImagePath, entries: &mut Entries) -> Result<(), TreeError> {
    for (name, node) in tree.children(folder)? {
        let path = folder.child(&name);
        if node.is_folder() {
            gather(tree, &path, entries)?;
        }
        entries.insert(path, node);
    }
    Ok(())
}

pub(super) fn scratch(platform: &Platform) -> Stage {
    Stage { config: Config::scratch(platform), ..Stage::default() }
}
