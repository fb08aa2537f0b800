//! Starts the whole shop as processes on 127.0.0.1, each with a folder of its
//! own for its database, configured by what `deploy/` says.

pub mod sink;

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

/// The services, each with the name of its program.
const SERVICES: [(&str, &str); 7] = [
    ("hub", "hub"),
    ("harbour-catalogue", "catalogue"),
    ("gull-catalogue", "catalogue"),
    ("storefront", "storefront"),
    ("warehouse", "warehouse"),
    ("loyalty", "loyalty"),
    ("web", "web"),
];

/// A running shop; it ends when this is dropped.
pub struct Shop {
    folder: PathBuf,
    /// Removes the folder at the end, if it is a temporary one.
    _temporary: Option<TempDir>,
    ports: BTreeMap<&'static str, u16>,
    processes: BTreeMap<&'static str, Child>,
}

impl Shop {
    /// Starts all services, with new databases, on ports that are free.
    pub fn open() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        Self::open_in(temporary.path().to_owned(), Some(temporary), free_ports())
    }

    /// Starts all services with databases that stay, on these ports: `web`, then the hub, then the others.
    pub fn open_at(folder: &Path, first: u16) -> Self {
        fs::create_dir_all(folder).expect("the folder is made");
        let order = ["web", "hub", "harbour-catalogue", "gull-catalogue", "storefront", "warehouse", "loyalty"];
        Self::open_in(folder.to_owned(), None, order.into_iter().zip(first..).collect())
    }

    fn open_in(folder: PathBuf, temporary: Option<TempDir>, ports: BTreeMap<&'static str, u16>) -> Self {
        let mut shop = Self { folder, _temporary: temporary, ports, processes: BTreeMap::new() };
        shop.write_configuration();
        for (service, _) in SERVICES {
            shop.start(service);
        }
        wait_for("products of both companies", || {
            let page = shop.page("/");
            page.contains("Harbour Books") && page.contains("Gull Records")
        });
        shop
    }

    /// The services, in the order in which they start.
    pub fn services() -> impl Iterator<Item = &'static str> {
        SERVICES.into_iter().map(|(service, _)| service)
    }

    /// Waits until one service ends.
    pub fn wait(&mut self, service: &str) {
        let child = self.processes.get_mut(service).expect("a running service");
        child.wait().expect("the process ends");
    }

    /// Starts one service and waits until it is ready.
    pub fn start(&mut self, service: &'static str) {
        let program = SERVICES.iter().find(|(name, _)| *name == service).expect("a service of the shop").1;
        let log = fs::File::create(self.path(&format!("{service}.log"))).expect("a log file");
        let child = Command::new(PROGRAMS.join(program))
            .env_clear()
            .envs(self.environment(service))
            .stdout(log)
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        self.processes.insert(service, child);
        wait_for(service, || get(&self.url(service, "/health/ready")).is_ok_and(|(status, _)| status == 200));
    }

    /// Ends one service as a power cut would: SIGKILL, no good-byes.
    pub fn kill(&mut self, service: &str) {
        let mut child = self.processes.remove(service).expect("a running service");
        child.kill().expect("the signal is sent");
        child.wait().expect("the process ends");
    }

    /// Ends one service as Kubernetes does, and gives the process to wait for.
    pub fn terminate(&mut self, service: &str) -> Child {
        let child = self.processes.remove(service).expect("a running service");
        let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(sent.expect("`kill` is there").success());
        child
    }

    /// An address of a service.
    pub fn url(&self, service: &str, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports[service])
    }

    /// What a service answers, as JSON.
    pub fn json(&self, service: &str, path: &str) -> Value {
        let (status, text) = get(&self.url(service, path)).expect("an answer");
        assert_eq!(status, 200, "{service}{path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// A page as a person sees it.
    pub fn page(&self, path: &str) -> String {
        get(&self.url("web", path)).expect("a page").1
    }

    /// Fills in the form of a product's page and presses the button; gives the order's number.
    pub fn buy(&self, sku: &str, customer: &str, quantity: u32) -> String {
        let page = self.page(&format!("/products/{sku}"));
        let order = between(&page, "name=\"order\" value=\"", "\"").to_owned();
        self.press_buy(&order, sku, customer, quantity);
        order
    }

    /// Presses the button for an order's number that the page gave out.
    pub fn press_buy(&self, order: &str, sku: &str, customer: &str, quantity: u32) {
        let form = [("order", order), ("sku", sku), ("customer", customer), ("quantity", &quantity.to_string())];
        let response = agent().post(self.url("web", "/orders")).send_form(form).expect("an answer");
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], format!("/orders/{order}"));
    }

    /// Waits until nothing more will happen to an order; gives its page.
    pub fn wait_until_settled(&self, order: &str) -> String {
        wait_for("the order to be settled", || {
            self.page(&format!("/orders/{order}")).contains("data-settled=\"true\"")
        });
        self.page(&format!("/orders/{order}"))
    }

    /// Waits until every subscription has got everything.
    pub fn wait_until_delivered(&self) {
        wait_for("all deliveries", || {
            let subscriptions = self.json("hub", "/subscriptions");
            subscriptions.as_array().expect("a list").iter().all(|one| one["waiting"] == 0)
        });
    }

    /// How many copies of a product the warehouse has.
    pub fn stock(&self, sku: &str) -> i64 {
        let stock = self.json("warehouse", "/stock");
        let found = stock.as_array().expect("a list").iter().find(|one| one["sku"] == sku).cloned();
        found.map_or(-1, |one| one["onHand"].as_i64().expect("a number"))
    }

    /// The points of a customer, 0 without an account.
    pub fn points(&self, customer: &str) -> i64 {
        let accounts = self.json("loyalty", "/accounts");
        let found = accounts.as_array().expect("a list").iter().find(|one| one["customer"] == customer).cloned();
        found.map_or(0, |one| one["points"].as_i64().expect("a number"))
    }

    fn environment(&self, service: &str) -> Vec<(String, String)> {
        let deploy = container_environment(service);
        let mut environment: Vec<(String, String)> =
            deploy.into_iter().map(|(name, value)| (name, self.local(&value))).collect();
        environment.retain(|(name, _)| !matches!(name.as_str(), "DATA_DIR" | "DRAIN_SECONDS"));
        environment.extend([
            ("HOST".into(), "127.0.0.1".into()),
            ("PORT".into(), self.ports[service].to_string()),
            ("DATA_DIR".into(), self.path(service)),
            ("DRAIN_SECONDS".into(), if service == "web" { "1" } else { "0" }.into()),
        ]);
        if let Some((_, path)) = environment.iter_mut().find(|(name, _)| name == "PRODUCTS") {
            *path = self.path(&format!("{service}-products.yaml"));
        }
        environment
    }

    /// The addresses inside the cluster, on this machine.
    fn local(&self, text: &str) -> String {
        let address = |text: String, (service, port): (&&str, &u16)| {
            text.replace(&format!("http://{service}:8080"), &format!("http://127.0.0.1:{port}"))
        };
        self.ports.iter().fold(text.replace("/etc/hub", &self.path("")), address)
    }

    fn write_configuration(&self) {
        let subscriptions = self.local(&config_map("hub/subscriptions.yaml"));
        fs::write(self.path("subscriptions.yaml"), subscriptions).expect("a file is written");
        for catalogue in ["harbour-catalogue", "gull-catalogue"] {
            let products = config_map(&format!("{catalogue}/products.yaml"));
            fs::write(self.path(&format!("{catalogue}-products.yaml")), products).expect("a file is written");
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        for child in self.processes.values_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if thread::panicking() {
            for (service, _) in SERVICES {
                let log = fs::read_to_string(self.path(&format!("{service}.log"))).unwrap_or_default();
                eprintln!("--- {service}\n{log}");
            }
        }
    }
}

/// The programs, built once per test run.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Command::new(env!("CARGO")).args(["build", "--bins", "--quiet"]).current_dir(workspace()).status();
    assert!(built.expect("cargo is there").success(), "the services do not build");
    // They are next to this program; a test is in the folder `deps` below.
    let this = std::env::current_exe().expect("this program's path");
    let folder = this.parent().expect("a folder");
    if folder.ends_with("deps") { folder.join("..") } else { folder.to_owned() }
});

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn deployed(file: &str) -> Value {
    let text = fs::read_to_string(workspace().join("deploy").join(file)).expect("a manifest");
    serde_saphyr::from_str(&text).expect("YAML")
}

fn config_map(file: &str) -> String {
    let manifest = deployed(file);
    let data = manifest["data"].as_object().expect("data").values().next().expect("a file");
    data.as_str().expect("text").to_owned()
}

fn container_environment(service: &str) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Variable {
        name: String,
        value: String,
    }
    let kind = if service == "hub" { "statefulset" } else { "deployment" };
    let manifest = deployed(&format!("{service}/{kind}.yaml"));
    let variables = &manifest["spec"]["template"]["spec"]["containers"][0]["env"];
    let variables: Vec<Variable> = serde_json::from_value(variables.clone()).expect("names and values");
    variables.into_iter().map(|one| (one.name, one.value)).collect()
}

/// Ports that nobody uses now; all are taken before the first is given back.
fn free_ports() -> BTreeMap<&'static str, u16> {
    let bind = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listeners: Vec<_> = SERVICES.iter().map(|(service, _)| (*service, bind())).collect();
    listeners.iter().map(|(service, one)| (*service, one.local_addr().expect("an address").port())).collect()
}

/// A client that reports statuses instead of failing on them.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

/// The status and text of an address.
pub fn get(url: &str) -> Result<(u16, String), ureq::Error> {
    let mut response = agent().get(url).call()?;
    Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
}

/// Sends JSON of some media type; gives the status.
pub fn send(method: &str, url: &str, media_type: &str, body: &Value) -> u16 {
    let agent = agent();
    let request = match method {
        "PUT" => agent.put(url),
        _ => agent.post(url),
    };
    request.content_type(media_type).send(body.to_string()).expect("an answer").status().as_u16()
}

/// What stands between two marks.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, after) = text.split_once(start).expect("the text has the first mark");
    after.split_once(end).expect("the text has the second mark").0
}

/// Looks again and again until it holds; fails after a minute.
pub fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
