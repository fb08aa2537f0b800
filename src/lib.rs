//! The program `linkspan`: all areas under one name, and the local side, where they meet.

mod cluster;
mod down;
mod forward;
mod init;
mod inventory;
mod state;
mod target;
mod up;

use linkspan_command::{Group, Leaf, Program};

/// The program `linkspan`.
#[must_use]
pub fn program() -> Program {
    Program {
        name: "linkspan",
        about: "Build, validate and roll out services, in CI and on a laptop",
        examples: "  linkspan up                    build, check, roll out and forward the project\n  \
                   linkspan events validate       check the project's sample events\n  \
                   linkspan build orders          build one service's image, and push it",
        prefix: &[],
        leaves: local().into_iter().chain(linkspan_build::leaves()).collect(),
        groups: vec![
            Group { name: "events", about: linkspan_events::ABOUT, leaves: linkspan_events::leaves() },
            Group { name: "rollout", about: linkspan_rollout::ABOUT, leaves: linkspan_rollout::leaves() },
        ],
    }
}

/// The commands that act on this machine.
fn local() -> Vec<Leaf> {
    vec![
        Leaf::new("init", |args: init::Args, context: &_| init::run(&args, context)),
        Leaf::new("up", |args: up::Args, context: &_| up::run(&args, context)),
        Leaf::new("down", |args: down::Args, context: &_| down::run(&args, context)),
        Leaf::new("forward", |args: forward::Args, context: &_| forward::run(&args, context)),
    ]
}
