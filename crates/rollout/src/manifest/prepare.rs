//! Manifests as they were read to objects as they are applied.

use std::collections::HashMap;

use base64::Engine;
use linkspan_kube::Object;
use linkspan_kube::manifest::Manifest;
use linkspan_report::Finding;
use serde_json::{Map, Value};

/// Fields of `metadata` that the cluster writes: files that were once printed by `kubectl get` have them.
const SERVER_FIELDS: [&str; 6] =
    ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

/// What is used where a manifest is silent.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// The namespace for objects that name none.
    pub namespace: &'a str,
    /// Whether objects that name another namespace are an error: it was asked for by flag or environment.
    pub only_namespace: bool,
}

/// Makes manifests ready: drops what the cluster writes, packs `stringData` of Secrets (which server-side apply
/// cannot track), and puts objects without a namespace into the default one where `namespaced` says that their
/// kind has one (`None`: not known yet, because its definition is among the manifests).
///
/// Objects without a name, given twice, or in another namespace than the one asked for, are findings.
pub fn prepare(
    manifests: &mut [Manifest],
    defaults: Defaults<'_>,
    namespaced: impl Fn(&Object) -> Option<bool>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests.iter_mut() {
        if manifest.object.name().is_empty() {
            findings.push(nameless(manifest));
        }
        let object = &mut manifest.object;
        object.drop_metadata(&SERVER_FIELDS);
        object.drop_field("status");
        if object.gvk().is("", "Secret") {
            pack_string_data(object);
        }
        findings.extend(place(manifest, defaults, namespaced(&manifest.object)));
    }
    findings.extend(duplicates(manifests));
    findings
}

fn nameless(manifest: &Manifest) -> Finding {
    let message = match manifest.object.text("/metadata/generateName") {
        Some(_) => "an object with `generateName` cannot be applied: it would be a new one each time",
        None => "`metadata.name` is missing",
    };
    manifest.fault("rollout/manifest", "/metadata", message).help("give it a `metadata.name`")
}

fn place(manifest: &mut Manifest, defaults: Defaults<'_>, namespaced: Option<bool>) -> Option<Finding> {
    if namespaced == Some(false) {
        manifest.object.drop_metadata(&["namespace"]);
        return None;
    }
    match manifest.object.namespace() {
        Some(other) if defaults.only_namespace && other != defaults.namespace => {
            let message =
                format!("the manifest names the namespace `{other}`, but `{}` was asked for", defaults.namespace);
            Some(
                manifest
                    .fault("rollout/manifest", "/metadata/namespace", message)
                    .help("drop `metadata.namespace` from the manifest, or do not ask for a namespace"),
            )
        }
        Some(_) => None,
        None => {
            // Without knowing the kind it stays open: the cluster will tell.
            if namespaced == Some(true) {
                manifest.object.set_namespace(defaults.namespace);
            }
            None
        }
    }
}

fn duplicates(manifests: &[Manifest]) -> Vec<Finding> {
    let mut first: HashMap<_, &Manifest> = HashMap::new();
    let mut findings = Vec::new();
    for manifest in manifests.iter().filter(|manifest| !manifest.object.name().is_empty()) {
        match first.get(&manifest.object.key()) {
            Some(other) => {
                let message = format!("{} is given twice", manifest.object.key());
                let span = Some(other.origin.span(""));
                findings.push(manifest.fault("rollout/manifest", "", message).related(
                    "first here",
                    other.origin.file.clone(),
                    span,
                ));
            }
            None => _ = first.insert(manifest.object.key(), manifest),
        }
    }
    findings
}

/// Moves `stringData` into `data`, as the API server does on a write; it wins over `data`.
fn pack_string_data(secret: &mut Object) {
    let Some(Value::Object(texts)) = secret.at("/stringData").cloned() else { return };
    if !texts.values().all(Value::is_string) {
        return;
    }
    let packed: Map<String, Value> = texts
        .into_iter()
        .map(|(name, text)| {
            (name, base64::engine::general_purpose::STANDARD.encode(text.as_str().unwrap_or_default()).into())
        })
        .collect();
    secret.drop_field("stringData");
    match secret.at_mut("/data").and_then(Value::as_object_mut) {
        Some(data) => data.extend(packed),
        None => secret.set_field("data", Value::Object(packed)),
    }
}

#[cfg(test)]
mod tests {
    use linkspan_kube::manifest::read_text;
    use serde_json::json;

    use super::*;

    fn prepared(text: &str, only_namespace: bool) -> (Vec<Value>, Vec<String>) {
        let mut manifests = read_text("m.yaml", text).unwrap();
        let kinds = |object: &Object| match object.kind() {
            "Namespace" => Some(false),
            "Thing" => None,
            _ => Some(true),
        };
        let findings = prepare(&mut manifests, Defaults { namespace: "shop", only_namespace }, kinds);
        let told = findings.into_iter().map(|finding| {
            let start = finding.span.unwrap().start;
            format!("{}:{}: {}", start.line, start.column, finding.message)
        });
        (manifests.into_iter().map(|manifest| manifest.object.into_value()).collect(), told.collect())
    }

    #[test]
    fn namespaces_are_filled_in_where_the_kind_has_one() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b, namespace: x}\n\
                    ---\napiVersion: e.io/v1\nkind: Thing\nmetadata: {name: c}\n";
        let (objects, told) = prepared(text, true);
        let namespaces: Vec<_> = objects.iter().map(|object| object.pointer("/metadata/namespace").cloned()).collect();
        assert_eq!((namespaces, told), (vec![Some(json!("shop")), None, None], vec![]));
    }

    #[test]
    fn what_cannot_be_applied_is_told_with_its_place() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: other}\n\
                    ---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: other}\n";
        insta::assert_snapshot!(prepared(text, true).1.join("\n"), @r"
        4:3: an object with `generateName` cannot be applied: it would be a new one each time
        8:32: the manifest names the namespace `other`, but `shop` was asked for
        12:32: the manifest names the namespace `other`, but `shop` was asked for
        10:1: Pod other/b is given twice
        ");
        assert_eq!(prepared(text, false).1.len(), 2);
    }

    #[test]
    fn what_the_cluster_writes_is_dropped_and_string_data_is_packed() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, uid: u, creationTimestamp: null}\nstatus: {}\n\
                    data: {a: eA==, b: eA==}\nstringData: {b: y1}\n";
        let (objects, _) = prepared(text, false);
        let expected = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}, "data": {"a": "eA==", "b": "eTE="}});
        assert_eq!(objects, [expected]);
    }
}
