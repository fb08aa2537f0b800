//! The real kube-apiserver says whether server-side apply does what it should:
//!
//!     tests/parts/cluster.sh run cargo test -p linkspan-cluster --test apply
//!
//! Random requests go to the real server. For each, the object before it and the request are given to this crate, which
//! must come to the same object, the same managers and the same refusal. `LINKSPAN_TEST_APPLY_REQUESTS` says how many.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, and says when it is skipped")]

mod compare;
mod config;
mod kinds;
mod random;
mod server;

use std::env;

use random::Random;
use server::Server;

const HOW_TO: &str = "this test needs a real Kubernetes: run `tests/parts/install.sh`, `tests/parts/cluster.sh up`, and the tests with \
                      `tests/parts/cluster.sh run cargo test …`; without one set LINKSPAN_TEST_OFFLINE=1 to skip it";

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).ok().map_or(otherwise, |number| number.parse().unwrap())
}

#[test]
fn everything_is_as_the_real_server_does_it() {
    if env::var_os("LINKSPAN_TEST_OFFLINE").is_some() {
        eprintln!("skipped: no real Kubernetes");
        return;
    }
    let server = Server::start(HOW_TO);
    let seed = number("LINKSPAN_TEST_APPLY_SEED", 1);
    let requests = number("LINKSPAN_TEST_APPLY_REQUESTS", 300);
    let mut random = Random::new(seed);
    let kinds = kinds::all(&server);
    let mut seen = compare::Seen::default();
    let mut wrong = Vec::new();
    for round in 0..requests {
        let kind = random.one_of(&kinds);
        if let Err(what) = compare::one(&server, kind, &mut random, &mut seen) {
            wrong.push(format!("seed {seed}, request {round}: {what}"));
        }
    }
    eprintln!("{seen:?}");
    let first = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {requests} requests differ:\n{first}", wrong.len());
    assert!(seen.applied > requests / 4, "too few requests could be compared: {seen:?}");
}
