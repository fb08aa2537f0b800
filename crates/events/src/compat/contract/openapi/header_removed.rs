use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/header-removed",
        class: Class::Breaking,
        explanation: "who reads the response relies on what was always there",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, status, old, new) in pair.responses() {
        for (name, header) in old.headers.iter().filter(|(_, header)| header.required) {
            let now = new.headers.get(name);
            let what = match now {
                None => "was removed",
                Some(header) if !header.required => "is no longer required",
                Some(_) => continue,
            };
            let message = format!("the header `{name}` of the response `{status}` {what}");
            found.add(pair.subject(operation), message, &header.place, now.map_or(&new.place, |header| &header.place));
        }
    }
}
