//! Which pods stand behind a Service's port: a pure decision on its EndpointSlices.

use linkspan_kube::Object;
use serde_json::Value;

/// A pod's port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Backend {
    /// The pod.
    pub pod: String,
    /// The port that it listens on.
    pub port: u16,
}

/// The ready pods behind a Service's port (named `port_name`; empty if it has no name), in order.
///
/// As kube-proxy does, an endpoint counts if `ready` is true or absent; one that is terminating does not.
pub(super) fn backends(slices: &[Object], port_name: &str) -> Vec<Backend> {
    let mut backends: Vec<Backend> = slices.iter().flat_map(|slice| of_slice(slice, port_name)).collect();
    backends.sort();
    backends.dedup();
    backends
}

fn of_slice(slice: &Object, port_name: &str) -> Vec<Backend> {
    let port = slice.list("/ports").iter().find(|port| text(port, "/name") == port_name);
    let port = port.and_then(|port| u16::try_from(port.get("port")?.as_u64()?).ok());
    let Some(port) = port else { return Vec::new() };
    let pods = slice.list("/endpoints").iter().filter(|endpoint| is_ready(endpoint)).filter_map(pod);
    pods.map(|pod| Backend { pod, port }).collect()
}

fn is_ready(endpoint: &Value) -> bool {
    let condition = |name: &str| endpoint.pointer(name).and_then(Value::as_bool);
    condition("/conditions/ready") != Some(false) && condition("/conditions/terminating") != Some(true)
}

fn pod(endpoint: &Value) -> Option<String> {
    let target = endpoint.get("targetRef")?;
    (text(target, "/kind") == "Pod").then(|| text(target, "/name").to_owned())
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn slice(ports: &Value, endpoints: &Value) -> Object {
        let value = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "s"},
                           "ports": ports, "endpoints": endpoints});
        Object::new(value).unwrap()
    }

    fn endpoint(pod: &str, conditions: &Value) -> Value {
        json!({"addresses": ["10.0.0.1"], "conditions": conditions, "targetRef": {"kind": "Pod", "name": pod}})
    }

    #[test]
    fn only_ready_pods_that_stay_count() {
        let endpoints = json!([
            endpoint("ready", &json!({"ready": true, "serving": true, "terminating": false})),
            endpoint("unknown", &json!({})),
            endpoint("starting", &json!({"ready": false})),
            endpoint("ending", &json!({"ready": true, "terminating": true})),
            {"addresses": ["10.0.0.9"]},
        ]);
        let slices = [slice(&json!([{"name": "", "port": 8080}]), &endpoints)];
        let pods: Vec<_> = backends(&slices, "").into_iter().map(|backend| backend.pod).collect();
        assert_eq!(pods, ["ready", "unknown"]);
    }

    #[test]
    fn the_port_is_the_pods_own() {
        let endpoints = json!([endpoint("a", &json!({"ready": true}))]);
        let ports = json!([{"name": "web", "port": 8080}, {"name": "admin", "port": 9000}]);
        let twice = [slice(&ports, &endpoints), slice(&ports, &endpoints)];
        assert_eq!(backends(&twice, "admin"), [Backend { pod: "a".to_owned(), port: 9000 }]);
        assert_eq!(backends(&twice, "other"), []);
    }
}
