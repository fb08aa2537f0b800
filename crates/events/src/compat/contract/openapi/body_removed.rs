use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/body-removed",
        class: Class::Breaking,
        explanation: "what requests carry is no longer read, or no longer sent",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.operations {
        if let Some(body) = old.body.as_ref().filter(|_| new.body.is_none()) {
            found.add(pair.subject(new), "the request has no body any more", &body.place, &new.place);
        }
    }
}
