//! Random configurations.

use serde_json::{Map, Value, json};

use super::kinds::{Content, Kind};
use super::random::Random;

/// A configuration that fits its types, most of the time.
pub(crate) fn config(kind: &Kind, name: &str, random: &mut Random) -> Value {
    let mut config = json!({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata(name, random)});
    let content = match kind.content {
        Content::Map => map(random),
        Content::Service => json!({"spec": service(random)}),
        Content::Deployment => json!({"spec": deployment(random)}),
        Content::Template => json!({"template": template(random)}),
        Content::Custom => json!({"spec": custom(random), "status": status(random)}),
        Content::Free => json!({"spec": free(random, 3), "status": status(random), "other": free(random, 1)}),
    };
    for (name, value) in content.as_object().unwrap() {
        if !value.as_object().is_some_and(Map::is_empty) || random.once_in(3) {
            config[name] = value.clone();
        }
    }
    if random.once_in(15) {
        spoil(&mut config, random);
    }
    config
}

fn metadata(name: &str, random: &mut Random) -> Value {
    let mut metadata = json!({"name": name});
    for field in ["labels", "annotations"] {
        if random.once_in(3) {
            metadata[field] = texts(random);
        }
    }
    if random.once_in(6) {
        metadata["finalizers"] = random.some(&["example.com/a", "example.com/b", "example.com/c"]).into();
    }
    metadata
}

/// An object of texts.
fn texts(random: &mut Random) -> Value {
    let names = random.some(&["a", "b", "c", "d.e"]);
    names.into_iter().map(|name| (name.to_owned(), word(random))).collect::<Map<_, _>>().into()
}

fn word(random: &mut Random) -> Value {
    if random.once_in(20) { Value::Null } else { (*random.one_of(&["x", "y", "z"])).into() }
}

fn plain_word(random: &mut Random) -> Value {
    (*random.one_of(&["x", "y", "z"])).into()
}

/// Adds a field now and then.
fn maybe(to: &mut Value, name: &str, random: &mut Random, value: impl FnOnce(&mut Random) -> Value) {
    if random.once_in(2) {
        to[name] = value(random);
    }
}

fn map(random: &mut Random) -> Value {
    let mut map = json!({});
    maybe(&mut map, "data", random, texts);
    if random.once_in(3) {
        map["binaryData"] = json!({"bytes": random.one_of(&["YQ==", "Yg=="])});
    }
    map
}

fn service(random: &mut Random) -> Value {
    let mut spec = json!({"clusterIP": "None"});
    maybe(&mut spec, "ports", random, |random| {
        let ports = random.some(&[(80, "TCP"), (80, "UDP"), (443, "TCP"), (8080, "TCP")]);
        ports.into_iter().map(|port| service_port(port, random)).collect()
    });
    maybe(&mut spec, "selector", random, texts);
    maybe(&mut spec, "publishNotReadyAddresses", random, |random| random.once_in(2).into());
    spec
}

fn service_port((port, protocol): (i32, &str), random: &mut Random) -> Value {
    let mut value = json!({"port": port, "name": format!("{}-{port}", protocol.to_lowercase())});
    if protocol != "TCP" || random.once_in(2) {
        value["protocol"] = protocol.into();
    }
    maybe(&mut value, "targetPort", random, |random| random.one_of(&[json!(80), json!(81), json!("web")]).clone());
    maybe(&mut value, "appProtocol", random, plain_word);
    value
}

fn deployment(random: &mut Random) -> Value {
    let mut spec = json!({"selector": {"matchLabels": {"app": "web"}}, "template": template(random)});
    spec["template"]["metadata"]["labels"]["app"] = "web".into();
    spec["replicas"] = 0.into();
    spec["paused"] = true.into();
    maybe(&mut spec, "minReadySeconds", random, |random| random.below(3).into());
    maybe(&mut spec, "strategy", random, |random| {
        let surge = random.one_of(&[json!(1), json!("25%"), json!("50%")]).clone();
        random
            .one_of(&[
                json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge}}),
                json!({"type": "Recreate"}),
                json!({}),
            ])
            .clone()
    });
    spec
}

fn template(random: &mut Random) -> Value {
    let mut spec = json!({"containers": []});
    let mut names = random.some(&["web", "side", "log"]);
    if names.is_empty() {
        names.push("web");
    }
    spec["containers"] = names.into_iter().map(|name| container(name, random)).collect();
    maybe(&mut spec, "volumes", random, |random| {
        let names = random.some(&["v1", "v2"]);
        names.into_iter().map(|name| volume(name, random)).collect()
    });
    maybe(&mut spec, "nodeSelector", random, texts);
    maybe(&mut spec, "tolerations", random, |random| {
        random.some(&[json!({"key": "a", "operator": "Exists"}), json!({"key": "b", "value": "x"})]).into()
    });
    maybe(&mut spec, "terminationGracePeriodSeconds", random, |random| random.below(3).into());
    maybe(&mut spec, "securityContext", random, |random| {
        random.one_of(&[json!({}), json!({"runAsUser": 1}), json!({"supplementalGroups": [1, 2]})]).clone()
    });
    maybe(&mut spec, "hostAliases", random, |random| {
        random
            .some(&[
                json!({"ip": "192.0.2.1", "hostnames": ["a"]}),
                json!({"ip": "192.0.2.2", "hostnames": ["b", "c"]}),
            ])
            .into()
    });
    json!({"metadata": {"labels": texts(random)}, "spec": spec})
}

fn volume(name: &str, random: &mut Random) -> Value {
    let mut volume = random
        .one_of(&[
            json!({"emptyDir": {}}),
            json!({"configMap": {"name": "x"}}),
            json!({"configMap": {"name": "y", "items": [{"key": "a", "path": "b"}]}}),
            json!({"emptyDir": {"sizeLimit": "1Gi"}}),
        ])
        .clone();
    volume["name"] = name.into();
    volume
}

fn container(name: &str, random: &mut Random) -> Value {
    let mut container = json!({"name": name});
    container["image"] = (*random.one_of(&["nginx:1", "nginx:2"])).into();
    maybe(&mut container, "env", random, |random| {
        let names = random.some(&["A", "B", "C"]);
        names.into_iter().map(|name| json!({"name": name, "value": plain_word(random)})).collect()
    });
    maybe(&mut container, "ports", random, |random| {
        let ports = random.some(&[
            json!({"containerPort": 80}),
            json!({"containerPort": 80, "protocol": "UDP"}),
            json!({"containerPort": 443, "protocol": "TCP"}),
            json!({"containerPort": 1_000_000, "name": "x"}),
        ]);
        ports.into_iter().filter(|_| !random.once_in(4)).collect()
    });
    maybe(&mut container, "args", random, |random| random.some(&["x", "y"]).into());
    maybe(&mut container, "resources", random, |random| {
        random
            .one_of(&[
                json!({}),
                json!({"limits": {"cpu": "0.1", "memory": "1Gi"}}),
                json!({"limits": {"cpu": "100m"}}),
                json!({"requests": {"cpu": 1}}),
            ])
            .clone()
    });
    maybe(&mut container, "livenessProbe", random, |random| {
        random
            .one_of(&[
                json!({"httpGet": {"port": 80, "path": "/"}}),
                json!({"tcpSocket": {"port": "web"}, "periodSeconds": 3}),
            ])
            .clone()
    });
    container
}

fn custom(random: &mut Random) -> Value {
    let mut spec = json!({});
    maybe(&mut spec, "text", random, word);
    maybe(&mut spec, "number", random, |random| random.below(3).into());
    maybe(&mut spec, "either", random, |random| random.one_of(&[json!(1), json!("1"), json!(2)]).clone());
    maybe(&mut spec, "plain", random, |random| random.some(&["x", "y", "x"]).into());
    maybe(&mut spec, "set", random, |random| random.some(&["a", "b", "c", "d"]).into());
    maybe(&mut spec, "numbers", random, |random| random.some(&[1, 2, 3_000_000]).into());
    maybe(&mut spec, "parts", random, parts);
    maybe(&mut spec, "map", random, texts);
    maybe(&mut spec, "whole", random, texts);
    maybe(&mut spec, "lists", random, |random| {
        random
            .one_of(&[json!({"a": []}), json!({"a": ["x"]}), json!({"b": ["x", "y"]}), json!({"a": ["y"], "b": []})])
            .clone()
    });
    maybe(&mut spec, "struct", random, |random| {
        random.one_of(&[json!({}), json!({"a": "x"}), json!({"a": "y", "b": 1}), Value::Null]).clone()
    });
    maybe(&mut spec, "free", random, |random| free(random, 2));
    maybe(&mut spec, "nullable", random, word);
    spec
}

fn parts(random: &mut Random) -> Value {
    let names = random.some(&["a", "b", "c", "d", "e"]);
    names.into_iter().map(|name| part(name, random)).collect()
}

fn part(name: &str, random: &mut Random) -> Value {
    let mut part = json!({"name": name});
    if random.once_in(3) {
        part["zone"] = (*random.one_of(&["here", "there"])).into();
    }
    maybe(&mut part, "count", random, |random| random.below(3).into());
    maybe(&mut part, "tags", random, |random| random.some(&["t", "u", "v"]).into());
    maybe(&mut part, "on", random, |random| random.once_in(2).into());
    part
}

fn status(random: &mut Random) -> Value {
    let mut status = json!({});
    if random.once_in(2) {
        return status;
    }
    maybe(&mut status, "phase", random, plain_word);
    maybe(&mut status, "seen", random, |random| random.below(3).into());
    maybe(&mut status, "conditions", random, |random| {
        let names = random.some(&["A", "B"]);
        names.into_iter().map(|name| json!({"type": name, "status": plain_word(random)})).collect()
    });
    status
}

/// Anything, but not too deep.
fn free(random: &mut Random, depth: usize) -> Value {
    let names = random.some(&["a", "b", "c"]);
    let values = names.into_iter().map(|name| {
        let value = match random.below(if depth == 0 { 4 } else { 6 }) {
            0 => plain_word(random),
            1 => random.below(3).into(),
            2 => random.one_of(&[json!(["x", {"y": 1}]), json!([]), json!({}), Value::Null, json!(1.5)]).clone(),
            3 => random.once_in(2).into(),
            _ => free(random, depth - 1),
        };
        (name.to_owned(), value)
    });
    values.collect::<Map<_, _>>().into()
}

/// Makes something of it wrong.
fn spoil(config: &mut Value, random: &mut Random) {
    match random.below(6) {
        0 => config["unknown"] = 1.into(),
        1 => config["metadata"]["labels"] = json!(["x", 1]),
        2 => config["metadata"]["labels"] = json!({"a": 1}),
        3 => config["metadata"]["finalizers"] = json!(["example.com/a", "example.com/a"]),
        4 => config["apiVersion"] = "example.com/v7".into(),
        _ => {
            let at = config.pointer_mut("/spec/parts");
            match at.and_then(Value::as_array_mut) {
                Some(parts) => parts.push(
                    random
                        .one_of(&[
                            json!({"name": "a", "zone": "here"}),
                            json!({"count": 1}),
                            json!("x"),
                            json!({"name": 7}),
                        ])
                        .clone(),
                ),
                None => config["metadata"]["annotations"] = "none".into(),
            }
        }
    }
}
