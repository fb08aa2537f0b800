use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/body-required",
        class: Class::Breaking,
        explanation: "requests without a body were fine, and are refused now",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in pair.operations.iter().filter(|(_, new)| !new.outgoing) {
        let before = old.body.as_ref().is_some_and(|body| body.required);
        if let Some(body) = new.body.as_ref().filter(|body| body.required && !before) {
            let place = old.body.as_ref().map_or(&old.place, |body| &body.place);
            found.add(pair.subject(new), "the request's body is now required", place, &body.place);
        }
    }
}
