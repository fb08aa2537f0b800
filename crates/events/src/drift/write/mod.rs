//! `--write`: the changes after which a projection says what its model says.
//!
//! All changes are made to a copy in memory and compared there; only if every projection that is compared again says
//! what its model says are files written.

mod declare;
mod document;
mod schema;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_command::Failure;
use linkspan_project::Project;
use similar::TextDiff;

use super::code::Generators;
use super::compare::{Compared, Verdict, compare};
use super::load::{Loaded, Projected, Side, load};
use crate::schema::{Files, Folder, Tree};

/// How often a projection is changed and compared again before it is given up.
const MOST_ROUNDS: usize = 6;

/// A file, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Relative to the project.
    pub(crate) path: PathBuf,
    /// What was there; `None` for no file.
    pub(crate) before: Option<Vec<u8>>,
    /// What is there afterwards.
    pub(crate) after: Vec<u8>,
}

/// A folder, some of whose files have other contents.
#[derive(Debug)]
struct Overlay {
    folder: Folder,
    edited: BTreeMap<PathBuf, Vec<u8>>,
}

impl Tree for Overlay {
    fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        if self.edited.contains_key(path) { Ok(path.to_owned()) } else { self.folder.locate(path) }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        match self.edited.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.folder.read(path, limit),
        }
    }

    fn list(&self) -> Vec<PathBuf> {
        let mut paths = self.folder.list();
        paths.extend(self.edited.keys().cloned());
        paths.sort();
        paths.dedup();
        paths
    }
}

/// The text of a file, without a byte order mark.
fn text_of(files: &Files, path: &Path) -> Result<String, String> {
    let bytes = files.bytes(path).map_err(|error| error.to_string())?.ok_or("its file is gone")?;
    linkspan_source::text(&bytes).map(ToOwned::to_owned).map_err(|fault| fault.message)
}

/// Plans all changes.
///
/// # Errors
/// Something cannot be changed so that the drift is gone; nothing is changed then.
pub(crate) fn plan(
    project: &Project,
    rows: &[(Loaded, Vec<Compared>)],
    mut generators: Option<&mut dyn Generators>,
) -> Result<Vec<Change>, Failure> {
    let mut edited = BTreeMap::new();
    for (model, compared) in rows {
        for (index, compared) in compared.iter().enumerate().filter(|(_, one)| one.verdict == Verdict::Drift) {
            let generators = generators.as_mut().map(|generators| &mut **generators as &mut dyn Generators);
            projection(project, model, index, compared, &mut edited, generators)?;
        }
    }
    let change = |(path, after): (PathBuf, Vec<u8>)| {
        let before = std::fs::read(project.root.join(&path)).ok();
        Change { path, before, after }
    };
    Ok(edited.into_iter().map(change).collect())
}

fn projection(
    project: &Project,
    model: &Loaded,
    index: usize,
    compared: &Compared,
    edited: &mut BTreeMap<PathBuf, Vec<u8>>,
    mut generators: Option<&mut dyn Generators>,
) -> Result<(), Failure> {
    let Some(projected) = model.projections.get(index) else { return Ok(()) };
    if let (Side::Code { path, .. }, Some((_, written))) = (&projected.side, &compared.stale) {
        edited.insert(path.clone(), written.clone());
        return Ok(());
    }
    let spec = project.manifest.contracts.models.get(&model.name);
    let mut why = "the changes do not lead to an end".to_owned();
    for _ in 0..MOST_ROUNDS {
        let files = overlay(&project.root, edited);
        let Some(spec) = spec else { break };
        let now = match load(&files, &model.name, spec) {
            Ok(now) => now,
            Err(failure) => {
                why = format!("what it would become cannot be read: {failure}");
                break;
            }
        };
        let Some(current) = now.projections.get(index) else { break };
        let generators = generators.as_mut().map(|generators| &mut **generators as &mut dyn Generators);
        let compared = compare(&files, &project.root, &now, current, generators)?;
        if compared.verdict != Verdict::Drift {
            return Ok(());
        }
        let (path, text) = match stroke(&files, &now, current, &compared) {
            Ok(changed) => changed,
            Err(reason) => {
                why = reason;
                break;
            }
        };
        let before = files.bytes(&path).ok().flatten();
        let after = with_mark(before.as_deref(), text);
        if before.as_ref() == Some(&after) {
            "there is nothing left to change".clone_into(&mut why);
            break;
        }
        edited.insert(path, after);
    }
    Err(refused(project, model, projected, compared, &why))
}

fn overlay(root: &Path, edited: &BTreeMap<PathBuf, Vec<u8>>) -> Files {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Files::of(Arc::new(Overlay { folder: Folder::new(&root), edited: edited.clone() }), "")
}

fn stroke(
    files: &Files,
    model: &Loaded,
    projected: &Projected,
    compared: &Compared,
) -> Result<(PathBuf, String), String> {
    match &projected.side {
        Side::Schema(schemas) => schema::change(files, &model.place, schemas, &projected.mapping, &compared.failed),
        Side::Table(tabled) => table::change(tabled, &projected.mapping, &compared.failed),
        Side::Code { .. } | Side::Unknown(_) => Err("it is not known what to write".to_owned()),
    }
}

/// A byte order mark that was there stays.
fn with_mark(before: Option<&[u8]>, text: String) -> Vec<u8> {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    match before {
        Some(before) if before.starts_with(MARK) => [MARK, text.as_bytes()].concat(),
        _ => text.into_bytes(),
    }
}

fn refused(project: &Project, model: &Loaded, projected: &Projected, compared: &Compared, why: &str) -> Failure {
    let message = format!("the {} `{}` of `{}` is not changed: {why}", projected.kind, projected.at, model.name);
    let failure =
        Failure::refused(message).help("nothing was written; change it by hand, or name the models to change");
    match compared.findings.iter().find(|finding| finding.span.is_some()) {
        Some(finding) => failure.in_file(finding.file.clone().unwrap_or_default(), finding.span),
        None => failure.in_file(project.root.join(linkspan_project::FILE_NAME).display().to_string(), projected.span),
    }
}

/// The changes, as `diff -u` shows them.
pub(crate) fn diff(changes: &[Change]) -> String {
    let one = |change: &Change| {
        let path = change.path.display();
        let before = String::from_utf8_lossy(change.before.as_deref().unwrap_or_default()).into_owned();
        let after = String::from_utf8_lossy(&change.after).into_owned();
        let from = if change.before.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
        TextDiff::from_lines(&before, &after).unified_diff().header(&from, &format!("b/{path}")).to_string()
    };
    changes.iter().map(one).collect()
}

/// Writes the changes: all to files beside, and only then each in its place.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn apply(root: &Path, changes: &[Change]) -> Result<(), Failure> {
    let failed = |path: &Path, error: std::io::Error| {
        Failure::failed(format!("`{}` cannot be written: {error}", path.display()))
    };
    let mut beside = Vec::new();
    for change in changes {
        let file = root.join(&change.path);
        let file = file.canonicalize().unwrap_or(file);
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let temporary = file.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        let written = write_like(&file, &temporary, &change.after);
        beside.push((temporary, file));
        if let Err(error) = written {
            for (temporary, _) in &beside {
                // What was not made cannot be removed.
                let _ = std::fs::remove_file(temporary);
            }
            return Err(failed(&change.path, error));
        }
    }
    for (temporary, file) in &beside {
        std::fs::rename(temporary, file).map_err(|error| failed(file, error))?;
    }
    Ok(())
}

fn write_like(file: &Path, temporary: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(temporary, bytes)?;
    match std::fs::metadata(file) {
        Ok(metadata) => std::fs::set_permissions(temporary, metadata.permissions()),
        Err(_) => Ok(()),
    }
}
