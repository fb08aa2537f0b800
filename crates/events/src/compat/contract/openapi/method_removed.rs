use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/method-removed",
        class: Class::Breaking,
        explanation: "requests with the method are answered with an error",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for operation in pair.gone().filter(|operation| !operation.outgoing && !pair.path_is_gone(operation)) {
        let message = format!("`{}` was removed", operation.name);
        found.add(pair.subject(operation), message, &operation.place, &pair.path_place(operation));
    }
}
