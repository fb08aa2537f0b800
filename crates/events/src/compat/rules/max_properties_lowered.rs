use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/max-properties-lowered",
    class: Class::Closed,
    explanation: "An object must have fewer properties.",
    help: ["accept objects with as many properties as before", "send no more properties than the old schema allows"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["maxProperties"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
