use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, covered};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/request-media-type-removed",
        class: Class::Breaking,
        explanation: "requests in it are refused",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in pair.operations.iter().filter(|(_, new)| !new.outgoing) {
        let (Some(before), Some(now)) = (&old.body, &new.body) else { continue };
        for (name, media) in before.media.iter().filter(|(name, _)| !covered(name, now.media.keys())) {
            let message = format!("the request's media type `{name}` was removed");
            found.add(pair.subject(new), message, &media.place, &now.place);
        }
    }
}
