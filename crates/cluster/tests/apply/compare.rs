//! One request, to the real server and to this crate.

use std::collections::BTreeSet;

use linkspan_cluster::apply::{Request, Reset, Resource, apply, keep_times, update};
use linkspan_cluster::status::Status;
use serde_json::{Map, Value, json};

use super::config::config;
use super::kinds::{Content, Kind, NAMES, OLD};
use super::random::Random;
use super::server::Server;

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How many requests ended how.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) applied: u64,
    pub(crate) unchanged: u64,
    pub(crate) updated: u64,
    pub(crate) conflicts: u64,
    pub(crate) refused: u64,
    /// Refused by the real server for what is not this crate's to know.
    pub(crate) elsewhere: u64,
    /// Changed by somebody else meanwhile.
    pub(crate) raced: u64,
    pub(crate) deleted: u64,
}

struct Step<'a> {
    server: &'a Server,
    kind: &'a Kind,
    path: String,
    live: Option<Value>,
    subresource: &'static str,
}

/// Sends one request, and says in what the two differ.
pub(crate) fn one(server: &Server, kind: &Kind, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
    let name = *random.one_of(&NAMES);
    let path = format!("{}/{name}", kind.collection);
    let live = server.get(&path);
    let step = Step { server, kind, path, live, subresource: "" };
    let config = config(kind, name, random);
    match random.below(20) {
        0 if name != OLD => step.delete(seen),
        1..=3 if step.live.is_none() => step.create(config, random, seen),
        1..=2 if step.live.is_some() => step.replace(&config, random, seen),
        4..=9 if name == OLD => step.patch(&config, random, seen),
        4 => step.patch(&config, random, seen),
        5..=6 if kind.status_reset.is_some() && step.live.is_some() => {
            let step = Step { subresource: "status", ..step };
            let mut config = config;
            config.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "other" | "unknown"));
            if random.once_in(2) { step.patch(&config, random, seen) } else { step.apply(&config, random, seen) }
        }
        _ => step.apply(&config, random, seen),
    }
}

impl Step<'_> {
    fn resource<'r>(&'r self, versions: &'r [&'r str]) -> Resource<'r> {
        let reset: &Reset<'_> = match (self.subresource, &self.kind.status_reset) {
            ("status", Some(reset)) => reset,
            _ => &self.kind.reset,
        };
        Resource {
            types: &self.kind.types,
            schema: self.kind.schema,
            api_version: &self.kind.api_version,
            kind: &self.kind.kind,
            subresource: self.subresource,
            versions,
            custom: matches!(self.kind.content, Content::Custom | Content::Free),
            reset,
        }
    }

    fn address(&self, query: &str) -> String {
        match self.subresource {
            "" => format!("{}?{query}", self.path),
            subresource => format!("{}/{subresource}?{query}", self.path),
        }
    }

    fn delete(&self, seen: &mut Seen) -> Result<(), String> {
        let bare = json!({"metadata": {"finalizers": null}});
        self.server.send("PATCH", &self.path, "application/merge-patch+json", &bare);
        self.server.send("DELETE", &self.path, "application/json", &Value::Null);
        seen.deleted += 1;
        Ok(())
    }

    fn create(&self, mut config: Value, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
        let manager = *random.one_of(&["m1", "kubectl-client-side-apply", ""]);
        if manager.starts_with("kubectl") && !config["metadata"]["annotations"].is_string() {
            let text = config.to_string();
            config["metadata"]["annotations"][LAST_APPLIED] = text.into();
        }
        let address = format!("{}?fieldManager={manager}", self.kind.collection);
        let (status, real) = self.server.send("POST", &address, "application/json", &config);
        let manager = if manager.is_empty() { "judge" } else { manager };
        self.updated(status, real, None, manager, seen)
    }

    fn replace(&self, config: &Value, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
        let mut object = self.live.clone().unwrap_or_default();
        overlay(&mut object, config, random);
        let metadata = object["metadata"].as_object_mut().ok_or("no metadata")?;
        if random.once_in(2) {
            metadata.remove("resourceVersion");
        }
        match random.below(8) {
            0 => drop(metadata.insert("managedFields".into(), json!([{}]))),
            1 => drop(metadata.insert("managedFields".into(), json!([]))),
            2 => drop(metadata.remove("managedFields")),
            3 => drop(metadata.insert("managedFields".into(), sent(random))),
            _ => {}
        }
        let sent = metadata.get("managedFields").cloned();
        let manager = *random.one_of(&["m1", "m2", "m4", "m5"]);
        let (status, real) =
            self.server.send("PUT", &self.address(&format!("fieldManager={manager}")), "application/json", &object);
        self.updated(status, real, sent, manager, seen)
    }

    fn patch(&self, config: &Value, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
        let mut patch = config.clone();
        if random.once_in(2) {
            patch.as_object_mut().unwrap().retain(|name, _| name == "metadata");
        }
        patch["apiVersion"] = self.kind.api_version.as_str().into();
        let number = random.below(14);
        let manager = format!("p{number}");
        let live = self.live.as_ref().and_then(|live| live.pointer("/metadata/managedFields")).cloned();
        let address = self.address(&format!("fieldManager={manager}"));
        let (status, real) = self.server.send("PATCH", &address, "application/merge-patch+json", &patch);
        if status == 404 {
            return Ok(());
        }
        self.updated(status, real, live, &manager, seen)
    }

    /// Compares the managers after a request that was no apply.
    fn updated(
        &self,
        status: u16,
        real: Value,
        sent: Option<Value>,
        manager: &str,
        seen: &mut Seen,
    ) -> Result<(), String> {
        if status >= 300 {
            seen.elsewhere += 1;
            return Ok(());
        }
        let now = newest(&real);
        let mut new = real.clone();
        metadata(&mut new).remove("managedFields");
        if let Some(sent) = sent {
            metadata(&mut new).insert("managedFields".into(), sent);
        }
        self.unallocated(&mut new);
        let mut ours = real.clone();
        let given = new.clone();
        let managed = update(&self.resource(&[]), self.live.as_ref(), new, manager, &now);
        put_managed(&mut ours, &managed);
        self.judge(&real, ours, &format!("update by {manager} to {given}"), seen)?;
        seen.updated += 1;
        Ok(())
    }

    /// Without what the server adds after the managers are known.
    fn unallocated(&self, object: &mut Value) {
        if self.kind.content == Content::Service && self.live.is_none() {
            for field in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                object["spec"].as_object_mut().unwrap().remove(field);
            }
        }
    }

    fn apply(&self, config: &Value, random: &mut Random, seen: &mut Seen) -> Result<(), String> {
        let manager = *random.one_of(&["m1", "m2", "m3", "kubectl"]);
        let force = random.once_in(2);
        let mut config = config.clone();
        if random.once_in(30) {
            config["metadata"]["managedFields"] = json!([]);
        }
        let address = self.address(&format!("fieldManager={manager}&force={force}"));
        let (status, real) = self.server.send("PATCH", &address, "application/apply-patch+yaml", &config);
        if status == 404 {
            return Ok(());
        }
        let now = if status < 300 { newest(&real) } else { "2026-01-01T00:00:00Z".into() };
        let resource = self.resource(&[]);
        let request = Request { config: &config, manager, force, now: &now };
        let ours = apply(&resource, self.live.as_ref(), &request);
        let what = format!("apply by {manager}, force {force}, of {config}");
        match ours {
            Ok(_) if status >= 300 && status != 409 && !self.ours(&real) => seen.elsewhere += 1,
            Ok(ours) if status < 300 => {
                self.same_object(&real, &ours.object)
                    .map_err(|wrong| self.explain(&what, &wrong, &real, &ours.object))?;
                let mut managed = real.clone();
                put_managed(&mut managed, &ours.object);
                self.judge(&real, managed, &what, seen)?;
                seen.applied += 1;
                seen.unchanged += u64::from(!ours.changed);
            }
            Err(refusal) if status >= 300 => {
                if refusal_lines(&real) != refusal_lines(&refusal.to_value()) {
                    return Err(self.explain(&what, "another refusal", &real, &refusal.to_value()));
                }
                seen.conflicts += u64::from(status == 409);
                seen.refused += u64::from(status != 409);
            }
            ours => {
                let ours = ours.map(|ours| ours.object).unwrap_or_else(|refusal| Status::to_value(&refusal));
                return Err(self.explain(&what, &format!("real status {status}"), &real, &ours));
            }
        }
        Ok(())
    }

    /// Whether a refusal is one that comes from here.
    fn ours(&self, real: &Value) -> bool {
        let message = real["message"].as_str().unwrap_or_default();
        message.contains("typed patch object") || message.contains("Apply failed")
    }

    fn same_object(&self, real: &Value, ours: &Value) -> Result<(), String> {
        let exact = matches!(self.kind.content, Content::Map | Content::Custom | Content::Free);
        let (mut real, mut ours) = (real.clone(), ours.clone());
        for object in [&mut real, &mut ours] {
            let metadata = metadata(object);
            for field in ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "namespace"] {
                metadata.remove(field);
            }
        }
        if self.subresource == "status" {
            return covers(&real["status"], &ours["status"], "status", true);
        }
        if matches!(self.kind.content, Content::Service | Content::Deployment | Content::Custom | Content::Free) {
            for object in [&mut real, &mut ours] {
                object.as_object_mut().unwrap().remove("status");
            }
        }
        covers(&real, &ours, "", exact)
    }

    /// Compares the managers, after what the server does to times.
    fn judge(&self, real: &Value, mut ours: Value, what: &str, seen: &mut Seen) -> Result<(), String> {
        if let Some(live) = &self.live {
            keep_times(live, &mut ours);
        }
        if managed(real) == managed(&ours) {
            return Ok(());
        }
        let foreign = |object: &Value| -> Vec<Value> {
            managed(object).into_iter().filter(|entry| entry["manager"] == "kube-controller-manager").collect()
        };
        if self.live.as_ref().is_some_and(|live| foreign(live) != foreign(real)) && foreign(real) != foreign(&ours) {
            seen.raced += 1;
            return Ok(());
        }
        let (real, ours) = (Value::from(managed(real)), Value::from(managed(&ours)));
        Err(self.explain(what, "other managers", &real, &ours))
    }

    fn explain(&self, what: &str, wrong: &str, real: &Value, ours: &Value) -> String {
        let live = self.live.as_ref().unwrap_or(&Value::Null);
        format!("{} {}: {what}: {wrong}\nlive {live}\nreal {real}\nours {ours}", self.kind.kind, self.subresource)
    }
}

fn metadata(object: &mut Value) -> &mut Map<String, Value> {
    object["metadata"].as_object_mut().unwrap()
}

fn managed(object: &Value) -> Vec<Value> {
    object["metadata"]["managedFields"].as_array().cloned().unwrap_or_default()
}

fn put_managed(object: &mut Value, from: &Value) {
    match from.pointer("/metadata/managedFields") {
        Some(fields) => drop(metadata(object).insert("managedFields".into(), fields.clone())),
        None => drop(metadata(object).remove("managedFields")),
    }
}

/// The time of the youngest entry: that of this request, if it changed something.
fn newest(object: &Value) -> String {
    let times: BTreeSet<_> =
        managed(object).iter().filter_map(|entry| entry["time"].as_str().map(str::to_owned)).collect();
    times.last().cloned().unwrap_or_else(|| "2026-01-01T00:00:00Z".into())
}

/// Managed fields as a client may send them.
fn sent(random: &mut Random) -> Value {
    let entry = json!({"manager": "sent", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
        "time": "2020-01-01T00:00:00Z", "fieldsV1": {"f:data": {"f:a": {}}, "f:spec": {"f:set": {"v:\"a\"": {}}}}});
    let mut other = entry.clone();
    match random.below(4) {
        0 => other["apiVersion"] = "".into(),
        1 => other["fieldsType"] = "".into(),
        2 => other["fieldsV1"] = json!({"x": {}}),
        _ => other["fieldsV1"] = json!({"k:{": {}}),
    }
    if random.once_in(2) { json!([entry]) } else { json!([entry, other]) }
}

/// Takes over some of a configuration.
fn overlay(object: &mut Value, config: &Value, random: &mut Random) {
    for (name, value) in config.as_object().unwrap() {
        match (object.get_mut(name), value) {
            (Some(below @ Value::Object(_)), Value::Object(_)) => overlay(below, value, random),
            _ if matches!(name.as_str(), "apiVersion" | "kind" | "name" | "clusterIP" | "selector") => {}
            _ if random.once_in(2) => object[name] = value.clone(),
            _ => {}
        }
    }
}

fn refusal_lines(refusal: &Value) -> (Value, BTreeSet<String>, BTreeSet<String>) {
    let lines = refusal["message"].as_str().unwrap_or_default().lines().map(str::to_owned).collect();
    let causes = refusal["details"]["causes"].as_array().into_iter().flatten().map(Value::to_string).collect();
    (json!([refusal["code"], refusal["reason"]]), lines, causes)
}

/// Fields that come back by themselves, with their defaults.
const DEFAULTS: &[&str] = &[
    "annotations",
    "clusterIPs",
    "creationTimestamp",
    "defaultMode",
    "dnsPolicy",
    "externalTrafficPolicy",
    "failureThreshold",
    "imagePullPolicy",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "maxSurge",
    "maxUnavailable",
    "periodSeconds",
    "progressDeadlineSeconds",
    "protocol",
    "resources",
    "restartPolicy",
    "revisionHistoryLimit",
    "rollingUpdate",
    "schedulerName",
    "scheme",
    "securityContext",
    "sessionAffinity",
    "sessionAffinityConfig",
    "strategy",
    "successThreshold",
    "targetPort",
    "terminationGracePeriodSeconds",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "timeoutSeconds",
    "type",
    "requests",
    "metadata",
    "zone",
    "emptyDir",
    "status",
];

/// Whether the real object is ours, but for defaults and what is empty.
fn covers(real: &Value, ours: &Value, path: &str, exact: bool) -> Result<(), String> {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => !exact && text.is_empty(),
        Value::Number(number) => !exact && number.as_f64() == Some(0.0),
        Value::Bool(truth) => !exact && !truth,
    };
    match (real, ours) {
        (Value::Object(real), Value::Object(ours)) => {
            let names: BTreeSet<_> = real.keys().chain(ours.keys()).collect();
            names.into_iter().try_for_each(|name| {
                let below = format!("{path}.{name}");
                match (real.get(name), ours.get(name)) {
                    (Some(real), Some(ours)) if matches!(name.as_str(), "cpu" | "memory") => {
                        if real.is_null() == ours.is_null() { Ok(()) } else { Err(format!("{below} differs")) }
                    }
                    (Some(real), Some(ours)) => covers(real, ours, &below, exact),
                    (Some(real), None)
                        if empty(real) || DEFAULTS.contains(&name.as_str()) && (!exact || name == "zone") =>
                    {
                        Ok(())
                    }
                    (None, Some(ours)) if empty(ours) => Ok(()),
                    (real, _) => {
                        Err(format!("{below} is only in {}", if real.is_some() { "the real one" } else { "ours" }))
                    }
                }
            })
        }
        (Value::Array(real), Value::Array(ours)) if real.len() == ours.len() => {
            let mut pairs = real.iter().zip(ours).enumerate();
            pairs.try_for_each(|(place, (real, ours))| covers(real, ours, &format!("{path}[{place}]"), exact))
        }
        (real, ours) if real == ours || empty(real) && empty(ours) => Ok(()),
        (_, Value::Null) => Ok(()),
        _ => Err(format!("{path} differs")),
    }
}
