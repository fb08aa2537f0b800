//! Rolling out, and keeping the inventory.

use std::collections::BTreeSet;
use std::time::Duration;

use linkspan_command::{Context, Failure};
use linkspan_kube::{GroupKind, ObjectKey, image_fields};
use linkspan_oci::reference::Reference;
use linkspan_report::{Finding, Outcome, Report};
use linkspan_rollout::images::ImageLine;
use linkspan_rollout::{ApplyArgs, run_apply};
use serde_json::Value;

use super::Args;
use super::images::Images;
use super::plan::{Plan, Wave, unused};
use crate::cluster::Cluster;
use crate::inventory::{Entry, Inventory, entry, is_ours};

/// What a rollout came to.
#[derive(Debug, Default)]
pub(super) struct Rolled {
    /// The report that ended it.
    pub failed: Option<Report>,
    /// Whether any object was written.
    pub changed: bool,
    /// How many objects are gone because no manifest has them any more.
    pub removed: usize,
    /// What is worth knowing.
    pub findings: Vec<Finding>,
}

/// A rollout.
pub(super) struct Rolling<'a> {
    pub plan: &'a Plan,
    pub args: &'a Args,
    pub context: &'a Context,
    pub cluster: &'a Cluster,
    pub inventory: &'a Inventory<'a>,
}

impl Rolling<'_> {
    /// Rolls out all waves; `known` is what `up` made before, and afterwards what it has made by now.
    pub(super) fn run(&self, images: &Images, known: &mut BTreeSet<Entry>) -> Result<Rolled, Failure> {
        let (lines, mut rolled) = self.lines(&images.lines)?;
        let mut kept: BTreeSet<ObjectKey> = BTreeSet::new();
        for wave in &self.plan.waves {
            let arguments = self.arguments(wave, &lines)?;
            let planned = run_apply(&ApplyArgs { dry_run: true, ..arguments.clone() }, self.context)?;
            if !matches!(planned.outcome, Outcome::Done | Outcome::Changes) {
                return Ok(Rolled { failed: Some(planned), ..rolled });
            }
            let objects = objects(&planned.result);
            kept.extend(objects.iter().map(|(key, _)| key.clone()));
            self.remember(&objects, known)?;
            rolled.changed |= objects.iter().any(|(_, action)| action != "unchanged");
            let report = run_apply(&arguments, self.context)?;
            rolled.findings.extend(report.findings.kept().iter().cloned());
            if report.outcome != Outcome::Done {
                return Ok(Rolled { failed: Some(report), ..rolled });
            }
        }
        if self.plan.whole {
            rolled.removed = self.prune(&kept, known)?;
        }
        Ok(rolled)
    }

    /// The image lines that some manifest uses, by wave where they are asked for; the others are worth a warning.
    fn lines(&self, all: &[String]) -> Result<(Vec<ImageLine>, Rolled), Failure> {
        let mut rolled = Rolled::default();
        let mut used = Vec::new();
        for line in all {
            let line: ImageLine = line.parse().map_err(|error| Failure::bug(format!("{error}")))?;
            if self.plan.parts.iter().any(|part| part.objects.iter().any(|object| uses(object, &line))) {
                used.push(line);
            } else {
                rolled.findings.push(unused(&line.name));
            }
        }
        Ok((used, rolled))
    }

    fn arguments(&self, wave: &Wave, lines: &[ImageLine]) -> Result<ApplyArgs, Failure> {
        let parts = self.plan.parts.iter().filter(|part| wave.services.contains(&part.service.name));
        let objects: Vec<_> = parts.flat_map(|part| &part.objects).collect();
        let used = lines.iter().filter(|line| objects.iter().any(|object| uses(object, line)));
        let mut arguments: ApplyArgs = defaults(&["--timeout", &self.args.timeout])?;
        arguments.filename.clone_from(&wave.paths);
        arguments.image = used.map(ToString::to_string).collect();
        arguments.cluster.kube_context = Some(self.plan.context.clone());
        arguments.cluster.kubeconfig.clone_from(&self.args.cluster.kubeconfig);
        // An environment gives objects a namespace that name none; a flag would forbid all others.
        if self.plan.environment {
            arguments.cluster.environment = Some("local".to_owned());
        } else {
            arguments.cluster.namespace = Some(self.plan.namespace.clone());
        }
        Ok(arguments)
    }

    /// Says in the inventory what is about to be made.
    fn remember(&self, objects: &[(ObjectKey, String)], known: &mut BTreeSet<Entry>) -> Result<(), Failure> {
        let new: Vec<Entry> =
            objects.iter().filter(|(_, action)| action == "create").map(|(key, _)| self.entry(key)).collect();
        let before = known.len();
        known.extend(new);
        let missing = self.inventory.live()?.is_none();
        if known.len() > before || missing { self.inventory.write(known) } else { Ok(()) }
    }

    fn entry(&self, key: &ObjectKey) -> Entry {
        let all = self.plan.parts.iter().flat_map(|part| &part.objects);
        let written = all.into_iter().find(|object| object.gvk().group_kind() == key.kind && object.name() == key.name);
        match written {
            Some(object) => entry(key, object),
            None => Entry {
                group: key.kind.group.clone(),
                kind: key.kind.kind.clone(),
                namespace: key.namespace.clone(),
                name: key.name.clone(),
                claims: Vec::new(),
            },
        }
    }

    /// Deletes what `up` made and no manifest has any more. What holds data stays until `down`.
    fn prune(&self, kept: &BTreeSet<ObjectKey>, known: &mut BTreeSet<Entry>) -> Result<usize, Failure> {
        let gone = |entry: &&Entry| !entry.is_data() && !kept.contains(&entry.key());
        let gone: Vec<Entry> = known.iter().filter(gone).cloned().collect();
        let mut removed = 0;
        for entry in &gone {
            let Some(resource) = self.cluster.resource(&entry.key().kind)? else { continue };
            let live = self.cluster.get(&resource, &entry.namespace, &entry.name)?;
            if let Some(live) = live.filter(is_ours)
                && self.cluster.delete(&resource, &live)?
            {
                self.context.progress.note(format!("removed {}: no manifest has it any more", entry.key()));
                removed += 1;
            }
            // Its claims stay with their data, and with somebody who knows about them.
            if entry.claims.is_empty() {
                known.remove(entry);
            }
        }
        if !gone.is_empty() {
            self.inventory.write(known)?;
        }
        Ok(removed)
    }
}

fn uses(object: &linkspan_kube::Object, line: &ImageLine) -> bool {
    let fields = image_fields(object);
    fields.iter().any(|field| field.image.parse::<Reference>().is_ok_and(|image| line.matches(image.repository())))
}

/// The objects of a rollout's report, with what happens to them.
fn objects(result: &Value) -> Vec<(ObjectKey, String)> {
    let list = result.get("objects").and_then(Value::as_array);
    let object = |object: &Value| {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = GroupKind::new(text("group"), text("kind"));
        (ObjectKey { kind, namespace: text("namespace"), name: text("name") }, text("action"))
    };
    list.into_iter().flatten().map(object).collect()
}

/// A command's arguments as if these words had been typed.
///
/// # Errors
/// The words are wrong.
pub(super) fn defaults<A: clap::Args>(words: &[&str]) -> Result<A, Failure> {
    let command = A::augment_args(clap::Command::new("linkspan"));
    let matches = command.try_get_matches_from(std::iter::once("linkspan").chain(words.iter().copied()));
    let wrong = |error: clap::Error| {
        let text = error.render().to_string();
        let line = text.lines().next().unwrap_or_default();
        Failure::usage(line.strip_prefix("error: ").unwrap_or(line))
    };
    A::from_arg_matches(&matches.map_err(wrong)?).map_err(wrong)
}

/// A time as the rollout reads it.
///
/// # Errors
/// It is none.
pub(crate) fn timeout(text: &str) -> Result<Duration, Failure> {
    Ok(defaults::<ApplyArgs>(&["--timeout", text])?.timeout)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rollouts_own_flags_hold() {
        assert_eq!(timeout("90s").unwrap(), Duration::from_secs(90));
        assert_eq!(timeout("soon").unwrap_err().exit, linkspan_command::Exit::Usage);
    }

    #[test]
    fn a_report_tells_what_happens_to_which_object() {
        let result = json!({"objects": [{"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web", "action": "create"}]});
        let [(key, action)] = &objects(&result)[..] else { panic!("{result}") };
        assert_eq!((key.to_string().as_str(), action.as_str()), ("Deployment.apps shop/web", "create"));
        assert!(objects(&json!({})).is_empty());
    }
}
