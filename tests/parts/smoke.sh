#!/usr/bin/env bash
# Shows that the test cluster is a real one, and that it leaves nothing behind.
# Needs root, and the parts that `install.sh` fetches. It starts a cluster of its
# own, beside one that may be running.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
source "$here/lib.sh"

export LINKSPAN_TEST_STATE=$TOOLS/smoke
STATE=$LINKSPAN_TEST_STATE
work=$(mktemp -d)

clean_up() {
  "$here/cluster.sh" down
  rm -rf "$work"
}
trap clean_up EXIT

cluster() {
  "$here/cluster.sh" run "$@"
}

k() {
  cluster kubectl "$@"
}

# check WHAT COMMAND…: until it succeeds, for at most 40 seconds.
check() {
  local what=$1 from
  shift
  from=$(now)
  wait_until "$what" 40 "$@"
  progress "$(printf 'ok  %-52s %5.1f s' "$what" "$(seconds_since "$from")")"
}

# prints TEXT COMMAND…: whether the command prints the text.
prints() {
  local text=$1
  shift
  [[ $("$@" 2>&1) == *"$text"* ]]
}

# belongings: what a cluster could leave on the machine.
belongings() {
  ip -oneline link | cut -d: -f2
  awk '{ print $2 }' /proc/mounts
  find /sys/fs/cgroup -maxdepth 2 -type d
  find /run/netns /run/containerd /opt/containerd /var/lib/kubelet /var/lib/cni /var/log/containers \
    /var/log/pods -maxdepth 1 2>/dev/null || true
  sysctl vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops \
    kernel.keys.root_maxkeys kernel.keys.root_maxbytes
  pgrep --list-full --full "$STATE" | grep -v smoke.sh || true
}

push_probe() {
  mkdir "$work/root"
  gcc -Os -static -s -w -o "$work/root/probe" "$here/smoke/probe.c" 2>/dev/null
  "$here/image.sh" "$work/probe.tar" probe "$work/root" /probe
  cluster crane push "$work/probe.tar" 127.0.0.1:5000/probe:1 >/dev/null 2>&1
}

job_done() { # NAMESPACE NAME
  [[ $(k --namespace "$1" get job "$2" --output 'jsonpath={.status.succeeded}') == 1 ]]
}

restarted() { # TIMES
  local path='{.status.containerStatuses[0].restartCount}'
  (($(k --namespace smoke get pod crash --output "jsonpath=$path") >= $1))
}

forwarded() {
  cluster timeout 4 kubectl --namespace smoke port-forward service/web 18080:80 >/dev/null 2>&1 &
  sleep 1
  cluster curl -fsS http://127.0.0.1:18080/
}

belongings >"$work/before"
"$here/cluster.sh" up
push_probe
k create --filename "$here/smoke/objects.yaml" >/dev/null

check "a Deployment becomes available" \
  k --namespace smoke rollout status deployment/web --timeout=1s
ip=$(k --namespace smoke get service web --output 'jsonpath={.spec.clusterIP}')
check "a Service answers on its ClusterIP" cluster curl -fsS "http://$ip/"
check "a Service answers on the node's port" cluster curl -fsS http://10.90.0.1:30080/
check "a pod's log can be read" \
  prints serving k --namespace smoke logs deployment/web
check "a program runs in a running pod" \
  prints web- k --namespace smoke exec deployment/web -- /probe get 127.0.0.1 8080
check "a port is forwarded" prints web- forwarded
check "a pod finds a Service by its short name" job_done smoke short-name
check "a pod finds a Service by its full name" job_done default full-name
check "a pod reaches the API" job_done smoke api
check "a claimed volume takes what a plain user writes" job_done smoke volume
check "an emptyDir takes what a plain user writes" job_done smoke scratch
check "a crashing container has restarted four times" restarted 4
check "the registry is announced" \
  prints 127.0.0.1:5000 k --namespace kube-public get configmap local-registry-hosting --output yaml

"$here/cluster.sh" down
belongings >"$work/after"
diff "$work/before" "$work/after" >&2 || fail "the cluster left something behind (lines with >)"
[[ ! -e $STATE ]] || fail "the cluster left its folder \`$STATE\`"
progress "ok  nothing is left"
