//! One delivery by the CloudEvents webhook specification: ask first, then post,
//! then understand the answer.

use std::time::{Duration, SystemTime};

use shopkit::{client, config, event};

/// What a sink's answer means for an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It is the sink's now.
    Delivered,
    /// The sink wants no more events, ever (410).
    Gone,
    /// The sink will never take this event: a dead letter.
    Never(String),
    /// It did not work this time; the sink may say when to come back.
    Later(String, Option<Duration>),
}

/// The sink's permission, from the handshake.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    /// The least time between two deliveries.
    pub(crate) pause: Duration,
}

/// Posts events to sinks.
#[derive(Clone)]
pub(crate) struct Courier {
    agent: ureq::Agent,
    origin: String,
    authorization: Option<String>,
}

impl Courier {
    /// `HUB_ORIGIN` is the name that sinks know this hub by, `WEBHOOK_TOKEN` what it shows them.
    pub(crate) fn from_environment() -> Self {
        Self {
            agent: client::new(Duration::from_secs(15)),
            origin: config::optional("HUB_ORIGIN").unwrap_or_else(|| "hub.harbourbooks.example".into()),
            authorization: config::optional("WEBHOOK_TOKEN").map(|token| format!("Bearer {token}")),
        }
    }

    /// The handshake (§4 of the specification): may we send to this sink, and how fast?
    pub(crate) fn ask(&self, sink: &str) -> Result<Grant, String> {
        let request = self.agent.options(sink).header("WebHook-Request-Origin", &self.origin);
        let response = request.call().map_err(|error| error.to_string())?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        grant(&self.origin, header("WebHook-Allowed-Origin"), header("WebHook-Allowed-Rate"))
            .ok_or_else(|| format!("the sink does not allow events from `{}` ({})", self.origin, response.status()))
    }

    /// Posts one event and says what the answer means.
    pub(crate) fn deliver(&self, sink: &str, event: &str) -> Verdict {
        let mut request = self.agent.post(sink).content_type(event::ONE).header("WebHook-Request-Origin", &self.origin);
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        match request.send(event) {
            Err(error) => Verdict::Later(error.to_string(), None),
            Ok(mut response) => {
                let retry_after = response.headers().get("Retry-After").and_then(|value| value.to_str().ok());
                let wait = retry_after.and_then(|text| wait(text, SystemTime::now()));
                let status = response.status().as_u16();
                let said = response.body_mut().with_config().limit(2_000).read_to_string().unwrap_or_default();
                verdict(status, wait, &said)
            }
        }
    }
}

/// Permission needs our name or `*`; a rate is in requests per minute.
fn grant(origin: &str, allowed: Option<&str>, rate: Option<&str>) -> Option<Grant> {
    let allowed = allowed?.trim();
    let per_minute = rate.and_then(|text| text.trim().parse::<u32>().ok()).filter(|rate| *rate > 0);
    let pause = per_minute.map_or(Duration::ZERO, |rate| Duration::from_secs(60) / rate);
    (allowed == "*" || allowed.eq_ignore_ascii_case(origin)).then_some(Grant { pause })
}

/// What a status means (§2.2 of the specification, and HTTP for the rest).
///
/// A sink that says *this event is wrong* will say so again tomorrow. All other
/// errors, a forgotten route included, go away when somebody repairs something.
fn verdict(status: u16, wait: Option<Duration>, said: &str) -> Verdict {
    let why = match said.trim() {
        "" => format!("the sink answered {status}"),
        said => format!("the sink answered {status}: {said}"),
    };
    match status {
        200..300 => Verdict::Delivered,
        300..400 => Verdict::Never(format!("{why}; deliveries must not be redirected")),
        410 => Verdict::Gone,
        400 | 409 | 413 | 415 | 422 => Verdict::Never(why),
        _ => Verdict::Later(why, wait),
    }
}

/// Retry-After is a number of seconds or a date.
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_of_the_specification() {
        for status in [200, 201, 202, 204] {
            assert_eq!(verdict(status, None, ""), Verdict::Delivered);
        }
        assert_eq!(verdict(410, None, ""), Verdict::Gone);
        assert!(matches!(verdict(415, None, ""), Verdict::Never(_)));
        assert!(matches!(verdict(302, None, ""), Verdict::Never(_)));
        let wait = Some(Duration::from_secs(7));
        assert_eq!(verdict(429, wait, "slow down"), Verdict::Later("the sink answered 429: slow down".into(), wait));
        for status in [401, 404, 408, 500, 503] {
            assert!(matches!(verdict(status, None, ""), Verdict::Later(..)), "{status}");
        }
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 09:00:00 GMT").unwrap();
        assert_eq!(wait("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wait("Mon, 23 Nov 2026 09:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(wait("Mon, 23 Nov 2026 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait("soon", now), None);
    }

    #[test]
    fn no_permission_without_our_name() {
        let pause = |seconds| Some(Grant { pause: Duration::from_millis(seconds) });
        assert_eq!(grant("hub.example", Some("hub.example"), Some("120")), pause(500));
        assert_eq!(grant("hub.example", Some("*"), Some("*")), pause(0));
        assert_eq!(grant("hub.example", Some("other.example"), Some("*")), None);
        assert_eq!(grant("hub.example", None, Some("*")), None);
    }
}
