use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/operation-id-changed",
        class: Class::Notice,
        explanation: "generated clients call their functions by it",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.operations {
        if let Some(before) = old.operation_id.as_ref().filter(|_| old.operation_id != new.operation_id) {
            let now = new.operation_id.as_ref().map_or_else(|| "nothing".to_owned(), |id| format!("`{id}`"));
            let message = format!("the operation `{before}` is now called {now}");
            found.add(pair.subject(new), message, &old.place, &new.place);
        }
    }
}
