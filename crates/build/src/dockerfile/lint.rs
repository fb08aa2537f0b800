//! Which of BuildKit's build checks are wanted: `# check=skip=…;error=true`.

use std::collections::BTreeSet;

use super::directive::{Line, Reader};

/// The checks that only run when asked for.
const EXPERIMENTAL: [&str; 1] = ["InvalidDefinitionDescription"];

/// Which checks run, and whether a warning is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lint {
    skip_all: bool,
    skipped: BTreeSet<String>,
    experimental_all: bool,
    experimental: BTreeSet<String>,
    /// Any warning fails the build.
    pub(super) error: bool,
}

impl Lint {
    /// Reads `skip=A,B;experimental=all;error=true`; the error is what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut lint = Self::default();
        let text = text.trim();
        for option in text.splitn(3, ';').filter(|_| !text.is_empty()) {
            let (key, value) = option.split_once('=').ok_or_else(|| unknown(option))?;
            let value = value.trim();
            match key.trim() {
                "skip" if value == "all" => lint.skip_all = true,
                "skip" => lint.skipped = names(value),
                "experimental" if value == "all" => lint.experimental_all = true,
                "experimental" => lint.experimental = names(value),
                "error" => lint.error = parse_bool(value).ok_or_else(|| not_bool(value))?,
                other => return Err(unknown(other)),
            }
        }
        Ok(lint)
    }

    /// Whether a rule's warnings are wanted, where `extra` stands above the instruction.
    pub(super) fn wants(&self, extra: Option<&Self>, rule: &str) -> bool {
        let any = |holds: fn(&Self, &str) -> bool| holds(self, rule) || extra.is_some_and(|extra| holds(extra, rule));
        if EXPERIMENTAL.contains(&rule) {
            return any(|lint, rule| lint.experimental_all || lint.experimental.contains(rule));
        }
        !any(|lint, rule| lint.skip_all || lint.skipped.contains(rule))
    }

    /// What a `# check=` right above an instruction says.
    pub(super) fn from_comments(comments: &[String]) -> Option<Self> {
        let value = comments.iter().find_map(|comment| match Reader::new("").read(comment) {
            Line::Directive { key: "check", value, .. } => Some(value),
            _ => None,
        })?;
        Self::parse(value.split(' ').next().unwrap_or_default()).ok()
    }
}

fn names(value: &str) -> BTreeSet<String> {
    value.split(',').map(|name| name.trim().to_owned()).collect()
}

fn unknown(option: &str) -> String {
    format!("unknown check option `{option}`: known are `skip=`, `experimental=` and `error=`")
}

fn not_bool(value: &str) -> String {
    format!("`{value}` is neither `true` nor `false`")
}

/// Go's `strconv.ParseBool`.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}
