use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/parameter-added",
        class: Class::Breaking,
        explanation: "the address has a part that nobody fills in yet",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        for (name, place) in pair.parameters(old, new).0 {
            let message = format!("the address of the channel `{}` has a new parameter `{name}`", Pair::name(new));
            found.add(pair.channel(new), message, &old.place, place);
        }
    }
}
