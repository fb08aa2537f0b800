use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-moved",
        class: Class::Breaking,
        explanation: "it is not looked for where it is sent",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, old, new) in pair.moved_parameters() {
        let message = format!("the parameter `{}` moved from {} to {}", new.name, old.location, new.location);
        found.add(pair.subject(operation), message, &old.place, &new.place);
    }
}
