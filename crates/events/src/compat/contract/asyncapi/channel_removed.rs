use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/channel-removed",
        class: Class::Breaking,
        explanation: "whoever sends to or receives from the address finds nothing there any more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for channel in pair.gone() {
        let message = format!("the channel `{}` was removed", Pair::name(channel));
        found.add(pair.channel(channel), message, &channel.place, &pair.at("/channels"));
    }
}
