use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/correlation-id-changed",
        class: Class::Breaking,
        explanation: "who answers or matches messages looks for the identifier where it is no more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.messages {
        let Some((before, old_place)) = &old.correlation else { continue };
        let (now, place) = match &new.correlation {
            Some((now, _)) if now == before => continue,
            Some((now, place)) => (format!("moved from `{before}` to `{now}`"), place),
            None => (format!("is no longer at `{before}`"), &new.place),
        };
        found.add(
            pair.message(&new.key),
            format!("the correlation identifier of `{}` {now}", new.key),
            old_place,
            place,
        );
    }
}
