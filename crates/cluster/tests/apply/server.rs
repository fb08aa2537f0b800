//! The real server, through `kubectl proxy`, and a namespace of our own in it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) struct Server {
    proxy: Child,
    agent: ureq::Agent,
    address: String,
    pub(crate) namespace: String,
}

impl Server {
    pub(crate) fn start(how_to: &str) -> Self {
        let proxy = Command::new("kubectl").args(["proxy", "--port", "0"]).stdout(Stdio::piped()).spawn();
        let mut proxy = proxy.unwrap_or_else(|_| panic!("{how_to}"));
        let mut line = String::new();
        BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().filter(|address| address.contains(':'));
        let address = format!("http://{}", address.unwrap_or_else(|| panic!("{how_to}")));
        let config = ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
        let agent = config.timeout_global(Some(Duration::from_secs(30))).build().into();
        let namespace = format!("apply-{}", std::process::id());
        let server = Self { proxy, agent, address, namespace };
        let made = server.send(
            "POST",
            "/api/v1/namespaces",
            "application/json",
            &json!({"metadata": {"name": server.namespace}}),
        );
        assert_eq!(made.0, 201, "{how_to}: {}", made.1);
        server
    }

    /// The status and the body of an answer.
    pub(crate) fn send(&self, method: &str, path: &str, kind: &str, body: &Value) -> (u16, Value) {
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        let request = request.header("content-type", kind).header("user-agent", "judge/1");
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        let mut answer = self.agent.run(request.body(body).unwrap()).unwrap();
        let text = answer.body_mut().with_config().limit(1 << 26).read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        let (status, body) = self.send("GET", path, "application/json", &Value::Null);
        (status == 200).then_some(body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let bare = json!({"metadata": {"finalizers": null}});
        for path in super::kinds::objects(&self.namespace) {
            let _ = self.send("PATCH", &path, "application/merge-patch+json", &bare);
        }
        for path in super::kinds::definitions(&self.namespace) {
            let _ = self.send("DELETE", &path, "application/json", &Value::Null);
        }
        let _ =
            self.send("DELETE", &format!("/api/v1/namespaces/{}", self.namespace), "application/json", &Value::Null);
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}
