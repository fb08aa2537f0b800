use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/multiple-of-changed",
    class: Class::Values,
    explanation: "A number must be a multiple of something else.",
    help: ["accept the numbers that were accepted before", "send only multiples that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["multipleOf"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
