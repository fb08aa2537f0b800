use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/one-of-overlap",
    class: Class::Logic,
    explanation: "More than one alternative of `oneOf` fits, where exactly one must.",
    help: [
        "make the alternatives exclude each other, or use `anyOf`",
        "send nothing that fits several alternatives of the old schema",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let fitting = change.overlap()?;
    let fitting: Vec<_> = fitting.iter().map(|index| (index + 1).to_string()).collect();
    let (reader, value) = (change.reader_name(), change.located());
    Some(
        format!(
            "{value} fits the alternatives {} of `oneOf` in {reader}, where exactly one may fit",
            fitting.join(" and ")
        )
        .into(),
    )
}
