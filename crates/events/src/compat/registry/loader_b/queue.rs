use std::collections::HashMap;
use std::rc::Rc;

use super::Loader;
use crate::compat::registry::fault::Outcome;
use crate::compat::registry::node::{Id, Kind, Node};

impl<'a> Loader<'a, '_> {
    /// A reference, whose target waits its turn.
    pub(super) fn reference(&mut self, address: Rc<str>) -> Node<'a> {
        let link = self.arena.link();
        self.queue.push_back((link, address.clone()));
        Node::of(Kind::Reference { link, text: address.to_string() })
    }

    /// Gives each waiting reference its target, first in, first out. Targets translated before are shared among the
    /// references at hand; one that is translated now is this reference's own, and those behind it share anew.
    pub(super) fn drain(&mut self) -> Outcome<()> {
        let mut shared: HashMap<Rc<str>, Id> = HashMap::new();
        while let Some((link, address)) = self.queue.pop_front() {
            let target = match (shared.get(&address), self.known(&address)) {
                (Some(target), _) => *target,
                (None, Some(node)) => {
                    let target = self.arena.push(node)?;
                    shared.insert(address, target);
                    target
                }
                (None, None) => {
                    shared.clear();
                    let place = self.places.find(&address)?;
                    let node = self.schema(&place, Some(address))?;
                    self.arena.push(node)?
                }
            };
            self.arena.resolve(link, target);
        }
        Ok(())
    }

    /// A target as it is now, even half translated.
    fn known(&self, address: &Rc<str>) -> Option<Rc<Node<'a>>> {
        let under_way = self.frames.iter().rev().filter(|frame| frame.target.as_ref() == Some(address));
        let mut under_way = under_way.filter_map(|frame| frame.so_far.as_ref());
        under_way.next().or_else(|| self.translated.get(address)).cloned()
    }
}
