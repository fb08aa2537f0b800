use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/optional-header-removed",
        class: Class::Notice,
        explanation: "who looks for it finds it no more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, status, old, new) in pair.responses() {
        for (name, header) in
            old.headers.iter().filter(|(name, header)| !header.required && !new.headers.contains_key(*name))
        {
            let message = format!("the header `{name}` of the response `{status}` was removed");
            found.add(pair.subject(operation), message, &header.place, &new.place);
        }
    }
}
