use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/event-type-changed",
        class: Class::Notice,
        explanation: "for those who choose by the type it is another event: say both for a while",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.messages {
        let (Some(before), Some(now)) = (&old.event_type, &new.event_type) else { continue };
        // A message without a type of its own has its key for one, which may differ between versions of AsyncAPI.
        if before != now && *before != old.key && *now != new.key {
            let message = format!("the event type of `{}` changed from `{before}` to `{now}`", new.key);
            found.add(
                pair.message(&new.key),
                message,
                &Pair::word(&old.place, "name"),
                &Pair::word(&new.place, "name"),
            );
        }
    }
}
