//! Where references lead.

use std::path::Path;

use linkspan_source::pointer;
use serde_json::Value;

use super::index::{Index, Scope, resolve, schemas_of};
use super::language::Language;
use super::walk::{At, Bundler, Copy, Dynamic};
use crate::schema::{Error, unescaped};

impl Bundler<'_> {
    pub(super) fn target_of(&mut self, at: &At, dynamic: &Dynamic, reference: &str) -> Result<Copy, Error> {
        let (target, _) = self.resolve(at, reference)?;
        let dynamic = self.entered(dynamic, &target);
        Ok((target, dynamic))
    }

    /// Core 2020-12, section 8.2.3.2: a name that is dynamic where it leads at first leads to the outermost one.
    pub(super) fn dynamic_target(&mut self, at: &At, dynamic: &Dynamic, reference: &str) -> Result<Copy, Error> {
        let (target, name) = self.resolve(at, reference)?;
        let target = name.and_then(|name| dynamic.get(&name).cloned()).unwrap_or(target);
        let dynamic = self.entered(dynamic, &target);
        Ok((target, dynamic))
    }

    /// Core 2019-09, section 8.2.4.2.2.
    pub(super) fn recursive_target(&mut self, at: &At, dynamic: &Dynamic, reference: &str) -> Result<Copy, Error> {
        let (target, _) = self.resolve(at, reference)?;
        let base = self.scope(&target).base;
        let marked = self.index(&target).is_some_and(|index| index.recursive.get(&base) == Some(&target.pointer));
        let target = dynamic.get("").filter(|_| marked).cloned().unwrap_or(target);
        let dynamic = self.entered(dynamic, &target);
        Ok((target, dynamic))
    }

    /// What dynamic references lead to, once a schema's resource was entered.
    pub(super) fn entered(&self, dynamic: &Dynamic, at: &At) -> Dynamic {
        let base = self.scope(at).base;
        let mut dynamic = dynamic.clone();
        let Some(index) = self.index(at) else { return dynamic };
        let names =
            index.anchors.range((base.clone(), String::new())..).take_while(|((resource, _), _)| *resource == base);
        for ((_, name), anchor) in names.filter(|(_, anchor)| anchor.dynamic) {
            let target = At { pointer: anchor.pointer.clone(), ..at.clone() };
            dynamic.entry(name.clone()).or_insert(target);
        }
        if let Some(pointer) = index.recursive.get(&base) {
            dynamic.entry(String::new()).or_insert(At { pointer: pointer.clone(), ..at.clone() });
        }
        dynamic
    }

    /// Where a reference leads, and the dynamic anchor's name that it uses.
    pub(super) fn resolve(&mut self, from: &At, reference: &str) -> Result<(At, Option<String>), Error> {
        let scope = self.scope(from);
        let nowhere = |this: &Self| this.invalid_reference(from, reference, "leads nowhere");
        let uri = match reference.strip_prefix('#') {
            Some(fragment) => format!("{}#{fragment}", scope.base),
            None => resolve(&scope.base, reference)
                .ok_or_else(|| self.invalid_reference(from, reference, "is no address"))?,
        };
        let (address, fragment) = uri.split_once('#').unwrap_or((&uri, ""));
        let resource = self.resource(from, address, scope.language, reference)?;
        let fragment = unescaped(fragment);
        if fragment.is_empty() {
            return Ok((resource, None));
        }
        if fragment.starts_with('/') {
            let pointer = format!("{}{fragment}", resource.pointer);
            let document = self.files.document(&resource.path)?;
            pointer::get(&document.value, &pointer).ok_or_else(|| nowhere(self))?;
            return Ok((self.at(&resource.path, resource.language, &pointer)?, None));
        }
        let base = self.scope(&resource).base;
        let anchor = self.index(&resource).and_then(|index| index.anchors.get(&(base, fragment.clone()))).cloned();
        let anchor = anchor.ok_or_else(|| nowhere(self))?;
        Ok((At { pointer: anchor.pointer, ..resource }, anchor.dynamic.then_some(fragment)))
    }

    pub(super) fn resource(
        &mut self,
        from: &At,
        address: &str,
        language: Language,
        reference: &str,
    ) -> Result<At, Error> {
        let own = self.index(from).and_then(|index| index.resources.get(address));
        if let Some(pointer) = own {
            return Ok(At { pointer: pointer.clone(), ..from.clone() });
        }
        let known = self.indexes.iter().find_map(|(key, index)| Some((key, index.resources.get(address)?)));
        if let Some(((path, language), pointer)) = known {
            return Ok(At { path: path.clone(), language: *language, pointer: pointer.clone() });
        }
        let path =
            self.files.path(address).ok_or_else(|| self.invalid_reference(from, reference, &outside(address)))?;
        let language = self.files.document(&path).map_or(language, |document| language.of_document(&document));
        match self.at(&path, language, "") {
            Err(Error::Unreadable { file, reason }) => {
                let what = format!("leads to `{file}`, which {reason}");
                Err(self.invalid_reference(from, reference, &what))
            }
            other => other,
        }
    }

    /// A schema, whose document is indexed.
    pub(super) fn at(&mut self, path: &Path, language: Language, pointer: &str) -> Result<At, Error> {
        let document = self.files.document(path)?;
        let key = (path.to_owned(), language);
        if !self.indexes.contains_key(&key) {
            let api = ["asyncapi", "openapi"].iter().any(|key| document.value.get(*key).is_some_and(Value::is_string));
            let mut index = Index::new(Scope { base: self.address(path), language });
            let roots = if api { schemas_of(&document.value) } else { vec![String::new()] };
            roots.iter().for_each(|root| index.add(&document.value, root));
            self.indexes.insert(key.clone(), index);
        }
        if let Some(index) = self.indexes.get_mut(&key) {
            index.add(&document.value, pointer);
        }
        Ok(At { path: key.0, language, pointer: pointer.to_owned() })
    }

    /// The address of a file, as references are resolved to it.
    pub(super) fn address(&self, path: &Path) -> String {
        let address = self.files.address(path);
        resolve(&address, &address).unwrap_or(address)
    }

    pub(super) fn index(&self, at: &At) -> Option<&Index> {
        self.indexes.get(&(at.path.clone(), at.language))
    }

    pub(super) fn scope(&self, at: &At) -> Scope {
        let none = || Scope { base: self.address(&at.path), language: at.language };
        self.index(at).map_or_else(none, |index| index.scope(&at.pointer))
    }
}

/// What is said of an address that is neither the project's nor locked.
fn outside(address: &str) -> String {
    if address.starts_with("file:") {
        return "leads out of the project".to_owned();
    }
    format!(
        "leads to what is not in `linkspan.lock`, and nothing is fetched: `linkspan-events lock --from {address}=FILE` \
         takes it from a file"
    )
}
