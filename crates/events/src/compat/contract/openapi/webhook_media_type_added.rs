use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, covered};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/webhook-media-type-added",
        class: Class::Breaking,
        explanation: "who receives the request does not know it",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in pair.operations.iter().filter(|(_, new)| new.outgoing) {
        let (Some(before), Some(now)) = (&old.body, &new.body) else { continue };
        for (name, media) in now.media.iter().filter(|(name, _)| !covered(name, before.media.keys())) {
            let message = format!("the request may now be sent as `{name}`");
            found.add(pair.subject(new), message, &before.place, &media.place);
        }
    }
}
