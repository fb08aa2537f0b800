use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-required",
        class: Class::Breaking,
        explanation: "requests without it were fine, and are refused now",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, old, new) in pair.parameters().filter(|(operation, ..)| !operation.outgoing) {
        if new.required && !old.required {
            let message = format!("the {} parameter `{}` is now required", new.location, new.name);
            found.add(pair.subject(operation), message, &old.place, &new.place);
        }
    }
}
