//! Errors that a caller of an HTTP endpoint sees, in the form of RFC 9457.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// A refusal with its HTTP status.
///
/// For an event the status also tells the hub what to do next: 4xx means
/// "never send this again", 5xx means "try again later".
#[derive(Debug)]
pub struct Problem {
    /// The HTTP status of the answer.
    pub status: StatusCode,
    /// What is wrong, for a person.
    pub detail: String,
}

impl Problem {
    /// A problem with this status and explanation.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }

    /// 422: what was sent is understood, and wrong.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no {what}"))
    }

    /// 409: it contradicts what is already there.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }
}

impl From<rusqlite::Error> for Problem {
    /// The database's trouble is ours, not the caller's: 503, try again.
    fn from(error: rusqlite::Error) -> Self {
        crate::log!("database error", error = error);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer, try again")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "title": self.status.canonical_reason().unwrap_or("problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
