//! Forwarding Services of a cluster to ports on loopback, in a process of its own.
//!
//! `up` writes [`Wanted`] into the state folder and starts `linkspan forward` ([`process`]), which listens, writes
//! [`Running`], and goes on until the folder no longer asks for it. Every connection picks a ready pod anew
//! ([`choose`]), so a pod that is replaced is noticed by nobody.

mod choose;
mod dial;
pub(crate) mod process;
mod relay;
mod serve;
mod tls;

use std::path::PathBuf;

use linkspan_command::{Context, Failure};
use linkspan_report::Report;
use serde::{Deserialize, Serialize};

use crate::state::StateFolder;

pub(crate) use serve::serve;

/// What `up` asks for.
pub(crate) const WANTED: &str = "wanted.json";
/// What the process does.
pub(crate) const RUNNING: &str = "running.json";
/// Held by the process as long as it lives.
pub(crate) const LOCK: &str = "forward.lock";
/// What the process has to say.
pub(crate) const LOG: &str = "forward.log";

/// Forward Services to loopback; `linkspan up` starts it
#[derive(Debug, Clone, clap::Args)]
#[command(hide = true)]
pub(crate) struct Args {
    /// The state folder that says what to forward
    #[arg(long, value_name = "FOLDER")]
    pub state: PathBuf,
}

/// Which ports of which Services are forwarded, and how to reach the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// Names this wish; a process that serves another one ends.
    pub instance: String,
    /// The kubeconfig's context.
    pub context: String,
    /// The kubeconfig, if it was named with a flag.
    pub kubeconfig: Option<PathBuf>,
    /// What is forwarded.
    pub forwards: Vec<Forward>,
}

/// One port of one Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forward {
    /// What people call it: the service, or the name that `linkspan.yaml` gives.
    pub name: String,
    /// The Service's namespace.
    pub namespace: String,
    /// The Service.
    pub service: String,
    /// The Service's port.
    pub port: u16,
    /// The name of the Service's port; empty if it has none.
    pub port_name: String,
    /// The port on loopback: in a wish the one to try first.
    pub local: u16,
}

impl Forward {
    /// Whether it is the same but for the port on loopback.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        Self { local: 0, ..self.clone() } == Self { local: 0, ..other.clone() }
    }
}

/// What a process does that forwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The wish that it serves.
    pub instance: String,
    /// Its process id.
    pub pid: u32,
    /// When it started, in the clock ticks of `/proc`; a process id alone may have been given away again.
    pub started: Option<u64>,
    /// What is forwarded, with the ports on loopback as they are.
    pub forwards: Vec<Forward>,
}

/// Runs `forward` until the state folder no longer asks for it.
///
/// # Errors
/// The state folder asks for nothing, the cluster's credentials cannot be had, or no port is free.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Report, Failure> {
    process::detach();
    let state = StateFolder::at(args.state.clone());
    let wanted: Wanted = state.read(WANTED).ok_or_else(|| {
        Failure::usage(format!("`{}` asks for no forwards: `linkspan up` does", args.state.display()))
    })?;
    serve(&state, wanted, context)?;
    Ok(Report::new("forward", context.findings()))
}
