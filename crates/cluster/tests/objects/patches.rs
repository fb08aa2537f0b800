use linkspan_cluster::object::{Validation, default, metadata};
use linkspan_cluster::patch::{self, Kind};
use linkspan_cluster::types::builtin;
use serde_json::{Value, json};

use crate::answers::{kind, path, plain};
use crate::real::Real;

/// Patches: each line has the resource, the object that it is applied to, the media type and the body.
const PATCHES: &str = include_str!("patches.ndjson");

#[test]
fn patches_lead_to_what_they_lead_to_on_the_real_server() {
    let Some(real) = Real::new("patch") else { return };
    let mut different = Vec::new();
    for (at, line) in PATCHES.lines().filter(|line| !line.is_empty()).enumerate() {
        let [resource, object, media, body]: [Value; 4] = serde_json::from_str(line).unwrap();
        let kind = kind(resource.as_str().unwrap());
        let (name, address) = (format!("patched-{at}"), path(kind, &real.namespace));
        let mut object = object;
        object["metadata"]["name"] = name.as_str().into();
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned).replace("NAME", &name);
        let made = real.send("POST", &address, "application/json", object.to_string().as_bytes());
        assert_eq!(made.code, 201, "{object}: {}", made.body);
        let media = media.as_str().unwrap();
        let full = format!("application/{media}-patch+json");
        let theirs =
            real.send("PATCH", &format!("{address}/{name}?dryRun=All&fieldValidation=Strict"), &full, body.as_bytes());
        let ours = ours(kind.schema, &made.body, media, body.as_bytes(), &name);
        let theirs = if theirs.code == 200 { plain(theirs.body) } else { comparable(theirs.body) };
        if theirs != ours {
            different.push(format!("{line}\n  theirs {theirs}\n  ours   {ours}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

fn ours(schema: linkspan_cluster::types::TypeId, current: &Value, media: &str, body: &[u8], name: &str) -> Value {
    let types = &builtin().types;
    let kind = match media {
        "json" => Kind::Json,
        "merge" => Kind::Merge,
        _ => Kind::Strategic,
    };
    let subject = patch::Subject { types, schema, current };
    let patched = patch::patch(subject, kind, body, Validation::Strict);
    match patched.and_then(|patched| metadata::check_address(&patched.value, name, "").map(|()| patched)) {
        Ok(mut patched) => {
            default(types, schema, &mut patched.value);
            plain(patched.value)
        }
        Err(status) => comparable(status.to_value()),
    }
}

/// A refusal without the object that it says again: the order of its fields is another.
fn comparable(status: Value) -> Value {
    let message = status["message"].as_str().unwrap_or_default();
    let cut = message.find("Invalid value: \"").map_or_else(
        || message.to_owned(),
        |at| format!("{}…{}", &message[..at], message.rsplit("\": ").next().unwrap_or_default()),
    );
    json!([status["code"], status["reason"], cut])
}
