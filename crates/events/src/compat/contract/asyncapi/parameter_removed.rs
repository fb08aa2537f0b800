use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/parameter-removed",
        class: Class::Breaking,
        explanation: "the address has no place any more for what others fill in",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        for (name, place) in pair.parameters(old, new).1 {
            let message =
                format!("the address of the channel `{}` has no parameter `{name}` any more", Pair::name(new));
            found.add(pair.channel(new), message, place, &new.place);
        }
    }
}
