//! Services, what is behind them, and how one gets there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Row;
use super::row::{first_three, labels, plain, selector_or_none, text};

pub(super) fn service(row: &Row<'_>) -> Vec<Value> {
    let ports: Vec<_> = row.list("/spec/ports").iter().map(port).collect();
    vec![
        row.name(),
        row.text("/spec/type").into(),
        row.text_or("/spec/clusterIPs/0", "<none>").into(),
        external(row).into(),
        if ports.is_empty() { "<none>".into() } else { ports.join(",").into() },
        row.age(),
        labels(row.map("/spec/selector")).into(),
    ]
}

fn port(port: &Value) -> String {
    let (number, protocol) = (port["port"].as_i64().unwrap_or_default(), text(port, "protocol"));
    match port["nodePort"].as_i64().unwrap_or_default() {
        0 => format!("{number}/{protocol}"),
        node => format!("{number}:{node}/{protocol}"),
    }
}

fn external(row: &Row<'_>) -> String {
    let own: Vec<_> = row.list("/spec/externalIPs").iter().map(plain).collect();
    match row.text("/spec/type") {
        "ClusterIP" | "NodePort" if own.is_empty() => "<none>".to_owned(),
        "ClusterIP" | "NodePort" => own.join(","),
        "LoadBalancer" => match balanced(row).into_iter().chain(own).collect::<Vec<_>>() {
            none if none.is_empty() => "<pending>".to_owned(),
            all => all.join(","),
        },
        "ExternalName" => row.text("/spec/externalName").to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

/// The addresses of the load balancer, each once.
fn balanced(row: &Row<'_>) -> BTreeSet<String> {
    let address = |one: &Value| match text(one, "ip") {
        "" => text(one, "hostname").to_owned(),
        ip => ip.to_owned(),
    };
    row.list("/status/loadBalancer/ingress").iter().map(address).filter(|address| !address.is_empty()).collect()
}

pub(super) fn endpoints(row: &Row<'_>) -> Vec<Value> {
    let list: Vec<_> = row.list("/subsets").iter().flat_map(subset).collect();
    let none = if row.list("/subsets").is_empty() { "<none>" } else { "" };
    vec![row.name(), first_three(&list, none).into(), row.age()]
}

fn subset(subset: &Value) -> Vec<String> {
    let items = |member: &str| subset[member].as_array().map_or(&[][..], Vec::as_slice);
    let address = |one: &Value, port: Option<&Value>| match (text(one, "ip"), port) {
        (ip, None) => ip.to_owned(),
        (ip, Some(port)) if ip.contains(':') => format!("[{ip}]:{}", port["port"]),
        (ip, Some(port)) => format!("{ip}:{}", port["port"]),
    };
    let addresses = items("addresses");
    match items("ports") {
        [] => addresses.iter().map(|one| address(one, None)).collect(),
        ports => ports.iter().flat_map(|port| addresses.iter().map(move |one| address(one, Some(port)))).collect(),
    }
}

pub(super) fn endpoint_slice(row: &Row<'_>) -> Vec<Value> {
    let port = |one: &Value| match (&one["port"], text(one, "name")) {
        (Value::Null, "") => "*".to_owned(),
        (Value::Null, name) => name.to_owned(),
        (port, _) => plain(port),
    };
    let ports: Vec<_> = row.list("/ports").iter().map(port).collect();
    let addresses = row.list("/endpoints").iter().filter_map(|one| one["addresses"].as_array());
    let addresses: Vec<_> = addresses.flatten().map(plain).collect();
    vec![
        row.name(),
        row.text("/addressType").into(),
        first_three(&ports, "<unset>").into(),
        first_three(&addresses, "<unset>").into(),
        row.age(),
    ]
}

pub(super) fn ingress(row: &Row<'_>) -> Vec<Value> {
    let ports = if row.list("/spec/tls").is_empty() { "80" } else { "80, 443" };
    let addresses: Vec<_> = balanced(row).into_iter().collect();
    vec![
        row.name(),
        row.at("/spec/ingressClassName").and_then(Value::as_str).unwrap_or("<none>").into(),
        hosts(row.list("/spec/rules")).into(),
        addresses.join(",").into(),
        ports.into(),
        row.age(),
    ]
}

fn hosts(rules: &[Value]) -> String {
    const SHOWN: usize = 3;
    let named: Vec<_> =
        rules.iter().map(|rule| text(rule, "host")).filter(|host| !host.is_empty()).take(SHOWN).collect();
    // More is said only if a rule follows the last host that is shown.
    let last = rules.iter().enumerate().filter(|(_, rule)| !text(rule, "host").is_empty()).nth(SHOWN - 1);
    match last {
        _ if named.is_empty() => "*".to_owned(),
        Some((place, _)) if place + 1 < rules.len() => format!("{} + {} more...", named.join(","), rules.len() - SHOWN),
        _ => named.join(","),
    }
}

pub(super) fn ingress_class(row: &Row<'_>) -> Vec<Value> {
    let default = row.at("/metadata/annotations/ingressclass.kubernetes.io~1is-default-class");
    let name = match default.and_then(Value::as_str) {
        Some("true") => format!("{} (default)", row.text("/metadata/name")),
        _ => row.text("/metadata/name").to_owned(),
    };
    let parameters = row.at("/spec/parameters").map_or_else(
        || "<none>".to_owned(),
        |parameters| {
            let group = parameters.get("apiGroup").and_then(Value::as_str).map(|group| format!(".{group}"));
            format!("{}{}/{}", text(parameters, "kind"), group.unwrap_or_default(), text(parameters, "name"))
        },
    );
    vec![name.into(), row.text("/spec/controller").into(), parameters.into(), row.age()]
}

pub(super) fn policy(row: &Row<'_>) -> Vec<Value> {
    vec![row.name(), selector_or_none(row.at("/spec/podSelector")).into(), row.age()]
}
