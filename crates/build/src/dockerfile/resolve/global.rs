//! What `FROM` lines see: platform arguments and the `ARG`s above the first `FROM`.

use std::collections::{BTreeMap, HashSet};

use linkspan_report::Span;

use super::super::fault::Fault;
use super::super::instruction::{Dockerfile, Kind};
use super::super::shell::{Lexer, Word};
use super::super::{Options, Value};
use super::Vars;
use super::words::expand;

/// Bytes that the global variables may have together, values that were replaced included.
const BUDGET: usize = 64 << 20;

/// The global variables, and every name that an `ARG` above `FROM` declares.
#[derive(Clone, Debug)]
pub(super) struct Globals {
    pub(super) vars: Vars,
    pub(super) declared: HashSet<String>,
}

impl Globals {
    /// The globals of a build; `build_args` replace defaults.
    pub(super) fn new(dockerfile: &Dockerfile, options: &Options, build_args: bool) -> Result<Self, Fault> {
        let empty = BTreeMap::new();
        let given = if build_args { &options.build_args } else { &empty };
        let lexer = Lexer::new(dockerfile.directives.escape);
        let mut globals = Self { vars: platform(dockerfile, options), declared: HashSet::new() };
        let mut budget = BUDGET;
        for instruction in &dockerfile.global_args {
            let Kind::Arg(pairs) = &instruction.kind else { continue };
            for pair in pairs {
                let name = &pair.name.text;
                let value = match (given.get(name), &pair.value) {
                    (Some(value), _) => Some(value.clone()),
                    (None, Some(default)) => Some(expand(&lexer, default, &globals.vars)?.text),
                    (None, None) => None,
                };
                if let Some(value) = value {
                    let rest = budget.checked_sub(name.len() + value.len());
                    budget = rest.ok_or_else(|| too_large(pair.name.span))?;
                    globals.vars.set(name, &value);
                }
                globals.declared.insert(name.clone());
            }
        }
        Ok(globals)
    }

    /// Whether a `FROM` may use this name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.declared.contains(name) || self.vars.names().any(|known| known == name)
    }

    pub(super) fn expand(&self, lexer: &Lexer, value: &Value) -> Result<Word, Fault> {
        expand(lexer, value, &self.vars)
    }
}

fn too_large(span: Span) -> Fault {
    Fault::new(span, "the global ARGs are too large together").help("use fewer or shorter values")
}

/// `BUILD…` and `TARGET…`; build arguments of these names win.
fn platform(dockerfile: &Dockerfile, options: &Options) -> Vars {
    let last = dockerfile.stages.last().and_then(|stage| stage.name.as_deref());
    let stage = options.target.as_deref().filter(|target| !target.is_empty()).or(last).unwrap_or("default");
    let (build, target) = (&options.build_platform, &options.platform);
    let values = [
        ("BUILDPLATFORM", build.short()),
        ("BUILDOS", build.os.clone()),
        ("BUILDOSVERSION", build.os_version.clone()),
        ("BUILDARCH", build.architecture.clone()),
        ("BUILDVARIANT", build.variant.clone()),
        ("TARGETPLATFORM", target.to_string()),
        ("TARGETOS", target.os.clone()),
        ("TARGETOSVERSION", target.os_version.clone()),
        ("TARGETARCH", target.architecture.clone()),
        ("TARGETVARIANT", target.variant.clone()),
        ("TARGETSTAGE", stage.to_owned()),
    ];
    let mut vars = Vars::default();
    for (name, value) in values {
        vars.set(name, options.build_args.get(name).unwrap_or(&value));
    }
    vars
}
