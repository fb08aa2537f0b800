//! Which ports are forwarded, and how their addresses look.

use std::collections::BTreeMap;

use linkspan_kube::Object;
use linkspan_report::Finding;
use serde_json::Value;

use crate::forward::Forward;

/// A service of the project, as far as ports are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Its name.
    pub service: &'a str,
    /// The ports that `linkspan.yaml` names; empty means every one.
    pub ports: &'a BTreeMap<String, u16>,
    /// The objects of its manifests.
    pub objects: &'a [Object],
}

/// The ports to forward: those that `linkspan.yaml` names come first, so that they get the numbers they ask for.
pub(super) fn forwards(wishes: &[Wish<'_>], namespace: &str) -> (Vec<Forward>, Vec<Finding>) {
    let (mut forwards, mut findings) = (Vec::new(), Vec::new());
    for wish in wishes.iter().filter(|wish| !wish.ports.is_empty()) {
        for (name, port) in wish.ports {
            match named(wish, *port, namespace) {
                Some(forward) if wish.ports.len() == 1 => {
                    forwards.push(Forward { name: wish.service.to_owned(), ..forward });
                }
                Some(forward) => forwards.push(Forward { name: format!("{}/{name}", wish.service), ..forward }),
                None => findings.push(unknown(wish.service, *port)),
            }
        }
    }
    let mut all: Vec<Forward> = Vec::new();
    for wish in wishes {
        // A folder that services share is the wish of each; what one of them names is not asked for twice.
        for forward in services(wish.objects).flat_map(|service| ports(service, namespace)) {
            let named = |other: &Wish<'_>| {
                !other.ports.is_empty() && (other.service == forward.service || std::ptr::eq(other, wish))
            };
            let known = all.iter().chain(&forwards).any(|other| same(other, &forward));
            if !known && !wishes.iter().any(named) {
                all.push(forward);
            }
        }
    }
    forwards.extend(all);
    (forwards, findings)
}

fn same(a: &Forward, b: &Forward) -> bool {
    (&a.namespace, &a.service, a.port) == (&b.namespace, &b.service, b.port)
}

/// The Service with a port: the one called as the service is, if several have it.
fn named(wish: &Wish<'_>, port: u16, namespace: &str) -> Option<Forward> {
    let found: Vec<Forward> = services(wish.objects)
        .flat_map(|service| ports(service, namespace))
        .filter(|forward| forward.port == port)
        .collect();
    found.iter().find(|forward| forward.service == wish.service).or_else(|| found.first()).cloned()
}

fn unknown(service: &str, port: u16) -> Finding {
    Finding::warning("up/port", format!("no Service of `{service}` has the port {port}, so it is not forwarded"))
        .in_file(linkspan_project::FILE_NAME)
        .help("`ports` in `linkspan.yaml` names ports of Services, not of containers")
}

fn services(objects: &[Object]) -> impl Iterator<Item = &Object> {
    let external = |object: &&Object| object.text("/spec/type") == Some("ExternalName");
    objects.iter().filter(|object| object.gvk().is("", "Service")).filter(move |object| !external(object))
}

fn ports<'a>(service: &'a Object, namespace: &'a str) -> impl Iterator<Item = Forward> + 'a {
    let list = service.list("/spec/ports");
    list.iter().filter_map(move |port| {
        let text = |key: &str| port.get(key).and_then(Value::as_str).unwrap_or_default();
        let number =
            u16::try_from(port.get("port")?.as_u64()?).ok().filter(|_| matches!(text("protocol"), "" | "TCP"))?;
        let name = if list.len() == 1 || text("name").is_empty() {
            service.name().to_owned()
        } else {
            format!("{}/{}", service.name(), text("name"))
        };
        Some(Forward {
            name,
            namespace: service.namespace().unwrap_or(namespace).to_owned(),
            service: service.name().to_owned(),
            port: number,
            port_name: text("name").to_owned(),
            local: nearby(number),
        })
    })
}

/// The port to try first: the same number, or where only the system may listen, the one that people use instead.
const fn nearby(port: u16) -> u16 {
    if port < 1024 { port + 8000 } else { port }
}

/// How a forwarded port is addressed: as a URL unless its name or number says that it does not speak HTTP.
pub(super) fn address(forward: &Forward) -> String {
    const OTHERS: [&str; 12] =
        ["grpc", "tcp", "postgres", "sql", "mysql", "redis", "amqp", "kafka", "nats", "mongo", "smtp", "dns"];
    const NUMBERS: [u16; 9] = [22, 25, 53, 3306, 4222, 5432, 5672, 6379, 9092];
    let name = forward.port_name.as_str();
    if name.starts_with("https") || (name.is_empty() && matches!(forward.port, 443 | 8443)) {
        format!("https://127.0.0.1:{}", forward.local)
    } else if OTHERS.iter().any(|other| name.starts_with(other)) || NUMBERS.contains(&forward.port) {
        format!("127.0.0.1:{}", forward.local)
    } else {
        format!("http://127.0.0.1:{}", forward.local)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn service(name: &str, ports: Value) -> Object {
        Object::new(
            json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": ports}}),
        )
        .unwrap()
    }

    fn shown(forwards: &[Forward]) -> Vec<String> {
        let line =
            |forward: &Forward| format!("{} {}:{} {}", forward.name, forward.service, forward.port, address(forward));
        forwards.iter().map(line).collect()
    }

    #[test]
    fn every_port_is_forwarded_unless_some_are_named() {
        let none = BTreeMap::new();
        let some = BTreeMap::from([("page".to_owned(), 80)]);
        let orders = [service("orders", json!([{"port": 8080, "name": "http"}, {"port": 9000, "name": "grpc"}]))];
        let web = [
            service("web", json!([{"port": 80}, {"port": 9090, "name": "metrics"}])),
            service("web-internal", json!([{"port": 80}])),
        ];
        let wishes = [
            Wish { service: "orders", ports: &none, objects: &orders },
            Wish { service: "web", ports: &some, objects: &web },
        ];
        let (forwards, findings) = forwards(&wishes, "shop");
        assert_eq!(findings, []);
        insta::assert_snapshot!(shown(&forwards).join("\n"), @r"
        web web:80 http://127.0.0.1:8080
        orders/http orders:8080 http://127.0.0.1:8080
        orders/grpc orders:9000 127.0.0.1:9000
        ");
    }

    #[test]
    fn a_shared_folder_is_forwarded_once() {
        let none = BTreeMap::new();
        let some = BTreeMap::from([("page".to_owned(), 8080)]);
        let shared = [
            service("a", json!([{"port": 8080}])),
            service("b", json!([{"port": 8080}, {"port": 53, "protocol": "UDP", "name": "dns"}])),
        ];
        let wishes = [
            Wish { service: "a", ports: &some, objects: &shared },
            Wish { service: "b", ports: &none, objects: &shared },
        ];
        let (forwards, _) = forwards(&wishes, "shop");
        assert_eq!(shown(&forwards), ["a a:8080 http://127.0.0.1:8080", "b b:8080 http://127.0.0.1:8080"]);
    }

    #[test]
    fn a_port_that_no_service_has_is_said() {
        let some = BTreeMap::from([("page".to_owned(), 1)]);
        let (forwards, findings) = forwards(&[Wish { service: "a", ports: &some, objects: &[] }], "shop");
        assert_eq!((forwards, findings.len()), (vec![], 1));
    }
}
