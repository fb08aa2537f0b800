//! `linkspan.yaml`, as it was written. The doc comments become the descriptions in its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::{SchemaProjection, TableProjection};

/// A project: its services, contracts and environments. Every key is optional.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Manifest {
    /// The project's name; the name of its folder, if not given.
    pub project: Option<String>,
    /// Images become `<registry>/<service>`.
    pub registry: Option<String>,
    /// One container image each, and the manifests that run it. By default every folder with a Dockerfile under `services/`.
    #[serde(deserialize_with = "or_default")]
    pub services: BTreeMap<String, ServiceSpec>,
    /// AWS Lambda functions.
    #[serde(deserialize_with = "or_default")]
    pub functions: BTreeMap<String, FunctionSpec>,
    /// Models, and the documents in which they appear.
    pub contracts: Contracts,
    /// How a consumer is drilled: `service`, or `service/operation` where it receives several event types.
    #[serde(deserialize_with = "or_default")]
    pub drills: BTreeMap<String, Drill>,
    /// Where the project is rolled out to.
    #[serde(deserialize_with = "or_default")]
    pub environments: BTreeMap<String, EnvironmentSpec>,
    /// How it is rolled out.
    pub rollout: RolloutSpec,
    /// Other repositories whose services and contracts belong to the whole; pinned in `linkspan.lock`.
    pub include: Vec<Include>,
}

/// A key without a value stands for one in which everything is left to the conventions.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let entries = BTreeMap::<String, Option<T>>::deserialize(deserializer)?;
    Ok(entries.into_iter().map(|(name, entry)| (name, entry.unwrap_or_default())).collect())
}

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ServiceSpec {
    /// The service's folder, which is also the build's context; `services/<name>`, if not given.
    pub path: Option<String>,
    /// The Dockerfile, relative to `path`; `Dockerfile`, if not given.
    pub dockerfile: Option<String>,
    /// A command that runs in `path` before the image is put together.
    pub prepare: Option<String>,
    /// The platforms to build for; that of this machine, if not given.
    pub platforms: Vec<String>,
    /// Files, folders, kustomizations or charts, relative to the project; `deploy/` or `k8s/`, if not given.
    pub manifests: Option<OneOrMany>,
    /// Ports that `up` forwards: a name, and the Service's port.
    pub ports: BTreeMap<String, u16>,
}

/// One AWS Lambda function.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FunctionSpec {
    /// The function's folder.
    pub path: Option<String>,
    /// The alias that callers use.
    pub alias: Option<String>,
    /// How traffic moves to a new version: a share and a time, `10% 5m`.
    pub shift: Option<String>,
    /// CloudWatch alarms that undo a shift.
    pub alarms: Vec<String>,
}

/// Models, and the documents in which they appear.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Contracts {
    /// AsyncAPI documents, as paths or patterns; `contracts/*.asyncapi.yaml`, if not given.
    pub asyncapi: Option<OneOrMany>,
    /// One definition of one thing each.
    pub models: BTreeMap<String, Model>,
    /// Which verdict stops a change, and which breaks are accepted.
    pub policy: Policy,
}

/// A model: a JSON Schema, and its projections.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// The JSON Schema's file.
    pub schema: String,
    /// The model's shape elsewhere.
    #[serde(default)]
    pub projections: Vec<Projection>,
}

/// A model's shape in one place. Exactly one key.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Projection {
    /// A schema in an OpenAPI document: `file#/pointer`.
    Openapi(SchemaProjection),
    /// A message in an AsyncAPI document: `file#/pointer`.
    Event(SchemaProjection),
    /// A table in a file, a folder or a pattern of SQL: `file#table`.
    Table(TableProjection),
    /// A type in code.
    Type(TypeProjection),
}

/// A type in code.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeProjection {
    /// The file that holds it.
    pub path: String,
    /// The command that writes the file.
    pub generate: Option<String>,
}

/// Which verdict stops a change, and which breaks are accepted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Policy {
    /// The verdict that stops a change.
    pub gate: Gate,
    /// The file of accepted breaks.
    pub waivers: Option<String>,
    /// The registry's policy.
    pub registry_policy: RegistryPolicy,
    /// What an undecided pair is; an error, if not given.
    pub unknown: Option<Level>,
    /// What must hold for models and for what nobody is known to send or receive; `backward`, if not given.
    pub mode: Option<Compatibility>,
    /// What must hold for some subjects: a pattern of names, like `model Order` or `asyncapi orders/*`, and a mode. The
    /// longest pattern counts.
    pub modes: BTreeMap<String, Compatibility>,
    /// What the findings of a rule are, by the rule's name: `compat/format-added: warning`.
    pub severity: BTreeMap<String, Level>,
}

/// A schema registry's policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegistryPolicy {
    /// The registry's default.
    #[default]
    Strict,
    /// Optional properties may come and go in open models, too.
    Lenient,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It stops the change.
    Error,
    /// It is shown, and stops nothing.
    Warning,
    /// It is worth knowing.
    Notice,
    /// It is not shown.
    Off,
}

/// What must hold between two versions of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compatibility {
    /// New readers accept old events.
    Backward,
    /// Old readers accept new events.
    Forward,
    /// Both.
    Full,
    /// Backward, against every earlier version.
    BackwardTransitive,
    /// Forward, against every earlier version.
    ForwardTransitive,
    /// Both, against every earlier version.
    FullTransitive,
}

/// A verdict on a change of a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Whether an event can be found that breaks.
    #[default]
    Semantic,
    /// What a schema registry would say.
    Registry,
    /// Either of them.
    Both,
}

/// How a consumer is drilled.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Drill {
    /// The events that are delivered.
    pub events: Option<String>,
    /// What is compared.
    pub state: Vec<StateProbe>,
    /// Variables that hold the addresses of what the consumer calls.
    pub effects: Vec<Effect>,
}

/// The name of an environment variable that holds an address.
pub type Effect = String;

/// One look at a consumer's state. Exactly one key.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StateProbe {
    /// The answer to a GET request: a path.
    Get(String),
}

/// Where the project is rolled out to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EnvironmentSpec {
    /// The context in the kubeconfig.
    pub kube_context: Option<String>,
    /// The namespace of objects that name none.
    pub namespace: Option<String>,
    /// Replaces the services' own manifests.
    pub manifests: Option<OneOrMany>,
}

/// How the project is rolled out.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RolloutSpec {
    /// Which services must be ready before a service.
    pub needs: BTreeMap<String, Vec<String>>,
    /// A folder with rules for the health of custom resources.
    pub health: Option<String>,
}

/// Another repository that belongs to the whole.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Include {
    /// Its address.
    pub repository: String,
    /// A branch, tag or commit.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
}

/// One path, or a list of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(path) => Ok(Self(vec![path])),
            list @ serde_json::Value::Array(_) => serde_json::from_value(list).map(Self).map_err(D::Error::custom),
            _ => Err(D::Error::custom("neither a path nor a list of paths")),
        }
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "One path, or a list of paths.",
            "type": ["string", "array"],
            "items": { "type": "string" }
        })
    }
}
