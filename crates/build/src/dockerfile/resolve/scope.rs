use linkspan_report::Span;

use super::super::shell::Environment as _;
use super::super::step::BaseImage;
use super::{Args, Vars};

/// The search path that an image gets which has none.
pub(super) const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What holds at one place in a stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// What words and commands see: `ENV` and `ARG`.
    pub(super) vars: Vars,
    /// What the image's configuration has: `ENV` only.
    pub(super) config: Vars,
    /// The `ARG`s so far, parents' first, with the value each got.
    pub(super) args: Args,
    pub(super) working_dir: String,
    pub(super) user: String,
    pub(super) shell: Vec<String>,
    pub(super) os: String,
    /// A `WORKDIR` was there, here or in a parent stage.
    pub(super) working_dir_set: bool,
    /// Where this stage's latest `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stand.
    pub(super) latest: [Option<Span>; 3],
}

impl Scope {
    /// The start of a stage on an image.
    pub(super) fn on_image(image: &BaseImage) -> Self {
        let mut scope = Self {
            working_dir: image.working_dir.clone(),
            user: image.user.clone(),
            shell: image.shell.clone(),
            os: image.os.clone(),
            ..Self::default()
        };
        for (name, value) in &image.env {
            scope.config.set(name, value);
        }
        scope
    }

    /// The start of a stage on an earlier one.
    pub(super) fn on_stage(parent: &Self) -> Self {
        Self { latest: [None; 3], ..parent.clone() }
    }

    /// Adds the default `PATH` where there is none, and lets the configuration's variables win over inherited
    /// `ARG`s; true if a `PATH` was added.
    pub(super) fn begin(&mut self) -> bool {
        let add = self.config.get("PATH").is_none() && self.os != "windows";
        if add {
            self.config.set("PATH", DEFAULT_PATH);
        }
        for (name, value) in self.config.list() {
            self.vars.set(name, value);
        }
        if !self.working_dir.is_empty() {
            self.working_dir = super::paths::working_dir("/", &self.working_dir);
        }
        add
    }

    /// The directory that holds, absolute.
    pub(super) fn directory(&self) -> &str {
        if self.working_dir.is_empty() { "/" } else { &self.working_dir }
    }

    /// Arguments with the shell in front.
    pub(super) fn with_shell(&self, command: &str) -> Vec<String> {
        let default: &[&str] = if self.os == "windows" { &["cmd", "/S", "/C"] } else { &["/bin/sh", "-c"] };
        let mut arguments = if self.shell.is_empty() {
            default.iter().map(|part| (*part).to_owned()).collect()
        } else {
            self.shell.clone()
        };
        arguments.push(command.to_owned());
        arguments
    }

    /// Bytes that a copy takes.
    pub(super) fn size(&self) -> usize {
        self.vars.size() + self.config.size() + self.args.size()
    }
}
