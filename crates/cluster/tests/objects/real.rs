//! A real kube-apiserver, reached through `kubectl proxy`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const HOW_TO: &str = "this test needs a real Kubernetes: run `tests/parts/install.sh`, `tests/parts/cluster.sh up`, and the tests \
                      with `tests/parts/cluster.sh run cargo test …`; without one set LINKSPAN_TEST_OFFLINE=1 to skip it";

pub(crate) struct Real {
    proxy: Child,
    address: String,
    pub(crate) namespace: String,
}

/// What the server answered.
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) body: Value,
    pub(crate) warnings: Vec<String>,
}

impl Real {
    /// A namespace of its own; `None` where the test is to be skipped. Fails, saying how, where there is no cluster.
    pub(crate) fn new(name: &str) -> Option<Self> {
        if std::env::var("KUBECONFIG").is_err() {
            if std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1") {
                eprintln!("skipped: LINKSPAN_TEST_OFFLINE=1");
                return None;
            }
            panic!("{HOW_TO}");
        }
        let mut proxy = Command::new("kubectl").args(["proxy", "--port=0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        let real = Self { proxy, address, namespace: format!("objects-{name}-{}", std::process::id()) };
        let body = format!(r#"{{"metadata":{{"name":"{}"}}}}"#, real.namespace);
        assert_eq!(real.send("POST", "/api/v1/namespaces", "application/json", body.as_bytes()).code, 201);
        real.service_account();
        Some(real)
    }

    /// Pods need one; the controller makes it soon.
    fn service_account(&self) {
        let path = format!("/api/v1/namespaces/{}/serviceaccounts/default", self.namespace);
        for _ in 0..200 {
            if self.send("GET", &path, "application/json", b"").code == 200 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the namespace has no service account");
    }

    pub(crate) fn send(&self, method: &str, path: &str, media: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: {media}\r\nAccept: application/json\r\n\
             User-Agent: objects\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        parse(&String::from_utf8(answer).unwrap())
    }
}

fn parse(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let warning = |line: &str| {
        let text = line.strip_prefix("Warning: 299 - ")?;
        Some(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()))
    };
    Answer {
        code: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body: serde_json::from_str(body).unwrap_or_else(|_| body.into()),
        warnings: head.lines().filter_map(warning).collect(),
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        self.send("DELETE", &format!("/api/v1/namespaces/{}", self.namespace), "application/json", b"");
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}
