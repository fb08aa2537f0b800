use super::super::model::nameless;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, placeholders};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/address-changed",
        class: Class::Breaking,
        explanation: "messages travel where nobody looks for them yet, and are awaited where nobody sends them any more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        let (Some(before), Some(now)) = (&old.address, &new.address) else { continue };
        if nameless(before) != nameless(now) && placeholders(before) == placeholders(now) {
            let message = format!("the address of the channel `{}` changed from `{before}` to `{now}`", new.key);
            found.add(
                pair.channel(new),
                message,
                &Pair::word(&old.place, "address"),
                &Pair::word(&new.place, "address"),
            );
        }
    }
}
