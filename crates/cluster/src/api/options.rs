use crate::field::{FieldError, Path};
use crate::object::Validation;
use crate::server::Request;
use crate::status::{Status, Subject};

/// What a write says besides its object (`metav1.CreateOptions`, `UpdateOptions`, `PatchOptions`).
#[derive(Clone, Debug)]
pub(super) struct WriteOptions {
    pub(super) dry_run: bool,
    /// Who writes.
    pub(super) manager: String,
    pub(super) validation: Validation,
    pub(super) force: bool,
}

/// Which of the three it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Update,
    Patch,
    Apply,
}

/// A manager's name is at most so long.
const LONGEST_MANAGER: usize = 128;

impl WriteOptions {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// 422 for values that there are not.
    pub(super) fn read(request: &Request, kind: Kind) -> Result<Self, Status> {
        let query = &request.query;
        let errors = errors(request, kind);
        if !errors.is_empty() {
            let name = match kind {
                Kind::Create => "CreateOptions",
                Kind::Update => "UpdateOptions",
                Kind::Patch | Kind::Apply => "PatchOptions",
            };
            return Err(Status::invalid(&Subject::new("meta.k8s.io", name, ""), &errors));
        }
        let manager = match query.get("fieldManager") {
            "" => of_agent(request.header("user-agent")),
            manager => manager.to_owned(),
        };
        let validation = match query.get("fieldValidation") {
            "Ignore" => Validation::Ignore,
            "Strict" => Validation::Strict,
            _ => Validation::Warn,
        };
        let dry_run = query.all("dryRun").any(|mode| !mode.is_empty());
        Ok(Self { dry_run, manager, validation, force: query.flag("force") })
    }
}

fn errors(request: &Request, kind: Kind) -> Vec<FieldError> {
    let query = &request.query;
    let mut errors = Vec::new();
    let manager = query.get("fieldManager");
    if kind == Kind::Apply && manager.is_empty() {
        errors.push(FieldError::required(&Path::new("fieldManager"), "is required for apply patch"));
    }
    if kind == Kind::Patch && query.has("force") {
        errors.push(FieldError::forbidden(&Path::new("force"), "may not be specified for non-apply patch"));
    }
    if manager.len() > LONGEST_MANAGER {
        errors.push(FieldError::too_long(&Path::new("fieldManager"), LONGEST_MANAGER));
    }
    if manager.chars().any(char::is_control) {
        errors.push(FieldError::invalid(
            &Path::new("fieldManager"),
            manager,
            "should only contain printable characters",
        ));
    }
    if let Some(mode) = query.all("dryRun").find(|mode| !mode.is_empty() && *mode != "All") {
        errors.push(FieldError::not_supported(&Path::new("dryRun"), mode, &["All"]));
    }
    let validation = query.get("fieldValidation");
    if !matches!(validation, "" | "Ignore" | "Warn" | "Strict") {
        let known = ["", "Ignore", "Warn", "Strict"];
        errors.push(FieldError::not_supported(&Path::new("fieldValidation"), validation, &known));
    }
    errors
}

/// The first word of a client's name, which manages what it writes unless it says otherwise.
fn of_agent(agent: &str) -> String {
    let first = agent.split('/').next().unwrap_or_default();
    first.chars().filter(|one| !one.is_control()).take(LONGEST_MANAGER).collect()
}
