use super::change::Change;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/min-length-raised",
    class: Class::Values,
    explanation: "A text must be longer.",
    help: ["accept texts as short as before", "send texts as long as the old schema demands"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let read = change.bound(&["minLength"])?;
    Some(format!("{}: {}", read, change.located()).into())
}
