use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, StatusCode};

/// A kube-apiserver, reached through `kubectl proxy`, which knows the kubeconfig and its credentials.
pub(crate) struct Server {
    proxy: Child,
    address: String,
    agent: Agent,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new("kubectl");
        command.args(["proxy", "--port=0"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut proxy = command.spawn().context("`kubectl` cannot be started")?;
        let output = proxy.stdout.take().context("`kubectl proxy` has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let server = Self { proxy, address, agent };
        let ready = server.get("/readyz", "*/*").map(|_| ());
        ready.with_context(|| format!("`kubectl proxy` does not answer at `{}`", server.address)).map(|()| server)
    }

    /// The body of an answer that must be a success; a text that is no JSON is answered as a string.
    pub(crate) fn get(&self, path: &str, accept: &str) -> Result<Value> {
        let answer = self.send("GET", path, accept, None)?;
        if !answer.status.is_success() {
            bail!("GET `{path}` is answered with {}: {}", answer.status, answer.body);
        }
        Ok(answer.body)
    }

    /// What the server answers, whatever it is.
    pub(crate) fn send(&self, method: &str, path: &str, accept: &str, body: Option<&Value>) -> Result<Answer> {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Accept", accept)
            .header("Content-Type", kind);
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut answer = self.agent.run(request.body(body)?).with_context(|| format!("{method} `{path}`"))?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status: answer.status(), body })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}
