# Names, addresses and folders of the test cluster. To be sourced after lib.sh.
# shellcheck shell=bash disable=SC2034

# Everything the cluster writes. A second folder is a second cluster.
STATE=${LINKSPAN_TEST_STATE:-$TOOLS/cluster}

# The first process of its namespaces: "PID START".
INIT_FILE=$STATE/init
CONTEXT=linkspan-test
KUBECONFIG_ADMIN=$STATE/admin.kubeconfig

# The ports are the usual ones: the network namespace has no other user.
REGISTRY=127.0.0.1:5000
ETCD=http://127.0.0.1:2379
API=https://127.0.0.1:6443

NODE=linkspan-node
NODE_IP=10.90.0.1
POD_CIDR=10.244.0.0/16
NODE_POD_CIDR=10.244.0.0/24
SERVICE_CIDR=10.96.0.0/16
API_SERVICE_IP=10.96.0.1
DNS_DOMAIN=cluster.local

# Volumes that wait for a claim.
VOLUMES=200

# The kubelet's cgroups stay below one folder of our own, so that removing them
# touches nobody else's.
CGROUP=linkspan-$(printf '%s' "$STATE" | cksum | cut -d' ' -f1)

PAUSE_IMAGE=linkspan.test/pause:1
DEBIAN=$TOOLS/debian
CONTAINERD_SOCKET=$STATE/containerd.sock

# running: whether the namespaces are open.
running() {
  [[ -f $INIT_FILE ]] && same_process "$(<"$INIT_FILE")"
}

# started registry|buildkit|kubernetes: whether it runs, as far as we know.
started() {
  running && [[ -f $STATE/started/$1 ]]
}

# init_pid: the first process, as the host sees it.
init_pid() {
  local pid _
  read -r pid _ <"$INIT_FILE"
  printf '%s' "$pid"
}
