use super::Target;
use crate::object::json::{self, Cursor, Kind};
use crate::object::protobuf::Unknown;
use crate::quote::quote;
use crate::status::Status;

/// What an object says of itself.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    api_version: String,
    kind: String,
}

/// The Go type that `apiVersion` and `kind` are first read into.
const PROBE: &str =
    r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#;
/// Where the real server's scheme was made, which its message names.
const SCHEME: &str = "pkg/runtime/scheme.go:111";
/// So many bytes of a body that is not understood are said again.
const SUMMARY: usize = 30;

impl Envelope {
    /// The `apiVersion` and `kind` of a text.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let error = |error: String| format!("couldn't get version/kind; json parse error: {error}");
        json::check(text).map_err(error)?;
        let envelope = Self::probe(&mut Cursor::new(text)).map_err(error)?;
        match envelope.api_version.matches('/').count() {
            0 | 1 => Ok(envelope),
            _ => Err(format!("unexpected GroupVersion string: {}", envelope.api_version)),
        }
    }

    /// What a Protobuf message says.
    pub(super) fn of(unknown: &Unknown<'_>) -> Self {
        Self { api_version: unknown.api_version.clone(), kind: unknown.kind.clone() }
    }

    fn probe(cursor: &mut Cursor<'_>) -> Result<Self, String> {
        let mut envelope = Self::default();
        match cursor.kind() {
            Kind::Object => {}
            Kind::Null => return Ok(envelope),
            other => return Err(format!("json: cannot unmarshal {} into Go value of type {PROBE}", other.word())),
        }
        let mut wrong = None;
        cursor.enter();
        while cursor.more() {
            let key = cursor.key();
            let part = match key.to_ascii_lowercase().as_str() {
                "apiversion" => (&mut envelope.api_version, "apiVersion"),
                "kind" => (&mut envelope.kind, "kind"),
                _ => {
                    cursor.skip();
                    continue;
                }
            };
            match cursor.kind() {
                Kind::String => *part.0 = cursor.string().into_owned(),
                found => {
                    cursor.skip();
                    let said = || {
                        let name = part.1;
                        format!("json: cannot unmarshal {} into Go struct field .{name} of type string", found.word())
                    };
                    if found != Kind::Null {
                        wrong.get_or_insert_with(said);
                    }
                }
            }
        }
        wrong.map_or(Ok(envelope), Err)
    }

    /// Whether it is of the kind that is wanted; what it does not say is taken for granted.
    pub(super) fn check(&self, target: &Target<'_>) -> Result<(), Status> {
        let api_version = if self.api_version.is_empty() { target.api_version } else { &self.api_version };
        let kind = if self.kind.is_empty() { target.kind } else { &self.kind };
        if (api_version, kind) == (target.api_version, target.kind) {
            return Ok(());
        }
        if !(target.known)(api_version, kind) {
            let (of, version) = (quote(kind), quote(api_version));
            let error = format!("no kind {of} is registered for version {version} in scheme {}", quote(SCHEME));
            return Err(self.unfit(target, &error));
        }
        if api_version == target.api_version || kind != target.kind {
            let error = format!(
                "converting ({}) to ({}): unknown conversion",
                go_type(version(api_version), kind),
                go_type(internal(target.api_version), target.kind)
            );
            return Err(self.unfit(target, &error));
        }
        let expected = target.api_version;
        Err(Status::bad_request(format!(
            "the API version in the data ({api_version}) does not match the expected API version ({expected})"
        )))
    }

    /// It is of that kind, but it cannot be read.
    pub(super) fn unfit(&self, target: &Target<'_>, error: &str) -> Status {
        let kind = if self.kind.is_empty() { target.kind } else { &self.kind };
        let of = version(if self.api_version.is_empty() { target.api_version } else { &self.api_version });
        let (version, wanted) = (quote(of), target.kind);
        Status::bad_request(format!("{kind} in version {version} cannot be handled as a {wanted}: {error}"))
    }
}

fn version(api_version: &str) -> &str {
    api_version.rsplit('/').next().unwrap_or_default()
}

/// The package of the types that the real server works with.
fn internal(api_version: &str) -> &str {
    let group = api_version.split_once('/').map_or("core", |(group, _)| group);
    group.split('.').next().unwrap_or_default()
}

fn go_type(package: &str, kind: &str) -> String {
    format!("{package}.{kind}")
}

/// A body that does not even say what it is.
pub(super) fn unrecognized(target: &Target<'_>, error: &str, body: &[u8]) -> Status {
    let start = body.get(..body.len().min(SUMMARY)).unwrap_or_default();
    let more = if body.len() > SUMMARY { " ..." } else { "" };
    let summary = match body.first() {
        None => "<empty>".to_owned(),
        Some(b'{') => String::from_utf8_lossy(start).into_owned(),
        Some(_) => start.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let kind = target.kind;
    Status::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): {error} ({summary}{more})"
    ))
}
