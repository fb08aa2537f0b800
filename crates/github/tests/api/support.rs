//! A GitHub that says what a test wants, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use linkspan_github::{GitHub, GitHubError, NewDeployment, Options, Token};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The token that must be in no error.
pub(crate) const TOKEN: &str = "ghs_hunter2";

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// Status line, further headers, body.
    Http(&'static str, &'static str, &'static str),
    /// The connection ends without an answer.
    HangUp,
    /// Nothing comes at all.
    Silence,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path with query.
    pub(crate) line: String,
    /// All headers, as sent.
    pub(crate) headers: String,
    /// The body.
    pub(crate) body: serde_json::Value,
}

/// A server that gives its answers in turn; the last one stays.
pub(crate) struct Fake {
    /// Its address.
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Starts a server with these answers.
    pub(crate) async fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/api/v3/", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, answers.to_vec(), asked.clone()));
        Self { url, asked }
    }

    /// Everything that was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no test panicked").clone()
    }

    /// The method and path of everything that was asked so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|one| one.line).collect()
    }

    /// A client for this server.
    pub(crate) fn client(&self) -> GitHub {
        connect(&self.url).expect("a client")
    }
}

/// A client with a short patience.
pub(crate) fn connect(url: &str) -> Result<GitHub, GitHubError> {
    let options = Options { api_url: url.to_owned(), patience: std::time::Duration::from_secs(5) };
    GitHub::connect(&options, "acme/shop".parse()?, &Token::new(TOKEN))
}

/// A deployment to staging.
pub(crate) fn deployment() -> NewDeployment {
    NewDeployment {
        git_ref: "c0ffee".to_owned(),
        environment: "staging".to_owned(),
        description: "2 services".to_owned(),
        production: Some(false),
        transient: false,
        key: "7/1/staging".to_owned(),
    }
}

async fn serve(listener: TcpListener, answers: Vec<Answer>, asked: Arc<Mutex<Vec<Asked>>>) {
    let mut turn = 0;
    loop {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let Some(request) = read(&mut stream).await else {
            continue;
        };
        asked.lock().expect("no test panicked").push(request);
        let answer = answers[turn.min(answers.len() - 1)];
        turn += 1;
        match answer {
            Answer::Http(status, headers, body) => {
                let length = body.len();
                let text = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
                );
                stream.write_all(text.as_bytes()).await.expect("a reader");
            }
            Answer::HangUp => drop(stream),
            Answer::Silence => std::mem::forget(stream),
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(asked) = parse(&bytes) {
            return Some(asked);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Asked> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let (line, headers) = head.split_once("\r\n")?;
    let headers = headers.to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |text| text.parse().expect("a length"));
    (body.len() >= length).then(|| Asked {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body: serde_json::from_str(body).unwrap_or_default(),
    })
}
