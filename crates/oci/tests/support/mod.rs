//! A registry for tests: the distribution protocol on a port of this machine, in this process,
//! that can be told to misbehave. It needs nothing but the standard library and `sha2`.
#![allow(dead_code, unreachable_pub, clippy::needless_pass_by_value, reason = "each test binary uses a part")]

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use linkspan_oci::digest::Digest;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// Path without query.
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn line(&self) -> String {
        let joint = if self.query.is_empty() { "" } else { "?" };
        format!("{} {}{joint}{}", self.method, self.path, self.query)
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        let pair = self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.map(|text| text.replace("%2F", "/").replace("%3A", ":").replace("%2C", ","))
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status).body(format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#))
    }
}

/// What to do instead of what is right.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answers this (after having read the whole request).
    Answer(Answer),
    /// Does what is right, but ends the connection after so many bytes of the body.
    CutBody(usize),
    /// Reads so many bytes of the request's body, then ends the connection.
    CutRequest(usize),
    /// Does what is right, but changes the answer.
    Change(fn(&mut Answer)),
    /// Does what is right, and then ends the connection without an answer.
    LoseAnswer,
}

struct Rule {
    method: &'static str,
    part: String,
    times: usize,
    fault: Fault,
}

/// Who gets in.
#[derive(Clone, Debug)]
pub enum Door {
    Open,
    /// `Authorization` must be this.
    Basic(String),
    /// Tokens are given by `/token` of this server (or of another).
    Token {
        realm: Option<String>,
        authorization: Option<String>,
        refresh: Option<String>,
        life: Option<u64>,
    },
}

#[derive(Default)]
pub struct State {
    pub blobs: HashMap<(String, String), Vec<u8>>,
    pub manifests: HashMap<(String, String), (String, Vec<u8>)>,
    uploads: HashMap<String, Vec<u8>>,
    rules: Vec<Rule>,
    door: Option<Door>,
    tokens: HashMap<String, Vec<String>>,
    pub log: Vec<Seen>,
    next: u64,
    /// Whether `?tag=` works and `OCI-Tag` is sent.
    pub many_tags: bool,
    /// Whether mounts work.
    pub no_mounts: bool,
    /// Whether `Range` works.
    pub no_ranges: bool,
    /// The largest PUT in bytes that is taken (413 above).
    pub largest: Option<usize>,
    /// Locations are absolute and carry state in their query.
    pub absolute_locations: bool,
}

#[derive(Clone)]
pub struct Registry {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Registry {
    /// Starts on a free port of 127.0.0.1; ends with the process.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let registry = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let server = registry.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(&stream));
            }
        });
        registry
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// Misbehaves `times` times on requests of a method whose line (path and query) has `part`.
    pub fn fault(&self, method: &'static str, part: &str, times: usize, fault: Fault) {
        self.with(|state| state.rules.push(Rule { method, part: part.to_owned(), times, fault }));
    }

    pub fn door(&self, door: Door) {
        self.with(|state| state.door = Some(door));
    }

    pub fn add_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        self.with(|state| state.blobs.insert((repository.to_owned(), digest.to_string()), bytes.to_vec()));
        digest
    }

    pub fn has_blob(&self, repository: &str, digest: &Digest) -> bool {
        self.with(|state| state.blobs.contains_key(&(repository.to_owned(), digest.to_string())))
    }

    pub fn add_manifest(&self, repository: &str, name: &str, media_type: &str, bytes: &[u8]) {
        let value = (media_type.to_owned(), bytes.to_vec());
        self.with(|state| state.manifests.insert((repository.to_owned(), name.to_owned()), value));
    }

    pub fn tag(&self, repository: &str, tag: &str) -> Option<Digest> {
        self.with(|state| {
            state.manifests.get(&(repository.to_owned(), tag.to_owned())).map(|(_, bytes)| Digest::sha256(bytes))
        })
    }

    /// Tags and digests of a repository's manifests.
    pub fn names(&self, repository: &str) -> Vec<String> {
        let mut names: Vec<String> = self.with(|state| {
            state.manifests.keys().filter(|(own, _)| own == repository).map(|(_, name)| name.clone()).collect()
        });
        names.sort();
        names
    }

    /// Request lines so far, and forgets them.
    pub fn take_log(&self) -> Vec<Seen> {
        self.with(|state| std::mem::take(&mut state.log))
    }

    pub fn take_lines(&self) -> Vec<String> {
        self.take_log().iter().map(Seen::line).collect()
    }

    fn serve(&self, stream: &TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(copy) = stream.try_clone() else { return };
        let mut reader = BufReader::new(copy);
        while let Some(keep) = self.one(&mut reader, stream) {
            if !keep {
                break;
            }
        }
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }

    /// One request; `None` at the end of the connection, `false` to end it.
    fn one(&self, reader: &mut BufReader<TcpStream>, mut stream: &TcpStream) -> Option<bool> {
        let mut seen = head(reader)?;
        let fault = self.fault_for(&seen);
        if let Some(Fault::CutRequest(count)) = fault {
            let mut some = vec![0; count];
            let _ = reader.read_exact(&mut some);
            self.with(|state| state.log.push(seen));
            return Some(false);
        }
        seen.body = body(reader, &seen)?;
        self.with(|state| state.log.push(seen.clone()));
        let mut answer = match &fault {
            Some(Fault::Answer(answer)) => answer.clone(),
            _ => self.answer(&seen),
        };
        if let Some(Fault::Change(change)) = &fault {
            change(&mut answer);
        }
        if matches!(fault, Some(Fault::LoseAnswer)) {
            return Some(false);
        }
        let mut text = format!("HTTP/1.1 {} X\r\n", answer.status);
        let has_length = answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if !has_length && seen.method != "HEAD" {
            text.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
        }
        for (name, value) in &answer.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        stream.write_all(text.as_bytes()).ok()?;
        if seen.method == "HEAD" {
            return Some(true);
        }
        if let Some(Fault::CutBody(count)) = fault {
            stream.write_all(&answer.body[..count.min(answer.body.len())]).ok()?;
            return Some(false);
        }
        stream.write_all(&answer.body).ok()?;
        Some(!has_length)
    }

    fn fault_for(&self, seen: &Seen) -> Option<Fault> {
        self.with(|state| {
            let rule = state.rules.iter_mut().find(|rule| {
                rule.times > 0 && (rule.method == seen.method || rule.method == "*") && seen.line().contains(&rule.part)
            })?;
            rule.times -= 1;
            Some(rule.fault.clone())
        })
    }

    fn answer(&self, seen: &Seen) -> Answer {
        if seen.path == "/token" {
            return self.token(seen);
        }
        if let Some(refusal) = self.refusal(seen) {
            return refusal;
        }
        let Some(rest) = seen.path.strip_prefix("/v2/") else { return Answer::new(404) };
        if let Some((repository, digest)) = rest.split_once("/blobs/uploads/") {
            return self.with(|state| upload(state, self.address, repository, digest, seen));
        }
        if let Some((repository, digest)) = rest.split_once("/blobs/") {
            return self.with(|state| blob(state, repository, digest, seen));
        }
        match rest.split_once("/manifests/") {
            Some((repository, name)) => self.with(|state| manifest(state, repository, name, seen)),
            None => Answer::new(if rest.is_empty() { 200 } else { 404 }),
        }
    }

    /// The scope that a request needs, and whether what it shows is enough.
    fn refusal(&self, seen: &Seen) -> Option<Answer> {
        let door = self.with(|state| state.door.clone()).unwrap_or(Door::Open);
        let shown = seen.headers.get("authorization").cloned().unwrap_or_default();
        match door {
            Door::Open => None,
            Door::Basic(wanted) if shown == wanted => None,
            Door::Basic(_) => Some(
                Answer::error(401, "UNAUTHORIZED", "who are you").header("WWW-Authenticate", "Basic realm=\"test\""),
            ),
            Door::Token { realm, .. } => {
                let path = seen.path.trim_start_matches("/v2/");
                let repository =
                    path.split("/blobs/").next().unwrap_or(path).split("/manifests/").next().unwrap_or(path);
                let action = if matches!(seen.method.as_str(), "GET" | "HEAD") { "pull" } else { "push" };
                let mut wanted = vec![(repository.to_owned(), action)];
                wanted.extend(seen.parameter("from").map(|from| (from, "pull")));
                let scopes =
                    shown.strip_prefix("Bearer ").and_then(|token| self.with(|state| state.tokens.get(token).cloned()));
                let scopes = scopes.unwrap_or_default();
                let has = |(repository, action): &(String, &str)| {
                    scopes.iter().any(|scope| {
                        scope
                            .strip_prefix(&format!("repository:{repository}:"))
                            .is_some_and(|actions| actions.split(',').any(|one| one == *action))
                    })
                };
                if wanted.iter().all(has) {
                    return None;
                }
                let realm = realm.unwrap_or_else(|| format!("http://{}/token", self.address));
                let challenge =
                    format!("Bearer realm=\"{realm}\",service=\"test\",scope=\"repository:{repository}:{action}\"");
                Some(Answer::error(401, "UNAUTHORIZED", "a token is needed").header("WWW-Authenticate", challenge))
            }
        }
    }

    fn token(&self, seen: &Seen) -> Answer {
        let Some(Door::Token { authorization, refresh, life, .. }) = self.with(|state| state.door.clone()) else {
            return Answer::new(404);
        };
        let form = Seen { query: String::from_utf8_lossy(&seen.body).into_owned(), ..seen.clone() };
        let known = match (authorization, refresh) {
            (Some(wanted), _) => seen.headers.get("authorization") == Some(&wanted),
            (None, Some(wanted)) => {
                form.parameter("refresh_token") == Some(wanted)
                    && form.parameter("grant_type").as_deref() == Some("refresh_token")
            }
            (None, None) => true,
        };
        if !known {
            return Answer::error(401, "UNAUTHORIZED", "wrong password");
        }
        let text = if seen.method == "POST" { form.query } else { seen.query.clone() };
        let scopes: Vec<String> = text
            .split('&')
            .filter_map(|pair| pair.strip_prefix("scope="))
            .flat_map(|scope| {
                scope
                    .replace("%3A", ":")
                    .replace("%2F", "/")
                    .replace("%2C", ",")
                    .split("%20")
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        let number = self.with(|state| {
            state.next += 1;
            state.tokens.insert(format!("token-{}", state.next), scopes);
            state.next
        });
        let life = life.map(|life| format!(r#","expires_in":{life}"#)).unwrap_or_default();
        Answer::new(200).body(format!(r#"{{"token":"token-{number}"{life}}}"#))
    }
}

fn head(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&count| count > 0)?;
    let mut parts = line.split_whitespace();
    let (method, address) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&count| count > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Seen { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() })
}

fn body(reader: &mut BufReader<TcpStream>, seen: &Seen) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if seen.headers.get("transfer-encoding").is_some_and(|value| value == "chunked") {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let size = u64::from_str_radix(line.trim(), 16).ok()?;
            reader.take(size).read_to_end(&mut bytes).ok()?;
            reader.read_line(&mut line).ok()?;
            if size == 0 {
                return Some(bytes);
            }
        }
    }
    let length = seen.headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    reader.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

fn upload(state: &mut State, address: SocketAddr, repository: &str, id: &str, seen: &Seen) -> Answer {
    match seen.method.as_str() {
        "POST" => begin(state, address, repository, seen),
        "PATCH" => {
            let Some(bytes) = state.uploads.get_mut(id) else {
                return Answer::error(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
            };
            bytes.extend(&seen.body);
            Answer::new(202).header("Location", location(state, address, repository, id))
        }
        "PUT" => {
            if state.largest.is_some_and(|largest| seen.body.len() > largest) {
                return Answer::new(413);
            }
            let Some(mut bytes) = state.uploads.remove(id) else {
                return Answer::error(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
            };
            if state.absolute_locations && seen.parameter("_state").as_deref() != Some("a%3D%3D") {
                return Answer::error(400, "BLOB_UPLOAD_INVALID", "the state is lost");
            }
            bytes.extend(&seen.body);
            let wanted = seen.parameter("digest").unwrap_or_default();
            let found = wanted.parse::<Digest>().map(|wanted| Digest::of(wanted.algorithm(), &bytes).to_string());
            if found.as_ref() != Ok(&wanted) {
                return Answer::error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
            }
            state.blobs.insert((repository.to_owned(), wanted.clone()), bytes);
            Answer::new(201)
                .header("Docker-Content-Digest", &wanted)
                .header("Location", format!("/v2/{repository}/blobs/{wanted}"))
        }
        _ => Answer::new(405),
    }
}

fn begin(state: &mut State, address: SocketAddr, repository: &str, seen: &Seen) -> Answer {
    if let (Some(digest), Some(from), false) = (seen.parameter("mount"), seen.parameter("from"), state.no_mounts)
        && let Some(bytes) = state.blobs.get(&(from, digest.clone())).cloned()
    {
        state.blobs.insert((repository.to_owned(), digest.clone()), bytes);
        return Answer::new(201).header("Docker-Content-Digest", digest);
    }
    state.next += 1;
    let id = format!("upload-{}", state.next);
    state.uploads.insert(id.clone(), Vec::new());
    Answer::new(202).header("Location", location(state, address, repository, &id))
}

fn location(state: &State, address: SocketAddr, repository: &str, id: &str) -> String {
    if state.absolute_locations {
        return format!("http://{address}/v2/{repository}/blobs/uploads/{id}?_state=a%3D%3D");
    }
    format!("/v2/{repository}/blobs/uploads/{id}")
}

fn blob(state: &State, repository: &str, digest: &str, seen: &Seen) -> Answer {
    let Some(bytes) = state.blobs.get(&(repository.to_owned(), digest.to_owned())) else {
        return Answer::error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    };
    let start = seen
        .headers
        .get("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    if let (Some(start), false) = (start, state.no_ranges) {
        let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
        return Answer::new(206).header("Content-Range", range).body(&bytes[start..]);
    }
    let answer = Answer::new(200).header("Docker-Content-Digest", digest);
    if seen.method == "HEAD" {
        return answer.header("Content-Length", bytes.len());
    }
    answer.body(bytes.clone())
}

fn manifest(state: &mut State, repository: &str, name: &str, seen: &Seen) -> Answer {
    if seen.method == "PUT" {
        return put_manifest(state, repository, name, seen);
    }
    let Some((media_type, bytes)) = state.manifests.get(&(repository.to_owned(), name.to_owned())) else {
        return Answer::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    };
    let answer =
        Answer::new(200).header("Content-Type", media_type).header("Docker-Content-Digest", Digest::sha256(bytes));
    if seen.method == "HEAD" {
        return answer.header("Content-Length", bytes.len());
    }
    answer.body(bytes.clone())
}

/// As a strict registry: a manifest needs its blobs, an index its manifests.
fn put_manifest(state: &mut State, repository: &str, name: &str, seen: &Seen) -> Answer {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(&seen.body) else {
        return Answer::error(400, "MANIFEST_INVALID", "no JSON");
    };
    let digests = |field: &str| -> Vec<String> {
        let list = match &value[field] {
            serde_json::Value::Array(list) => list.clone(),
            serde_json::Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        list.iter().filter_map(|one| one["digest"].as_str().map(str::to_owned)).collect()
    };
    let blobs = digests("config").into_iter().chain(digests("layers"));
    for digest in blobs {
        if !state.blobs.contains_key(&(repository.to_owned(), digest.clone())) {
            return Answer::error(404, "MANIFEST_BLOB_UNKNOWN", &digest);
        }
    }
    for digest in digests("manifests") {
        if !state.manifests.contains_key(&(repository.to_owned(), digest.clone())) {
            return Answer::error(404, "MANIFEST_UNKNOWN", &digest);
        }
    }
    let digest = Digest::sha256(&seen.body).to_string();
    if name.contains(':') && name != digest {
        return Answer::error(400, "DIGEST_INVALID", "wrong digest");
    }
    let media_type = seen.headers.get("content-type").cloned().unwrap_or_default();
    let mut names = vec![name.to_owned(), digest.clone()];
    let mut answer = Answer::new(201).header("Docker-Content-Digest", &digest);
    if state.many_tags {
        for tag in seen.query.split('&').filter_map(|pair| pair.strip_prefix("tag=")) {
            names.push(tag.to_owned());
            answer = answer.header("OCI-Tag", tag);
        }
    }
    for name in names {
        state.manifests.insert((repository.to_owned(), name), (media_type.clone(), seen.body.clone()));
    }
    answer
}
