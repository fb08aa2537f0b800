use super::super::model::Action;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/message-added",
        class: Class::Notice,
        explanation: "who receives from the channel gets messages that it does not know",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (channel, action, old, new) in pair.sides() {
        for key in pair.gained(old, new).into_iter().filter(|_| action == Action::Send) {
            let place = pair
                .new
                .messages
                .iter()
                .find(|message| message.key == *key)
                .map_or(&new.place, |message| &message.place);
            let message = format!("the message `{key}` is now sent to `{}`, too", Pair::name(channel));
            found.add(pair.message(key), message, &old.place, place);
        }
    }
}
