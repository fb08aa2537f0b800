//! The credential helper protocol (docker/docker-credential-helpers): `docker-credential-X get`
//! reads a server on standard input and writes JSON to standard output.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Credential, CredentialError};

const MAX_ANSWER: u64 = 1 << 20;
const NOT_FOUND: &str = "credentials not found in native keychain";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks the helper `name` for a server; `None` if it has nothing.
pub(super) fn get(
    name: &str,
    server: &str,
    config: &Path,
    limit: Duration,
) -> Result<Option<Credential>, CredentialError> {
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if !fits {
        return Err(CredentialError::HelperName { path: config.to_owned(), name: name.to_owned() });
    }
    run(&format!("docker-credential-{name}"), server, config, limit)
}

/// Runs a helper's program.
pub(super) fn run(
    program: &str,
    server: &str,
    config: &Path,
    limit: Duration,
) -> Result<Option<Credential>, CredentialError> {
    let start = |cause| CredentialError::HelperStart { program: program.to_owned(), path: config.to_owned(), cause };
    let failed =
        |said: String| CredentialError::HelperFailed { program: program.to_owned(), server: server.to_owned(), said };
    let timeout = || CredentialError::HelperTimeout { program: program.to_owned(), server: server.to_owned(), limit };
    let mut child = spawn(program, server).map_err(start)?;
    let (output, errors) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let status = wait(&mut child, limit).map_err(|cause| failed(cause.to_string()))?.ok_or_else(timeout)?;
    // A grandchild may keep the pipes open after the helper has ended.
    let output = output.recv_timeout(limit).map_err(|_| timeout())?;
    let errors = errors.recv_timeout(limit).unwrap_or_default();
    if status.success() {
        let answer: Answer = serde_json::from_slice(&output)
            .map_err(|_| failed("its answer is not the JSON of a credential helper".to_owned()))?;
        let empty = answer.username.is_empty() && answer.secret.is_empty();
        return Ok((!empty).then(|| Credential::from_pair(&answer.username, &answer.secret)));
    }
    let said = last_words(&output, &errors, status);
    if said.contains(NOT_FOUND) { Ok(None) } else { Err(failed(said)) }
}

fn spawn(program: &str, server: &str) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not read its input has its reasons; its answer decides.
        let _ = writeln!(input, "{server}");
    }
    Ok(child)
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(MAX_ANSWER).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for the end; after the limit kills and gives `None`.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn last_words(output: &[u8], errors: &[u8], status: ExitStatus) -> String {
    let last = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.lines()
            .map(str::trim)
            .rfind(|line| !line.is_empty())
            .map(|line| line.chars().take(200).collect::<String>())
    };
    last(output).or_else(|| last(errors)).unwrap_or_else(|| status.to_string())
}
