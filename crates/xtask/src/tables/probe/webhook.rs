use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::super::namespace::NAME;
use super::super::server::Server;

const CONFIGURATIONS: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const LABEL: &str = "linkspan.dev/tables";

/// Shows what the server made of an object, read and defaulted but not yet validated: that is what it sends to
/// a mutating webhook. Ours refuses every object, so that nothing comes into being.
pub(super) struct Webhook<'a> {
    server: &'a Server,
    name: String,
    objects: Receiver<Value>,
}

impl<'a> Webhook<'a> {
    /// Starts the webhook on loopback and registers it; it sees only objects that carry its label.
    pub(super) fn start(server: &'a Server) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        let (sender, objects) = channel();
        std::thread::spawn(move || accept(&listener, &Arc::new(config), &sender));
        let webhook = Self { server, name: format!("linkspan-tables-{port}"), objects };
        webhook.register(port, &cert.pem())?;
        webhook.wait()?;
        Ok(webhook)
    }

    fn register(&self, port: u16, certificate: &str) -> Result<()> {
        let rule = json!({"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["*"], "scope": "*"});
        let body = json!({"metadata": {"name": self.name}, "webhooks": [{
            "name": "tables.linkspan.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "matchPolicy": "Exact", "failurePolicy": "Fail", "timeoutSeconds": 5, "rules": [rule],
            "objectSelector": {"matchLabels": {LABEL: self.name}},
            "clientConfig": {"url": format!("https://127.0.0.1:{port}/"), "caBundle": STANDARD.encode(certificate)},
        }]});
        let answer = self.server.send("POST", CONFIGURATIONS, "application/json", Some(&body))?;
        if answer.status.is_success() { Ok(()) } else { bail!("the webhook is refused: {}", answer.body) }
    }

    /// The server takes a moment until it knows of a new webhook. Until then the object has an identifier.
    fn wait(&self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if self.ask("/api/v1", "configmaps", true, json!({}))?.is_ok_and(|seen| seen["metadata"]["uid"].is_null()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the server does not call the webhook")
    }

    /// What the server makes of an object, or why it cannot read it. What webhooks do not see is created without effect,
    /// and is answered if it is valid.
    pub(super) fn ask(
        &self,
        address: &str,
        plural: &str,
        namespaced: bool,
        mut object: Value,
    ) -> Result<Result<Value, String>> {
        object["metadata"]["name"] = "probe".into();
        object["metadata"]["labels"][LABEL] = self.name.clone().into();
        let namespace = if namespaced { format!("namespaces/{NAME}/") } else { String::new() };
        let path = format!("{address}/{namespace}{plural}?dryRun=All");
        while self.objects.try_recv().is_ok() {}
        let answer = self.server.send("POST", &path, "application/json", Some(&object))?;
        Ok(match self.objects.try_recv() {
            Ok(seen) => Ok(seen),
            Err(_) if answer.status.is_success() => Ok(answer.body),
            Err(_) => Err(answer.body["message"].as_str().unwrap_or_default().to_owned()),
        })
    }
}

impl Drop for Webhook<'_> {
    fn drop(&mut self) {
        let path = format!("{CONFIGURATIONS}/{}", self.name);
        let _ = self.server.send("DELETE", &path, "application/json", None);
    }
}

fn accept(listener: &TcpListener, config: &Arc<ServerConfig>, objects: &Sender<Value>) {
    for stream in listener.incoming().flatten() {
        let (config, objects) = (Arc::clone(config), objects.clone());
        std::thread::spawn(move || {
            let _ = stream.set_nodelay(true);
            ServerConnection::new(config).map(|connection| serve(StreamOwned::new(connection, stream), &objects))
        });
    }
}

/// Answers one request after the other, until the connection ends.
fn serve(stream: StreamOwned<ServerConnection, TcpStream>, objects: &Sender<Value>) -> Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut body = vec![0; length(&mut reader)?];
        reader.read_exact(&mut body)?;
        let mut review: Value = serde_json::from_slice(&body)?;
        objects.send(review["request"]["object"].take())?;
        let refusal = json!({"uid": review["request"]["uid"], "allowed": false});
        let answer = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": refusal});
        let answer = answer.to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
        reader.get_mut().write_all((head + &answer).as_bytes())?;
        reader.get_mut().flush()?;
    }
}

/// Reads the head of a request; the length of its body.
fn length(reader: &mut impl BufRead) -> Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            bail!("the connection has ended");
        }
        if line.trim().is_empty() {
            return Ok(length);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().context("a length that is no number")?;
        }
    }
}
