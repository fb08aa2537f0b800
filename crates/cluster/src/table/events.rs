//! Events, of both groups: the newer one has the older one's fields under other names.

use serde_json::Value;

use super::Row;

pub(super) fn event(row: &Row<'_>) -> Vec<Value> {
    let first = first_seen(row);
    let target = either(row, ["/involvedObject", "/regarding"], "name");
    let kind = either(row, ["/involvedObject", "/regarding"], "kind").to_lowercase();
    let target = if target.is_empty() { kind } else { format!("{kind}/{target}") };
    vec![
        last_seen(row, &first).into(),
        row.text("/type").into(),
        row.text("/reason").into(),
        target.into(),
        either(row, ["/involvedObject", "/regarding"], "fieldPath").into(),
        source(row).into(),
        one_of(row, ["/message", "/note"]).trim().into(),
        first.into(),
        count(row).into(),
        row.name(),
    ]
}

fn one_of<'a>(row: &Row<'a>, pointers: [&str; 2]) -> &'a str {
    pointers.iter().map(|pointer| row.text(pointer)).find(|text| !text.is_empty()).unwrap_or_default()
}

fn either<'a>(row: &Row<'a>, places: [&str; 2], member: &str) -> &'a str {
    one_of(row, places.map(|place| format!("{place}/{member}")).each_ref().map(String::as_str))
}

fn first_seen(row: &Row<'_>) -> String {
    match one_of(row, ["/firstTimestamp", "/deprecatedFirstTimestamp"]) {
        "" => row.since(row.text("/eventTime")),
        time => row.since(time),
    }
}

fn last_seen(row: &Row<'_>, first: &str) -> String {
    if row.at("/series").is_some_and(|series| !series.is_null()) {
        return row.since(row.text("/series/lastObservedTime"));
    }
    match one_of(row, ["/lastTimestamp", "/deprecatedLastTimestamp"]) {
        "" => first.to_owned(),
        time => row.since(time),
    }
}

fn count(row: &Row<'_>) -> i64 {
    if row.at("/series").is_some_and(|series| !series.is_null()) {
        return row.number("/series/count");
    }
    row.number("/count").max(row.number("/deprecatedCount")).max(1)
}

fn source(row: &Row<'_>) -> String {
    let part = |member: &str, other: &str| match either(row, ["/source", "/deprecatedSource"], member) {
        "" => one_of(row, [other, &other.replace("Component", "Controller")]).to_owned(),
        text => text.to_owned(),
    };
    let (component, host) = (part("component", "/reportingComponent"), part("host", "/reportingInstance"));
    if host.is_empty() { component } else { format!("{component}, {host}") }
}
