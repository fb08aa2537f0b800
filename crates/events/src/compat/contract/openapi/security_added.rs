use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, weaker};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/security-added",
        class: Class::Breaking,
        explanation: "who called without, or with another scheme, is turned away",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.operations {
        if weaker(old, new, |now, before| now.keys().all(|scheme| before.contains_key(scheme))) {
            let asked: Vec<_> =
                new.security.iter().flat_map(|schemes| schemes.keys()).map(|name| format!("`{name}`")).collect();
            let message = format!("`{}` now asks for {}", new.name, asked.join(" or "));
            found.add(pair.subject(new), message, &old.place, &new.place);
        }
    }
}
