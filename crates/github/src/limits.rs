use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{Request, StatusCode};
use octocrab::OctoBody;
use octocrab::service::middleware::retry::RateLimitMetrics;

use crate::GitHubError;

/// What octocrab is waiting for, so that a call that ran out of time can say so.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    seconds: AtomicU64,
}

impl Limits {
    /// A new call begins.
    pub(crate) fn forget(&self) {
        self.seconds.store(0, Ordering::Relaxed);
    }

    /// The error of a call that ran out of time.
    pub(crate) fn late(&self, patience: Duration) -> GitHubError {
        match self.seconds.load(Ordering::Relaxed) {
            0 => GitHubError::Unreachable(format!("no answer within {} s", patience.as_secs())),
            seconds => GitHubError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) },
        }
    }
}

impl RateLimitMetrics for Limits {
    fn retry_after_error(&self, _: &Request<OctoBody>, _: StatusCode, _: usize) {}

    fn rate_limited(&self, _: &Request<OctoBody>, _: StatusCode, _: usize, waiting_seconds: u64) {
        // Never 0, which stands for no limit.
        self.seconds.store(waiting_seconds.max(1), Ordering::Relaxed);
    }
}
