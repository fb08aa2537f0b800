#!/usr/bin/env bash
# A real Kubernetes with one real node, its DNS and a registry, for the tests.
#
#   cluster.sh up          start it; does nothing if it is there
#   cluster.sh registry    start only the registry, without Kubernetes
#   cluster.sh buildkit    start BuildKit and the registry, without Kubernetes
#   cluster.sh env         print `export …` lines for a shell
#   cluster.sh run CMD…    run a command where the cluster's addresses are
#   cluster.sh status      say what runs; 1 if nothing does
#   cluster.sh down        end it, and leave nothing
#
# It lives in namespaces of its own (network, mounts, processes), so its
# loopback is private: only `run` reaches it. For somebody who wants to look at
# it with a browser, `--host-network` behind `up`, `registry` or `buildkit`
# leaves out the first: it then takes the machine's ports 5000, 6443, 2379 and
# some around 10250.
#
# Needs root, and the parts that `install.sh` puts into the cache.
# LINKSPAN_TEST_STATE names another folder for its state, and with it a second
# cluster.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
source "$here/lib.sh"
# shellcheck source=cluster/settings.sh
source "$here/cluster/settings.sh"
# shellcheck source=cluster/remove.sh
source "$here/cluster/remove.sh"

usage() {
  progress "usage: cluster.sh up|registry|buildkit [--host-network]"
  progress "       cluster.sh env|run COMMAND…|status|down"
  exit 2
}

need_root() {
  ((EUID == 0)) || fail "the test cluster needs root: run it with sudo"
}

need_parts() {
  local part
  for part in "$@"; do
    [[ -x $part ]] || fail "\`$part\` is missing: run \`tests/parts/install.sh\` first"
  done
}

# one_at_a_time COMMAND…: start this script again under a lock. The lock is not
# handed on to what the script starts.
one_at_a_time() {
  mkdir -p "$(dirname "$STATE")"
  LINKSPAN_CLUSTER_LOCKED=1 exec flock --close "$STATE.lock" "$here/cluster.sh" "$@"
}

# What runs in the cluster sees nothing of the caller's environment.
clean_environment=(env --ignore-environment "PATH=$PATH" "HOME=$HOME"
  "LINKSPAN_TOOLS=$TOOLS" "LINKSPAN_TEST_STATE=$STATE")

# inside COMMAND…: in all of the cluster's namespaces.
inside() {
  nsenter --target "$(init_pid)" --net --mount --pid "${clean_environment[@]}" "$@"
}

# A start that was broken off leaves its mark; nobody else can be starting, we
# hold the lock.
open_namespaces() {
  local network=(--net)
  running && [[ ! -f $STATE/started/begun ]] && return
  remove_everything
  mkdir -p "$STATE"/{log,started}
  chmod 0700 "$STATE"
  make_cgroups
  if [[ $host_network ]]; then
    network=()
    remember_host_network
  fi
  start_daemon init unshare --fork --pid --mount "${network[@]}" "${clean_environment[@]}" \
    "$here/cluster/init.sh"
  wait_until init 10 test -f "$INIT_FILE"
}

# answers registry|buildkit|kubernetes: whether what was started still works.
answers() {
  inside curl -fsS "http://$REGISTRY/v2/" >/dev/null 2>&1 || return
  case $1 in
    buildkit) inside "$TOOLS/bin/buildctl" --addr "unix://$STATE/buildkit.sock" debug workers ;;
    kubernetes) inside "$TOOLS/bin/kubectl" --kubeconfig "$KUBECONFIG_ADMIN" get --raw /readyz ;;
  esac >/dev/null 2>&1
}

# bring_up registry|buildkit|kubernetes
bring_up() {
  local from
  if started "$1"; then
    answers "$1" && return
    progress "the test cluster no longer answers: starting it anew"
    remove_everything
  fi
  from=$(now)
  open_namespaces
  touch "$STATE/started/begun"
  if ! inside "$here/cluster/start.sh" "$1"; then
    keep_logs
    remove_everything
    fail "the test cluster did not start; its logs are in \`$STATE.log\`"
  fi
  rm "$STATE/started/begun"
  progress "$1: up after $(seconds_since "$from") s"
}

up() {
  need_parts "$TOOLS"/bin/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy} \
    "$TOOLS"/bin/{kubectl,coredns,nft,pause} "$DEBIAN/usr/bin/containerd"
  bring_up kubernetes
}

registry() {
  need_parts "$TOOLS/bin/pause" "$DEBIAN/usr/bin/docker-registry"
  bring_up registry
}

buildkit() {
  need_parts "$TOOLS"/bin/{pause,buildkitd,buildctl} "$DEBIAN"/usr/{bin/docker-registry,sbin/runc}
  bring_up buildkit
}

down() {
  remove_everything
}

need_running() {
  running || fail "the test cluster is not running: start it with \`tests/parts/cluster.sh up\`"
}

# settings: NAME=VALUE, one a line: what `env` prints and `run` sets.
settings() {
  printf '%s\n' "LINKSPAN_TOOLS=$TOOLS" "LINKSPAN_TEST_REGISTRY=$REGISTRY" \
    "LINKSPAN_TEST_NETNS=/proc/$(init_pid)/ns/net"
  if started buildkit; then
    printf '%s\n' "BUILDKIT_HOST=unix://$STATE/buildkit.sock"
  fi
  if started kubernetes; then
    printf '%s\n' "KUBECONFIG=$KUBECONFIG_ADMIN" "LINKSPAN_TEST_CONTEXT=$CONTEXT" \
      "LINKSPAN_TEST_NODE_IP=$NODE_IP"
  fi
  printf '%s\n' "PATH=$TOOLS/bin:$PATH"
}

print_env() {
  local line
  need_running
  settings | while IFS= read -r line; do
    printf 'export %s=%q\n' "${line%%=*}" "${line#*=}"
  done
}

run() {
  local lines
  need_running
  mapfile -t lines < <(settings)
  exec nsenter --net="/proc/$(init_pid)/ns/net" env "${lines[@]}" "$@"
}

# Each process of the cluster's own with its memory; containers are not listed.
status() {
  if ! running; then
    printf 'not running\n'
    return 1
  fi
  inside ps -eo pid,rss,etimes,args --no-headers |
    awk -v tools="$TOOLS" 'index($4, tools) == 1 {
      n = split($4, path, "/"); printf "%-26s %5d MiB %6d s\n", path[n], $2 / 1024, $3 }'
}

case ${1-} in
  up | registry | buildkit | down)
    need_root
    [[ ${LINKSPAN_CLUSTER_LOCKED-} ]] || one_at_a_time "$@"
    host_network=''
    case ${2-} in
      '') ;;
      --host-network) host_network=yes ;;
      *) usage ;;
    esac
    "$1"
    ;;
  env) print_env ;;
  status)
    need_root
    status
    ;;
  run)
    need_root
    shift
    run "$@"
    ;;
  *) usage ;;
esac
