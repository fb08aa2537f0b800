use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> =
    Check { rule: Rule { id: "asyncapi/channel-added", class: Class::Safe, explanation: "nobody relied on it" }, find };

fn find(pair: &Pair<'_>, found: &mut Found) {
    for channel in pair.fresh() {
        let message = format!("the channel `{}` was added", Pair::name(channel));
        found.add(pair.channel(channel), message, &pair.at("/channels"), &channel.place);
    }
}
