use super::SelectorError;
use crate::quote::quote;

/// A field that a field selector of a kind may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// As the selector names it.
    pub(super) label: String,
    /// Where it is in the object, or the first of these that is not empty.
    pub(super) paths: Vec<String>,
    /// What it is when it is missing.
    pub(super) missing: &'static str,
}

/// Which fields the selectors of one kind may name, and how the kind refuses others.
///
/// From `AddFieldLabelConversionFunc` and `ToSelectableFields` of kube-apiserver 1.36.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selectable {
    pub(super) known: Vec<Known>,
    refusal: Refusal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Plain,
    Job,
    MetadataOnly,
}

/// A row: the field, where it is (several parted by `|`; as the field if empty), what it is when it is missing.
type Row = (&'static str, &'static str, &'static str);

const POD: &[Row] = &[
    ("spec.nodeName", "", ""),
    ("spec.host", "spec.nodeName", ""),
    ("spec.restartPolicy", "", ""),
    ("spec.schedulerName", "", ""),
    ("spec.serviceAccountName", "", ""),
    ("spec.hostNetwork", "", "false"),
    ("status.phase", "", ""),
    ("status.podIP", "status.podIP", ""),
    // Accepted, yet no Pod has it in its set of fields.
    ("status.podIPs", "-", ""),
    ("status.nominatedNodeName", "", ""),
];
const EVENT: &[Row] = &[
    ("involvedObject.kind", "", ""),
    ("involvedObject.namespace", "", ""),
    ("involvedObject.name", "", ""),
    ("involvedObject.uid", "", ""),
    ("involvedObject.apiVersion", "", ""),
    ("involvedObject.resourceVersion", "", ""),
    ("involvedObject.fieldPath", "", ""),
    ("reason", "", ""),
    ("reportingComponent", "", ""),
    ("source", "source.component|reportingComponent", ""),
    ("type", "", ""),
];
/// The same objects under their other name; where they are is said of the form that is kept, that of `v1`.
const NEW_EVENT: &[Row] = &[
    ("reason", "", ""),
    ("regarding.kind", "involvedObject.kind", ""),
    ("regarding.namespace", "involvedObject.namespace", ""),
    ("regarding.name", "involvedObject.name", ""),
    ("regarding.uid", "involvedObject.uid", ""),
    ("regarding.apiVersion", "involvedObject.apiVersion", ""),
    ("regarding.resourceVersion", "involvedObject.resourceVersion", ""),
    ("regarding.fieldPath", "involvedObject.fieldPath", ""),
    ("reportingController", "reportingComponent", ""),
    ("type", "", ""),
];

fn rows(group: &str, kind: &str) -> Option<(&'static [Row], bool)> {
    Some(match (group, kind) {
        ("", "Pod") => (POD, true),
        ("", "Event") => (EVENT, true),
        ("events.k8s.io", "Event") => (NEW_EVENT, true),
        ("", "Node") => (&[("spec.unschedulable", "", "false")], false),
        ("", "ReplicationController") => (&[("status.replicas", "", "0")], true),
        ("", "Namespace") => (&[("status.phase", "", "")], false),
        ("", "Secret") => (&[("type", "", "")], true),
        ("", "Service") => (&[("spec.clusterIP", "", ""), ("spec.type", "", "")], true),
        ("batch", "Job") => (&[("status.successful", "status.succeeded", "0")], true),
        ("certificates.k8s.io", "CertificateSigningRequest" | "ClusterTrustBundle") => {
            (&[("spec.signerName", "", "")], false)
        }
        ("resource.k8s.io", "ResourceSlice") => (&[("spec.nodeName", "", ""), ("spec.driver", "", "")], false),
        _ => return None,
    })
}

impl Selectable {
    /// Those of a built-in kind.
    #[must_use]
    pub fn builtin(group: &str, kind: &str) -> Self {
        let Some((rows, namespaced)) = rows(group, kind) else {
            return Self { known: metadata(true), refusal: Refusal::MetadataOnly };
        };
        let mut known = metadata(namespaced);
        known.extend(rows.iter().map(Known::of));
        let refusal = if kind == "Job" { Refusal::Job } else { Refusal::Plain };
        Self { known, refusal }
    }

    /// Those of a custom resource: its `selectableFields`, each as a JSON path (`.spec.color`).
    #[must_use]
    pub fn custom<'a>(namespaced: bool, paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = metadata(namespaced);
        known.extend(paths.into_iter().map(|path| Known::of(&(path.trim_start_matches('.'), "", ""))));
        Self { known, refusal: Refusal::Plain }
    }

    pub(super) fn find(&self, label: &str) -> Result<&Known, SelectorError> {
        let refused = || {
            SelectorError(match self.refusal {
                Refusal::Plain => format!("field label not supported: {label}"),
                Refusal::Job => format!("field label {} not supported for Job", quote(label)),
                Refusal::MetadataOnly => format!(
                    "{} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
                    quote(label)
                ),
            })
        };
        self.known.iter().find(|known| known.label == label).ok_or_else(refused)
    }
}

fn metadata(namespaced: bool) -> Vec<Known> {
    let rows: &[Row] = &[("metadata.name", "", ""), ("metadata.namespace", "", "")];
    rows.iter().take(if namespaced { 2 } else { 1 }).map(Known::of).collect()
}

impl Known {
    fn of((label, paths, missing): &(impl AsRef<str>, &str, &'static str)) -> Self {
        let label = label.as_ref();
        let paths = if paths.is_empty() { label } else { paths };
        Self { label: label.to_owned(), paths: paths.split('|').map(str::to_owned).collect(), missing }
    }
}
