//! A headless Chromium, driven as a person would use it, over the WebDriver protocol.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::http;

/// Elements are objects with this one key (WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser with one window and nothing remembered.
pub struct Browser {
    driver: Child,
    session: String,
    home: tempfile::TempDir,
}

impl Browser {
    /// Starts one.
    pub fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("`chromedriver` is missing: tests/parts/install.sh installs it");
        let said = BufReader::new(driver.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let port = said.filter_map(|line| port(&line)).next();
        let mut browser = Self { driver, session: String::new(), home };
        let address = format!("http://127.0.0.1:{}", port.expect("chromedriver tells its port"));
        let profile = format!("--user-data-dir={}", browser.home.path().join("profile").display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": {"args": flags}});
        let wanted = json!({"capabilities": {"alwaysMatch": wanted}});
        let session = ask("POST", &format!("{address}/session"), &wanted);
        browser.session = format!("{address}/session/{}", session["sessionId"].as_str().expect("a session"));
        browser
    }

    /// Opens a page.
    pub fn visit(&self, url: &str) {
        self.post("url", &json!({"url": url}));
    }

    /// The page that is open.
    pub fn address(&self) -> String {
        let url = ask("GET", &format!("{}/url", self.session), &Value::Null);
        url.as_str().expect("an address").to_owned()
    }

    /// Clicks what a CSS selector finds.
    pub fn click(&self, selector: &str) {
        self.post(&format!("element/{}/click", self.element(selector)), &json!({}));
    }

    /// Clicks a link by a part of its text.
    pub fn follow(&self, text: &str) {
        let link = self.find("partial link text", text);
        self.post(&format!("element/{link}/click"), &json!({}));
    }

    /// Types into a field, after what is in it was removed.
    pub fn fill(&self, selector: &str, text: &str) {
        let field = self.element(selector);
        self.post(&format!("element/{field}/clear"), &json!({}));
        self.post(&format!("element/{field}/value"), &json!({"text": text}));
    }

    /// What is to be read on the page.
    pub fn text(&self) -> String {
        let script = json!({"script": "return document.body.innerText", "args": []});
        self.post("execute/sync", &script).as_str().unwrap_or_default().to_owned()
    }

    /// How many elements a CSS selector finds.
    pub fn count(&self, selector: &str) -> usize {
        let found = self.post("elements", &json!({"using": "css selector", "value": selector}));
        found.as_array().expect("a list of elements").len()
    }

    /// Waits until the page says something, without loading it again. All that it says then.
    pub fn wait_for(&self, text: &str, seconds: u64) -> String {
        let mut last = String::new();
        let found = http::eventually(seconds, || {
            last = self.text();
            last.contains(text).then(|| last.clone())
        });
        found.unwrap_or_else(|| panic!("`{text}` is not on the page {}:\n{last}", self.address()))
    }

    fn element(&self, selector: &str) -> String {
        self.find("css selector", selector)
    }

    fn find(&self, using: &str, value: &str) -> String {
        let element = self.post("element", &json!({"using": using, "value": value}));
        element[ELEMENT].as_str().expect("an element").to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        ask("POST", &format!("{}/{path}", self.session), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            _ = http::send("DELETE", &self.session, &json!({}));
        }
        // What it started is in its group.
        _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.driver.id())]).status();
        _ = self.driver.wait();
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// `ChromeDriver was started successfully on port 41234.`
fn port(line: &str) -> Option<u16> {
    line.trim_end_matches('.').split_once("successfully on port ")?.1.parse().ok()
}

fn ask(method: &str, url: &str, body: &Value) -> Value {
    let answer = if method == "GET" { http::get(url) } else { http::send(method, url, body) };
    match answer {
        Ok((200, text)) => serde_json::from_str::<Value>(&text).expect("JSON")["value"].take(),
        other => panic!("{method} {url} {body}: {other:?}"),
    }
}
