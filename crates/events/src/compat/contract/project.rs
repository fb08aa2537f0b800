use super::model::Surface;
use super::{Class, ContractChange, Rule};
use crate::compat::subject::{Kind, Subject};

static DOCUMENT_REMOVED: Rule = Rule {
    id: "contract/document-removed",
    class: Class::Breaking,
    explanation: "everything that the document promised is gone, for all who relied on it",
};

static SCHEMA_REMOVED: Rule = Rule {
    id: "contract/schema-removed",
    class: Class::Breaking,
    explanation: "whoever uses the model or event by its name finds it no longer",
};

pub(super) static RULES: [&Rule; 2] = [&DOCUMENT_REMOVED, &SCHEMA_REMOVED];

pub(super) fn document_removed(old: &Surface) -> ContractChange {
    let file = old.place.path.display();
    change(
        &DOCUMENT_REMOVED,
        old.id.clone(),
        format!("the document `{file}` of `{}` was removed", old.id),
        old.place.clone(),
    )
}

/// The models and events that are in no file any more.
pub(super) fn removed(old: &[Subject], new: &[Subject]) -> Vec<ContractChange> {
    let plain = old.iter().filter(|subject| matches!(subject.kind, Kind::Model | Kind::Event));
    let gone = plain.filter(|subject| !new.iter().any(|other| same(other, subject)));
    gone.map(|subject| {
        let message = format!("`{}` was removed", subject.id);
        change(&SCHEMA_REMOVED, subject.id.clone(), message, subject.place.clone())
    })
    .collect()
}

/// A model may have become an event, or the other way round.
fn same(one: &Subject, other: &Subject) -> bool {
    let name = |subject: &Subject| subject.id.split_once(' ').map(|(_, name)| name.to_owned());
    one.id == other.id || matches!(one.kind, Kind::Model | Kind::Event) && name(one) == name(other)
}

fn change(rule: &'static Rule, subject: String, message: String, old: crate::schema::Place) -> ContractChange {
    ContractChange { rule, message, old: Some(old), new: None, breaking: true, subject }
}
