//! Pods: one word for all that their containers do.

use serde_json::Value;

use super::Row;
use super::row::text;

/// What the containers say together.
struct Summary<'a> {
    reason: String,
    ready: usize,
    restarts: i64,
    /// When a container last ended before it was started again; RFC 3339 in UTC, so that texts compare as times do.
    last_restart: &'a str,
}

pub(super) fn pod(row: &Row<'_>) -> Vec<Value> {
    let init = row.list("/spec/initContainers");
    let sidecars = init.iter().filter(|one| restarts_always(one)).count();
    let total = row.list("/spec/containers").len() + sidecars;
    let summary = summary(row);
    vec![
        row.name(),
        format!("{}/{total}", summary.ready).into(),
        reason(row, &summary).into(),
        restarts(row, &summary).into(),
        row.age(),
        row.text_or("/status/podIPs/0/ip", "<none>").into(),
        row.text_or("/spec/nodeName", "<none>").into(),
        row.text_or("/status/nominatedNodeName", "<none>").into(),
        gates(row).into(),
    ]
}

fn restarts_always(container: &Value) -> bool {
    text(container, "restartPolicy") == "Always"
}

fn reason(row: &Row<'_>, summary: &Summary<'_>) -> String {
    let ended = matches!(row.text("/status/phase"), "Succeeded" | "Failed");
    match row.is_being_deleted() {
        true if row.text("/status/reason") == "NodeLost" => "Unknown".to_owned(),
        true if !ended => "Terminating".to_owned(),
        _ => summary.reason.clone(),
    }
}

fn restarts(row: &Row<'_>, summary: &Summary<'_>) -> String {
    match (summary.restarts, summary.last_restart) {
        (0, _) | (_, "") => summary.restarts.to_string(),
        (restarts, last) => format!("{restarts} ({} ago)", row.since(last)),
    }
}

fn gates(row: &Row<'_>) -> String {
    let gates = row.list("/spec/readinessGates");
    let open = gates.iter().filter(|gate| row.holds(text(gate, "conditionType"))).count();
    if gates.is_empty() { "<none>".to_owned() } else { format!("{open}/{}", gates.len()) }
}

fn summary<'a>(row: &Row<'a>) -> Summary<'a> {
    let gated = |one: &Value| text(one, "type") == "PodScheduled" && text(one, "reason") == "SchedulingGated";
    let reason = match row.text("/status/reason") {
        _ if row.list("/status/conditions").iter().any(gated) => "SchedulingGated",
        "" => row.text("/status/phase"),
        reason => reason,
    };
    let mut summary = Summary { reason: reason.to_owned(), ready: 0, restarts: 0, last_restart: "" };
    let sidecars = initialise(row, &mut summary);
    match sidecars {
        // Only sidecars still count once the pod is past its beginning.
        Ok(sidecars) => run(row, &mut summary, sidecars),
        Err(sidecars) if row.holds("Initialized") => run(row, &mut summary, sidecars),
        Err(_) => {}
    }
    summary
}

/// How often sidecars were started again, and when the last time was.
type Sidecars<'a> = (i64, &'a str);

/// Goes through the init containers; an error is one that holds the pod up.
fn initialise<'a>(row: &Row<'a>, summary: &mut Summary<'a>) -> Result<Sidecars<'a>, Sidecars<'a>> {
    let specs = row.list("/spec/initContainers");
    let mut sidecars: Sidecars<'a> = (0, "");
    for (place, status) in row.list("/status/initContainerStatuses").iter().enumerate() {
        let spec = specs.iter().find(|spec| text(spec, "name") == text(status, "name"));
        let sidecar = spec.is_some_and(restarts_always);
        count(status, &mut summary.restarts, &mut summary.last_restart);
        if sidecar {
            count(status, &mut sidecars.0, &mut sidecars.1);
        }
        let terminated = status.pointer("/state/terminated");
        if terminated.is_some_and(|state| state["exitCode"] == 0) {
            continue;
        }
        if sidecar && status["started"] == true {
            summary.ready += usize::from(status["ready"] == true);
            continue;
        }
        summary.reason = held_up(status, place, specs.len());
        return Err(sidecars);
    }
    Ok(sidecars)
}

fn held_up(status: &Value, place: usize, all: usize) -> String {
    let waiting = status.pointer("/state/waiting").map_or("", |state| text(state, "reason"));
    match (status.pointer("/state/terminated"), waiting) {
        (Some(state), _) => format!("Init:{}", ended(state)),
        (None, "" | "PodInitializing") => format!("Init:{place}/{all}"),
        (None, reason) => format!("Init:{reason}"),
    }
}

/// Why a container ended.
fn ended(state: &Value) -> String {
    match (text(state, "reason"), state["signal"].as_i64().unwrap_or_default()) {
        ("", 0) => format!("ExitCode:{}", state["exitCode"].as_i64().unwrap_or_default()),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn count<'a>(status: &'a Value, restarts: &mut i64, last: &mut &'a str) {
    *restarts += status["restartCount"].as_i64().unwrap_or_default();
    let ended = status.pointer("/lastState/terminated/finishedAt").and_then(Value::as_str).unwrap_or_default();
    *last = (*last).max(ended);
}

/// Goes through the containers from the last to the first: the first one's word counts most.
fn run<'a>(row: &Row<'a>, summary: &mut Summary<'a>, (restarts, last): Sidecars<'a>) {
    (summary.restarts, summary.last_restart) = (restarts, last);
    let (mut running, mut error) = (false, None);
    for status in row.list("/status/containerStatuses").iter().rev() {
        count(status, &mut summary.restarts, &mut summary.last_restart);
        let waiting = status.pointer("/state/waiting").map_or("", |state| text(state, "reason"));
        if !waiting.is_empty() {
            waiting.clone_into(&mut summary.reason);
        } else if let Some(state) = status.pointer("/state/terminated") {
            summary.reason = ended(state);
            if state["exitCode"] != 0 {
                error = Some(summary.reason.clone());
            }
        } else if status["ready"] == true && status.pointer("/state/running").is_some() {
            running = true;
            summary.ready += 1;
        }
    }
    if summary.reason == "Completed" {
        summary.reason = match (error, running) {
            (_, true) if row.holds("Ready") => "Running".to_owned(),
            (Some(error), _) => error,
            (None, true) => "NotReady".to_owned(),
            (None, false) => "Completed".to_owned(),
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Ready, status and restarts.
    fn shown(object: &Value) -> String {
        let cells = pod(&Row { object, now: 100 });
        format!(
            "{} {} {}",
            cells[1].as_str().unwrap_or_default(),
            cells[2].as_str().unwrap_or_default(),
            cells[3].as_str().unwrap_or_default()
        )
    }

    fn running(ready: bool) -> Value {
        json!({"name": "a", "ready": ready, "restartCount": 0, "state": {"running": {}}})
    }

    #[test]
    fn the_first_container_has_the_last_word() {
        let spec = json!({"containers": [{"name": "a"}, {"name": "b"}]});
        let crashed = json!({
            "name": "b", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"finishedAt": "1970-01-01T00:01:30Z"}},
        });
        let statuses = json!([running(true), crashed]);
        let object = json!({"spec": spec, "status": {"phase": "Running", "containerStatuses": statuses}});
        assert_eq!(shown(&object), "1/2 CrashLoopBackOff 3 (10s ago)");
    }

    #[test]
    fn a_pod_that_is_held_up_says_where() {
        let spec = json!({"containers": [{"name": "a"}], "initContainers": [{"name": "i"}, {"name": "j"}]});
        let status = |state: Value| {
            json!({"phase": "Pending", "initContainerStatuses": [
            {"name": "i", "state": {"terminated": {"exitCode": 0}}}, {"name": "j", "state": state}]})
        };
        let with = |state: Value| shown(&json!({"spec": spec, "status": status(state)}));
        assert_eq!(with(json!({"running": {}})), "0/1 Init:1/2 0");
        assert_eq!(with(json!({"waiting": {"reason": "ImagePullBackOff"}})), "0/1 Init:ImagePullBackOff 0");
        assert_eq!(with(json!({"terminated": {"exitCode": 2}})), "0/1 Init:ExitCode:2 0");
        assert_eq!(with(json!({"terminated": {"exitCode": 2, "reason": "Error"}})), "0/1 Init:Error 0");
    }

    #[test]
    fn sidecars_count() {
        let spec = json!({"containers": [{"name": "a"}], "initContainers": [{"name": "s", "restartPolicy": "Always"}]});
        let sidecar = json!({"name": "s", "started": true, "ready": true, "restartCount": 1, "state": {"running": {}}});
        let status =
            json!({"phase": "Running", "initContainerStatuses": [sidecar], "containerStatuses": [running(true)]});
        assert_eq!(shown(&json!({"spec": spec, "status": status})), "2/2 Running 1");
    }

    #[test]
    fn the_end_is_told_from_the_way_there() {
        let object = json!({"metadata": {"deletionTimestamp": "x"}, "spec": {"containers": [{}]}, "status": {"phase": "Running"}});
        assert_eq!(shown(&object), "0/1 Terminating 0");
        let ended = json!([{"name": "a", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]);
        let object = json!({"metadata": {"deletionTimestamp": "x"}, "spec": {"containers": [{}]},
            "status": {"phase": "Succeeded", "containerStatuses": ended}});
        assert_eq!(shown(&object), "0/1 Completed 0");
    }
}
