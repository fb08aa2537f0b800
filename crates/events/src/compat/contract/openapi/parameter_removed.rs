use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-removed",
        class: Class::Notice,
        explanation: "who sends it is not refused, but not heard either",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, parameter, new) in pair.lost_parameters().filter(|(operation, ..)| !operation.outgoing) {
        let message = format!("the {} parameter `{}` was removed", parameter.location, parameter.name);
        found.add(pair.subject(operation), message, &parameter.place, &new.place);
    }
}
