use super::super::model::Action;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/headers-removed",
        class: Class::Breaking,
        explanation: "who receives the message can no longer rely on any header",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.messages {
        if old.headers && !new.headers && pair.uses(&new.key, Action::Send) {
            let message = format!("the headers of `{}` are no longer described", new.key);
            found.add(pair.message(&new.key), message, &old.place, &new.place);
        }
    }
}
