use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/webhook-parameter-removed",
        class: Class::Breaking,
        explanation: "who receives the request relies on what was always there",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, parameter, new) in pair.lost_parameters().filter(|(operation, ..)| operation.outgoing) {
        if parameter.required {
            let message = format!("the {} parameter `{}` is no longer sent", parameter.location, parameter.name);
            found.add(pair.subject(operation), message, &parameter.place, &new.place);
        }
    }
    for (operation, old, new) in pair.parameters().filter(|(operation, ..)| operation.outgoing) {
        if old.required && !new.required {
            let message = format!("the {} parameter `{}` is no longer sent always", new.location, new.name);
            found.add(pair.subject(operation), message, &old.place, &new.place);
        }
    }
}
