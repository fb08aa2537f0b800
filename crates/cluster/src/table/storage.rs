//! Volumes, claims on them, and classes.

use serde_json::Value;

use super::Row;
use super::row::plain;

/// The modes in the order in which they are always shown, each once.
const MODES: [(&str, &str); 4] =
    [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];

fn modes(row: &Row<'_>, pointer: &str) -> String {
    let list = row.list(pointer);
    let there = MODES.iter().filter(|(mode, _)| list.iter().any(|one| one == mode));
    there.map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

/// The class, which long ago was an annotation.
fn class_of<'a>(row: &Row<'a>) -> &'a str {
    let annotated = row.text("/metadata/annotations/volume.beta.kubernetes.io~1storage-class");
    if annotated.is_empty() { row.text("/spec/storageClassName") } else { annotated }
}

fn phase<'a>(row: &Row<'a>) -> &'a str {
    if row.is_being_deleted() { "Terminating" } else { row.text("/status/phase") }
}

fn attributes<'a>(row: &Row<'a>) -> &'a str {
    row.at("/spec/volumeAttributesClassName").and_then(Value::as_str).unwrap_or("<unset>")
}

pub(super) fn volume(row: &Row<'_>) -> Vec<Value> {
    let claim = row.at("/spec/claimRef").map_or_else(String::new, |_| {
        format!("{}/{}", row.text("/spec/claimRef/namespace"), row.text("/spec/claimRef/name"))
    });
    vec![
        row.name(),
        row.at("/spec/capacity/storage").map_or_else(|| "0".to_owned(), plain).into(),
        modes(row, "/spec/accessModes").into(),
        row.text("/spec/persistentVolumeReclaimPolicy").into(),
        phase(row).into(),
        claim.into(),
        class_of(row).into(),
        attributes(row).into(),
        row.text("/status/reason").into(),
        row.age(),
        row.text_or("/spec/volumeMode", "<unset>").into(),
    ]
}

pub(super) fn claim(row: &Row<'_>) -> Vec<Value> {
    let volume = row.text("/spec/volumeName");
    let (capacity, modes) = match volume {
        "" => (String::new(), String::new()),
        _ => {
            let capacity = row.at("/status/capacity/storage").map_or_else(|| "0".to_owned(), plain);
            (capacity, modes(row, "/status/accessModes"))
        }
    };
    vec![
        row.name(),
        phase(row).into(),
        volume.into(),
        capacity.into(),
        modes.into(),
        class_of(row).into(),
        attributes(row).into(),
        row.age(),
        row.text_or("/spec/volumeMode", "<unset>").into(),
    ]
}

pub(super) fn class(row: &Row<'_>) -> Vec<Value> {
    const DEFAULT: [&str; 2] = ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"];
    let annotation = |group: &&str| row.text(&format!("/metadata/annotations/{group}~1is-default-class")) == "true";
    let name = row.text("/metadata/name");
    vec![
        if DEFAULT.iter().any(annotation) { format!("{name} (default)").into() } else { name.into() },
        row.text("/provisioner").into(),
        row.text_or("/reclaimPolicy", "Delete").into(),
        row.text_or("/volumeBindingMode", "Immediate").into(),
        row.flag("/allowVolumeExpansion").into(),
        row.age(),
    ]
}
