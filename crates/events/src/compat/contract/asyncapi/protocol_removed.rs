use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/protocol-removed",
        class: Class::Breaking,
        explanation: "who speaks only this protocol reaches no server any more",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for server in &pair.old.servers {
        let offered = pair.new.servers.iter().any(|other| other.protocol == server.protocol);
        if !offered && !server.protocol.is_empty() {
            let message = format!("no server speaks `{}` any more; `{}` did", server.protocol, server.key);
            found.add(pair.server(&server.key), message, &server.place, &pair.at("/servers"));
        }
    }
}
