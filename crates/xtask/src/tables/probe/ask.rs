use std::collections::BTreeMap;

use anyhow::Result;
use linkspan_cluster::types::{Kinds, TypeId, Types};
use serde_json::{Value, json};

use super::super::served;
use super::place::{Place, places};
use super::webhook::Webhook;

/// Asks the server what it makes of a value at some place.
pub(super) struct Asker<'a> {
    webhook: Webhook<'a>,
    pub(super) places: BTreeMap<TypeId, Place<'a>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(webhook: Webhook<'a>, types: &Types, kinds: &'a Kinds) -> Self {
        Self { webhook, places: places(types, kinds) }
    }

    /// What stands at `place` after `value` was sent there, `null` where it is left out; or why it is refused.
    pub(super) fn at(&self, place: &Place<'_>, value: Value) -> Result<Result<Value, String>> {
        let kind = place.kind;
        let mut object = base(&kind.kind);
        overlay(&mut object, place.object(value));
        let address = format!("/{}", served::address(&kind.group, &kind.version));
        let answer = self.webhook.ask(&address, &kind.plural, kind.namespaced, object)?;
        Ok(answer.map(|object| place.of(&object).cloned().unwrap_or_default()))
    }

    /// The fields that must be sent for an object of a kind to be read at all.
    pub(super) fn needed(place: &Place<'_>) -> Vec<String> {
        let base = base(&place.kind.kind);
        let here = place.of(&base).and_then(Value::as_object);
        here.into_iter().flat_map(|fields| fields.keys().cloned()).collect()
    }
}

/// Webhooks do not see the configurations of webhooks: these are created without effect, and must be valid.
fn base(kind: &str) -> Value {
    match kind {
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => json!({"webhooks": [{
            "name": "a.linkspan.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": {"service": {"namespace": "linkspan", "name": "linkspan"}},
            "rules": [{"apiGroups": ["linkspan.dev"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["a"]}],
        }]}),
        _ => json!({}),
    }
}

fn overlay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                overlay(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(under), Value::Array(over)) if under.len() == over.len() => {
            under.iter_mut().zip(over).for_each(|(under, over)| overlay(under, over));
        }
        (under, over) => *under = over,
    }
}
