use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-added-required",
        class: Class::Breaking,
        explanation: "requests without it are refused, and nobody sends it yet",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, operation, parameter) in pair.new_parameters().filter(|(old, ..)| !old.outgoing) {
        if parameter.required {
            let message =
                format!("the {} parameter `{}` was added, and is required", parameter.location, parameter.name);
            found.add(pair.subject(operation), message, &old.place, &parameter.place);
        }
    }
}
