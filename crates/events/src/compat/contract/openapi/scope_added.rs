use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, Schemes, weaker};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/scope-added",
        class: Class::Breaking,
        explanation: "who has only the scopes that were enough is turned away",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.operations {
        let schemes = weaker(old, new, |now, before| now.keys().all(|scheme| before.contains_key(scheme)));
        let enough = |now: &Schemes, before: &Schemes| {
            now.iter().all(|(scheme, scopes)| before.get(scheme).is_some_and(|had| scopes.is_subset(had)))
        };
        if !schemes && weaker(old, new, enough) {
            let scopes: Vec<_> = new
                .security
                .iter()
                .flat_map(|schemes| schemes.values().flatten())
                .map(|name| format!("`{name}`"))
                .collect();
            let message = format!("`{}` now asks for the scopes {}", new.name, scopes.join(", "));
            found.add(pair.subject(new), message, &old.place, &new.place);
        }
    }
}
