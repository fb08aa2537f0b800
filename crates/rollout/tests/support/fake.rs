//! A scripted API server: objects, server-side apply, watches, and answers that no honest server gives.
//!
//! It speaks HTTP/1.1 by hand, so that a test decides about every byte and every cut.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
    pub(crate) authorization: String,
}

impl Request {
    /// Whether it changes something.
    pub(crate) fn is_write(&self) -> bool {
        self.method != "GET" && !self.query.contains("dryRun=All")
    }

    pub(crate) fn is_watch(&self) -> bool {
        self.query.contains("watch=true")
    }
}

/// An answer that the script gives instead of the server's own.
pub(crate) enum Answer {
    /// Status, further headers, body.
    Http(u16, &'static str, String),
    /// Exactly these bytes, then the connection ends.
    Bytes(Vec<u8>),
}

type Hook = Box<dyn FnMut(&Request) -> Option<Answer> + Send>;
type Controller = Box<dyn FnMut(&mut Value) + Send>;

struct State {
    objects: BTreeMap<String, Value>,
    version: u64,
    watches: Vec<(String, Sender<String>)>,
    log: Vec<Request>,
    hook: Option<Hook>,
    controller: Option<Controller>,
}

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

/// What it serves: group, version, kind, plural, namespaced.
const KINDS: [(&str, &str, &str, &str, bool); 10] = [
    ("", "v1", "Namespace", "namespaces", false),
    ("", "v1", "ConfigMap", "configmaps", true),
    ("", "v1", "Secret", "secrets", true),
    ("", "v1", "Pod", "pods", true),
    ("", "v1", "Event", "events", true),
    ("apps", "v1", "Deployment", "deployments", true),
    ("apps", "v1", "StatefulSet", "statefulsets", true),
    ("apps", "v1", "DaemonSet", "daemonsets", true),
    ("apps", "v1", "ReplicaSet", "replicasets", true),
    ("batch", "v1", "Job", "jobs", true),
];

impl Fake {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            objects: BTreeMap::new(),
            version: 100,
            watches: Vec::new(),
            log: Vec::new(),
            hook: None,
            controller: None,
        };
        let fake = Self { address, state: Arc::new(Mutex::new(state)) };
        let serving = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        fake
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Every request is shown to the script first.
    pub(crate) fn on_request(&self, hook: impl FnMut(&Request) -> Option<Answer> + Send + 'static) {
        self.lock().hook = Some(Box::new(hook));
    }

    /// Plays the controllers: changes an object after each write of it.
    pub(crate) fn controller(&self, controller: impl FnMut(&mut Value) + Send + 'static) {
        self.lock().controller = Some(Box::new(controller));
    }

    /// Puts an object there, and tells the watches.
    pub(crate) fn put(&self, collection: &str, mut object: Value) {
        let mut state = self.lock();
        state.version += 1;
        object["metadata"]["resourceVersion"] = state.version.to_string().into();
        let path = format!("{collection}/{}", object["metadata"]["name"].as_str().unwrap());
        let kind = if state.objects.contains_key(&path) { "MODIFIED" } else { "ADDED" };
        state.tell(collection, kind, &object);
        state.objects.insert(path, object);
    }

    /// Ends all watches, as a server does that is restarted.
    pub(crate) fn cut_watches(&self) {
        self.lock().watches.clear();
    }

    pub(crate) fn log(&self) -> Vec<Request> {
        self.lock().log.clone()
    }

    /// How many requests that change something there were.
    pub(crate) fn writes(&self) -> usize {
        self.log().iter().filter(|request| request.is_write()).count()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = read(&mut reader) {
            if self.answer(&stream, &request).is_none() {
                break;
            }
        }
        _ = stream.shutdown(std::net::Shutdown::Both);
    }

    /// `None` when the connection is over.
    fn answer(&self, stream: &TcpStream, request: &Request) -> Option<()> {
        let mut state = self.lock();
        state.log.push(request.clone());
        let scripted = state.hook.as_mut().and_then(|hook| hook(request));
        let (code, headers, body) = match scripted {
            Some(Answer::Http(code, headers, body)) => (code, headers, body),
            Some(Answer::Bytes(bytes)) => {
                drop(state);
                _ = (&*stream).write_all(&bytes);
                return None;
            }
            None if request.is_watch() => {
                let (sender, receiver) = channel();
                state.catch_up(request, &sender);
                state.watches.push((request.path.clone(), sender));
                drop(state);
                return watch(stream, &receiver);
            }
            None => {
                let (code, body) = state.handle(request);
                (code, "", body.to_string())
            }
        };
        drop(state);
        let aggregated = if matches!(request.path.as_str(), "/api" | "/apis") {
            ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {code} X\r\nContent-Type: application/json{aggregated}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        (&*stream).write_all(head.as_bytes()).ok()?;
        (&*stream).write_all(body.as_bytes()).ok()
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => value.trim().clone_into(&mut authorization),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), body, authorization })
}

fn watch(mut stream: &TcpStream, events: &Receiver<String>) -> Option<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        .ok()?;
    for event in events {
        let chunk = format!("{:x}\r\n{event}\n\r\n", event.len() + 1);
        stream.write_all(chunk.as_bytes()).ok()?;
    }
    stream.write_all(b"0\r\n\r\n").ok()
}

fn status(code: u16, message: &str) -> (u16, Value) {
    (code, json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message}))
}

impl State {
    fn tell(&mut self, collection: &str, kind: &str, object: &Value) {
        let event = json!({"type": kind, "object": object}).to_string();
        self.watches.retain(|(watched, sender)| watched != collection || sender.send(event.clone()).is_ok());
    }

    /// What happened since the version that a watch goes on from.
    fn catch_up(&self, request: &Request, sender: &Sender<String>) {
        if request.query.contains("sendInitialEvents=true") {
            return self.stream_list(request, sender);
        }
        let from = request.query.split('&').find_map(|pair| pair.strip_prefix("resourceVersion="));
        let from: u64 = from.and_then(|version| version.parse().ok()).unwrap_or_default();
        for object in self.of(&request.path) {
            let version: u64 = object["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap();
            if version > from {
                _ = sender.send(json!({"type": "MODIFIED", "object": object}).to_string());
            }
        }
    }

    /// A list in the form of a watch, as newer clients ask for it.
    fn stream_list(&self, request: &Request, sender: &Sender<String>) {
        for object in self.of(&request.path) {
            _ = sender.send(json!({"type": "ADDED", "object": object}).to_string());
        }
        let kind = KINDS.iter().find(|kind| request.path.ends_with(&format!("/{}", kind.3))).unwrap();
        let api_version = if kind.0.is_empty() { kind.1.to_owned() } else { format!("{}/{}", kind.0, kind.1) };
        let end = json!({"apiVersion": api_version, "kind": kind.2, "metadata": {"resourceVersion": self.version.to_string(),
            "annotations": {"k8s.io/initial-events-end": "true"}}});
        _ = sender.send(json!({"type": "BOOKMARK", "object": end}).to_string());
    }

    fn of(&self, collection: &str) -> Vec<&Value> {
        let inside = |path: &str| path.rsplit_once('/').is_some_and(|(parent, _)| parent == collection);
        self.objects.iter().filter(|(path, _)| inside(path)).map(|(_, object)| object).collect()
    }

    fn handle(&mut self, request: &Request) -> (u16, Value) {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/api") => (200, discovery(true)),
            ("GET", "/apis") => (200, discovery(false)),
            ("GET", path) if KINDS.iter().any(|kind| path.ends_with(&format!("/{}", kind.3))) => (
                200,
                json!({"kind": "List", "metadata": {"resourceVersion": self.version.to_string()}, "items": self.of(path)}),
            ),
            ("GET", path) => {
                self.objects.get(path).map_or_else(|| status(404, "not found"), |object| (200, object.clone()))
            }
            ("PATCH", path) => self.apply(path, request),
            _ => status(405, "not scripted"),
        }
    }

    /// Server-side apply, as far as these tests need it: fields are merged, and all of them are managed.
    fn apply(&mut self, path: &str, request: &Request) -> (u16, Value) {
        let before = self.objects.get(path).cloned();
        let mut object = before.clone().unwrap_or_else(|| json!({}));
        merge(&mut object, &request.body);
        let is_new = before.is_none();
        let spec_changed = before.as_ref().is_some_and(|before| before["spec"] != object["spec"]);
        self.version += 1;
        let generation =
            object["metadata"]["generation"].as_i64().unwrap_or_default() + i64::from(is_new || spec_changed);
        object["metadata"]["generation"] = generation.into();
        object["metadata"]["resourceVersion"] = self.version.to_string().into();
        object["metadata"]["uid"] = format!("uid-{path}").into();
        object["metadata"]["managedFields"] = json!([{"manager": "linkspan", "operation": "Apply",
            "apiVersion": request.body["apiVersion"], "fieldsV1": managed(&request.body)}]);
        if request.query.contains("dryRun=All") {
            return (200, object);
        }
        let collection = path.rsplit_once('/').unwrap().0;
        let answer = object.clone();
        self.tell(collection, if is_new { "ADDED" } else { "MODIFIED" }, &object);
        if let Some(controller) = &mut self.controller {
            controller(&mut object);
            self.version += 1;
            object["metadata"]["resourceVersion"] = self.version.to_string().into();
            self.tell(collection, "MODIFIED", &object);
        }
        self.objects.insert(path.to_owned(), object);
        (if is_new { 201 } else { 200 }, answer)
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => into.clone_from(from),
    }
}

/// The field set of an object, with its lists as wholes.
fn managed(object: &Value) -> Value {
    let mut body = object.clone();
    let fields = body.as_object_mut().unwrap();
    fields.remove("apiVersion");
    fields.remove("kind");
    let metadata = fields["metadata"].as_object_mut().unwrap();
    metadata.remove("name");
    metadata.remove("namespace");
    if metadata.is_empty() {
        fields.remove("metadata");
    }
    set(&body)
}

fn set(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (format!("f:{name}"), set(value))).collect(),
        _ => json!({}),
    }
}

fn discovery(core: bool) -> Value {
    let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (group, version, kind, plural, namespaced) in KINDS.iter().filter(|kind| kind.0.is_empty() == core) {
        groups
            .entry(group)
            .or_default()
            .push(json!({"resource": plural, "singularResource": kind.to_lowercase(), "responseKind": {"group": group, "version": version, "kind": kind},
            "scope": if *namespaced { "Namespaced" } else { "Cluster" }, "verbs": ["get", "list", "watch", "patch"]}));
    }
    let items: Vec<_> = groups
        .into_iter()
        .map(|(group, resources)| json!({"metadata": {"name": group}, "versions": [{"version": "v1", "resources": resources}]}))
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items})
}
