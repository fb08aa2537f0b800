//! Asks the cluster what would happen, and changes nothing.

use std::collections::HashMap;
use std::sync::Arc;

use linkspan_kube::Object;
use linkspan_kube::client::{Apply, Client, ClientError, Discovery, Resource};
use linkspan_kube::manifest::{Manifest, Origin};
use linkspan_report::Finding;

use super::{FieldChange, diff, is_applied, order, take_over};
use crate::many::each;
use crate::refusal;

/// The field manager of everything that is applied.
pub const MANAGER: &str = "linkspan";

/// What happens to one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Create,
    /// It changes in these fields.
    Change(Vec<FieldChange>),
    /// No field changes, but they become managed by us.
    Adopt,
    /// It is already so: nothing is written.
    Unchanged,
}

impl Action {
    /// The word for people and machines.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change(_) => "change",
            Self::Adopt => "adopt",
            Self::Unchanged => "unchanged",
        }
    }

    /// Whether something is written.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        !matches!(self, Self::Unchanged)
    }
}

/// One object, and what happens to it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The object as it is applied.
    pub object: Object,
    /// Where it was written; `None` for a namespace that is made on demand.
    pub origin: Option<Origin>,
    /// What happens to it.
    pub action: Action,
    /// Its kind's resource; `None` while the cluster does not serve it, because its definition is in this plan.
    pub resource: Option<Resource>,
    /// The object as it is in the cluster.
    pub live: Option<Object>,
}

/// All steps, in the order in which they are done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether anything is written.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_write())
    }
}

/// Why there is no plan.
#[derive(Debug)]
pub(crate) enum NoPlan {
    /// The cluster cannot be asked.
    Client(ClientError),
    /// It does not want these objects; each finding says why. Nothing was changed.
    Refused(Vec<Finding>),
    /// The manifests are malformed by the cluster's schema.
    Malformed(Vec<Finding>),
}

impl From<ClientError> for NoPlan {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

/// What is asked once for all objects.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) client: Client,
    pub(crate) force: bool,
    /// Namespaces that this plan makes.
    namespaces: Arc<Vec<String>>,
    /// What was listed because many of its kind are in this plan; what is not in here does not exist.
    listed: Arc<Listed>,
}

/// Objects by their resource's path in a namespace, and by name.
type Listed = HashMap<String, HashMap<String, Object>>;

/// From so many objects of a kind in a namespace on, they are listed at once instead of asked for one by one.
const MANY: usize = 8;

/// Makes the plan: what is unchanged is seen by comparing, all else by a dry run on the server, so that conflicts,
/// denials and malformed fields are known before the first write.
pub(crate) async fn make(
    client: &Client,
    manifests: Vec<Manifest>,
    namespace: Option<Object>,
    force: bool,
) -> Result<Plan, NoPlan> {
    let discovery = client.discovery().await?;
    let mut steps = drafts(manifests, namespace, &discovery)?;
    steps.sort_by_key(|step| order(step.object.gvk()));
    let namespaces =
        steps.iter().filter(|step| step.object.gvk().is("", "Namespace")).map(|step| step.object.name().to_owned());
    let (namespaces, listed) = (Arc::new(namespaces.collect()), Arc::new(listed(client, &steps).await));
    let asking = Asking { client: client.clone(), force, namespaces, listed };
    let planned = each(steps, |step| {
        let asking = asking.clone();
        async move {
            let kept = step.clone();
            (kept, asking.step(step).await)
        }
    })
    .await;
    collect(planned)
}

/// Lists what there are many of. Secrets are never listed: most of them would be none of our business. What cannot
/// be listed is asked for one by one.
async fn listed(client: &Client, steps: &[Step]) -> Listed {
    let mut counts: HashMap<String, (usize, &Resource, &str)> = HashMap::new();
    for step in steps {
        let Some(resource) = step.resource.as_ref().filter(|resource| !resource.gvk.is("", "Secret")) else { continue };
        let namespace = step.object.namespace().unwrap_or_default();
        counts.entry(resource.path(namespace, None)).or_insert((0, resource, namespace)).0 += 1;
    }
    let many = counts.into_iter().filter(|(_, (count, ..))| *count >= MANY);
    let lists = each(many, |(path, (_, resource, namespace))| {
        let (client, resource, namespace) = (client.clone(), resource.clone(), namespace.to_owned());
        async move { (path, client.list(&resource, &namespace, "").await) }
    })
    .await;
    let by_name = |objects: Vec<Object>| objects.into_iter().map(|object| (object.name().to_owned(), object)).collect();
    lists.into_iter().filter_map(|(path, list)| Some((path, by_name(list.ok()?.items)))).collect()
}

fn collect(planned: Vec<(Step, Result<Step, ClientError>)>) -> Result<Plan, NoPlan> {
    let (mut steps, mut refused, mut malformed) = (Vec::new(), Vec::new(), Vec::new());
    for (draft, result) in planned {
        match result {
            Ok(step) => steps.push(step),
            Err(error) => match refusal::of(&draft, &error) {
                refusal::Refusal::Refused(findings) => refused.extend(findings),
                refusal::Refusal::Malformed(findings) => malformed.extend(findings),
                refusal::Refusal::Other => return Err(NoPlan::Client(error)),
            },
        }
    }
    if !malformed.is_empty() {
        malformed.extend(refused);
        return Err(NoPlan::Malformed(malformed));
    }
    if refused.is_empty() { Ok(Plan { steps }) } else { Err(NoPlan::Refused(refused)) }
}

/// The steps before they are compared. A kind that is neither served nor defined here cannot be applied.
fn drafts(manifests: Vec<Manifest>, namespace: Option<Object>, discovery: &Discovery) -> Result<Vec<Step>, NoPlan> {
    let defined: Vec<_> = manifests.iter().flat_map(|manifest| definitions(&manifest.object)).collect();
    let has_namespace = |name: &str| {
        manifests.iter().any(|manifest| manifest.object.gvk().is("", "Namespace") && manifest.object.name() == name)
    };
    let namespace = namespace.filter(|namespace| !has_namespace(namespace.name()));
    let unknown: Vec<_> = manifests
        .iter()
        .filter(|manifest| {
            discovery.find(manifest.object.gvk()).is_none() && !defined.contains(&manifest.object.gvk().to_string())
        })
        .map(|manifest| refusal::unknown_kind(manifest, discovery))
        .collect();
    if !unknown.is_empty() {
        return Err(NoPlan::Refused(unknown));
    }
    let of_manifest = manifests.into_iter().map(|manifest| (manifest.object, Some(manifest.origin)));
    let all = namespace.into_iter().map(|object| (object, None)).chain(of_manifest);
    let draft = |(object, origin): (Object, Option<Origin>)| {
        let resource = discovery.find(object.gvk()).cloned();
        Step { object, origin, action: Action::Create, resource, live: None }
    };
    Ok(all.map(draft).collect())
}

/// The kinds that a definition brings, as `group/version Kind`.
pub(crate) fn definitions(object: &Object) -> Vec<String> {
    if !object.gvk().is("apiextensions.k8s.io", "CustomResourceDefinition") {
        return Vec::new();
    }
    let (group, kind) =
        (object.text("/spec/group").unwrap_or_default(), object.text("/spec/names/kind").unwrap_or_default());
    let version = |version: &serde_json::Value| Some(format!("{group}/{} {kind}", version.get("name")?.as_str()?));
    object.list("/spec/versions").iter().filter_map(version).collect()
}

impl Asking {
    /// Compares one object with what is there.
    async fn step(&self, mut step: Step) -> Result<Step, ClientError> {
        let Some(resource) = step.resource.clone() else { return Ok(step) };
        let namespace = step.object.namespace().unwrap_or_default().to_owned();
        step.live = match self.listed.get(&resource.path(&namespace, None)) {
            Some(listed) => listed.get(step.object.name()).cloned(),
            None => self.client.get(&resource, &namespace, step.object.name()).await?,
        };
        step.action = match &step.live {
            Some(live) if is_applied(&step.object, live, MANAGER) => Action::Unchanged,
            Some(live) => self.change(&resource, &step.object, live).await?,
            None => self.creation(&resource, &step.object).await?,
        };
        Ok(step)
    }

    async fn change(&self, resource: &Resource, wanted: &Object, live: &Object) -> Result<Action, ClientError> {
        let predicted = match self.dry_run(resource, wanted, self.force).await {
            // Client-side apply hands its fields over before the write.
            Err(ClientError::Conflict { fields, .. })
                if !fields.is_empty() && fields.iter().all(|field| refusal::is_client_side(&field.manager)) =>
            {
                self.dry_run(resource, wanted, true).await?
            }
            predicted => predicted?,
        };
        let changes = diff(live, &predicted);
        if !changes.is_empty() {
            return Ok(Action::Change(changes));
        }
        let managed = |object: &Object| {
            super::fields::entry(object, MANAGER, "Apply").and_then(|entry| entry.get("fieldsV1")).cloned()
        };
        let same = managed(live) == managed(&predicted) && take_over(live, MANAGER).is_none();
        Ok(if same { Action::Unchanged } else { Action::Adopt })
    }

    async fn creation(&self, resource: &Resource, wanted: &Object) -> Result<Action, ClientError> {
        match self.dry_run(resource, wanted, self.force).await {
            Ok(_) => Ok(Action::Create),
            // In a namespace that comes with this plan nothing can be tried.
            Err(ClientError::NotFound { .. })
                if wanted.namespace().is_some_and(|namespace| self.namespaces.iter().any(|made| made == namespace)) =>
            {
                Ok(Action::Create)
            }
            Err(error) => Err(error),
        }
    }

    async fn dry_run(&self, resource: &Resource, wanted: &Object, force: bool) -> Result<Object, ClientError> {
        self.client.apply(resource, wanted, Apply { manager: MANAGER, force, dry_run: true }).await
    }
}
