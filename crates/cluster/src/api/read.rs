use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

use super::view::Show;
use super::{Api, Scope};
use crate::server::{Answer, Encoding, Request, View};
use crate::status::Status;
use crate::store::{Event, ListOptions, Page};

/// A watch that does not say for how long lasts half an hour to an hour, as the real one's.
const LONGEST_WATCH: Duration = Duration::from_secs(45 * 60);
/// How many events may be on their way to one client.
const AHEAD: usize = 64;

impl Api {
    /// Reads one object.
    ///
    /// # Errors
    /// It is not there.
    pub(super) fn get(&self, scope: &Scope<'_>, show: &Show) -> Result<Answer, Status> {
        let stored = self.store.get(&scope.key()).ok_or_else(|| Status::not_found(&scope.subject()))?;
        Ok(show.stored(200, &stored))
    }

    /// Lists objects.
    ///
    /// # Errors
    /// The options are wrong, or the time that they ask for is gone.
    pub(super) async fn list(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        self.selected(scope, request).await.map(|page| show.page(&page))
    }

    /// The objects that a request selects, all of them.
    ///
    /// # Errors
    /// The options are wrong.
    pub(super) async fn selected(&self, scope: &Scope<'_>, request: &Request) -> Result<Page, Status> {
        let list = options(request, scope)?.list(scope.prefix())?;
        self.store.list(&list).await.map_err(|error| error.status(&scope.subject()))
    }

    /// Watches objects: the answer goes on until the client or the time ends it.
    ///
    /// # Errors
    /// The options are wrong.
    pub(super) async fn watch(&self, scope: &Scope<'_>, request: &Request, show: &Show) -> Result<Answer, Status> {
        let mut watch = options(request, scope)?.watch(scope.prefix())?;
        watch.timeout.get_or_insert(LONGEST_WATCH);
        let (sender, receiver) = mpsc::channel(AHEAD);
        let media_type = if show.form.encoding == Encoding::Json { "application/json" } else { "application/yaml" };
        match self.store.watch(watch).await {
            Ok(watcher) => drop(tokio::spawn(follow(watcher, show.clone(), sender))),
            Err(error) => {
                let status = error.status(&scope.subject());
                let line = format!("{}\n", json!({"type": "ERROR", "object": status.to_value()}));
                // There is room: nothing else was sent.
                let _ = sender.try_send(line.into());
            }
        }
        Ok(Answer::stream(media_type, receiver))
    }
}

fn options(request: &Request, scope: &Scope<'_>) -> Result<ListOptions, Status> {
    let pairs = request.query.pairs().map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
    let named = (!scope.target.name.is_empty()).then(|| format!("metadata.name={}", scope.target.name));
    let name = named.map(|selector| (Cow::Borrowed("fieldSelector"), Cow::Owned(selector)));
    ListOptions::parse(name.into_iter().chain(pairs), &scope.resource.selectable())
}

async fn follow(mut watcher: crate::store::Watcher, show: Show, sender: mpsc::Sender<Bytes>) {
    let (version, kind) = (show.resource.api_version(), show.resource.kind.clone());
    let mut first = true;
    loop {
        let event = tokio::select! {
            event = watcher.next() => event,
            () = sender.closed() => return,
        };
        let Some(event) = event else { return };
        let line = match (&event, show.form.view) {
            (Event::Object(seen), View::Table | View::Metadata) => {
                let object = show.event(&seen.object().value(), std::mem::take(&mut first));
                format!("{}\n", json!({"type": seen.kind().as_str(), "object": object})).into()
            }
            _ => event.line(&version, &kind),
        };
        if sender.send(line).await.is_err() {
            return;
        }
    }
}
