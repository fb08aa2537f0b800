use super::super::model::Action;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/message-removed",
        class: Class::Breaking,
        explanation: "who receives it waits in vain, and who sends it is not understood any more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (channel, action, old, new) in pair.sides() {
        for key in pair.lost(old, new) {
            let place = pair
                .old
                .messages
                .iter()
                .find(|message| message.key == *key)
                .map_or(&old.place, |message| &message.place);
            let verb = if action == Action::Send { "sent to" } else { "received from" };
            let message = format!("the message `{key}` is no longer {verb} `{}`", Pair::name(channel));
            found.add(pair.message(key), message, place, &new.place);
        }
    }
}
