use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use linkspan_command::{Progress, Task};
use linkspan_kube::client::{Client, ClientError, Resource, WatchEvent};
use linkspan_kube::{GroupKind, GroupVersionKind, Object, ObjectKey};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::store::Store;
use crate::diagnose::{Evidence, Judge};
use crate::health::{Child, Scene, State, Verdict, row_of, unsteady_for, verdict};
use crate::redact::Redactor;

/// A custom resource that says nothing gets this long to say something.
const SILENCE: i64 = 5_000;
/// A custom resource whose status does not say of which generation it speaks must say the same for this long, so
/// that what it said before the change does not count.
const SETTLED: i64 = 2_000;
/// And a failure of it for this long.
const SETTLED_FAILURE: i64 = 10_000;
/// So often in a row (each time for a quarter of a minute) every watch may fail: a control plane that is upgraded
/// is away for about as long.
const LOSSES: usize = 4;
/// How often a long wait says where it is.
const TICK: Duration = Duration::from_secs(1);
/// The longest message of the cluster that is passed on.
const MAX_MESSAGE: usize = 600;

/// An object that is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Followed {
    /// The object as it was last seen.
    pub(crate) object: Object,
    /// Its resource.
    pub(crate) resource: Resource,
    /// Whether it was written just now.
    pub(crate) written: bool,
}

/// How it is with an object at the end.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// What was found in its pods: the pod (empty: the object itself), and the evidence.
    pub(crate) found: Vec<(String, Evidence)>,
    /// When this was known, since the waiting began.
    pub(crate) after: Duration,
}

/// Why the waiting ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    /// Every object is done.
    Done,
    /// At least one failed.
    Failed,
    /// The time ran out.
    Late,
    /// The cluster is out of reach, or does not let us look.
    Lost(ClientError),
}

/// What is known about one object on the way.
struct Tracked {
    followed: Followed,
    judge: Judge,
    /// The last verdict, and since when (milliseconds) it has been the same.
    verdict: Verdict,
    since: i64,
    found: Vec<(String, Evidence)>,
    done_after: Option<Duration>,
    /// It failed, and that has settled.
    failed: bool,
    look_again: Option<i64>,
}

/// Follows a set of objects.
pub(crate) struct Following {
    pub(crate) client: Client,
    pub(crate) progress: Progress,
    pub(crate) deadline: Instant,
    /// Events about controllers that are older (seconds since 1970) are not ours.
    pub(crate) events_since: i64,
    /// What the cluster says may hold secrets: nothing leaves here unmasked.
    pub(crate) redactor: Redactor,
}

type Told = (usize, Result<WatchEvent, ClientError>);

impl Following {
    /// Waits until every object is done, one has failed, or the time is over. With `once`, looks a single time.
    pub(crate) async fn run(&self, objects: Vec<Followed>, once: bool) -> (End, BTreeMap<ObjectKey, Outcome>) {
        let started = Instant::now();
        let mut tracked: BTreeMap<ObjectKey, Tracked> =
            objects.into_iter().map(|followed| (followed.object.key(), track(followed))).collect();
        let mut store = Store::default();
        for one in tracked.values() {
            store.put(one.followed.object.clone());
        }
        self.look(&mut tracked, &store, started, 0);
        let end = if settled(&tracked) {
            summary(&tracked)
        } else {
            self.wait(&mut tracked, &mut store, started, once).await
        };
        let outcomes = tracked.into_iter().map(|(key, one)| (key, one.outcome(started))).collect();
        (end, outcomes)
    }

    async fn wait(
        &self,
        tracked: &mut BTreeMap<ObjectKey, Tracked>,
        store: &mut Store,
        started: Instant,
        once: bool,
    ) -> End {
        let kinds = kinds(tracked);
        let mut task = self.progress.task(format!("wait for {}", plural(unfinished(tracked), "object")));
        let (sender, mut receiver) = mpsc::unbounded_channel::<Told>();
        let mut watches = JoinSet::new();
        for (index, (resource, namespace)) in kinds.iter().enumerate() {
            let (mut watch, sender) = (self.client.watch(resource, namespace), sender.clone());
            watches.spawn(async move {
                loop {
                    let told = watch.next().await;
                    let over = told.as_ref().is_err_and(|error| !is_passing(error));
                    if sender.send((index, told)).is_err() || over {
                        break;
                    }
                }
            });
        }
        let (mut listed, mut losses) = (BTreeSet::new(), 0);
        loop {
            let until = self.next_look(tracked, started);
            let Ok(told) = timeout_at(until, receiver.recv()).await else {
                self.look(tracked, store, started, millis(started.elapsed()));
                task.update(describe(tracked));
                if listed.len() == kinds.len()
                    && let Some(end) = self.over(tracked, once)
                {
                    return self.finish(end, task, tracked);
                }
                if Instant::now() >= self.deadline {
                    return self.finish(End::Late, task, tracked);
                }
                continue;
            };
            let mut next = told;
            while let Some((index, event)) = next {
                match event {
                    Ok(event) => {
                        losses = 0;
                        listed.insert(index);
                        if let Some((resource, namespace)) = kinds.get(index) {
                            store.take(&resource.gvk.group_kind(), namespace, event);
                        }
                    }
                    Err(error) if is_passing(&error) => {
                        losses += 1;
                        if losses >= LOSSES * kinds.len() {
                            return self.finish(End::Lost(error), task, tracked);
                        }
                    }
                    Err(error) => {
                        if self.is_needed(kinds.get(index), tracked, &error) {
                            return self.finish(End::Lost(error), task, tracked);
                        }
                        listed.insert(index);
                    }
                }
                next = receiver.try_recv().ok();
            }
            // Before everything was listed once, what is missing may only be not known yet.
            if listed.len() < kinds.len() {
                continue;
            }
            self.look(tracked, store, started, millis(started.elapsed()));
            task.update(describe(tracked));
            if let Some(end) = self.over(tracked, once) {
                return self.finish(end, task, tracked);
            }
        }
    }

    fn finish(&self, end: End, task: Task, tracked: &BTreeMap<ObjectKey, Tracked>) -> End {
        task.done(match end {
            End::Done => "all are ready".to_owned(),
            _ => describe(tracked),
        });
        end
    }

    fn over(&self, tracked: &BTreeMap<ObjectKey, Tracked>, once: bool) -> Option<End> {
        if tracked.values().any(|one| one.failed) || settled(tracked) {
            return Some(summary(tracked));
        }
        once.then_some(End::Late)
    }

    /// Whether one cannot go on without seeing a kind; tells what is lost if one can.
    fn is_needed(
        &self,
        kind: Option<&(Resource, String)>,
        tracked: &BTreeMap<ObjectKey, Tracked>,
        error: &ClientError,
    ) -> bool {
        let kind = kind.map(|(resource, _)| resource.gvk.group_kind());
        if kind.as_ref().is_some_and(|kind| tracked.keys().any(|key| key.kind == *kind)) {
            return true;
        }
        let kind = kind.map(|kind| kind.to_string()).unwrap_or_default();
        self.progress.note(format!("no {kind} objects can be seen, so failures are told later and with less: {error}"));
        false
    }

    /// Judges every object that is not done.
    fn look(&self, tracked: &mut BTreeMap<ObjectKey, Tracked>, store: &Store, started: Instant, now: i64) {
        for (key, one) in tracked.iter_mut().filter(|(_, one)| one.done_after.is_none()) {
            one.look(key, store, now, self.events_since);
            one.mask(&self.redactor);
            one.failed = one.verdict.state == State::Failed && one.settles_in(now) == Some(0);
            if is_done(one, now) {
                one.done_after = Some(started.elapsed());
                // What was there at once is in the result anyway.
                if now > 0 && one.followed.written {
                    self.progress.note(format!("{key} is {}", one.verdict.state.name()));
                }
            }
        }
    }

    fn next_look(&self, tracked: &BTreeMap<ObjectKey, Tracked>, started: Instant) -> Instant {
        let now = millis(started.elapsed());
        let waiting = tracked.values().filter(|one| one.done_after.is_none());
        let soonest = waiting.filter_map(|one| one.look_again.or_else(|| one.settles_in(now))).min();
        let tick = soonest.and_then(|wait| u64::try_from(wait).ok()).map_or(TICK, Duration::from_millis).min(TICK);
        (Instant::now() + tick).min(self.deadline)
    }
}

fn track(followed: Followed) -> Tracked {
    let verdict = Verdict::new(State::Unknown, "not seen yet");
    Tracked {
        followed,
        judge: Judge::default(),
        verdict,
        since: 0,
        found: Vec::new(),
        done_after: None,
        failed: false,
        look_again: None,
    }
}

impl Tracked {
    fn look(&mut self, key: &ObjectKey, store: &Store, now: i64, events_since: i64) {
        let next = match (store.get(key), store.gone(key)) {
            (Some(object), _) => {
                // A list that is older than the write must not take us back.
                if object.generation() < self.followed.object.generation() && object.uid() == self.followed.object.uid()
                {
                    return;
                }
                let children = store.children(object);
                let events = store.events(object, &children, events_since);
                let scene = Scene {
                    object,
                    children: &children,
                    events: &events,
                    has_status: self.followed.resource.has_status,
                    now: unix_now(),
                };
                let mut said = verdict(&scene);
                let ruling = self.judge.rule(&scene, now);
                (self.found, self.look_again) = (ruling.found, ruling.look_again);
                let unsteady = unsteady_for(&scene);
                if said.state == State::Ready && unsteady > 0 {
                    said = Verdict::new(State::Progressing, "its containers have only just started");
                    self.look_again = Some(unsteady * 1_000);
                }
                if ruling.failed && matches!(said.state, State::Progressing | State::Unknown) {
                    said = self.failure(&said);
                }
                self.followed.object = object.clone();
                said
            }
            // A job that cleans up after itself may be gone before it was seen to be done.
            (None, Some(last)) => {
                let scene = Scene {
                    object: last,
                    children: &[],
                    events: &[],
                    has_status: self.followed.resource.has_status,
                    now: unix_now(),
                };
                match verdict(&scene).state {
                    State::Ready if last.at("/spec/ttlSecondsAfterFinished").is_some() => Verdict::ready(),
                    _ => Verdict::failed("it was deleted"),
                }
            }
            (None, None) => Verdict::failed("it does not exist"),
        };
        if (next.state, &next.message) != (self.verdict.state, &self.verdict.message) {
            if next.state != self.verdict.state {
                self.since = now;
            }
            self.verdict = next;
        }
    }

    fn mask(&mut self, redactor: &Redactor) {
        self.verdict.message = redactor.line(&self.verdict.message, MAX_MESSAGE);
        for (_, evidence) in &mut self.found {
            evidence.message = redactor.line(&evidence.message, MAX_MESSAGE);
        }
    }

    /// The verdict when the pods' evidence says that waiting will not help.
    fn failure(&self, said: &Verdict) -> Verdict {
        match self.found.first() {
            Some((_, evidence)) => Verdict::failed(evidence.message.clone()),
            None => Verdict::failed(said.message.clone()),
        }
    }

    fn is_custom(&self) -> bool {
        crate::health::is_custom(&self.followed.resource.gvk.group)
    }

    /// Whether the status cannot say of which generation it speaks.
    fn is_vague(&self) -> bool {
        let object = &self.followed.object;
        let dated = object.integer("/status/observedGeneration").is_some()
            || object.conditions().any(|condition| condition.observed_generation.is_some());
        self.is_custom() && self.followed.written && self.followed.resource.has_status && !dated
    }

    /// How long (milliseconds) the present state must go on before it counts; `None` if it never does by itself.
    fn settles_in(&self, now: i64) -> Option<i64> {
        let needed = match self.verdict.state {
            State::Ready | State::Suspended => {
                if self.is_vague() {
                    SETTLED
                } else {
                    0
                }
            }
            State::Unknown => SILENCE,
            State::Failed => {
                if self.is_vague() {
                    SETTLED_FAILURE
                } else {
                    0
                }
            }
            State::Progressing | State::Terminating => return None,
        };
        Some((self.since + needed - now).max(0))
    }

    fn outcome(self, started: Instant) -> Outcome {
        let after = self.done_after.unwrap_or_else(|| started.elapsed());
        Outcome { verdict: self.verdict, found: self.found, after }
    }
}

fn is_done(one: &Tracked, now: i64) -> bool {
    one.verdict.state != State::Failed && one.settles_in(now) == Some(0)
}

/// Whether nothing is left to wait for.
fn settled(tracked: &BTreeMap<ObjectKey, Tracked>) -> bool {
    tracked.values().all(|one| one.done_after.is_some())
}

fn summary(tracked: &BTreeMap<ObjectKey, Tracked>) -> End {
    if tracked.values().any(|one| one.failed) { End::Failed } else { End::Done }
}

fn unfinished(tracked: &BTreeMap<ObjectKey, Tracked>) -> usize {
    tracked.values().filter(|one| one.done_after.is_none()).count()
}

/// What is waited for, and why: `2 of 3 ready; Deployment.apps shop/orders: 1 of 3 pods are available`.
fn describe(tracked: &BTreeMap<ObjectKey, Tracked>) -> String {
    let waiting: Vec<_> = tracked.iter().filter(|(_, one)| one.done_after.is_none()).collect();
    let done = tracked.len() - waiting.len();
    let shown = waiting.iter().take(3).map(|(key, one)| format!("{key}: {}", one.verdict.message));
    let more = if waiting.len() > 3 { format!(" and {} more", waiting.len() - 3) } else { String::new() };
    format!("{done} of {} ready; {}{more}", tracked.len(), shown.collect::<Vec<_>>().join("; "))
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The kinds to watch, each once per namespace: those of the objects that are not done, of what they own, and events.
fn kinds(tracked: &BTreeMap<ObjectKey, Tracked>) -> Vec<(Resource, String)> {
    let mut kinds: BTreeMap<(GroupKind, String), Resource> = BTreeMap::new();
    for (key, one) in tracked.iter().filter(|(_, one)| one.done_after.is_none()) {
        kinds.insert((key.kind.clone(), key.namespace.clone()), one.followed.resource.clone());
        let children: &[Child] = row_of(&key.kind).map_or(&[], |row| row.children);
        let events: &[Child] = if key.namespace.is_empty() { &[] } else { &[("", "v1", "Event", "events")] };
        for (group, version, kind, plural) in children.iter().chain(events) {
            let resource = Resource::known(GroupVersionKind::new(*group, *version, *kind), *plural, true);
            kinds.entry((resource.gvk.group_kind(), key.namespace.clone())).or_insert(resource);
        }
    }
    kinds.into_iter().map(|((_, namespace), resource)| (resource, namespace)).collect()
}

/// Whether an error of a watch may pass: the watch itself goes on trying.
const fn is_passing(error: &ClientError) -> bool {
    matches!(error, ClientError::Unreachable { .. } | ClientError::Malformed { .. })
}

/// Seconds since 1970: only compared with times that the cluster wrote.
fn unix_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map(|since| since.as_secs());
    since.ok().and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or_default()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
