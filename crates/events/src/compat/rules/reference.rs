//! All rules of `compat` for the reference, those included that no change of a schema is behind.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::all;
use crate::compat::contract;

/// Rules about something else than a change of a schema: their names, and when they speak.
const OTHERS: [(&str, &str); 12] = [
    ("compat/dataschema-unchanged", "A new major version breaks readers, and has the `dataschema` of the old one."),
    ("compat/golden-event", "A recorded event is rejected by a version that must accept it."),
    ("compat/invalid-schema", "The new version is no valid schema, or refers to something that is not there."),
    ("compat/needless-major", "A new major version accepts all that the old one accepts."),
    ("compat/registry", "A schema registry would refuse the change, and its verdict gates."),
    ("compat/registry-error", "A schema registry would answer with an error, and its verdict gates."),
    ("compat/type-gone", "An event type was replaced by a new major version that breaks its readers."),
    ("compat/unknown", "It could be neither proved nor refuted that the change is compatible."),
    ("compat/unknown-rule", "`linkspan.yaml` gives a severity to a rule that does not exist."),
    ("compat/verdicts-differ", "The semantic verdict and the registry's are not the same."),
    ("compat/waiver-expired", "The last day of a waiver has passed."),
    ("compat/waiver-unused", "A waiver covers nothing."),
];

/// Whether there is a rule with this name.
pub(in crate::compat) fn is_known(id: &str) -> bool {
    explanations().contains_key(id)
}

/// What each rule means, by its name.
fn explanations() -> BTreeMap<&'static str, &'static str> {
    let schemas = all().map(|rule| (rule.id, rule.explanation));
    let contracts = contract::rules().into_iter().map(|rule| (rule.id, rule.explanation));
    schemas.chain(contracts).chain(OTHERS).collect()
}

/// The page with all rules, in Markdown, each with an anchor of its name.
#[must_use]
pub fn reference() -> String {
    let mut page = "# Rules of `compat`\n\nBackward, the new schema reads old events; forward it is the other way round.\n\
                    A finding's severity is an error where a break gates; `contracts.policy.severity` in `linkspan.yaml`\n\
                    changes it by the rule's name.\n"
        .to_owned();
    let help: BTreeMap<_, _> = all().map(|rule| (rule.id, rule.help)).collect();
    for (id, explanation) in explanations() {
        // Writing to a string does not fail.
        let _ = write!(page, "\n## `{id}`\n\n{explanation}\n");
        if let Some([backward, forward]) = help.get(id) {
            let _ = write!(page, "\nBackward: {backward}. Forward: {forward}.\n");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_section_and_no_name_is_used_twice() {
        let page = reference();
        let count = all().count() + contract::rules().len() + OTHERS.len();
        assert_eq!(page.matches("\n## `").count(), count);
        assert!(is_known("compat/enum-narrowed") && !is_known("compat/enum"));
    }
}
