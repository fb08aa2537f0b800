use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, names};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/operation-removed",
        class: Class::Breaking,
        explanation: "who receives what the service sent waits in vain, and who sends what it received is not heard",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        for (action, side) in &old.sides {
            if !new.sides.contains_key(action) && !Pair::turned(old, new, *action) {
                let operations = names(side.operations.iter());
                let verb = action.name();
                let message = format!("`{}` is no longer used to {verb}: {operations} was removed", Pair::name(new));
                found.add(pair.channel(new), message, &side.place, &pair.at("/operations"));
            }
        }
    }
}
