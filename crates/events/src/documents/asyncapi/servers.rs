//! Rules about servers.

use super::{Subject, Violation, undescribed};
use crate::documents::select::Part;

/// The variables in a server's address are those that it describes.
pub(super) fn variables_2(_: &Subject<'_>, server: &Part<'_>) -> Vec<Violation> {
    server.text("url").map(|url| undescribed(server, "variables", url, "variable", false)).unwrap_or_default()
}

/// The same where the address is a host and a path; the parser does not look at it there.
pub(super) fn variables_3(_: &Subject<'_>, server: &Part<'_>) -> Vec<Violation> {
    let address = [server.text("host").unwrap_or_default(), server.text("pathname").unwrap_or_default()].concat();
    undescribed(server, "variables", &address, "variable", false).into_iter().map(Violation::warning).collect()
}
