use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, covered};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/response-media-type-removed",
        class: Class::Breaking,
        explanation: "who asks for it gets another, or an error",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, status, old, new) in pair.responses() {
        for (name, media) in old.media.iter().filter(|(name, _)| !covered(name, new.media.keys())) {
            let message = format!("the response `{status}` has no media type `{name}` any more");
            found.add(pair.subject(operation), message, &media.place, &new.place);
        }
    }
}
