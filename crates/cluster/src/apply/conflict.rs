//! What other managers own of what was applied, as the client is told.

use super::managed::Entry;
use super::set::{FieldSet, Path};
use crate::status::{Cause, Status};

/// Fields of an applied configuration that another manager owns with another value.
#[derive(Clone, Debug)]
pub(super) struct Conflict<'a> {
    identifier: String,
    shown: String,
    pub(super) fields: FieldSet<'a>,
}

impl<'a> Conflict<'a> {
    pub(super) fn new(owner: &Entry<'_>, fields: FieldSet<'a>) -> Self {
        Self { identifier: owner.identifier(), shown: owner.shown(), fields }
    }

    /// The conflict about what does not belong to these fields.
    pub(super) fn without(self, fields: &FieldSet<'_>) -> Self {
        Self { fields: self.fields.difference(fields), ..self }
    }

    fn causes(&self) -> impl Iterator<Item = Cause> {
        self.fields.paths().into_iter().map(|path| Cause {
            reason: "FieldManagerConflict".into(),
            message: format!("conflict with {}", self.shown),
            field: written(&path),
        })
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let paths = self.fields.paths().into_iter().map(|path| format!("- {}", written(&path)));
        std::iter::once(format!("conflicts with {}:", self.shown)).chain(paths)
    }
}

/// The refusal: each field with its owner.
pub(super) fn refusal(mut conflicts: Vec<Conflict<'_>>) -> Status {
    conflicts.sort_by(|one, other| one.identifier.cmp(&other.identifier));
    let causes: Vec<_> = conflicts.iter().flat_map(Conflict::causes).collect();
    let message = match &causes[..] {
        [only] => format!("Apply failed with 1 conflict: {}: {}", only.message, only.field),
        _ => {
            let lines: Vec<_> = conflicts.iter().flat_map(Conflict::lines).collect();
            format!("Apply failed with {} conflicts: {}", causes.len(), lines.join("\n"))
        }
    };
    Status::apply_conflict(message, causes)
}

fn written(path: &Path<'_>) -> String {
    path.iter().map(ToString::to_string).collect()
}
