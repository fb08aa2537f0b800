//! What runs pods, and how many of them.

use linkspan_kube::time::unix_seconds;
use serde_json::Value;

use super::row::{labels, plain, selector, selector_or_none, text};
use super::{Row, human};

/// The names and the images of the containers in a pod template.
fn containers(row: &Row<'_>, template: &str) -> [Value; 2] {
    let list = row.list(&format!("{template}/spec/containers"));
    let column = |member: &str| list.iter().map(|one| text(one, member)).collect::<Vec<_>>().join(",").into();
    [column("name"), column("image")]
}

/// Name and cells, then containers and images, then the selector if there is one.
fn with_containers(mut cells: Vec<Value>, row: &Row<'_>, template: &str, selector: Option<String>) -> Vec<Value> {
    cells.extend(containers(row, template));
    cells.extend(selector.map(Value::from));
    cells
}

pub(super) fn deployment(row: &Row<'_>) -> Vec<Value> {
    let ready = format!("{}/{}", row.number("/status/readyReplicas"), row.number("/spec/replicas"));
    let updated = row.number("/status/updatedReplicas").into();
    let cells = vec![row.name(), ready.into(), updated, row.number("/status/availableReplicas").into(), row.age()];
    with_containers(cells, row, "/spec/template", Some(selector(row.at("/spec/selector"))))
}

pub(super) fn replica_set(row: &Row<'_>) -> Vec<Value> {
    with_containers(replicas(row), row, "/spec/template", Some(selector_or_none(row.at("/spec/selector"))))
}

pub(super) fn replication_controller(row: &Row<'_>) -> Vec<Value> {
    with_containers(replicas(row), row, "/spec/template", Some(labels(row.map("/spec/selector"))))
}

fn replicas(row: &Row<'_>) -> Vec<Value> {
    let number = |pointer: &str| row.number(pointer).into();
    let (current, ready) = (number("/status/replicas"), number("/status/readyReplicas"));
    vec![row.name(), number("/spec/replicas"), current, ready, row.age()]
}

pub(super) fn stateful_set(row: &Row<'_>) -> Vec<Value> {
    let ready = format!("{}/{}", row.number("/status/readyReplicas"), row.number("/spec/replicas"));
    with_containers(vec![row.name(), ready.into(), row.age()], row, "/spec/template", None)
}

pub(super) fn daemon_set(row: &Row<'_>) -> Vec<Value> {
    const NUMBERS: [&str; 5] = [
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    ];
    let mut cells = vec![row.name()];
    cells.extend(NUMBERS.map(|number| Value::from(row.number(&format!("/status/{number}")))));
    cells.push(labels(row.map("/spec/template/spec/nodeSelector")).into());
    cells.push(row.age());
    with_containers(cells, row, "/spec/template", Some(selector_or_none(row.at("/spec/selector"))))
}

pub(super) fn job(row: &Row<'_>) -> Vec<Value> {
    let cells = vec![row.name(), job_status(row).into(), completions(row).into(), job_duration(row).into(), row.age()];
    with_containers(cells, row, "/spec/template", Some(selector_or_none(row.at("/spec/selector"))))
}

fn job_status(row: &Row<'_>) -> &'static str {
    const ENDED: [(&str, &str); 2] = [("Complete", "Complete"), ("Failed", "Failed")];
    const ON_THE_WAY: [&str; 3] = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];
    if let Some((_, said)) = ENDED.iter().find(|(condition, _)| row.holds(condition)) {
        return said;
    }
    if row.is_being_deleted() {
        return "Terminating";
    }
    ON_THE_WAY.into_iter().find(|condition| row.holds(condition)).unwrap_or("Running")
}

fn completions(row: &Row<'_>) -> String {
    let succeeded = row.number("/status/succeeded");
    match (row.at("/spec/completions"), row.number("/spec/parallelism")) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, parallelism @ 2..) => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

fn job_duration(row: &Row<'_>) -> String {
    let end = unix_seconds(row.text("/status/completionTime")).unwrap_or(row.now);
    unix_seconds(row.text("/status/startTime")).map_or_else(String::new, |start| human(end - start))
}

pub(super) fn cron_job(row: &Row<'_>) -> Vec<Value> {
    let suspended = match row.at("/spec/suspend").and_then(Value::as_bool) {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    let last = row.at("/status/lastScheduleTime").and_then(Value::as_str);
    let cells = vec![
        row.name(),
        row.text("/spec/schedule").into(),
        row.at("/spec/timeZone").and_then(Value::as_str).unwrap_or("<none>").into(),
        suspended.into(),
        row.list("/status/active").len().into(),
        last.map_or_else(|| "<none>".to_owned(), |time| row.since(time)).into(),
        row.age(),
    ];
    with_containers(
        cells,
        row,
        "/spec/jobTemplate/spec/template",
        Some(selector_or_none(row.at("/spec/jobTemplate/spec/selector"))),
    )
}

pub(super) fn pod_template(row: &Row<'_>) -> Vec<Value> {
    let selector = labels(row.map("/template/metadata/labels"));
    with_containers(vec![row.name()], row, "/template", Some(selector))
}

pub(super) fn scale(row: &Row<'_>) -> Vec<Value> {
    let number = |pointer: &str| row.number(pointer).into();
    vec![row.name(), number("/spec/replicas"), number("/status/replicas"), row.age()]
}

pub(super) fn revision(row: &Row<'_>) -> Vec<Value> {
    let owners = row.list("/metadata/ownerReferences");
    let controller = owners.iter().find(|one| one["controller"] == true).map(|owner| {
        let group = text(owner, "apiVersion").split_once('/').map(|(group, _)| format!(".{group}"));
        format!("{}{}/{}", text(owner, "kind").to_lowercase(), group.unwrap_or_default(), text(owner, "name"))
    });
    let controller = controller.unwrap_or_else(|| "<none>".to_owned());
    vec![row.name(), controller.into(), row.number("/revision").into(), row.age()]
}

pub(super) fn disruption_budget(row: &Row<'_>) -> Vec<Value> {
    let bound = |pointer: &str| row.at(pointer).map_or_else(|| "N/A".to_owned(), plain).into();
    let allowed = row.number("/status/disruptionsAllowed").into();
    vec![row.name(), bound("/spec/minAvailable"), bound("/spec/maxUnavailable"), allowed, row.age()]
}

pub(super) fn autoscaler(row: &Row<'_>) -> Vec<Value> {
    let target = format!("{}/{}", row.text("/spec/scaleTargetRef/kind"), row.text("/spec/scaleTargetRef/name"));
    vec![
        row.name(),
        target.into(),
        metrics(row).into(),
        row.at("/spec/minReplicas").map_or_else(|| "<unset>".to_owned(), plain).into(),
        row.number("/spec/maxReplicas").into(),
        row.number("/status/currentReplicas").into(),
        row.age(),
    ]
}

/// The first two metrics, each as what is over what should be.
fn metrics(row: &Row<'_>) -> String {
    const SHOWN: usize = 2;
    let current = row.list("/status/currentMetrics");
    let specs = row.list("/spec/metrics").iter().enumerate();
    let all: Vec<_> = specs.map(|(place, spec)| metric(spec, current.get(place))).collect();
    match all.as_slice() {
        // Version 1 says it with a field of its own.
        [] => row.at("/spec/targetCPUUtilizationPercentage").map_or_else(
            || "<none>".to_owned(),
            |target| {
                let current = row.at("/status/currentCPUUtilizationPercentage");
                format!("cpu: {}/{target}%", current.map_or("<unknown>".to_owned(), |now| format!("{now}%")))
            },
        ),
        [first, second, rest @ ..] if !rest.is_empty() => format!("{first}, {second} + {} more...", all.len() - SHOWN),
        few => few.join(", "),
    }
}

fn metric(spec: &Value, status: Option<&Value>) -> String {
    let (member, named) = match text(spec, "type") {
        "External" => ("external", false),
        "Pods" => ("pods", false),
        "Object" => ("object", false),
        "Resource" => ("resource", true),
        "ContainerResource" => ("containerResource", true),
        _ => return "<unknown type>".to_owned(),
    };
    let target = &spec[member]["target"];
    let current = |value: &str| status.and_then(|it| it[member]["current"].get(value));
    let shown = |value: &str| current(value).map_or_else(|| "<unknown>".to_owned(), plain);
    let percent = |value: Option<&Value>, none: &str| value.map_or_else(|| none.to_owned(), |it| format!("{it}%"));
    let text = match (target.get("averageValue"), named) {
        (Some(average), true) => format!("{}/{}", shown("averageValue"), plain(average)),
        (Some(average), false) if member == "pods" => format!("{}/{}", shown("averageValue"), plain(average)),
        (Some(average), false) => format!("{}/{} (avg)", shown("averageValue"), plain(average)),
        (None, true) => {
            let now = percent(current("averageUtilization"), "<unknown>");
            format!("{now}/{}", percent(target.get("averageUtilization"), "<auto>"))
        }
        (None, false) => {
            format!("{}/{}", shown("value"), target.get("value").map_or_else(|| "<nil>".to_owned(), plain))
        }
    };
    if named { format!("{}: {text}", self::text(&spec[member], "name")) } else { text }
}
