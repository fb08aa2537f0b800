use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/minimum-raised",
    class: Class::Values,
    explanation: "A number must be larger.",
    help: ["accept the numbers that were accepted before", "send only numbers that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["minimum", "exclusiveMinimum"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
