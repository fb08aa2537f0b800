use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, names};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/security-added",
        class: Class::Breaking,
        explanation: "who connected without, or in another way, is turned away",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for server in &pair.new.servers {
        let Some(old) = pair.old.servers.iter().find(|other| other.key == server.key) else { continue };
        if old.security.is_disjoint(&server.security) && !server.security.is_empty() {
            let message = format!("the server `{}` now asks for {}", server.key, names(server.security.iter()));
            found.add(pair.server(&server.key), message, &old.place, &server.place);
        }
    }
    for (channel, action, old, new) in pair.sides() {
        if old.security.is_disjoint(&new.security) && !new.security.is_empty() {
            let asked = names(new.security.iter());
            let message = format!("to {} at `{}` now asks for {asked}", action.other().name(), Pair::name(channel));
            found.add(pair.channel(channel), message, &old.place, &new.place);
        }
    }
}
