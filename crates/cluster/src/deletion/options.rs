use serde_json::Value;

use crate::field::{FieldError, Path};
use crate::status::{Status, Subject};

/// What becomes of the objects that the object owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    Orphan,
    Background,
    Foreground,
}

/// How an object is to be deleted (`metav1.DeleteOptions`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeleteOptions {
    /// How many seconds it may take to end.
    pub(crate) grace: Option<i64>,
    /// Which object must be there.
    pub(crate) uid: Option<String>,
    /// Which version of it must be there.
    pub(crate) version: Option<String>,
    pub(crate) propagation: Option<Propagation>,
    pub(crate) dry_run: bool,
}

const POLICIES: [&str; 4] = ["Foreground", "Background", "Orphan", "nil"];

impl DeleteOptions {
    /// Reads the options from the object that a request's body is, or that its parameters make.
    ///
    /// # Errors
    /// 422 for values that there are not.
    pub(crate) fn read(options: &Value) -> Result<Self, Status> {
        let text = |pointer: &str| options.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let orphan = options.get("orphanDependents").and_then(Value::as_bool);
        let policy = text("/propagationPolicy");
        let errors = errors(options, orphan, policy.as_deref());
        if !errors.is_empty() {
            return Err(Status::invalid(&Subject::new("meta.k8s.io", "DeleteOptions", ""), &errors));
        }
        let propagation = match policy.as_deref() {
            Some("Orphan") => Some(Propagation::Orphan),
            Some("Background") => Some(Propagation::Background),
            Some("Foreground") => Some(Propagation::Foreground),
            _ => orphan.map(|orphan| if orphan { Propagation::Orphan } else { Propagation::Background }),
        };
        let grace = options.get("gracePeriodSeconds").and_then(Value::as_i64);
        Ok(Self {
            grace: grace.map(|seconds| if seconds < 0 { 1 } else { seconds }),
            uid: text("/preconditions/uid"),
            version: text("/preconditions/resourceVersion"),
            propagation,
            dry_run: !dry_run(options).is_empty(),
        })
    }
}

fn dry_run(options: &Value) -> &[Value] {
    options.get("dryRun").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn errors(options: &Value, orphan: Option<bool>, policy: Option<&str>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let path = Path::new("propagationPolicy");
    if let Some(policy) = policy {
        if orphan.is_some() {
            let both = "orphanDependents and deletionPropagation cannot be both set";
            errors.push(FieldError::invalid(&path, policy, both));
        }
        if !POLICIES[..3].contains(&policy) {
            errors.push(FieldError::not_supported(&path, policy, &POLICIES));
        }
    }
    let modes: Vec<_> = dry_run(options).iter().filter_map(Value::as_str).collect();
    if modes.iter().any(|mode| *mode != "All") {
        errors.push(FieldError::not_supported(&Path::new("dryRun"), modes[0], &["All"]));
    }
    errors
}
