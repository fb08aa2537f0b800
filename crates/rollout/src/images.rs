//! Image lines: what the build puts out, put into manifests.

use std::fmt;
use std::str::FromStr;

use linkspan_kube::image_fields;
use linkspan_kube::manifest::Manifest;
use linkspan_oci::reference::{Reference, Repository};
use linkspan_report::Finding;

/// A line is not an image line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{line}` is not an image line: {why}; expected `name=repository@sha256:…`")]
pub struct ImageLineError {
    line: String,
    why: String,
}

/// `name=repository@sha256:…`, as `linkspan-build` puts it out. A tag is taken only if it names the content
/// (`:ls-` and 12 hexadecimal digits), as the local side uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageLine {
    /// The service's name: the last component of a repository's path.
    pub name: String,
    /// The image, pinned to its content.
    pub image: Reference,
}

impl ImageLine {
    /// Whether a container's image is the one that this line pins: its repository is the line's, or the last
    /// component of its path is the line's name.
    #[must_use]
    pub fn matches(&self, image: &Repository) -> bool {
        image == self.image.repository() || image.name() == self.name
    }
}

impl FromStr for ImageLine {
    type Err = ImageLineError;

    fn from_str(line: &str) -> Result<Self, ImageLineError> {
        let wrong = |why: &str| ImageLineError { line: line.to_owned(), why: why.to_owned() };
        let (name, image) = line.trim().split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
        if name.is_empty() {
            return Err(wrong("the name is empty"));
        }
        let image: Reference = image.parse().map_err(|error| wrong(&format!("{error}")))?;
        let pinned = image.digest().is_some() || image.tag().is_some_and(names_content);
        if pinned { Ok(Self { name: name.to_owned(), image }) } else { Err(wrong("the image has no digest")) }
    }
}

impl fmt::Display for ImageLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.name, self.image)
    }
}

fn names_content(tag: &str) -> bool {
    tag.strip_prefix("ls-").is_some_and(|hex| hex.len() == 12 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Image lines, one per line; empty lines are passed over.
///
/// # Errors
/// [`ImageLineError`] for the first line that is none, or that names an image twice with different contents.
pub fn parse_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<ImageLine>, ImageLineError> {
    let mut parsed: Vec<ImageLine> = Vec::new();
    for line in lines.into_iter().flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()) {
        let image: ImageLine = line.parse()?;
        match parsed.iter().find(|other| other.name == image.name) {
            Some(other) if *other == image => {}
            Some(_) => return Err(ImageLineError { line: line.to_owned(), why: "the name occurs twice".to_owned() }),
            None => parsed.push(image),
        }
    }
    Ok(parsed)
}

/// Puts the lines' images into manifests, and says which lines matched nothing: each is an error.
///
/// Of several lines that match, the one whose repository is equal wins over those whose name is.
pub fn substitute(manifests: &mut [Manifest], lines: &[ImageLine]) -> Vec<Finding> {
    let mut used = vec![false; lines.len()];
    for manifest in manifests.iter_mut() {
        for field in image_fields(&manifest.object) {
            // What is no reference stays as it is: the cluster will say what is wrong with it.
            let Ok(reference) = field.image.parse::<Reference>() else { continue };
            let found = best(lines, reference.repository());
            let Some((index, line)) = found else { continue };
            used[index] = true;
            if let Some(image) = manifest.object.at_mut(&field.pointer) {
                *image = line.image.to_string().into();
            }
            if line.image.digest().is_none() {
                keep_local(manifest, &field.pointer);
            }
        }
    }
    let unused = lines.iter().zip(used).filter(|(_, used)| !used);
    unused.map(|(line, _)| unmatched(line, manifests)).collect()
}

fn best<'a>(lines: &'a [ImageLine], image: &Repository) -> Option<(usize, &'a ImageLine)> {
    let exact = lines.iter().enumerate().find(|(_, line)| line.image.repository() == image);
    exact.or_else(|| lines.iter().enumerate().find(|(_, line)| line.matches(image)))
}

/// An image that was loaded into the node is in no registry: it must not be pulled again.
fn keep_local(manifest: &mut Manifest, image: &str) {
    let container = image.strip_suffix("/image").and_then(|pointer| manifest.object.at_mut(pointer));
    if let Some(container) = container.and_then(serde_json::Value::as_object_mut) {
        container.insert("imagePullPolicy".to_owned(), "IfNotPresent".into());
    }
}

fn unmatched(line: &ImageLine, manifests: &[Manifest]) -> Finding {
    let mut images: Vec<_> =
        manifests.iter().flat_map(|manifest| image_fields(&manifest.object)).map(|field| field.image).collect();
    images.sort();
    images.dedup();
    let known = match images.len() {
        0 => "the manifests have no images".to_owned(),
        _ => format!(
            "the manifests have {}",
            images.iter().map(|image| format!("`{image}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Finding::error("rollout/image-line-unused", format!("no image in the manifests matches the line `{line}`"))
        .help(format!("{known}; a line matches by its repository, or by its name as the last part of a repository"))
}

#[cfg(test)]
mod tests {
    use linkspan_kube::manifest::read_text;

    use super::*;

    const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// What becomes of one image under one line.
    fn replaced(image: &str, line: &str) -> Option<String> {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{{name: c, image: \"{image}\"}}]}}\n"
        );
        let mut manifests = read_text("m.yaml", &text).unwrap();
        let unused = substitute(&mut manifests, &parse_lines([line]).unwrap());
        let now = manifests[0].object.text("/spec/containers/0/image").unwrap().to_owned();
        assert_eq!(unused.is_empty(), now != image, "{unused:?}");
        (now != image).then_some(now)
    }

    #[test]
    fn images_match_by_repository_or_by_name() {
        let to = format!("registry.local:5000/shop/orders@{DIGEST}");
        let line = format!("orders={to}");
        for image in [
            "orders",
            "orders:1",
            "docker.io/library/orders",
            "localhost:5000/orders:1",
            "registry.local:5000/shop/orders",
            "registry.local:5000/shop/orders:1.2",
            "ghcr.io/acme/shop/orders@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        ] {
            assert_eq!(replaced(image, &line).as_deref(), Some(to.as_str()), "{image}");
        }
        for image in ["orders-v2", "my-orders", "orders/api", "registry.local:5000/shop/other", "Not An Image"] {
            assert_eq!(replaced(image, &line), None, "{image}");
        }
    }

    #[test]
    fn the_repository_wins_over_the_name() {
        let other = DIGEST.replace("aaaa", "bbbb");
        let lines = [format!("orders=a.io/x/orders@{DIGEST}"), format!("api=b.io/y/orders@{other}")];
        let lines = parse_lines(lines.iter().map(String::as_str)).unwrap();
        let image: Reference = "b.io/y/orders:1".parse().unwrap();
        assert_eq!(best(&lines, image.repository()).unwrap().0, 1);
    }

    #[test]
    fn what_is_no_image_line_says_why() {
        let error = |line: &str| parse_lines([line]).unwrap_err().to_string();
        insta::assert_snapshot!(error("orders"), @"`orders` is not an image line: there is no `=`; expected `name=repository@sha256:…`");
        insta::assert_snapshot!(error("orders=a/b:1"), @"`orders=a/b:1` is not an image line: the image has no digest; expected `name=repository@sha256:…`");
        assert!(parse_lines(["orders=a/b:ls-0123456789ab", ""]).is_ok());
        let twice = format!("a=x/a@{DIGEST}\na=y/a@{DIGEST}");
        assert!(error(&twice).contains("the name occurs twice"));
    }

    #[test]
    fn content_tags_are_not_pulled_again() {
        let text =
            "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c, image: orders, imagePullPolicy: Always}]}\n";
        let mut manifests = read_text("m.yaml", text).unwrap();
        substitute(&mut manifests, &parse_lines(["orders=orders:ls-0123456789ab"]).unwrap());
        assert_eq!(manifests[0].object.text("/spec/containers/0/imagePullPolicy"), Some("IfNotPresent"));
    }
}
