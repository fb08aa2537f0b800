use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/parameter-style-changed",
        class: Class::Breaking,
        explanation: "it is written in another way than it is read",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, old, new) in pair.parameters() {
        if old.style != new.style {
            let message = format!(
                "the {} parameter `{}` was written as `{}`, and now as `{}`",
                new.location, new.name, old.style, new.style
            );
            found.add(pair.subject(operation), message, &old.place, &new.place);
        }
    }
}
