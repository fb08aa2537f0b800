//! The fast path: the verdict on a document from its tape.

use std::collections::HashMap;
use std::sync::Arc;

use super::checker::{Against, ByType, Checker, Held};
use super::envelope::{Event, event};
use linkspan_source::tape::{Node, Tape};
use linkspan_verdict::Scratch;

/// How many event types are remembered, and how many schemas that events name.
const MOST_ROUTES: usize = 4096;

/// What one thread needs for its verdicts; used again for every document.
pub(super) struct Fast<'a> {
    checker: &'a Checker,
    tape: Tape,
    scratch: Scratch,
    routes: Routes<'a>,
}

/// The schema that events name, and the schemas that then hold; none where these are for the exact path.
type Route = (Option<Box<str>>, Option<Arc<Held>>);

/// Where the events of a type are sent, by the schema that they name.
struct Routes<'a> {
    known: HashMap<Box<str>, Vec<Route>>,
    types: Option<&'a ByType>,
}

impl<'a> Fast<'a> {
    pub(super) fn new(checker: &'a Checker) -> Self {
        let routes = Routes { known: HashMap::new(), types: checker.types() };
        Self { checker, tape: Tape::default(), scratch: Scratch::default(), routes }
    }

    /// Whether a text is surely one valid document. Where not, the exact path decides.
    pub(super) fn accepts(&mut self, text: &str) -> bool {
        let Some(view) = self.tape.read(text) else { return false };
        let root = view.root();
        match &self.checker.held {
            Against::Whole(schema) => schema.accepts(root, &mut self.scratch),
            Against::ByType(_) => match root.array() {
                None => self.routes.accepts(root, &mut self.scratch),
                Some(mut batch) => batch.all(|event| self.routes.accepts(event, &mut self.scratch)),
            },
        }
    }
}

impl Routes<'_> {
    fn accepts(&mut self, node: Node<'_>, scratch: &mut Scratch) -> bool {
        let Some(event) = event(node) else { return false };
        let Some(held) = self.held(event) else { return false };
        let data = held.data.iter().all(|schema| event.data.is_some_and(|data| schema.accepts(data, scratch)));
        data && held.whole.iter().all(|schema| schema.accepts(node, scratch))
    }

    /// The schemas of an event; `None` where there are none, or one cannot be used.
    fn held(&mut self, event: Event<'_>) -> Option<Arc<Held>> {
        let named = |route: &&Route| route.0.as_deref() == event.data_schema;
        if let Some((_, held)) = self.known.get(event.name).and_then(|routes| routes.iter().find(named)) {
            return held.clone();
        }
        let held = self.types?.held(event.name, event.data_schema);
        let known = !held.is_empty() || self.types?.passes(event.name);
        let usable = Some(Arc::new(held)).filter(|held| known && held.unusable.is_empty());
        let count: usize = self.known.values().map(Vec::len).sum();
        if count < MOST_ROUTES {
            let routes = self.known.entry(event.name.into()).or_default();
            routes.push((event.data_schema.map(Into::into), usable.clone()));
        }
        usable
    }
}
