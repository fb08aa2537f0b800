//! What a client is told when a request fails, or when there is no object to answer with: `metav1.Status`, worded as
//! apimachinery's `errors` package words it.

mod reason;

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::{Map, Value, json};

use crate::field::FieldError;
use crate::quote::quote;
pub use reason::Reason;

/// What a status is about: a resource (`deployments`) or, for invalid objects, a kind (`Deployment`), and a name.
///
/// The core group and a name that is not known are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The API group.
    pub group: &'a str,
    /// The resource's plural or the kind.
    pub kind: &'a str,
    /// The object's name.
    pub name: &'a str,
}

impl<'a> Subject<'a> {
    /// An object `name` of `group`'s `kind`.
    #[must_use]
    pub const fn new(group: &'a str, kind: &'a str, name: &'a str) -> Self {
        Self { group, kind, name }
    }

    /// `deployments.apps`, `pods`.
    fn qualified(&self) -> String {
        match self.group {
            "" => self.kind.to_owned(),
            group => format!("{}.{group}", self.kind),
        }
    }

    fn details(&self) -> Details {
        Details { name: self.name.into(), group: self.group.into(), kind: self.kind.into(), ..Details::default() }
    }
}

/// More about a status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The object's name.
    pub name: String,
    /// The API group.
    pub group: String,
    /// The resource's plural or the kind.
    pub kind: String,
    /// The object's identifier.
    pub uid: String,
    /// What exactly went wrong.
    pub causes: Vec<Cause>,
    /// After how many seconds it is worth another try; zero if it never is.
    pub retry_after_seconds: u32,
}

/// One thing that went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// What kind of mistake it is, one word.
    pub reason: String,
    /// What is wrong.
    pub message: String,
    /// The path of the field.
    pub field: String,
}

/// An answer without an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Status {
    /// The status code of HTTP.
    pub code: u16,
    /// Why it failed; none after a success.
    pub reason: Option<Reason>,
    /// What happened, for people.
    pub message: String,
    /// More about it.
    pub details: Option<Box<Details>>,
    /// How to go on with a list that can no longer be told as it was (`metadata.continue`).
    pub resume: Option<Box<str>>,
}

impl Status {
    fn failure(reason: Reason, message: impl Into<String>) -> Self {
        Self { code: reason.code(), reason: Some(reason), message: message.into(), details: None, resume: None }
    }

    fn about(self, subject: &Subject<'_>) -> Self {
        self.with(subject.details())
    }

    /// With these details.
    #[must_use]
    pub fn with(self, details: Details) -> Self {
        Self { details: Some(Box::new(details)), ..self }
    }

    /// With another status code than the reason's.
    #[must_use]
    pub fn with_code(self, code: u16) -> Self {
        Self { code, ..self }
    }

    /// It is done; the object with this identifier is gone.
    #[must_use]
    pub fn deleted(subject: &Subject<'_>, uid: &str) -> Self {
        let details = Details { uid: uid.into(), ..subject.details() };
        Self { code: 200, reason: None, message: String::new(), details: Some(Box::new(details)), resume: None }
    }

    /// No object of this name.
    #[must_use]
    pub fn not_found(subject: &Subject<'_>) -> Self {
        let message = format!("{} {} not found", subject.qualified(), quote(subject.name));
        Self::failure(Reason::NotFound, message).about(subject)
    }

    /// The name is taken.
    #[must_use]
    pub fn already_exists(subject: &Subject<'_>) -> Self {
        let message = format!("{} {} already exists", subject.qualified(), quote(subject.name));
        Self::failure(Reason::AlreadyExists, message).about(subject)
    }

    /// The name that was made from `generateName` is taken.
    #[must_use]
    pub fn generated_name_exists(subject: &Subject<'_>) -> Self {
        let message = format!(
            "{} {} already exists, the server was not able to generate a unique name for the object",
            subject.qualified(),
            quote(subject.name)
        );
        let details = Details { retry_after_seconds: 1, ..subject.details() };
        Self::failure(Reason::AlreadyExists, message).with(details)
    }

    /// The object is not as the request takes for granted.
    #[must_use]
    pub fn conflict(subject: &Subject<'_>, why: impl Display) -> Self {
        let (of, name) = (subject.qualified(), quote(subject.name));
        Self::failure(Reason::Conflict, format!("Operation cannot be fulfilled on {of} {name}: {why}")).about(subject)
    }

    /// Other managers own fields that were applied.
    #[must_use]
    pub fn apply_conflict(message: impl Into<String>, causes: Vec<Cause>) -> Self {
        Self::failure(Reason::Conflict, message).with(Details { causes, ..Details::default() })
    }

    /// An object with wrong fields; `subject` names the kind.
    #[must_use]
    pub fn invalid(subject: &Subject<'_>, errors: &[FieldError]) -> Self {
        let what = format!("{} {} is invalid", subject.qualified(), quote(subject.name));
        let message = aggregated(errors).map_or_else(|| what.clone(), |errors| format!("{what}: {errors}"));
        let causes = errors.iter().map(Cause::of).collect();
        Self::failure(Reason::Invalid, message).with(Details { causes, ..subject.details() })
    }

    /// A request that cannot be understood.
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::failure(Reason::BadRequest, message)
    }

    /// Nobody is known by these credentials.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::failure(Reason::Unauthorized, "Unauthorized")
    }

    /// Not allowed; the name may be empty.
    #[must_use]
    pub fn forbidden(subject: &Subject<'_>, why: impl Display) -> Self {
        let message = match (subject.qualified().as_str(), subject.name) {
            ("", _) => format!("forbidden: {why}"),
            (of, "") => format!("{of} is forbidden: {why}"),
            (of, name) => format!("{of} {} is forbidden: {why}", quote(name)),
        };
        Self::failure(Reason::Forbidden, message).about(subject)
    }

    /// The object is no longer here.
    #[must_use]
    pub fn gone(message: impl Into<String>) -> Self {
        Self::failure(Reason::Gone, message)
    }

    /// The version asked for is no longer kept.
    #[must_use]
    pub fn expired(message: impl Into<String>) -> Self {
        Self::failure(Reason::Expired, message)
    }

    /// The resource does not know this verb.
    #[must_use]
    pub fn method_not_allowed(subject: &Subject<'_>, verb: &str) -> Self {
        let of = quote(&subject.qualified());
        let message = format!("{verb} is not supported on resources of kind {of}");
        Self::failure(Reason::MethodNotAllowed, message).about(&Subject { name: "", ..*subject })
    }

    /// None of the media types that the client accepts can be had.
    #[must_use]
    pub fn not_acceptable(accepted: &[&str]) -> Self {
        let message = format!("only the following media types are accepted: {}", accepted.join(", "));
        Self::failure(Reason::NotAcceptable, message)
    }

    /// The body's media type is none of those accepted.
    #[must_use]
    pub fn unsupported_media_type(accepted: &[&str]) -> Self {
        let said = "the body of the request was in an unknown format - accepted media types include: ";
        Self::failure(Reason::UnsupportedMediaType, format!("{said}{}", accepted.join(", ")))
    }

    /// The body, or the object, is too large.
    #[must_use]
    pub fn too_large(message: impl Display) -> Self {
        Self::failure(Reason::RequestEntityTooLarge, format!("Request entity too large: {message}"))
    }

    /// Too much at once; worth another try after some seconds.
    #[must_use]
    pub fn too_many_requests(message: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::failure(Reason::TooManyRequests, message).with(Details { retry_after_seconds, ..Details::default() })
    }

    /// It took too long and may still happen.
    #[must_use]
    pub fn timeout(message: impl Display, retry_after_seconds: u32) -> Self {
        let message = format!("Timeout: {message}");
        Self::failure(Reason::Timeout, message).with(Details { retry_after_seconds, ..Details::default() })
    }

    /// Not able to serve at this time.
    #[must_use]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::failure(Reason::ServiceUnavailable, message)
    }

    /// The server's own fault.
    #[must_use]
    pub fn internal(error: impl Display) -> Self {
        let cause = Cause { message: error.to_string(), ..Cause::default() };
        Self::failure(Reason::InternalError, format!("Internal error occurred: {error}"))
            .with(Details { causes: vec![cause], ..Details::default() })
    }

    /// A patch that does not apply; the real server does not say why.
    #[must_use]
    pub fn unprocessable() -> Self {
        let message = "the server rejected our request due to an error in our request";
        Self::failure(Reason::Invalid, message).with(Details::default())
    }

    /// An error that the real server has no status for: 500 without a reason.
    #[must_use]
    pub fn unknown(error: impl Display) -> Self {
        Self::failure(Reason::Unknown, error.to_string())
    }

    /// A method that there is not at this address.
    #[must_use]
    pub fn method_unknown() -> Self {
        let said = "the server does not allow this method on the requested resource";
        Self::failure(Reason::MethodNotAllowed, said).with(Details::default())
    }

    /// An answer in none of the forms that we have was asked for.
    #[must_use]
    pub fn none_acceptable() -> Self {
        const FORMS: &str = "application/json, application/yaml, application/json;stream=watch";
        let said = format!("406: Not Acceptable\n\nAvailable representations: {FORMS}");
        Self::failure(Reason::NotAcceptable, said).with(Details::default())
    }

    /// A path that leads nowhere, within a group that is served.
    #[must_use]
    pub fn no_such_resource() -> Self {
        Self::failure(Reason::NotFound, "the server could not find the requested resource").with(Details::default())
    }

    /// As it is sent.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}});
        let outcome = if self.reason.is_some() { "Failure" } else { "Success" };
        value["status"] = outcome.into();
        if let Some(token) = &self.resume {
            value["metadata"]["continue"] = (**token).into();
        }
        if !self.message.is_empty() {
            value["message"] = self.message.as_str().into();
        }
        if let Some(details) = &self.details {
            value["details"] = details.to_value();
        }
        if let Some(reason) = self.reason {
            value["code"] = self.code.into();
            if reason != Reason::Unknown {
                value["reason"] = reason.as_str().into();
            }
        }
        value
    }
}

impl Details {
    fn to_value(&self) -> Value {
        let mut value =
            texts(&[("name", &self.name), ("group", &self.group), ("kind", &self.kind), ("uid", &self.uid)]);
        if !self.causes.is_empty() {
            value.insert("causes".into(), self.causes.iter().map(Cause::to_value).collect());
        }
        if self.retry_after_seconds > 0 {
            value.insert("retryAfterSeconds".into(), self.retry_after_seconds.into());
        }
        value.into()
    }
}

impl Cause {
    fn of(error: &FieldError) -> Self {
        Self { reason: error.mistake.reason().into(), message: error.body(), field: error.field.clone() }
    }

    fn to_value(&self) -> Value {
        texts(&[("reason", &self.reason), ("message", &self.message), ("field", &self.field)]).into()
    }
}

/// These fields, without the empty ones.
fn texts(fields: &[(&str, &String)]) -> Map<String, Value> {
    let filled = fields.iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(name, text)| ((*name).to_owned(), text.as_str().into())).collect()
}

/// Several errors in one message, each once (`utilerrors.Aggregate`).
pub(crate) fn aggregated<E: Display>(errors: &[E]) -> Option<String> {
    let mut seen = BTreeSet::new();
    let texts = errors.iter().map(ToString::to_string);
    let texts: Vec<_> = texts.filter(|text| seen.insert(text.clone())).collect();
    match texts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("[{}]", many.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Status, Subject};
    use crate::field::{FieldError, Path};

    const WEB: Subject<'_> = Subject::new("apps", "deployments", "web");

    #[test]
    fn a_failure_is_sent_with_its_details() {
        let status = Status::not_found(&WEB);
        assert_eq!(
            status.to_value(),
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "NotFound",
                "message": "deployments.apps \"web\" not found", "code": 404,
                "details": {"name": "web", "group": "apps", "kind": "deployments"}})
        );
    }

    #[test]
    fn a_success_has_neither_code_nor_reason() {
        let status = Status::deleted(&Subject::new("", "configmaps", "a"), "1-2");
        assert_eq!(
            status.to_value(),
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "details": {"name": "a", "kind": "configmaps", "uid": "1-2"}})
        );
    }

    #[test]
    fn several_errors_stand_in_brackets_and_each_once_in_the_message() {
        let kind = Subject::new("", "ConfigMap", "a");
        let (one, two) = (FieldError::required(&Path::new("x"), ""), FieldError::required(&Path::new("y"), "z"));
        let message = |errors: &[FieldError]| Status::invalid(&kind, errors).message;
        assert_eq!(message(&[]), r#"ConfigMap "a" is invalid"#);
        assert_eq!(message(std::slice::from_ref(&one)), r#"ConfigMap "a" is invalid: x: Required value"#);
        let both = [one.clone(), two, one];
        assert_eq!(message(&both), r#"ConfigMap "a" is invalid: [x: Required value, y: Required value: z]"#);
        let causes = &Status::invalid(&kind, &both).to_value()["details"]["causes"];
        assert_eq!(causes.as_array().map(Vec::len), Some(3));
        assert_eq!(causes[1], json!({"reason": "FieldValueRequired", "message": "Required value: z", "field": "y"}));
    }

    #[test]
    fn forbidden_says_what_is_known() {
        let message = |subject: &Subject<'_>| Status::forbidden(subject, "no").message;
        assert_eq!(message(&WEB), r#"deployments.apps "web" is forbidden: no"#);
        assert_eq!(message(&Subject { name: "", ..WEB }), "deployments.apps is forbidden: no");
        assert_eq!(message(&Subject::default()), "forbidden: no");
    }
}
