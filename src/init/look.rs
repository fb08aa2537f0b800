//! Looking around in a folder: the one part of `init` that reads files.

use std::collections::BTreeMap;
use std::path::Path;

use linkspan_kube::image_fields;
use linkspan_kube::manifest::read_text;
use linkspan_source::{Dialect, Document, Format, format_of, json, yaml};
use serde_json::Value;

use super::compose;
use super::found::{Found, Place, PlaceKind, Schema};
use super::paths::{is_in, last, name, split};

/// Folders below this depth are not a project's own parts.
const DEPTH: usize = 8;
/// More files than this are not looked at; a proposal needs no more.
const FILES: usize = 50_000;
/// Larger files are neither manifests nor contracts.
const LARGEST: u64 = 1 << 20;
/// Folders that hold other people's files or what a build made.
const SKIPPED: [&str; 7] = ["target", "node_modules", "vendor", "dist", "__pycache__", "venv", "testdata"];

/// What there is in `root`, which lies in the repository `repository` (itself, if there is none).
pub(super) fn look(root: &Path, repository: &Path) -> Found {
    let files = files(root);
    let mut found = Found { project: name(&folder_name(root)), below: relative(root, repository), ..Found::default() };
    (found.registry, found.branch) = origin(repository);
    found.compose = compose::NAMES
        .iter()
        .find_map(|file| Some(compose::read(file, &std::fs::read_to_string(root.join(file)).ok()?)));
    found.dockerfiles = files.iter().filter(|file| is_dockerfile(split(file).1)).cloned().collect();
    found.samples = files.iter().filter(|file| is_in(file, "contracts/examples")).cloned().collect();
    let mut places = BTreeMap::<String, Place>::new();
    for file in &files {
        examine(root, file, &mut found, &mut places);
    }
    found.manifests = whole(places.into_values().collect());
    found
}

/// The files that are the project's own, relative to it, sorted: what git ignores is left out, as are links.
fn files(root: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(root)
        .max_depth(Some(DEPTH))
        .require_git(false)
        .git_global(false)
        .filter_entry(|entry| !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped))
        .build();
    let mut files: Vec<String> = walk
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .take(FILES)
        .map(|entry| relative(entry.path(), root))
        .filter(|path| !path.is_empty())
        .collect();
    files.sort();
    files
}

fn is_dockerfile(base: &str) -> bool {
    let named = base == "Dockerfile"
        || base == "Containerfile"
        || base.starts_with("Dockerfile.")
        || base.ends_with(".Dockerfile");
    named && !base.ends_with(".dockerignore") && !base.ends_with('~')
}

fn examine(root: &Path, file: &str, found: &mut Found, places: &mut BTreeMap<String, Place>) {
    let (folder, base) = split(file);
    let mut note = |kind: PlaceKind, images: Vec<String>| {
        let new = || Place { path: folder.to_owned(), kind, images: Vec::new() };
        let place = places.entry(folder.to_owned()).or_insert_with(new);
        if kind != PlaceKind::Plain {
            place.kind = kind;
        }
        place.images.extend(images);
        place.images.sort();
        place.images.dedup();
    };
    match base {
        "Chart.yaml" => return note(PlaceKind::Chart, Vec::new()),
        "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
            return note(PlaceKind::Kustomization, Vec::new());
        }
        _ => {}
    }
    let Some(text) = document_text(root, file) else { return };
    if text.contains("apiVersion") && text.contains("kind") {
        let manifests = read_text(file, &text).unwrap_or_default();
        if !manifests.is_empty() {
            let images = manifests.iter().flat_map(|manifest| image_fields(&manifest.object));
            return note(PlaceKind::Plain, images.map(|image| image_name(&image.image)).collect());
        }
    }
    contract(file, &text, found);
}

/// AsyncAPI documents and JSON Schemas say what they are at the top.
fn contract(file: &str, text: &str, found: &mut Found) {
    let suffixed = file.rsplit_once('.').is_some_and(|(stem, _)| stem.ends_with(".schema"));
    if !suffixed && !text.contains("asyncapi") && !text.contains("$schema") {
        return;
    }
    let Some(document) = document(file, text) else { return };
    let top = |key: &str| document.value.get(key).and_then(Value::as_str);
    if top("asyncapi").is_some() {
        found.asyncapi.push(file.to_owned());
    } else if suffixed || top("$schema").is_some_and(|schema| schema.contains("json-schema.org/")) {
        found.schemas.push(Schema { path: file.to_owned(), title: top("title").map(ToOwned::to_owned) });
    }
}

fn document_text(root: &Path, file: &str) -> Option<String> {
    let path = root.join(file);
    let kind = format_of(&path)?;
    let small = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() <= LARGEST);
    if kind == Format::Ndjson || !small { None } else { std::fs::read_to_string(path).ok() }
}

fn document(file: &str, text: &str) -> Option<Document> {
    if format_of(Path::new(file))? == Format::Json {
        return json(text).ok();
    }
    yaml(text, Dialect::Yaml12).ok()?.into_iter().next()
}

/// Charts and kustomizations as wholes: what lies in them is theirs, and folders that hold no manifest of their own
/// (compose files and workflows have none) were never noted.
fn whole(places: Vec<Place>) -> Vec<Place> {
    let charts: Vec<String> =
        places.iter().filter(|place| place.kind == PlaceKind::Chart).map(|place| place.path.clone()).collect();
    let inside = |place: &Place| charts.iter().any(|chart| place.path != *chart && is_in(&place.path, chart));
    places.into_iter().filter(|place| !inside(place)).collect()
}

/// `ghcr.io/acme/orders:1@sha256:…` is `orders`.
fn image_name(image: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let base = last(image);
    base.split(':').next().unwrap_or(base).to_owned()
}

/// Where the repository's images can go, and its branch, as far as its `.git` tells.
fn origin(repository: &Path) -> (Option<String>, String) {
    let git = repository.join(".git");
    let config = std::fs::read_to_string(git.join("config")).unwrap_or_default();
    let head = std::fs::read_to_string(git.join("refs/remotes/origin/HEAD")).unwrap_or_default();
    let branch = head.trim().strip_prefix("ref: refs/remotes/origin/").unwrap_or("main");
    (registry(&config), branch.to_owned())
}

/// GitHub's registry has a place for every repository.
fn registry(config: &str) -> Option<String> {
    let origin = config.split("[remote \"origin\"]").nth(1)?.split("\n[").next()?;
    let url = origin.lines().find_map(|line| line.trim().strip_prefix("url")?.trim_start().strip_prefix('='))?.trim();
    let slug = url.split_once("github.com")?.1.trim_start_matches([':', '/']).trim_end_matches('/');
    let slug = slug.strip_suffix(".git").unwrap_or(slug).to_lowercase();
    let plain = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && part.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
    };
    match slug.split('/').collect::<Vec<_>>()[..] {
        [owner, repository] if plain(owner) && plain(repository) => Some(format!("ghcr.io/{owner}/{repository}")),
        _ => None,
    }
}

fn folder_name(root: &Path) -> String {
    root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn relative(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(Path::new(""));
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn it_finds_what_is_the_projects_own() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: \"ghcr.io/acme/web:1\"}]}\n";
        let folder = folder(&[
            (".gitignore", "/generated\n"),
            ("generated/Dockerfile", "FROM scratch"),
            ("node_modules/x/Dockerfile", "FROM scratch"),
            ("web/Dockerfile", "FROM scratch"),
            ("web/Dockerfile.dockerignore", "*"),
            ("docker-compose.yml", "services: {db: {image: postgres}}"),
            ("deploy/web.yaml", pod),
            ("charts/app/Chart.yaml", "apiVersion: v2\nname: app\n"),
            ("charts/app/templates/x.yaml", pod),
            ("contracts/orders.asyncapi.yaml", "asyncapi: 3.0.0\n"),
            ("contracts/order.schema.yaml", "title: Order\ntype: object\n"),
            ("contracts/examples/a.ndjson", "{}"),
            ("big.json", "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}"),
            ("broken.yaml", "asyncapi: [\n"),
        ]);
        let found = look(folder.path(), folder.path());
        assert_eq!(found.dockerfiles, ["web/Dockerfile"]);
        assert_eq!(found.compose.unwrap().file, "docker-compose.yml");
        let places: Vec<_> =
            found.manifests.iter().map(|place| (place.path.as_str(), place.kind, place.images.join(","))).collect();
        assert_eq!(
            places,
            [("charts/app", PlaceKind::Chart, String::new()), ("deploy", PlaceKind::Plain, "web".to_owned())]
        );
        assert_eq!(found.asyncapi, ["contracts/orders.asyncapi.yaml"]);
        assert_eq!(
            found.schemas.iter().map(|schema| schema.path.as_str()).collect::<Vec<_>>(),
            ["big.json", "contracts/order.schema.yaml"]
        );
        assert_eq!(found.samples, ["contracts/examples/a.ndjson"]);
    }

    #[test]
    fn github_has_a_registry_for_every_repository() {
        let config = |url: &str| {
            format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n\tfetch = x\n[branch \"main\"]\n")
        };
        for url in
            ["https://github.com/Acme/Shop.git", "git@github.com:acme/shop.git", "ssh://git@github.com/acme/shop/"]
        {
            assert_eq!(registry(&config(url)).as_deref(), Some("ghcr.io/acme/shop"), "{url}");
        }
        for url in [
            "https://gitlab.com/acme/shop.git",
            "https://github.com/acme",
            "/srv/shop.git",
            "https://github.com/a/b/../c",
        ] {
            assert_eq!(registry(&config(url)), None, "{url}");
        }
        assert_eq!(registry(""), None);
    }
}
