//! What changes in a contract apart from its schemas: addresses, operations, statuses, bindings, security.
//!
//! Each kind of change is one file below `asyncapi/` or `openapi/`: its row, and how it is found. A new one is
//! registered in the list beside it.

mod asyncapi;
pub(crate) mod model;
mod openapi;
mod project;

use std::collections::BTreeMap;

use super::subject::Subject;
use crate::schema::Place;

use model::Api;
pub use model::Surface;

/// What a rule's changes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Somebody who relied on the old contract fails.
    Breaking,
    /// Worth knowing.
    Notice,
    /// Nobody fails.
    Safe,
}

impl Class {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Notice => "notice",
            Self::Safe => "safe",
        }
    }
}

/// One kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name, like `asyncapi/channel-removed`.
    pub id: &'static str,
    /// What it means.
    pub class: Class,
    /// Why, for people.
    pub explanation: &'static str,
}

/// One change of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractChange {
    /// The kind of change.
    pub rule: &'static Rule,
    /// What changed: one lower-case line without a full stop.
    pub message: String,
    /// Where it stood in the earlier version.
    pub old: Option<Place>,
    /// Where it stands now; for what was removed, the closest that is left.
    pub new: Option<Place>,
    /// Whether it breaks.
    pub breaking: bool,
    /// What it is about, as the names of subjects begin: `asyncapi orders/OrderPlaced`.
    pub subject: String,
}

/// A rule, and how its changes are found in a pair of documents.
struct Check<F> {
    rule: Rule,
    find: F,
}

/// The changes that were found under one rule.
#[derive(Debug, Default)]
struct Found(Vec<Change>);

/// A change without its rule.
#[derive(Debug)]
struct Change {
    subject: String,
    message: String,
    old: Option<Place>,
    new: Option<Place>,
}

impl Found {
    fn add(&mut self, subject: impl Into<String>, message: impl Into<String>, old: &Place, new: &Place) {
        let (subject, message) = (subject.into(), message.into());
        self.0.push(Change { subject, message, old: Some(old.clone()), new: Some(new.clone()) });
    }

    fn of(self, rule: &'static Rule) -> impl Iterator<Item = ContractChange> {
        self.0.into_iter().map(move |Change { subject, message, old, new }| ContractChange {
            rule,
            message,
            old,
            new,
            breaking: rule.class == Class::Breaking,
            subject,
        })
    }
}

/// All kinds of changes.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let asyncapi = asyncapi::CHECKS.iter().map(|check| &check.rule);
    let openapi = openapi::CHECKS.iter().map(|check| &check.rule);
    asyncapi.chain(openapi).chain(project::RULES).collect()
}

/// The changes between two versions of a project's documents, breaking ones first. Documents belong together by their
/// service; they may be in different versions of their specification.
#[must_use]
pub fn changes(old: &[Surface], new: &[Surface]) -> Vec<ContractChange> {
    let by_id: BTreeMap<_, _> = new.iter().map(|surface| (surface.id.as_str(), surface)).collect();
    let mut found = Vec::new();
    for before in old {
        match (by_id.get(before.id.as_str()), &before.api) {
            (None, _) => found.push(project::document_removed(before)),
            (Some(now), Api::Async(api)) => found.extend(asyncapi::changes(before, api, now)),
            (Some(now), Api::Open(api)) => found.extend(openapi::changes(before, api, now)),
        }
    }
    in_order(found)
}

/// Models and events in files of their own that are no longer there. (Those of AsyncAPI and OpenAPI documents are
/// among their documents' changes.)
#[must_use]
pub fn removed(old: &[Subject], new: &[Subject]) -> Vec<ContractChange> {
    in_order(project::removed(old, new))
}

fn in_order(mut changes: Vec<ContractChange>) -> Vec<ContractChange> {
    changes.sort_by(|one, other| {
        let key = |change: &ContractChange| {
            (change.rule.class, change.subject.clone(), change.rule.id, change.message.clone())
        };
        key(one).cmp(&key(other))
    });
    changes
}
