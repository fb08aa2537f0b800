//! The kinds of changes, in the registry's words.

use super::Policy;

/// Under which policies a change is compatible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Under all.
    Strict,
    /// Under the lenient one only.
    Lenient,
    /// Under none.
    Never,
}

impl Class {
    /// Whether a policy allows changes of this class.
    #[must_use]
    pub fn allows(self, policy: Policy) -> bool {
        match self {
            Self::Strict => true,
            Self::Lenient => policy == Policy::Lenient,
            Self::Never => false,
        }
    }
}

/// The class of a kind of change, like `TYPE_EXTENDED`; `None` if there is no such kind.
#[must_use]
pub fn class(kind: &str) -> Option<Class> {
    row(kind).map(|(_, class, _)| *class)
}

/// One sentence on a kind of change, for people; `None` if there is no such kind.
#[must_use]
pub fn explain(kind: &str) -> Option<&'static str> {
    row(kind).map(|(_, _, sentence)| *sentence)
}

fn row(kind: &str) -> Option<&'static (&'static str, Class, &'static str)> {
    KINDS.iter().find(|(name, ..)| *name == kind)
}

use Class::{Lenient as L, Never as N, Strict as S};

/// Every kind of change that Confluent's schema registry knows for JSON Schema, with its class and what it means.
#[rustfmt::skip]
pub const KINDS: [(&str, Class, &str); 132] = [
    ("ID_CHANGED", S, "the id of the schema is another one"),
    ("DESCRIPTION_CHANGED", S, "the description is another one"),
    ("TITLE_CHANGED", S, "the title is another one"),
    ("DEFAULT_CHANGED", S, "the default is another one, or an array or object, which never counts as the same"),
    ("SCHEMA_ADDED", N, "a schema now holds where there was none"),
    ("SCHEMA_REMOVED", S, "the schema that held here is gone"),
    ("TYPE_EXTENDED", S, "numbers with a fraction are now allowed, too"),
    ("TYPE_NARROWED", N, "only whole numbers are still allowed"),
    ("TYPE_CHANGED", N, "the type is another one, and no rule makes the new one cover the old one"),
    ("MAX_LENGTH_ADDED", N, "the greatest length is now given, where it was not"),
    ("MAX_LENGTH_REMOVED", S, "the greatest length is no longer given"),
    ("MAX_LENGTH_INCREASED", S, "the greatest length was raised"),
    ("MAX_LENGTH_DECREASED", N, "the greatest length was lowered"),
    ("MIN_LENGTH_ADDED", N, "the least length is now given, where it was not"),
    ("MIN_LENGTH_REMOVED", S, "the least length is no longer given"),
    ("MIN_LENGTH_INCREASED", N, "the least length was raised"),
    ("MIN_LENGTH_DECREASED", S, "the least length was lowered"),
    ("PATTERN_ADDED", N, "a pattern must now be matched"),
    ("PATTERN_REMOVED", S, "no pattern must be matched any more"),
    ("PATTERN_CHANGED", N, "the pattern is another one; which strings it matches is not looked at"),
    ("MAXIMUM_ADDED", N, "the maximum is now given, where it was not"),
    ("MAXIMUM_REMOVED", S, "the maximum is no longer given"),
    ("MAXIMUM_INCREASED", S, "the maximum was raised"),
    ("MAXIMUM_DECREASED", N, "the maximum was lowered"),
    ("MINIMUM_ADDED", N, "the minimum is now given, where it was not"),
    ("MINIMUM_REMOVED", S, "the minimum is no longer given"),
    ("MINIMUM_INCREASED", N, "the minimum was raised"),
    ("MINIMUM_DECREASED", S, "the minimum was lowered"),
    ("EXCLUSIVE_MAXIMUM_ADDED", N, "the exclusive maximum is now given, where it was not"),
    ("EXCLUSIVE_MAXIMUM_REMOVED", S, "the exclusive maximum is no longer given"),
    ("EXCLUSIVE_MAXIMUM_INCREASED", S, "the exclusive maximum was raised"),
    ("EXCLUSIVE_MAXIMUM_DECREASED", N, "the exclusive maximum was lowered"),
    ("EXCLUSIVE_MINIMUM_ADDED", N, "the exclusive minimum is now given, where it was not"),
    ("EXCLUSIVE_MINIMUM_REMOVED", S, "the exclusive minimum is no longer given"),
    ("EXCLUSIVE_MINIMUM_INCREASED", N, "the exclusive minimum was raised"),
    ("EXCLUSIVE_MINIMUM_DECREASED", S, "the exclusive minimum was lowered"),
    ("MULTIPLE_OF_ADDED", N, "numbers must now be multiples of something"),
    ("MULTIPLE_OF_REMOVED", S, "numbers need no longer be multiples of anything"),
    ("MULTIPLE_OF_EXPANDED", N, "numbers must now be multiples of a multiple of what it was"),
    ("MULTIPLE_OF_REDUCED", S, "numbers need only be multiples of a divisor of what it was"),
    ("MULTIPLE_OF_CHANGED", N, "numbers must now be multiples of something else"),
    ("REQUIRED_ATTRIBUTE_ADDED", N, "a known property is now required"),
    ("REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", S, "a known property is now required, and has a default"),
    ("REQUIRED_ATTRIBUTE_REMOVED", S, "a property is no longer required"),
    ("MAX_PROPERTIES_ADDED", N, "the greatest number of properties is now given, where it was not"),
    ("MAX_PROPERTIES_REMOVED", S, "the greatest number of properties is no longer given"),
    ("MAX_PROPERTIES_INCREASED", S, "the greatest number of properties was raised"),
    ("MAX_PROPERTIES_DECREASED", N, "the greatest number of properties was lowered"),
    ("MIN_PROPERTIES_ADDED", N, "the least number of properties is now given, where it was not"),
    ("MIN_PROPERTIES_REMOVED", S, "the least number of properties is no longer given"),
    ("MIN_PROPERTIES_INCREASED", N, "the least number of properties was raised"),
    ("MIN_PROPERTIES_DECREASED", S, "the least number of properties was lowered"),
    ("ADDITIONAL_PROPERTIES_ADDED", S, "properties that are not named are now allowed"),
    ("ADDITIONAL_PROPERTIES_REMOVED", L, "properties that are not named are no longer allowed"),
    ("ADDITIONAL_PROPERTIES_EXTENDED", S, "properties that are not named may now be anything"),
    ("ADDITIONAL_PROPERTIES_NARROWED", L, "properties that are not named must now match a schema"),
    ("DEPENDENCY_ARRAY_ADDED", N, "the property now requires others beside it"),
    ("DEPENDENCY_ARRAY_REMOVED", S, "the property no longer requires others beside it"),
    ("DEPENDENCY_ARRAY_EXTENDED", N, "the property requires more others beside it"),
    ("DEPENDENCY_ARRAY_NARROWED", S, "the property requires fewer others beside it"),
    ("DEPENDENCY_ARRAY_CHANGED", N, "the property requires different others beside it"),
    ("DEPENDENCY_SCHEMA_ADDED", N, "objects with the property must now match a further schema"),
    ("DEPENDENCY_SCHEMA_REMOVED", S, "objects with the property need no longer match a further schema"),
    ("PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", N, "a property was added to an object that already allowed anything under its name"),
    ("REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", N, "a required property was added to an object that already allowed anything under its name"),
    ("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", L, "a required property with a default was added to an object that already allowed anything under its name"),
    ("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", L, "an optional property was added to an object that already allowed anything under its name"),
    ("PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", S, "a property that may hold anything was added to an object that already allowed anything under its name"),
    ("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", N, "a required property was added to an object that did not allow just anything under its name"),
    ("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL", S, "a required property with a default was added to an object that did not allow just anything under its name"),
    ("OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", S, "an optional property was added to an object that did not allow just anything under its name"),
    ("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", S, "a property is gone from an object that allows anything under its name"),
    ("PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", S, "a property that could hold nothing is gone from an object that forbids its name"),
    ("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", L, "a property is gone from an object that now forbids its name"),
    ("PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", S, "a property is gone, and what now governs its name allows all that it allowed"),
    ("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", L, "a property is gone, and what now governs its name allows less than it did"),
    ("PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", S, "a property was added that allows all that governed its name before"),
    ("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", L, "a property was added that allows less than what governed its name before"),
    ("RESERVED_PROPERTY_REMOVED", N, "a reserved name is no longer reserved"),
    ("RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY", N, "a property has a reserved name"),
    ("UNEVALUATED_PROPERTIES_ADDED", S, "properties that nothing else looks at are now allowed"),
    ("UNEVALUATED_PROPERTIES_REMOVED", L, "properties that nothing else looks at are no longer allowed"),
    ("UNEVALUATED_PROPERTIES_EXTENDED", S, "properties that nothing else looks at may now be anything"),
    ("UNEVALUATED_PROPERTIES_NARROWED", L, "properties that nothing else looks at must now match a schema"),
    ("MAX_ITEMS_ADDED", N, "the greatest number of items is now given, where it was not"),
    ("MAX_ITEMS_REMOVED", S, "the greatest number of items is no longer given"),
    ("MAX_ITEMS_INCREASED", S, "the greatest number of items was raised"),
    ("MAX_ITEMS_DECREASED", N, "the greatest number of items was lowered"),
    ("MIN_ITEMS_ADDED", N, "the least number of items is now given, where it was not"),
    ("MIN_ITEMS_REMOVED", S, "the least number of items is no longer given"),
    ("MIN_ITEMS_INCREASED", N, "the least number of items was raised"),
    ("MIN_ITEMS_DECREASED", S, "the least number of items was lowered"),
    ("MAX_CONTAINS_ADDED", N, "the greatest number of items of a kind is now given, where it was not"),
    ("MAX_CONTAINS_REMOVED", S, "the greatest number of items of a kind is no longer given"),
    ("MAX_CONTAINS_INCREASED", S, "the greatest number of items of a kind was raised"),
    ("MAX_CONTAINS_DECREASED", N, "the greatest number of items of a kind was lowered"),
    ("MIN_CONTAINS_ADDED", N, "the least number of items of a kind is now given, where it was not"),
    ("MIN_CONTAINS_REMOVED", S, "the least number of items of a kind is no longer given"),
    ("MIN_CONTAINS_INCREASED", N, "the least number of items of a kind was raised"),
    ("MIN_CONTAINS_DECREASED", S, "the least number of items of a kind was lowered"),
    ("UNIQUE_ITEMS_ADDED", N, "items must now differ from one another"),
    ("UNIQUE_ITEMS_REMOVED", S, "items may now be equal"),
    ("ADDITIONAL_ITEMS_ADDED", S, "items beyond the tuple are now allowed"),
    ("ADDITIONAL_ITEMS_REMOVED", N, "items beyond the tuple are no longer allowed"),
    ("ADDITIONAL_ITEMS_EXTENDED", S, "items beyond the tuple may now be anything"),
    ("ADDITIONAL_ITEMS_NARROWED", N, "items beyond the tuple must now match a schema"),
    ("UNEVALUATED_ITEMS_ADDED", S, "items that nothing else looks at are now allowed"),
    ("UNEVALUATED_ITEMS_REMOVED", N, "items that nothing else looks at are no longer allowed"),
    ("UNEVALUATED_ITEMS_EXTENDED", S, "items that nothing else looks at may now be anything"),
    ("UNEVALUATED_ITEMS_NARROWED", N, "items that nothing else looks at must now match a schema"),
    ("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", N, "an item was added to a tuple that already allowed anything in its place"),
    ("ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", S, "an item that may be anything was added to a tuple that already allowed anything in its place"),
    ("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", S, "an item was added to a tuple that allowed nothing in its place"),
    ("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL", S, "an item is gone from a tuple that allows anything in its place"),
    ("ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", S, "an item that could not be is gone from a tuple that allows nothing in its place"),
    ("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", N, "an item is gone from a tuple that now allows nothing in its place"),
    ("ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", S, "an item is gone, and what now governs its place allows all that it allowed"),
    ("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", N, "an item is gone, and what now governs its place allows less than it did"),
    ("ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", S, "an item was added that allows all that governed its place before"),
    ("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", N, "an item was added that allows less than what governed its place before"),
    ("ENUM_ARRAY_EXTENDED", S, "more values are listed"),
    ("ENUM_ARRAY_NARROWED", N, "fewer values are listed"),
    ("ENUM_ARRAY_CHANGED", N, "other values are listed, and some that were are not any more"),
    ("COMBINED_TYPE_EXTENDED", S, "the combination is of a kind that allows all that the old one did"),
    ("COMBINED_TYPE_CHANGED", N, "the combination is of another kind; its branches are not compared"),
    ("PRODUCT_TYPE_EXTENDED", N, "more schemas must be matched at once"),
    ("PRODUCT_TYPE_NARROWED", S, "fewer schemas must be matched at once"),
    ("SUM_TYPE_EXTENDED", S, "there are more alternatives"),
    ("SUM_TYPE_NARROWED", N, "there are fewer alternatives"),
    ("COMBINED_TYPE_SUBSCHEMAS_CHANGED", N, "some branch has no counterpart that is compatible with it"),
    ("NOT_TYPE_EXTENDED", N, "more is excluded, or something else"),
    ("NOT_TYPE_NARROWED", S, "what is excluded is the same or less"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Class, KINDS};

    #[test]
    fn the_classes_have_their_sizes_and_no_kind_stands_twice() {
        let sizes = [Class::Strict, Class::Lenient, Class::Never]
            .map(|class| KINDS.iter().filter(|(_, known, _)| *known == class).count());
        assert_eq!(sizes, [65, 9, 58]);
        assert_eq!(KINDS.iter().map(|(kind, ..)| kind).collect::<BTreeSet<_>>().len(), 132);
        assert_eq!(KINDS.iter().map(|(.., sentence)| sentence).collect::<BTreeSet<_>>().len(), 132);
    }
}
