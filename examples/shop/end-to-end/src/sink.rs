//! A subscriber made for tests: it answers as told and remembers what it got.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

use serde_json::Value;

/// A delivery that arrived.
pub struct Delivery {
    /// When.
    pub at: Instant,
    /// The header lines, in lower case.
    pub headers: String,
    /// The event.
    pub event: Value,
}

/// A subscriber on 127.0.0.1 that runs until the test ends.
pub struct Sink {
    /// Where the hub should post to.
    pub url: String,
    /// What came, in order.
    pub deliveries: Arc<Mutex<Vec<Delivery>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Sink {
    /// A subscriber that agrees to get events if `welcome`.
    pub fn open(welcome: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/inbound", listener.local_addr().expect("an address"));
        let sink = Self { url, deliveries: Arc::default(), answers: Arc::default() };
        let (deliveries, answers) = (sink.deliveries.clone(), sink.answers.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, welcome, &deliveries, &answers);
            }
        });
        sink
    }

    /// The next deliveries get these status lines and headers; after that, 204.
    pub fn answer(&self, answers: &[&str]) {
        self.answers.lock().expect("no panic").extend(answers.iter().map(|answer| (*answer).to_owned()));
    }

    /// How many deliveries came.
    pub fn count(&self) -> usize {
        self.deliveries.lock().expect("no panic").len()
    }

    /// The `id`s of the events, in the order in which they came.
    pub fn ids(&self) -> Vec<String> {
        let deliveries = self.deliveries.lock().expect("no panic");
        deliveries.iter().map(|one| one.event["id"].as_str().expect("an id").to_owned()).collect()
    }
}

fn serve(stream: TcpStream, welcome: bool, deliveries: &Mutex<Vec<Delivery>>, answers: &Mutex<VecDeque<String>>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|length| length > 2) {}
    let head = head.to_ascii_lowercase();
    let length = head
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.lines().next().unwrap_or("0").trim().parse().unwrap_or(0));
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let answer = if head.starts_with("options") {
        let grant = "\r\nWebHook-Allowed-Origin: hub.harbourbooks.example\r\nWebHook-Allowed-Rate: 60000";
        format!("200 OK{}", if welcome { grant } else { "" })
    } else {
        let event = serde_json::from_slice(&body).expect("an event");
        deliveries.lock().expect("no panic").push(Delivery { at: Instant::now(), headers: head, event });
        answers.lock().expect("no panic").pop_front().unwrap_or_else(|| "204 No Content".into())
    };
    let _ = write!(reader.into_inner(), "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}
