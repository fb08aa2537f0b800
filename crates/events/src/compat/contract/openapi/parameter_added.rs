use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-added",
        class: Class::Safe,
        explanation: "requests without it are answered as before",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, operation, parameter) in pair.new_parameters().filter(|(old, ..)| !old.outgoing) {
        if !parameter.required {
            let message = format!("the {} parameter `{}` was added", parameter.location, parameter.name);
            found.add(pair.subject(operation), message, &old.place, &parameter.place);
        }
    }
}
