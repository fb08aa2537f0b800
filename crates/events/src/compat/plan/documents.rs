//! Two AsyncAPI or OpenAPI documents, compared like two versions of a project that has nothing else.

use std::path::Path;

use linkspan_command::Failure;
use linkspan_project::Policy;

use super::History;
use super::project::{Modes, of_versions};
use crate::compat::args::Args;
use crate::compat::history::Version;
use crate::compat::load::{kind_of, only_file};
use crate::compat::subject::{self, Subjects};

/// What there is to compare; `None` where the files are schemas.
pub(super) fn read(
    args: &Args,
    files: [&str; 2],
    policy: &Policy,
    directory: &Path,
) -> Result<Option<History>, Failure> {
    let [old, new] = files;
    let kinds = [kind_of(old, directory)?, kind_of(new, directory)?];
    let kind = match kinds {
        [None, None] => return Ok(None),
        [Some(one), Some(other)] if one == other => one,
        _ => {
            let [one, other] =
                kinds.map(|kind| kind.map_or("a schema".to_owned(), |kind| format!("an {kind} document")));
            let failure = Failure::input(format!("`{old}` is {one}, `{new}` is {other}"));
            return Err(failure.help("compare two files of one kind; `FILE#/pointer` names a schema in a document"));
        }
    };
    let (old_files, new_files) = (only_file(old, kind, directory)?, only_file(new, kind, directory)?);
    let current = subject::subjects(&new_files)?;
    let mut before = subject::subjects(&old_files)?;
    rename(&mut before, &current);
    subject::align(&mut before.subjects, &current.subjects);
    let version = Version {
        name: old.to_owned(),
        files: old_files,
        subjects: before.subjects,
        surfaces: before.surfaces,
        notices: before.notices,
        released: false,
    };
    Ok(Some(of_versions(new_files, current, vec![version], &Modes { asked: args.mode, policy }, Default::default())))
}

/// A document is called after its file, unless it says otherwise: the old one goes by the new one's name.
fn rename(old: &mut Subjects, new: &Subjects) {
    let (Some(was), Some(is)) = (old.surfaces.first(), new.surfaces.first()) else { return };
    let (was, is) = (was.id.clone(), is.id.clone());
    let renamed = |id: &str| id.strip_prefix(&was).map(|rest| format!("{is}{rest}"));
    for subject in &mut old.subjects {
        subject.id = renamed(&subject.id).unwrap_or_else(|| subject.id.clone());
        subject.alias = renamed(&subject.alias).unwrap_or_else(|| subject.alias.clone());
    }
    for surface in &mut old.surfaces {
        surface.id = renamed(&surface.id).unwrap_or_else(|| surface.id.clone());
    }
}
