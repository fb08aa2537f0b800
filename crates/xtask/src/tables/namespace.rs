use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;

use super::server::Server;

/// Where everything is tried.
pub(crate) const NAME: &str = "linkspan-tables";

const ALL: &str = "/api/v1/namespaces";

/// A namespace that is gone in the end.
pub(crate) struct Namespace<'a>(&'a Server);

impl<'a> Namespace<'a> {
    /// Makes it, and waits until pods may be made there.
    pub(crate) fn make(server: &'a Server) -> Result<Self> {
        let body = json!({"metadata": {"name": NAME}});
        let answer = server.send("POST", ALL, "application/json", Some(&body))?;
        if !answer.status.is_success() {
            bail!("the namespace `{NAME}` cannot be made: {}", answer.body["message"]);
        }
        let made = Self(server);
        made.wait("/serviceaccounts/default", true).map(|()| made)
    }

    fn wait(&self, below: &str, there: bool) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(60) {
            let answer = self.0.send("GET", &format!("{ALL}/{NAME}{below}"), "application/json", None)?;
            if answer.status.is_success() == there {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("`{NAME}{below}` does not become what it should");
    }
}

impl Drop for Namespace<'_> {
    fn drop(&mut self) {
        let _ = self.0.send("DELETE", &format!("{ALL}/{NAME}"), "application/json", None);
        let _ = self.wait("", false);
    }
}
