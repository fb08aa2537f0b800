//! Does what the plan says: wave after wave, 16 at a time, by server-side apply of raw objects.

use std::time::Duration;

use linkspan_command::Progress;
use linkspan_kube::Object;
use linkspan_kube::client::{Apply, Client, ClientError, WatchEvent};
use tokio::time::{Instant, sleep, timeout_at};

use crate::many::each;
use crate::plan::{MANAGER, Plan, Step, order, take_over};

/// A definition that was established may take this long to be served.
const SERVED: Duration = Duration::from_secs(10);
/// Handing fields over is tried this often when somebody else writes at the same time.
const TRIES: u32 = 4;

/// A step, and what came of it; `Err` for those that failed, `None` for those that were not begun.
#[derive(Debug)]
pub(crate) struct Applied {
    /// The step.
    pub(crate) step: Step,
    /// The object as it is now.
    pub(crate) result: Option<Result<Object, ClientError>>,
}

/// How a plan is applied.
#[derive(Clone)]
pub(crate) struct Applying {
    pub(crate) client: Client,
    pub(crate) force: bool,
    /// The namespace of objects whose kind was not known before.
    pub(crate) namespace: String,
    pub(crate) deadline: Instant,
    pub(crate) progress: Progress,
}

impl Applying {
    /// Applies a plan. After the first failure no further wave is begun.
    pub(crate) async fn run(&self, plan: Plan) -> Vec<Applied> {
        let mut applied: Vec<Applied> = Vec::new();
        let mut rest = plan.steps;
        let mut failed = false;
        while let Some(first) = rest.first() {
            let wave = order(first.object.gvk()).0;
            let end = rest.iter().position(|step| order(step.object.gvk()).0 != wave).unwrap_or(rest.len());
            let steps: Vec<_> = rest.drain(..end).collect();
            if failed {
                applied.extend(steps.into_iter().map(|step| Applied { step, result: None }));
                continue;
            }
            let waits = rest.iter().any(|step| step.resource.is_none());
            let mut done = self.wave(steps).await;
            failed = done.iter().any(|one| matches!(one.result, Some(Err(_))));
            if !failed
                && waits
                && let Some(error) = self.established(&done).await.err()
            {
                failed = true;
                blame(&mut done, &error);
            }
            applied.extend(done);
        }
        applied
    }

    async fn wave(&self, steps: Vec<Step>) -> Vec<Applied> {
        each(steps, |step| {
            let applying = self.clone();
            async move { applying.one(step).await }
        })
        .await
    }

    async fn one(&self, mut step: Step) -> Applied {
        if let (false, Some(live)) = (step.action.is_write(), step.live.clone()) {
            return Applied { step, result: Some(Ok(live)) };
        }
        let result = self.write(&mut step).await;
        Applied { step, result: Some(result) }
    }

    async fn write(&self, step: &mut Step) -> Result<Object, ClientError> {
        let resource = match &step.resource {
            Some(resource) => resource.clone(),
            None => self.served(&step.object).await?,
        };
        if resource.namespaced && step.object.namespace().is_none() {
            step.object.set_namespace(&self.namespace);
        }
        step.resource = Some(resource.clone());
        if let Some(live) = &step.live {
            self.take_over(&resource, live.clone()).await?;
        }
        self.client.apply(&resource, &step.object, Apply { manager: MANAGER, force: self.force, dry_run: false }).await
    }

    /// Hands the fields of client-side apply over, if there are any.
    async fn take_over(&self, resource: &linkspan_kube::client::Resource, mut live: Object) -> Result<(), ClientError> {
        let (namespace, name) = (live.namespace().unwrap_or_default().to_owned(), live.name().to_owned());
        for attempt in 1.. {
            let Some(patch) = take_over(&live, MANAGER) else { return Ok(()) };
            match self.client.json_patch(resource, &namespace, &name, &patch).await {
                Ok(_) => return Ok(()),
                // Somebody wrote meanwhile: look again.
                Err(ClientError::Conflict { .. } | ClientError::Invalid { .. }) if attempt < TRIES => {}
                Err(error) => return Err(error),
            }
            match self.client.get(resource, &namespace, &name).await? {
                Some(again) => live = again,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// The resource of a kind that was defined a moment ago.
    async fn served(&self, object: &Object) -> Result<linkspan_kube::client::Resource, ClientError> {
        let until = Instant::now() + SERVED;
        loop {
            match self.client.resource(object.gvk()).await {
                Err(ClientError::UnknownKind { .. }) if Instant::now() < until => {
                    sleep(Duration::from_millis(100)).await;
                    self.client.forget_discovery().await;
                }
                answer => return answer,
            }
        }
    }

    /// Waits until the definitions of a wave are established, and forgets what was served before.
    async fn established(&self, wave: &[Applied]) -> Result<(), ClientError> {
        let is_definition =
            |one: &&Applied| one.step.object.gvk().is("apiextensions.k8s.io", "CustomResourceDefinition");
        let mut waiting: Vec<String> =
            wave.iter().filter(is_definition).map(|one| one.step.object.name().to_owned()).collect();
        let Some(resource) = wave.iter().find(is_definition).and_then(|one| one.step.resource.clone()) else {
            return Ok(());
        };
        let is_established =
            |object: &Object| object.condition("Established").is_some_and(|condition| condition.is_true());
        let _task = self.progress.task("wait until the definitions are established");
        let mut watch = self.client.watch(&resource, "");
        while !waiting.is_empty() {
            let Ok(event) = timeout_at(self.deadline, watch.next()).await else {
                return Err(ClientError::Status {
                    code: 504,
                    message: format!("`{}` was not established in time", waiting.join("`, `")),
                });
            };
            let seen = match event? {
                WatchEvent::Listed(objects) => objects,
                WatchEvent::Applied(object) => vec![object],
                WatchEvent::Deleted(_) => Vec::new(),
            };
            waiting.retain(|name| !seen.iter().any(|object| object.name() == name && is_established(object)));
        }
        self.client.forget_discovery().await;
        Ok(())
    }
}

/// Puts an error that came after a wave to its definitions.
fn blame(wave: &mut [Applied], error: &ClientError) {
    for one in wave.iter_mut().filter(|one| one.step.object.kind() == "CustomResourceDefinition") {
        one.result = Some(Err(error.clone()));
    }
}
