//! The smallest service: answers every request with a greeting.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

fn main() {
    let name = std::env::var("GREETED").unwrap_or_else(|_| "world".into());
    let listener = TcpListener::bind(("0.0.0.0", 8080)).expect("port 8080 is free");
    println!("listening on port 8080");
    for stream in listener.incoming().flatten() {
        let name = name.clone();
        std::thread::spawn(move || answer(stream, &name));
    }
}

fn answer(mut stream: TcpStream, name: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // One read is enough for the small requests that this service gets.
    let _ = stream.read(&mut [0; 4096])?;
    let body = format!("Hello, {name}!\n");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}
