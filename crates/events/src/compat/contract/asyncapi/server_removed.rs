use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/server-removed",
        class: Class::Notice,
        explanation: "who is connected to it must go to another one",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for server in &pair.old.servers {
        let offered = pair.new.servers.iter().any(|other| other.protocol == server.protocol);
        if offered && !pair.new.servers.iter().any(|other| other.key == server.key) {
            let message = format!("the server `{}` was removed", server.key);
            found.add(pair.server(&server.key), message, &server.place, &pair.at("/servers"));
        }
    }
}
