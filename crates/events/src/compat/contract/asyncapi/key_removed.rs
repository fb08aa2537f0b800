use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/key-removed",
        class: Class::Breaking,
        explanation: "messages of one key kept their order and were kept together; now nothing is promised",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in pair.messages.iter().filter(|(old, new)| old.keyed && !new.keyed) {
        let message = format!("the Kafka key of `{}` is no longer described", new.key);
        found.add(pair.message(&new.key), message, &old.place, &new.place);
    }
}
