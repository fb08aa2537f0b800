use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/direction-changed",
        class: Class::Breaking,
        explanation: "both sides now send, or both wait",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.channels {
        for (action, side) in &old.sides {
            let now = new.sides.get(&action.other()).filter(|_| Pair::turned(old, new, *action));
            let Some(now) = now else { continue };
            let (before, after) = (action.name(), action.other().name());
            let message = format!("the service used `{}` to {before}, and now to {after}", Pair::name(new));
            found.add(pair.channel(new), message, &side.place, &now.place);
        }
    }
}
