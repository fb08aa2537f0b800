use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, success};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule { id: "openapi/status-removed", class: Class::Notice, explanation: "who handles it does so in vain" },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (operation, status, response) in pair.lost_responses().filter(|(_, status, _)| !success(status)) {
        let message = format!("the response `{status}` was removed");
        found.add(pair.subject(operation), message, &response.place, &pair.responses_place(operation));
    }
}
