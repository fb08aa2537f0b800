use super::super::model::Action;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, names};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule { id: "asyncapi/operation-added", class: Class::Safe, explanation: "nobody relied on it" },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        let fresh = |action: &Action| !old.sides.contains_key(action) && !Pair::turned(old, new, action.other());
        for (action, side) in new.sides.iter().filter(|(action, _)| fresh(action)) {
            let verb = action.name();
            let message = format!("`{}` is now used to {verb}: {}", Pair::name(new), names(side.operations.iter()));
            found.add(pair.channel(new), message, &old.place, &side.place);
        }
    }
}
