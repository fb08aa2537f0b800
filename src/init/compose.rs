//! Reading a compose file: just what tells how its services are built, reached and ordered.

use linkspan_source::{Dialect, yaml};
use serde_json::Value;

use super::found::{Compose, ComposeService};
use super::paths::normal;

/// The names of a compose file, the preferred first (Compose Specification, "Compose file").
pub(super) const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// The services of a compose file; none if it cannot be read, because `init` only makes a proposal.
pub(super) fn read(file: &str, text: &str) -> Compose {
    let documents = yaml(text, Dialect::Yaml12).unwrap_or_default();
    let services = documents.first().and_then(|document| document.value.get("services")).and_then(Value::as_object);
    let services = services.into_iter().flatten().map(|(name, service)| one(name, service)).collect();
    Compose { file: file.to_owned(), services }
}

fn one(name: &str, service: &Value) -> ComposeService {
    ComposeService {
        name: name.to_owned(),
        build: service.get("build").and_then(build),
        image: text(service.get("image")),
        ports: list(service.get("ports")).iter().filter_map(port).collect(),
        needs: needs(service.get("depends_on")),
    }
}

/// `build: ./web`, or `build: {context: ., dockerfile: web.Dockerfile}`. A remote context is none of this project.
fn build(build: &Value) -> Option<(String, Option<String>)> {
    let context = match build {
        Value::String(context) => context.clone(),
        _ => text(build.get("context")).unwrap_or_else(|| ".".to_owned()),
    };
    Some((normal(&context)?, text(build.get("dockerfile"))))
}

/// The container's side of `"127.0.0.1:8080:80/tcp"`, `80` or `{target: 80}`; ranges are passed over.
fn port(port: &Value) -> Option<u16> {
    let number = |value: &Value| value.as_u64().and_then(|port| u16::try_from(port).ok());
    match port {
        Value::String(text) => text.split('/').next()?.rsplit(':').next()?.parse().ok(),
        Value::Object(fields) => {
            fields.get("target").and_then(|target| number(target).or_else(|| target.as_str()?.parse().ok()))
        }
        other => number(other),
    }
}

/// `depends_on: [db]`, or `depends_on: {db: {condition: …}}`.
fn needs(depends_on: Option<&Value>) -> Vec<String> {
    match depends_on {
        Some(Value::Object(needs)) => needs.keys().cloned().collect(),
        other => list(other).iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(ToOwned::to_owned)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_forms_say_the_same() {
        let text = r#"
services:
  web:
    build: ./web/
    ports: ["127.0.0.1:8080:80/tcp", "9000", "1-3:1-3"]
    depends_on: [api]
  api:
    build: { context: ., dockerfile: docker/api.Dockerfile }
    ports: [{ target: 8081, published: "8081" }, 82]
    depends_on: { db: { condition: service_healthy } }
  db: { image: "postgres:16" }
  far: { build: "https://github.com/acme/far.git" }
"#;
        let compose = read("compose.yaml", text);
        let [api, db, far, web] = compose.services.as_slice() else { panic!("{compose:?}") };
        assert_eq!((web.build.clone(), web.ports.clone()), (Some(("web".into(), None)), vec![80, 9000]));
        assert_eq!(api.build, Some((".".into(), Some("docker/api.Dockerfile".into()))));
        assert_eq!((api.ports.clone(), api.needs.clone()), (vec![8081, 82], vec!["db".to_owned()]));
        assert_eq!((db.image.as_deref(), &db.build, &far.build), (Some("postgres:16"), &None, &None));
    }

    #[test]
    fn what_cannot_be_read_has_no_services() {
        assert_eq!(read("compose.yaml", "services: [").services, []);
        assert_eq!(read("compose.yaml", "services: 1").services, []);
    }
}
