//! Rules about servers.

use super::shape::Kind;
use super::{Subject, Version, Violation};
use crate::documents::select::Part;

/// The variables of a server's address are described, and their defaults are allowed (Server Object).
pub(super) fn variables(subject: &Subject<'_>) -> Vec<Violation> {
    subject.of(Kind::Server).flat_map(|server| of_server(subject, server)).collect()
}

fn of_server(subject: &Subject<'_>, server: &Part<'_>) -> Vec<Violation> {
    let url = server.text("url").unwrap_or_default();
    let names: Vec<_> = url.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect();
    let described = server.members("variables");
    let missing = names.iter().filter(|name| !described.iter().any(|variable| variable.name() == **name)).map(|name| {
        let message = format!("the variable `{name}` of the address `{url}` is not described in `variables`");
        Violation::new(format!("{}/url", server.at), message)
    });
    let defaults = described.iter().filter_map(|variable| {
        let (default, allowed) = (variable.value.get("default")?, variable.value.get("enum")?.as_array()?);
        let message = format!("the default {default} is none of the variable's `enum`");
        let violation = Violation::new(format!("{}/default", variable.at), message);
        let violation = if subject.version == Version::V30 { violation.warning() } else { violation };
        (!allowed.contains(default)).then_some(violation)
    });
    missing.chain(defaults).collect()
}
