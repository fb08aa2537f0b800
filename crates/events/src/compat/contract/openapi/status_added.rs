use super::super::model::HttpOperation;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "openapi/status-added",
        class: Class::Notice,
        explanation: "who does not know it must handle it as its class says",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in pair.operations.iter().filter(|(_, new)| !new.outgoing) {
        for (status, response) in new.responses.iter().filter(|(status, _)| !answers(old, status)) {
            let message = format!("the response `{status}` was added");
            found.add(pair.subject(new), message, &old.place, &response.place);
        }
    }
}

fn answers(operation: &HttpOperation, status: &str) -> bool {
    super::answer(operation, status).is_some()
}
