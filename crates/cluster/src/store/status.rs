use super::StoreError;
use crate::status::{Cause, Details, Status, Subject};

/// Why a write that is based on an older version is refused.
pub(crate) const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

impl StoreError {
    /// What a client is told, as kube-apiserver says it; `subject` is the object that was asked for.
    #[must_use]
    pub fn status(&self, subject: &Subject<'_>) -> Status {
        match self {
            Self::Exists(_) => Status::already_exists(subject),
            Self::Missing(_) => Status::not_found(subject),
            Self::Conflict(_) => Status::conflict(subject, MODIFIED),
            Self::WatchExpired { .. } | Self::ListExpired => Status::expired(self.to_string()),
            Self::ContinueExpired { token } => {
                Status { resume: Some(token.as_str().into()), ..Status::expired(self.to_string()) }
            }
            Self::Future { retry, .. } => {
                let message = "Too large resource version".to_owned();
                let cause = Cause { reason: "ResourceVersionTooLarge".to_owned(), message, field: String::new() };
                let retry_after_seconds = u32::from(*retry);
                Status::timeout(self, 0).with(Details {
                    causes: vec![cause],
                    retry_after_seconds,
                    ..Details::default()
                })
            }
            Self::Token(_) | Self::TokenWithRevision | Self::Shape | Self::LongKey => {
                Status::bad_request(self.to_string())
            }
            Self::Closed => Status::unavailable(self.to_string()),
            Self::Full(_) | Self::Disk { .. } | Self::Locked(_) | Self::Open { .. } => Status::internal(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LIST: Subject<'_> = Subject::new("", "namespaces", "");

    /// Each was read from a kube-apiserver 1.36.
    #[test]
    fn clients_are_told_as_by_the_api_server() {
        let future = StoreError::Future { requested: 999, current: 1052, retry: true };
        assert_eq!(
            future.status(&LIST).to_value(),
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Timeout", "code": 504,
                "message": "Timeout: Too large resource version: 999, current: 1052", "details": {"retryAfterSeconds": 1,
                "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]}})
        );
        assert_eq!(
            StoreError::ListExpired.status(&LIST).to_value(),
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Expired", "code": 410,
                "message": "The resourceVersion for the provided list is too old."})
        );
        let resumable = StoreError::ContinueExpired { token: "abc".to_owned() }.status(&LIST).to_value();
        assert_eq!((&resumable["metadata"], &resumable["code"]), (&json!({"continue": "abc"}), &json!(410)));
    }
}
