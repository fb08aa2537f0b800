use std::collections::BTreeMap;
use std::path::PathBuf;

use linkspan_report::{DEFAULT_MAX_FINDINGS, Findings};

use crate::Progress;

/// The environment variables as they were at the start. Read while a plan is resolved, never after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's variables; those that are not UTF-8 are left out.
    #[must_use]
    pub fn of_process() -> Self {
        Self(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect())
    }

    /// The value of a variable; unset and empty mean the same.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All variables, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// What a command is given besides its arguments.
#[derive(Debug)]
pub struct Context {
    /// The command's path without the program: `events validate`.
    pub command: String,
    /// The working directory; relative paths start here.
    pub directory: PathBuf,
    /// The environment variables.
    pub environment: Environment,
    /// Where progress goes.
    pub progress: Progress,
    /// How many findings are kept (`--max-findings`).
    pub max_findings: usize,
}

impl Context {
    /// A quiet context for `command` in `directory` with no variables: for tests and for calls from code.
    #[must_use]
    pub fn quiet(command: impl Into<String>, directory: impl Into<PathBuf>) -> Self {
        Self {
            command: command.into(),
            directory: directory.into(),
            environment: Environment::default(),
            progress: Progress::silent(),
            max_findings: DEFAULT_MAX_FINDINGS,
        }
    }

    /// An empty collection of findings that keeps as many as the user asked for.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::with_max(self.max_findings)
    }
}
