//! Listening on loopback.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use linkspan_command::{Context, Failure, Progress};
use linkspan_kube::GroupVersionKind;
use linkspan_kube::client::{Client, ClientError, Resource};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::choose::{Backend, backends};
use super::dial::{Dialer, Tunnel};
use super::process::start_time;
use super::relay::relay;
use super::{Forward, LOCK, RUNNING, Running, WANTED, Wanted};
use crate::state::{StateFolder, failure};
use crate::{cluster, target};

/// How long a connection waits for a pod to be ready.
const HOLD: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);
/// How often the state folder is asked whether to go on.
const GLANCE: Duration = Duration::from_millis(250);

struct Shared {
    client: Client,
    dialer: Dialer,
    slices: Resource,
    turn: AtomicUsize,
    progress: Progress,
}

/// Listens, says so in the state folder, and forwards until the folder asks for something else.
///
/// # Errors
/// Another process forwards, the cluster's credentials cannot be had, or no port is free.
pub(crate) fn serve(state: &StateFolder, wanted: Wanted, context: &Context) -> Result<(), Failure> {
    let lock = state.lock(LOCK).map_err(|error| failure(state, &error))?;
    let Some(_lock) = lock else { return Err(Failure::refused("another process forwards already")) };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let tasks = tokio::task::LocalSet::new();
    runtime.block_on(tasks.run_until(forward_all(state, wanted, context)))
}

async fn forward_all(state: &StateFolder, wanted: Wanted, context: &Context) -> Result<(), Failure> {
    let target = target::target(context, Some(&wanted.context), wanted.kubeconfig.as_deref())?;
    let dialer = Dialer::new(target.clone()).map_err(Failure::failed)?;
    let client = Client::new(target, target::options(context)).await.map_err(cluster::failure)?;
    let gvk = GroupVersionKind::new("discovery.k8s.io", "v1", "EndpointSlice");
    let slices = Resource::known(gvk, "endpointslices", true);
    let progress = context.progress.clone();
    let shared = Rc::new(Shared { client, dialer, slices, turn: AtomicUsize::new(0), progress });
    let mut forwards = Vec::new();
    for mut forward in wanted.forwards {
        let listener = listen(&mut forward).await?;
        tokio::task::spawn_local(accept(Rc::clone(&shared), listener, forward.clone()));
        forwards.push(forward);
    }
    let pid = std::process::id();
    let running = Running { instance: wanted.instance.clone(), pid, started: start_time(pid), forwards };
    state.write(RUNNING, &running).map_err(|error| failure(state, &error))?;
    while state.read::<Wanted>(WANTED).is_some_and(|now| now.instance == wanted.instance) {
        tokio::time::sleep(GLANCE).await;
    }
    Ok(())
}

/// Listens on the wanted port, else on one near it, else on any.
async fn listen(forward: &mut Forward) -> Result<TcpListener, Failure> {
    let near = (0..20).filter_map(|step| forward.local.checked_add(step)).filter(|port| *port != 0);
    let mut last = None;
    for port in near.chain([0]) {
        match TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                forward.local = listener.local_addr().map_or(port, |address| address.port());
                return Ok(listener);
            }
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|error| error.to_string()).unwrap_or_default();
    Err(Failure::failed(format!("no port on 127.0.0.1 is free for `{}`: {why}", forward.name)))
}

async fn accept(shared: Rc<Shared>, listener: TcpListener, forward: Forward) {
    let forward = Rc::new(forward);
    loop {
        match listener.accept().await {
            Ok((connection, _)) => {
                tokio::task::spawn_local(serve_one(Rc::clone(&shared), Rc::clone(&forward), connection));
            }
            // Too many open files, for example: those that are open will end.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve_one(shared: Rc<Shared>, forward: Rc<Forward>, connection: TcpStream) {
    // What cannot be set only costs speed.
    let _ = connection.set_nodelay(true);
    let relayed = match shared.connect(&forward).await {
        Ok((backend, tunnel)) => relay(connection, tunnel).await.map_err(|why| format!("pod {}: {why}", backend.pod)),
        Err(why) => Err(why),
    };
    if let Err(why) = relayed {
        shared.progress.note(format!("{}/{}: {why}", forward.service, forward.port));
    }
}

impl Shared {
    /// A connection to a ready pod. Nothing was read from the local side yet, so another pod may always be tried.
    async fn connect(&self, forward: &Forward) -> Result<(Backend, Tunnel), String> {
        let deadline = Instant::now() + HOLD;
        loop {
            let why = match self.attempt(forward).await {
                Ok(connected) => return Ok(connected),
                Err(why) => why,
            };
            if Instant::now() >= deadline {
                return Err(why);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(&self, forward: &Forward) -> Result<(Backend, Tunnel), String> {
        let found = self.backends(forward).await.map_err(|error| error.to_string())?;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let backend = found.get(turn % found.len().max(1)).ok_or("no pod is ready")?;
        let tunnel = self.dialer.dial(&forward.namespace, backend).await;
        tunnel.map(|tunnel| (backend.clone(), tunnel)).map_err(|why| format!("pod {}: {why}", backend.pod))
    }

    async fn backends(&self, forward: &Forward) -> Result<Vec<Backend>, ClientError> {
        let selector = format!("kubernetes.io/service-name={}", forward.service);
        let list = self.client.list(&self.slices, &forward.namespace, &selector).await?;
        Ok(backends(&list.items, &forward.port_name))
    }
}
