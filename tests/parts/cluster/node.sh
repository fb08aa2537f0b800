# One real node: network, containerd with runc and CNI plugins, kubelet,
# kube-proxy. To be sourced.
# shellcheck shell=bash

# The kubelet refuses a loopback address: a bridge without ports carries the
# node's. Without a default route, Service addresses need a route of their own
# to be sent at all (kube-proxy rewrites them on the way).
make_network() {
  ip link show node0 >/dev/null 2>&1 && return
  ip link add node0 type bridge
  ip address add "$NODE_IP/32" dev node0
  ip link set node0 up
  ip route replace "$SERVICE_CIDR" dev node0
}

cni_configuration() {
  cat <<EOF
{
  "cniVersion": "0.4.0",
  "name": "$CONTEXT",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "pods0",
      "isGateway": true,
      "hairpinMode": true,
      "ipMasq": false,
      "ipam": {
        "type": "host-local",
        "dataDir": "$STATE/addresses",
        "ranges": [[{"subnet": "$NODE_POD_CIDR"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    }
  ]
}
EOF
}

# `restrict_oom_score_adj`: in a sandbox without CAP_SYS_RESOURCE every pod
# would fail otherwise.
containerd_configuration() {
  cat <<EOF
version = 2
root = "$STATE/containerd"
state = "$STATE/containerd-run"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  disable_hugetlb_controller = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/registries"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$DEBIAN/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "$DEBIAN/usr/sbin/runc"
EOF
}

# Restarts come after two seconds at most, so that tests see them.
kubelet_configuration() {
  cat <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
podLogsDir: $STATE/pod-logs
volumePluginDir: $STATE/volume-plugins
resolvConf: $STATE/resolv.conf
clusterDNS: [$NODE_IP]
clusterDomain: $DNS_DOMAIN
makeIPTablesUtilChains: false
evictionHard: {memory.available: 50Mi, nodefs.available: "1%", imagefs.available: "1%", nodefs.inodesFree: "1%"}
imageGCHighThresholdPercent: 100
featureGates: {KubeletCrashLoopBackOffMax: true}
crashLoopBackOff: {maxContainerRestartPeriod: 2s}
EOF
}

proxy_configuration() {
  cat <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: $STATE/proxy.kubeconfig}
clusterCIDR: $POD_CIDR
hostnameOverride: $NODE
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
EOF
}

start_containerd() {
  mkdir -p "$STATE/cni" "$STATE/registries"
  cni_configuration >"$STATE/cni/10-pods.conflist"
  containerd_configuration >"$STATE/containerd.toml"
  start_daemon containerd "$DEBIAN/usr/bin/containerd" --config "$STATE/containerd.toml"
}

# The image of every pod's first process: nothing is pulled for it.
load_pause_image() {
  wait_until containerd 20 ctr --address "$CONTAINERD_SOCKET" version
  ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io images import "$TOOLS/pause.tar" >/dev/null
}

start_kubelet() {
  mkdir -p "$STATE/pod-logs" "$STATE/volume-plugins"
  # no name servers but the cluster's own: nothing leaves the machine
  printf 'options ndots:1\n' >"$STATE/resolv.conf"
  kubelet_configuration >"$STATE/kubelet.yaml"
  start_daemon kubelet "$TOOLS/bin/kubelet" --config="$STATE/kubelet.yaml" \
    --kubeconfig="$STATE/kubelet.kubeconfig" --root-dir="$STATE/kubelet" \
    --cert-dir="$STATE/certificates/kubelet" --hostname-override="$NODE" --node-ip="$NODE_IP"
}

start_proxy() {
  proxy_configuration >"$STATE/proxy.yaml"
  start_daemon proxy "$TOOLS/bin/kube-proxy" --config="$STATE/proxy.yaml"
}

node_ready() {
  local condition='{.status.conditions[?(@.type=="Ready")].status}'
  [[ $(kubectl get node "$NODE" --output "jsonpath=$condition") == True ]]
}

proxy_ready() {
  curl -fsS http://127.0.0.1:10256/healthz
}
