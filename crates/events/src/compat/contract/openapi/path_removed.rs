use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/path-removed",
        class: Class::Breaking,
        explanation: "requests to the path are answered with an error",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    let mut said = std::collections::BTreeSet::new();
    for operation in pair.gone().filter(|operation| !operation.outgoing && pair.path_is_gone(operation)) {
        if said.insert(&operation.path) {
            let message = format!("the path `{}` was removed", Pair::path(operation));
            found.add(format!("{} {}", pair.id, Pair::path(operation)), message, &operation.place, &pair.at("/paths"));
        }
    }
}
