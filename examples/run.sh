#!/usr/bin/env bash
# Runs the sample shop: builds linkspan and the shop, starts a test Kubernetes on this machine, rolls the shop out,
# and prints its addresses.
#
#   examples/run.sh        start it; a second run changes nothing
#   examples/run.sh down   end it, and leave nothing
#
# With a local Kubernetes of your own (kind, k3d, minikube, Docker Desktop, …) none of this is needed: run
# `linkspan up` in examples/shop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
linkspan=$(realpath -m "${CARGO_TARGET_DIR:-target}")/debug/linkspan

case ${1-up} in
  up)
    tests/parts/install.sh --only machine debian pause kubernetes coredns
    cargo build --locked --package linkspan
    tests/parts/cluster.sh up --host-network
    eval "$(tests/parts/cluster.sh env)"
    (cd examples/shop && "$linkspan" up --kube-context linkspan-test)
    echo
    echo "To end it: examples/run.sh down"
    ;;
  down)
    eval "$(tests/parts/cluster.sh env)"
    (cd examples/shop && "$linkspan" down --kube-context linkspan-test)
    tests/parts/cluster.sh down
    ;;
  *)
    echo "usage: examples/run.sh [up|down]" >&2
    exit 2
    ;;
esac
