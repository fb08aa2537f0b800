use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/alternatives-added",
    class: Class::Values,
    explanation: "What was free must now fit an alternative of `anyOf` or `oneOf`.",
    help: ["add an alternative for what was accepted before", "send only what fits an alternative of the old schema"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    if !matches!(change.keyword.as_str(), "anyOf" | "oneOf") {
        return None;
    }
    let (reader, writer, keyword) = (change.reader_name(), change.writer_name(), &change.keyword);
    Some(
        format!("{reader} demands by `{keyword}` what {writer} leaves open: {} fits no alternative", change.located())
            .into(),
    )
}
