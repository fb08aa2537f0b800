//! One thread per subscription. It delivers one event after the other, so that
//! a subscription sees its events in order; a slow sink holds up nobody else.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use shopkit::{Database, Error, Problem, backoff, config};

use crate::{
    dead_letters,
    delivery::{Courier, Grant, Verdict},
    events::{self, Entry},
    subscriptions::{self, Subscription},
};

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(15);

/// The threads that deliver.
#[derive(Clone)]
pub(crate) struct Workers {
    database: Database,
    courier: Courier,
    give_up: Duration,
    started: Arc<Mutex<HashSet<i64>>>,
}

impl Workers {
    /// `GIVE_UP_SECONDS` (a day): how long one event is tried before it becomes a dead letter.
    pub(crate) fn from_environment(database: &Database) -> Result<Self, Error> {
        Ok(Self {
            database: database.clone(),
            courier: Courier::from_environment(),
            give_up: Duration::from_secs(config::number("GIVE_UP_SECONDS", 24 * 60 * 60)?),
            started: Arc::default(),
        })
    }

    /// What posts events, for those that a person sends again.
    pub(crate) fn courier(&self) -> &Courier {
        &self.courier
    }

    /// Starts a thread for every subscription that has none yet.
    pub(crate) fn start_missing(&self) -> Result<(), Error> {
        let all = self
            .database
            .run(subscriptions::all)
            .map_err(|problem| Error::Invalid { what: "subscriptions".into(), problem: problem.detail })?;
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        for subscription in all.iter().filter(|one| !started.contains(&one.key)) {
            self.start(subscription)?;
        }
        started.extend(all.iter().map(|one| one.key));
        Ok(())
    }

    fn start(&self, subscription: &Subscription) -> Result<(), Error> {
        let mut worker = Worker { workers: self.clone(), key: subscription.key, grant: None, trouble: None };
        let spawned = thread::Builder::new().name(subscription.name.clone()).spawn(move || worker.run());
        let thread = spawned.map_err(|cause| Error::Io { what: "a subscription's thread".into(), cause })?;
        self.database.watch(thread.thread().clone());
        Ok(())
    }
}

struct Worker {
    workers: Workers,
    key: i64,
    /// The sink that gave permission, and how fast it wants events.
    grant: Option<(String, Grant)>,
    /// Since when, and how often, the present event has failed.
    trouble: Option<(Instant, u32)>,
}

/// What to do after a step.
enum Next {
    Continue,
    Sleep(Duration),
    /// Until something changes.
    Park,
    End,
}

impl Worker {
    fn run(&mut self) {
        loop {
            match self.step() {
                Ok(Next::Continue) => {}
                Ok(Next::Sleep(time)) => thread::sleep(time),
                Ok(Next::Park) => thread::park_timeout(Duration::from_secs(5)),
                Ok(Next::End) => return,
                Err(_) => thread::sleep(Duration::from_secs(1)), // the database, logged already
            }
        }
    }

    fn step(&mut self) -> Result<Next, Problem> {
        let Some(subscription) = self.workers.database.run(|t| subscriptions::by_key(t, self.key))? else {
            return Ok(Next::End); // removed
        };
        let next = |t: &rusqlite::Transaction<'_>| {
            let types = serde_json::json!(subscription.types).to_string();
            events::next(t, &types, subscription.position)
        };
        match self.workers.database.run(next)? {
            Some(entry) if !subscription.gone => self.handle(&subscription, &entry),
            _ => Ok(Next::Park),
        }
    }

    fn handle(&mut self, subscription: &Subscription, entry: &Entry) -> Result<Next, Problem> {
        let grant = match &self.grant {
            Some((sink, grant)) if *sink == subscription.sink => grant.clone(),
            _ => match self.workers.courier.ask(&subscription.sink) {
                Ok(grant) => self.grant.insert((subscription.sink.clone(), grant)).1.clone(),
                Err(why) => return Ok(self.wait(subscription, entry, &why, None)),
            },
        };
        let verdict = self.workers.courier.deliver(&subscription.sink, entry.event.get());
        self.conclude(subscription, entry, verdict, grant.pause)
    }

    /// The outcome is on the disk before the next event is looked at.
    fn conclude(
        &mut self,
        subscription: &Subscription,
        entry: &Entry,
        verdict: Verdict,
        pause: Duration,
    ) -> Result<Next, Problem> {
        let database = &self.workers.database;
        match verdict {
            Verdict::Delivered => database.run(|t| subscriptions::advance(t, subscription, entry.position))?,
            Verdict::Gone => database.run(|t| subscriptions::mark_gone(t, subscription.key))?,
            Verdict::Never(why) => self.bury(subscription, entry, &why)?,
            Verdict::Later(why, after) => match self.tried_for() > self.workers.give_up {
                true => self.bury(subscription, entry, &format!("given up after many attempts: {why}"))?,
                false => return Ok(self.wait(subscription, entry, &why, after)),
            },
        }
        self.trouble = None;
        Ok(if pause.is_zero() { Next::Continue } else { Next::Sleep(pause) })
    }

    fn bury(&self, subscription: &Subscription, entry: &Entry, why: &str) -> Result<(), Problem> {
        shopkit::log!("dead letter", subscription = subscription.name, position = entry.position, reason = why);
        self.workers.database.run(|t| {
            dead_letters::put(t, subscription.key, entry.position, why)?;
            subscriptions::advance(t, subscription, entry.position)
        })
    }

    fn tried_for(&self) -> Duration {
        self.trouble.map_or(Duration::ZERO, |(since, _)| since.elapsed())
    }

    /// How long to wait: what the sink asked for, or ever longer.
    fn wait(&mut self, subscription: &Subscription, entry: &Entry, why: &str, after: Option<Duration>) -> Next {
        let (since, failures) = self.trouble.unwrap_or((Instant::now(), 0));
        self.trouble = Some((since, failures + 1));
        let time = after.unwrap_or_else(|| backoff::delay(failures + 1, FIRST_RETRY, LONGEST_RETRY));
        shopkit::log!(
            "not delivered, will try again",
            subscription = subscription.name,
            position = entry.position,
            failures = failures + 1,
            reason = why
        );
        Next::Sleep(time)
    }
}
