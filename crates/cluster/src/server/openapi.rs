//! The descriptions of the built-in kinds, as the real server gives them.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A description, compressed.
struct Document {
    /// `api/v1`, `apis/apps/v1`.
    path: &'static str,
    gzip: &'static [u8],
}

macro_rules! documents {
    ($($path:literal $file:literal),* $(,)?) => {
        [$(Document { path: $path, gzip: include_bytes!(concat!("../../tables/openapi/", $file, ".json.gz")) }),*]
    };
}

static DOCUMENTS: [Document; 17] = documents![
    "api/v1" "api_v1",
    "apis/admissionregistration.k8s.io/v1" "apis_admissionregistration.k8s.io_v1",
    "apis/apiextensions.k8s.io/v1" "apis_apiextensions.k8s.io_v1",
    "apis/apps/v1" "apis_apps_v1",
    "apis/authentication.k8s.io/v1" "apis_authentication.k8s.io_v1",
    "apis/authorization.k8s.io/v1" "apis_authorization.k8s.io_v1",
    "apis/autoscaling/v1" "apis_autoscaling_v1",
    "apis/autoscaling/v2" "apis_autoscaling_v2",
    "apis/batch/v1" "apis_batch_v1",
    "apis/coordination.k8s.io/v1" "apis_coordination.k8s.io_v1",
    "apis/discovery.k8s.io/v1" "apis_discovery.k8s.io_v1",
    "apis/events.k8s.io/v1" "apis_events.k8s.io_v1",
    "apis/networking.k8s.io/v1" "apis_networking.k8s.io_v1",
    "apis/policy/v1" "apis_policy_v1",
    "apis/rbac.authorization.k8s.io/v1" "apis_rbac.authorization.k8s.io_v1",
    "apis/scheduling.k8s.io/v1" "apis_scheduling.k8s.io_v1",
    "apis/storage.k8s.io/v1" "apis_storage.k8s.io_v1",
];

/// `/openapi/v3`: where each description is, with a hash by which clients keep it.
pub(crate) fn index() -> Value {
    let entry = |document: &Document| {
        let path = document.path;
        let hash: String = Sha256::digest(document.gzip).iter().map(|byte| format!("{byte:02X}")).collect();
        (path.to_owned(), json!({"serverRelativeURL": format!("/openapi/v3/{path}?hash={hash}")}))
    };
    json!({"paths": DOCUMENTS.iter().map(entry).collect::<Map<_, _>>()})
}

/// The description of a group's version, compressed with gzip.
pub(crate) fn document(group: &str, version: &str) -> Option<&'static [u8]> {
    let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
    DOCUMENTS.iter().find(|document| document.path == path).map(|document| document.gzip)
}

/// What was compressed.
pub(crate) fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // The bytes are our own; a test unpacks them all.
    let _ = GzDecoder::new(gzip).read_to_end(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::builtin;

    #[test]
    fn every_version_of_a_group_is_described() {
        for group in &builtin().groups {
            for version in &group.versions {
                let text = unpacked(document(&group.name, version).unwrap());
                let described: Value = serde_json::from_slice(&text).unwrap();
                assert!(described["openapi"].as_str().unwrap().starts_with("3."), "{} {version}", group.name);
            }
        }
        assert_eq!(index()["paths"].as_object().unwrap().len(), DOCUMENTS.len());
    }
}
