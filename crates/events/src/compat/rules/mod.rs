//! What breaks, in words: each rule recognises one kind of change where a schema rejects an event.
//!
//! A rule is a row: its name, what it means, what to do, and the function that recognises it. Adding one is a file
//! here, a line in [`RULES`], and a test file.

mod additional_properties_narrowed;
mod all_of_added;
mod alternatives_added;
mod any_of_narrowed;
mod change;
mod condition_added;
mod condition_tightened;
mod condition_widened;
mod const_added;
mod const_changed;
mod contains_added;
mod contains_changed;
mod content_changed;
mod dependency_added;
mod dependent_schema_changed;
mod draft_changed;
mod enum_added;
mod enum_narrowed;
mod format_added;
mod format_changed;
mod found;
mod integer_required;
mod items_added;
mod items_closed;
mod max_contains_lowered;
mod max_items_lowered;
mod max_length_lowered;
mod max_properties_lowered;
mod maximum_lowered;
mod min_contains_raised;
mod min_items_raised;
mod min_length_raised;
mod min_properties_raised;
mod minimum_raised;
mod multiple_of_changed;
mod names_restricted;
mod not_added;
mod not_widened;
mod null_removed;
mod one_of_narrowed;
mod one_of_overlap;
mod other;
mod pattern_added;
mod pattern_changed;
mod pattern_property_narrowed;
mod pattern_property_removed;
mod properties_closed;
mod property_added;
mod property_removed;
mod property_undescribed;
mod reference;
mod reference_changed;
mod required_added;
mod required_undeclared;
mod required_with_default;
mod schema_forbidden;
mod type_added;
mod type_changed;
mod type_narrowed;
mod unevaluated_items_closed;
mod unevaluated_properties_closed;
mod unique_items_added;
mod words;

use change::Change;
pub(super) use found::{Break, explained, relaxed};
pub(super) use reference::is_known;
pub use reference::reference;

/// What kind of promise a change goes back on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Fewer values are accepted.
    Values,
    /// Something must be there.
    Presence,
    /// Something must not be there.
    Closed,
    /// Alternatives, conditions and combinations of schemas.
    Logic,
    /// How the schema is read: drafts, references.
    Reading,
}

impl Class {
    /// The word in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Values => "values",
            Self::Presence => "presence",
            Self::Closed => "closed",
            Self::Logic => "logic",
            Self::Reading => "reading",
        }
    }
}

/// One kind of breaking change.
#[derive(Debug)]
pub struct Rule {
    /// Its name: `compat/required-added`.
    pub id: &'static str,
    /// What kind of promise is broken.
    pub class: Class,
    /// Why it breaks.
    pub explanation: &'static str,
    /// What to do, if new readers reject old events, and if old readers reject new events.
    pub help: [&'static str; 2],
    /// Whether this is what happened.
    recognise: fn(&Change<'_>) -> Option<Said>,
}

/// What a rule says about a change.
#[derive(Debug, Default)]
struct Said {
    /// One lower-case line without a full stop, values in backticks.
    message: String,
    /// The place in the reader's schema, as a JSON Pointer, if it is not the keyword itself.
    reader: Option<String>,
    /// The place in the writer's schema, if it is not the same keyword there.
    writer: Option<String>,
}

impl From<String> for Said {
    fn from(message: String) -> Self {
        Self { message, ..Self::default() }
    }
}

/// All rules but the last resort; the first that recognises a change names it.
const RULES: &[&Rule] = &[
    &condition_added::RULE,
    &condition_widened::RULE,
    &condition_tightened::RULE,
    &names_restricted::RULE,
    &dependency_added::RULE,
    &dependent_schema_changed::RULE,
    &min_contains_raised::RULE,
    &max_contains_lowered::RULE,
    &contains_added::RULE,
    &contains_changed::RULE,
    &not_added::RULE,
    &not_widened::RULE,
    &one_of_overlap::RULE,
    &one_of_narrowed::RULE,
    &any_of_narrowed::RULE,
    &alternatives_added::RULE,
    &all_of_added::RULE,
    &unevaluated_properties_closed::RULE,
    &unevaluated_items_closed::RULE,
    &property_removed::RULE,
    &pattern_property_removed::RULE,
    &properties_closed::RULE,
    &items_closed::RULE,
    &pattern_property_narrowed::RULE,
    &property_undescribed::RULE,
    &property_added::RULE,
    &additional_properties_narrowed::RULE,
    &items_added::RULE,
    &schema_forbidden::RULE,
    &reference_changed::RULE,
    &draft_changed::RULE,
    &null_removed::RULE,
    &integer_required::RULE,
    &type_added::RULE,
    &type_narrowed::RULE,
    &type_changed::RULE,
    &enum_narrowed::RULE,
    &enum_added::RULE,
    &const_changed::RULE,
    &const_added::RULE,
    &pattern_changed::RULE,
    &pattern_added::RULE,
    &format_changed::RULE,
    &format_added::RULE,
    &content_changed::RULE,
    &minimum_raised::RULE,
    &maximum_lowered::RULE,
    &multiple_of_changed::RULE,
    &min_length_raised::RULE,
    &max_length_lowered::RULE,
    &min_items_raised::RULE,
    &max_items_lowered::RULE,
    &min_properties_raised::RULE,
    &max_properties_lowered::RULE,
    &unique_items_added::RULE,
    &required_with_default::RULE,
    &required_undeclared::RULE,
    &required_added::RULE,
];

/// All rules of this area, in the order in which they are tried.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().chain([&other::RULE])
}

#[cfg(test)]
mod tests;
