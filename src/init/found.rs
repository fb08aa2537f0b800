//! What `init` sees in a folder: plain data, so that what it decides can be tested with literals.

/// What there is. Paths are relative to the project, with `/`, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The folder's name, as a project may be called.
    pub project: String,
    /// Where images can go, as far as the repository tells: `ghcr.io/acme/shop`.
    pub registry: Option<String>,
    /// The project's folder inside the repository; empty at its top.
    pub below: String,
    /// The branch that is rolled out.
    pub branch: String,
    /// Dockerfiles by whatever name.
    pub dockerfiles: Vec<String>,
    /// The compose file at the top.
    pub compose: Option<Compose>,
    /// Folders that can be rolled out.
    pub manifests: Vec<Place>,
    /// AsyncAPI documents.
    pub asyncapi: Vec<String>,
    /// JSON Schemas.
    pub schemas: Vec<Schema>,
    /// Sample events.
    pub samples: Vec<String>,
}

/// A compose file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Compose {
    /// Its name.
    pub file: String,
    /// Its services, by name.
    pub services: Vec<ComposeService>,
}

/// One service of a compose file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ComposeService {
    /// Its name.
    pub name: String,
    /// The folder and the Dockerfile (relative to it) that its image is built from.
    pub build: Option<(String, Option<String>)>,
    /// The image, where it is not built.
    pub image: Option<String>,
    /// The container's ports that are published.
    pub ports: Vec<u16>,
    /// The services that must run before.
    pub needs: Vec<String>,
}

/// A folder that can be rolled out as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The folder; `.` for the project itself.
    pub path: String,
    /// What makes it one.
    pub kind: PlaceKind,
    /// The names (last part of the repository) of the images in its manifests.
    pub images: Vec<String>,
}

/// What a folder with manifests is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    /// Manifests side by side.
    Plain,
    /// A kustomization.
    Kustomization,
    /// A Helm chart.
    Chart,
}

/// A JSON Schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schema {
    /// Its file.
    pub path: String,
    /// Its title, where it has one.
    pub title: Option<String>,
}
