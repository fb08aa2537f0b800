use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule { id: "openapi/operation-added", class: Class::Safe, explanation: "nobody relied on it" },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for operation in pair.fresh() {
        let message = format!("`{}` was added", operation.name);
        found.add(pair.subject(operation), message, pair.root, &operation.place);
    }
}
