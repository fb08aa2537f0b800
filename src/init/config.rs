//! The text of `linkspan.yaml`: what convention does not say, and comments that teach the rest.

use std::fmt::Write as _;

use super::found::{Compose, Found, Schema};
use super::paths::{last, split};
use super::services::Proposed;

/// The file's text.
pub(super) fn config(found: &Found, services: &[Proposed], conventional: bool) -> String {
    let mut text = String::from(
        "# What linkspan cannot see from the folders themselves. All of it is optional: where this file is silent,\n\
         # conventions hold. Unknown keys are errors. `linkspan up` runs the project on a local Kubernetes.\n\n",
    );
    let _ = writeln!(text, "project: {}\n", scalar(&found.project));
    text.push_str(&registry(found));
    text.push_str(&the_services(found, services, conventional));
    text.push_str(&contracts(found));
    text.push_str(
        "# Where it is rolled out to. `local` is what `linkspan up` uses; its namespace is the project's name unless\n\
         # it is said here.\n\
         # environments:\n\
         #   local: { namespace: my-namespace }\n\
         #   staging: { kube-context: staging, namespace: shop, manifests: deploy/staging }\n",
    );
    text.push_str(&order(services));
    text
}

fn registry(found: &Found) -> String {
    let about = "# Where images are pushed: <registry>/<service>. Not needed for `linkspan up`.\n";
    match &found.registry {
        Some(registry) => format!("{about}registry: {}\n\n", scalar(registry)),
        None => format!("{about}# registry: ghcr.io/acme/{}\n\n", found.project),
    }
}

fn the_services(found: &Found, services: &[Proposed], conventional: bool) -> String {
    let mut text = String::new();
    if services.is_empty() {
        text.push_str(
            "# No Dockerfile was found. Every folder with one under services/ is a service; so is the project's own.\n",
        );
    } else if conventional {
        let names: Vec<_> = services.iter().map(|service| service.name.as_str()).collect();
        let _ = writeln!(text, "# Found by convention, so they need not be listed: {}.", names.join(", "));
    }
    if conventional || services.is_empty() {
        let name = services.first().map_or("orders", |service| service.name.as_str());
        let path = services.first().map_or("services/orders", |service| service.path.as_str());
        let _ =
            writeln!(text, "# Once one service is listed here, all are:\n# services:\n#   {name}:\n#     path: {path}");
        text.push_str(&fields("#     ", &Proposed::default()));
    } else {
        text.push_str("services:\n");
        for (index, service) in services.iter().enumerate() {
            let _ = writeln!(text, "  {}:\n    path: {}", scalar(&service.name), scalar(&service.path));
            text.push_str(&said(service));
            if index == 0 {
                text.push_str(&fields("    # ", service));
            }
        }
    }
    text.push_str(&not_built(found.compose.as_ref()));
    text.push('\n');
    text
}

/// What is known of a service besides its folder.
fn said(service: &Proposed) -> String {
    let mut text = String::new();
    if let Some(dockerfile) = &service.dockerfile {
        let _ = writeln!(text, "    dockerfile: {}", scalar(dockerfile));
    }
    match service.manifests.as_slice() {
        [_, ..] if !service.manifests_elsewhere => {}
        [] => text.push_str("    # manifests: deploy     # none were found: it is built, but not rolled out\n"),
        [one] => {
            let _ = writeln!(text, "    manifests: {}", scalar(one));
        }
        several => {
            let _ = writeln!(text, "    manifests: {}", list(several));
        }
    }
    text
}

/// The fields that nobody needs at first, each with what it means.
fn fields(indent: &str, service: &Proposed) -> String {
    let mut text = String::new();
    let mut line = |field: &str, about: &str| {
        let _ = writeln!(text, "{indent}{field:<33} # {about}");
    };
    if service.dockerfile.is_none() {
        line("dockerfile: Dockerfile", "relative to the path");
    }
    line("prepare: make", "runs in the path before the image is put together");
    line("platforms: [linux/amd64]", "default: this machine's");
    if !service.manifests_elsewhere && (!service.manifests.is_empty() || service.name.is_empty()) {
        line("manifests: deploy", "files, folders, kustomizations, charts; default: deploy/ or k8s/");
    }
    line("ports: { web: 8080 }", "Service ports that `up` forwards; default: every one");
    text
}

fn not_built(compose: Option<&Compose>) -> String {
    let Some(compose) = compose else { return String::new() };
    let images = compose.services.iter().filter(|service| service.build.is_none());
    let images: Vec<_> =
        images.filter_map(|service| Some(format!("{} ({})", service.name, service.image.as_ref()?))).collect();
    if images.is_empty() {
        return String::new();
    }
    format!("# {} also runs {}: linkspan runs what the manifests say.\n", compose.file, images.join(", "))
}

fn contracts(found: &Found) -> String {
    let conventional = |path: &String| {
        let (folder, base) = split(path);
        folder == "contracts"
            && [".asyncapi.yaml", ".asyncapi.yml", ".asyncapi.json"].iter().any(|ending| base.ends_with(ending))
    };
    let said = !found.asyncapi.iter().all(conventional);
    let models = models(&found.schemas);
    let mut text = String::from(
        "# Events and their schemas. Sample events in contracts/examples/ are checked before anything is built.\n",
    );
    if !found.asyncapi.is_empty() && !said {
        let _ = writeln!(text, "# Found by convention: {}.", found.asyncapi.join(", "));
    }
    if !said && models.is_empty() {
        text.push_str("# contracts:\n");
    } else {
        text.push_str("contracts:\n");
    }
    if said {
        let _ = writeln!(text, "  asyncapi: {}", list(&found.asyncapi));
    } else {
        let sharp = if models.is_empty() { "#   " } else { "  # " };
        let _ = writeln!(text, "{sharp}asyncapi: contracts/*.asyncapi.yaml");
    }
    if models.is_empty() {
        let sharp = if said { "  # " } else { "#   " };
        let _ = writeln!(text, "{sharp}models: {{ Order: {{ schema: contracts/models/order.schema.yaml }} }}");
    } else {
        text.push_str("  # A model defines one thing once; its projections are its shapes elsewhere.\n  models:\n");
        for (index, (name, path)) in models.iter().enumerate() {
            let _ = writeln!(text, "    {}:\n      schema: {}", scalar(name), scalar(path));
            if index == 0 {
                text.push_str(
                    "      # projections:\n      #   - openapi: contracts/api.openapi.yaml#/components/schemas/Order\n",
                );
            }
        }
    }
    text.push('\n');
    text
}

/// A name for every schema: its title if that is one word, else its file's name; the first of one name counts.
fn models(schemas: &[Schema]) -> Vec<(String, &str)> {
    let mut models: Vec<(String, &str)> = Vec::new();
    for schema in schemas {
        let is_word =
            |title: &&String| !title.is_empty() && title.chars().all(|character| character.is_ascii_alphanumeric());
        let name = schema.title.as_ref().filter(is_word).cloned().unwrap_or_else(|| camel(stem(&schema.path)));
        if !name.is_empty() && !models.iter().any(|(other, _)| *other == name) {
            models.push((name, &schema.path));
        }
    }
    models
}

fn stem(path: &str) -> &str {
    last(path).split('.').next().unwrap_or_default()
}

fn camel(text: &str) -> String {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn order(services: &[Proposed]) -> String {
    let needing: Vec<_> = services.iter().filter(|service| !service.needs.is_empty()).collect();
    if needing.is_empty() {
        return "\n# Which services must be ready before a service:\n# rollout:\n#   needs: { orders: [catalogue] }\n"
            .to_owned();
    }
    let mut text = String::from(
        "\n# Which services must be ready before a service; from `depends_on` of the compose file.\nrollout:\n  needs:\n",
    );
    for service in needing {
        let _ = writeln!(text, "    {}: {}", scalar(&service.name), list(&service.needs));
    }
    text
}

fn list(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| scalar(item)).collect();
    format!("[{}]", items.join(", "))
}

/// A string in YAML: as it is where every reader takes it for one, else in the quotes of JSON, which YAML has, too.
pub(super) fn scalar(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "._/-".contains(character);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(plain)
        && !words.contains(&text.to_lowercase().as_str());
    if is_plain || text == "." { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
