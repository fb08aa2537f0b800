use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, success};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/success-status-removed",
        class: Class::Breaking,
        explanation: "who waits for it takes another answer for a failure",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, status, response) in pair.lost_responses().filter(|(_, status, _)| success(status)) {
        let now: Vec<_> =
            operation.responses.keys().filter(|status| success(status)).map(|status| format!("`{status}`")).collect();
        let now = if now.is_empty() { String::new() } else { format!("; success is now {}", now.join(", ")) };
        let message = format!("the response `{status}` was removed{now}");
        found.add(pair.subject(operation), message, &response.place, &pair.responses_place(operation));
    }
}
