#!/usr/bin/env bash
# Runs all tests on a fresh Debian machine, as root: installs the parts, checks the code, starts a real Kubernetes,
# and runs everything against it. Ends what it started.
#
#   tests/run.sh               everything but the endurance tier
#   tests/run.sh --endurance   that too: sizes, long runs, comparisons with peers
#
# Parts are kept in ~/.cache/linkspan-tools (LINKSPAN_TOOLS), so a second run is quick.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=${LINKSPAN_TOOLS:-$HOME/.cache/linkspan-tools}
export LINKSPAN_TOOLS=$tools

# What a runner or a person has set must not change what the tests see.
for name in $(compgen -e | grep -E '^(GITHUB|RUNNER|ACTIONS|LINKSPAN_(BUILD|EVENTS|ROLLOUT|UP|DOWN|INIT))_' || :); do
  unset "$name"
done
unset RUST_BACKTRACE KUBECONFIG CARGO_BUILD_TARGET

step() { printf '\n==> %s (after %d s)\n' "$*" "$SECONDS"; }

step "parts"
tests/parts/install.sh
export PATH="$tools/bin:$PATH"

step "form"
cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- --deny warnings
cargo deny --offline --log-level error check bans licenses sources
shellcheck -x tests/*.sh tests/parts/*.sh tests/parts/*/*.sh tests/actions/*.sh actions/*.sh examples/*.sh examples/shop/*.sh .ci/run

step "what is generated"
cargo run --locked --quiet --package linkspan-xtask -- generate --check

step "the sample system by itself"
(cd examples/shop && cargo fmt --all --check && cargo clippy --locked --all-targets -- --deny warnings && cargo test --locked)

step "a real Kubernetes"
state=$(mktemp -d)
export LINKSPAN_TEST_STATE=$state/cluster
trap 'tests/parts/cluster.sh down; rm -rf "$state"' EXIT
tests/parts/cluster.sh up

step "tests"
cargo build --locked --workspace
tests/parts/cluster.sh run cargo test --locked --workspace --no-fail-fast

if [[ ${1-} == --endurance ]]; then
  step "endurance"
  tests/parts/cluster.sh run tests/endurance.sh
fi
step "done"
