use std::sync::Arc;

use super::state::State;
use super::token::Token;
use super::{Prefix, Revision, Store, StoreError, Stored, past};
use crate::select::Selection;

/// Of which time a list is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The present.
    Latest,
    /// The present, which must be no older than a revision.
    NotOlderThan(Revision),
    /// The state at a revision.
    Exact(Revision),
    /// Where an earlier part of the list ended, by its `continue`.
    Continue(String),
}

/// What is to be listed.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// Where.
    pub prefix: Prefix,
    /// Which of these.
    pub selection: Selection,
    /// Of which time.
    pub at: At,
    /// At most so many.
    pub limit: Option<usize>,
}

/// A list or a part of it.
#[derive(Clone, Debug)]
pub struct Page {
    /// In the order of their keys.
    pub items: Vec<Arc<Stored>>,
    /// The list's `resourceVersion`.
    pub revision: Revision,
    /// How to get the next part; none if this is the last one.
    pub token: Option<String>,
    /// How many objects are still to come; unknown with a selection.
    pub remaining: Option<usize>,
}

impl Store {
    /// Lists objects. A revision that is not there yet is waited for.
    ///
    /// # Errors
    ///
    /// [`StoreError::Future`], [`ListExpired`](StoreError::ListExpired),
    /// [`ContinueExpired`](StoreError::ContinueExpired) and [`Token`](StoreError::Token).
    pub async fn list(&self, request: &ListRequest) -> Result<Page, StoreError> {
        if let At::NotOlderThan(revision) = request.at {
            self.reach(revision).await?;
        }
        list(&self.shared.state(), request)
    }
}

/// Which state, from which key on.
struct Start {
    revision: Option<Revision>,
    from: String,
    paging: bool,
}

fn start(request: &ListRequest) -> Result<Start, StoreError> {
    let whole = |revision| Start { revision, from: String::new(), paging: false };
    Ok(match &request.at {
        At::Latest | At::NotOlderThan(_) => whole(None),
        At::Exact(revision) => whole(Some(*revision)),
        At::Continue(text) => {
            let Token { revision, from } = Token::decode(text, &request.prefix)?;
            Start { revision, from, paging: true }
        }
    })
}

pub(super) fn list(state: &State, request: &ListRequest) -> Result<Page, StoreError> {
    let start = start(request)?;
    let revision = start.revision.unwrap_or(state.revision);
    if revision > state.revision {
        return Err(StoreError::Future { requested: revision, current: state.revision, retry: false });
    }
    if revision < state.history.floor() {
        let token = || Token { revision: None, from: start.from.clone() }.encode(&request.prefix);
        return Err(if start.paging {
            StoreError::ContinueExpired { token: token() }
        } else {
            StoreError::ListExpired
        });
    }
    Ok(page(&past::at(state, &request.prefix, &start.from, revision), request, revision))
}

/// As many of the objects as were asked for. What is left is counted before the selection, as etcd does.
fn page(objects: &[&Arc<Stored>], request: &ListRequest, revision: Revision) -> Page {
    let ListRequest { prefix, selection, limit, .. } = request;
    let selected =
        objects.iter().enumerate().filter(|(_, stored)| selection.is_empty() || selection.matches(&stored.value()));
    let chosen: Vec<_> = selected.take(limit.unwrap_or(usize::MAX)).collect();
    let last = chosen.last().filter(|_| limit.is_some_and(|limit| chosen.len() >= limit));
    let left = last.map_or(0, |(place, _)| objects.len() - place - 1);
    let next = last.filter(|_| left > 0).map(|(_, stored)| format!("{}\0", stored.key()));
    Page {
        token: next.map(|from| Token { revision: Some(revision), from }.encode(prefix)),
        remaining: (left > 0 && selection.is_empty()).then_some(left),
        items: chosen.into_iter().map(|(_, stored)| Arc::clone(stored)).collect(),
        revision,
    }
}
