use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/webhook-removed",
        class: Class::Breaking,
        explanation: "who awaits the request waits in vain",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for operation in pair.gone().filter(|operation| operation.outgoing) {
        let message = format!("`{}` is no longer sent", operation.name);
        found.add(pair.subject(operation), message, &operation.place, &pair.path_place(operation));
    }
}
