//! From an HTTP answer to a class of error.

use std::io::Read as _;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Body, Timeout};

use super::error::Error;
use super::transport::NotAllowed;

/// Bytes of an error's body that are read.
const MAX_ERROR: u64 = 64 << 10;
const MAX_WORDS: usize = 300;

/// Who was asked for what, for messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) host: &'a str,
    pub(super) request: &'a str,
}

impl Asked<'_> {
    pub(super) fn invalid(&self, what: impl Into<String>) -> Error {
        Error::Invalid { host: self.host.to_owned(), request: self.request.to_owned(), what: what.into() }
    }

    pub(super) fn unreachable(&self, cause: impl Into<String>, transient: bool) -> Error {
        Error::Unreachable { host: self.host.to_owned(), cause: cause.into(), transient, wait: None }
    }

    pub(super) fn misdirected(&self, target: &str, why: &str) -> Error {
        Error::Misdirected {
            host: self.host.to_owned(),
            request: self.request.to_owned(),
            target: target.to_owned(),
            why: why.to_owned(),
        }
    }

    /// Success as it is; everything else as an error with the registry's words.
    pub(super) fn classify(&self, response: Response<Body>) -> Result<Response<Body>, Error> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let wait = retry_after(response.headers(), SystemTime::now());
        let said = words(response);
        let (host, request) = (self.host.to_owned(), self.request.to_owned());
        Err(match status.as_u16() {
            401 | 403 => Error::Denied { host, request, said },
            404 => Error::NotFound { host, request, said },
            408 | 429 | 500 | 502..=504 | 506..=599 => {
                let cause = format!("status {}: {said}{}", status.as_u16(), waiting(wait));
                Error::Unreachable { host, cause, transient: true, wait }
            }
            300..=399 => self.invalid(format!("status {} without an address to follow", status.as_u16())),
            status => Error::Rejected { host, request, status, said },
        })
    }

    /// What the HTTP client could not do.
    pub(super) fn failed(&self, target: &str, error: ureq::Error) -> Error {
        match error {
            ureq::Error::Other(inner) if inner.is::<NotAllowed>() => {
                self.misdirected(target, "its address is not public")
            }
            ureq::Error::Io(error) => self.io_failed(&error),
            ureq::Error::Timeout(which) => self.unreachable(timed_out(which), true),
            ureq::Error::HostNotFound => self.unreachable("there is no such host", false),
            ureq::Error::Protocol(error) => self.invalid(error.to_string()),
            ureq::Error::LargeResponseHeader(..) => self.invalid("its header is too large"),
            error => self.unreachable(error.to_string(), false),
        }
    }

    /// A connection that failed or was cut; certificates and unknown names do not get better.
    pub(super) fn io_failed(&self, error: &std::io::Error) -> Error {
        if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
            return match inner {
                ureq::Error::Timeout(which) => self.unreachable(timed_out(*which), true),
                ureq::Error::Protocol(error) => self.invalid(error.to_string()),
                error => self.unreachable(error.to_string(), true),
            };
        }
        let text = error.to_string();
        if text.starts_with("failed to lookup address") {
            return self.unreachable(&text, text.contains("Temporary") || text.contains("try again"));
        }
        if error.kind() == std::io::ErrorKind::InvalidData {
            let hint = if text.contains("corrupt message") {
                "; it may speak plain HTTP, which has to be allowed for it"
            } else {
                ""
            };
            return self.unreachable(format!("no TLS: {text}{hint}"), false);
        }
        self.unreachable(text, true)
    }
}

/// An address for a message: at most 200 characters, without its query, which may hold a signature.
pub(super) fn printable(address: &str) -> String {
    let plain = address.split('?').next().unwrap_or_default();
    plain.chars().take(200).map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn timed_out(which: Timeout) -> String {
    match which {
        Timeout::Connect | Timeout::Resolve => "no connection in time".to_owned(),
        Timeout::RecvResponse => "no answer in time".to_owned(),
        _ => "the connection stalled".to_owned(),
    }
}

fn waiting(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(" (it asks to wait {} s)", wait.as_secs())).unwrap_or_default()
}

/// `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    let seconds = value.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| Some(httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()))
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The registry's own words (distribution-spec, "Error Codes"), on one line and not too many.
fn words(response: Response<Body>) -> String {
    let status = response.status();
    let mut bytes = Vec::new();
    let _ = response.into_body().into_reader().take(MAX_ERROR).read_to_end(&mut bytes);
    let said = match serde_json::from_slice::<Errors>(&bytes) {
        Ok(found) => found.errors.iter().map(One::text).collect::<Vec<_>>().join(", "),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_WORDS).collect();
    match line.trim() {
        text if text.is_empty() || text.starts_with('<') => reason(status),
        text => text.to_owned(),
    }
}

impl One {
    fn text(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            ("", message) => message.to_owned(),
            (code, "") => code.to_owned(),
            (code, message) => format!("{message} ({code})"),
        }
    }
}

fn reason(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("no reason given").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_in_seconds_or_until_a_date() {
        let wait = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:40 GMT"), Some(Duration::from_secs(3)));
        assert_eq!(wait("Tue, 06 Nov 1990 08:49:40 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
    }
}
