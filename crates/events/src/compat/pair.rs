//! What is compared: two versions of one schema.

use linkspan_report::Span;
use linkspan_source::pointer;

use super::mode::Mode;
use super::policy::Major;
use super::registry::Registered;
use super::subject::Subject;
use super::witness::validator;
use crate::schema::{Bundle, Error, Files, Place, no_schema};

/// One version of a schema.
#[derive(Debug, Clone)]
pub(super) struct Side {
    /// The files that it was read from.
    pub(super) files: Files,
    /// Where it is written.
    pub(super) place: Place,
    /// The schema with everything that it refers to, or why there is none.
    pub(super) bundle: Result<Bundle, Error>,
    /// What is written under it, where that is narrower.
    pub(super) written: Option<Bundle>,
    /// As it is registered.
    pub(super) registered: Registered,
    /// What the project's contracts say about it.
    pub(super) subject: Option<Subject>,
}

/// Two versions of one schema, and what must hold between them.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The schema's name.
    pub(super) subject: String,
    /// What must hold.
    pub(super) mode: Mode,
    /// What the old version is called; `None` for two files.
    pub(super) against: Option<String>,
    /// The step to a new major version, if it is one.
    pub(super) major: Option<Major>,
    /// The old version.
    pub(super) old: Side,
    /// The new version.
    pub(super) new: Side,
}

impl Side {
    /// The same, if it is a valid schema.
    pub(super) fn checked(mut self) -> Self {
        let error = match &self.bundle {
            Ok(bundle) => validator(bundle).err(),
            Err(_) => None,
        };
        if let Some(error) = error {
            let (file, span) = self.shown(error.instance_path().as_str());
            self.bundle = Err(Error::Invalid { file, message: no_schema(&error), span });
        }
        self
    }

    /// The file, as the user knows it.
    pub(super) fn file(&self) -> String {
        self.files.shown(&self.place.path)
    }

    /// The file and span of what a JSON Pointer into the bundle points to.
    pub(super) fn shown(&self, at: &str) -> (String, Option<Span>) {
        let place = self.origin(at);
        let span = self.files.document(&place.path).ok().map(|document| document.nearest(&place.pointer));
        (self.files.shown(&place.path), span)
    }

    /// The file and span of what names the part at a JSON Pointer: its key, or else its first character.
    pub(super) fn named(&self, at: &str) -> (String, Option<Span>) {
        let place = self.origin(at);
        let document = self.files.document(&place.path).ok();
        let span = document.map(|document| {
            let start = Span::at(document.nearest(&place.pointer).start);
            document.key_span(&place.pointer).unwrap_or(start)
        });
        (self.files.shown(&place.path), span)
    }

    /// Where the part at a JSON Pointer into the bundle was written.
    pub(super) fn origin(&self, at: &str) -> Place {
        let origin = self.bundle.as_ref().ok().and_then(|bundle| bundle.origin(at));
        origin.unwrap_or_else(|| Place {
            path: self.place.path.clone(),
            pointer: format!("{}{}", self.place.pointer, at),
        })
    }

    /// The last word of the place, for people.
    pub(super) fn name(&self) -> String {
        match pointer::parent(&self.place.pointer) {
            Some(_) => format!("{}#{}", self.file(), self.place.pointer),
            None => self.file(),
        }
    }
}
