#!/usr/bin/env bash
# start.sh registry|buildkit|kubernetes: runs inside the cluster's namespaces
# and starts what is asked for, with a registry; it returns when that answers.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=../lib.sh
source "$here/../lib.sh"
# shellcheck source=settings.sh
source "$here/settings.sh"
for piece in credentials registry buildkit control-plane node dns objects; do
  # shellcheck source=/dev/null
  source "$here/$piece.sh"
done

export PATH=$TOOLS/bin:$DEBIAN/usr/bin:$DEBIAN/usr/sbin:$PATH
export KUBECONFIG=$KUBECONFIG_ADMIN

# What does not wait for the API comes first, so that it is ready by then.
start_kubernetes() {
  make_network
  start_etcd
  start_containerd
  new_credentials
  wait_until etcd 20 etcd_ready
  start_apiserver
  load_pause_image
  wait_until apiserver 60 apiserver_ready
  start_controller_manager
  start_scheduler
  start_kubelet
  start_proxy
  start_dns
  create_objects
}

wait_for_kubernetes() {
  wait_until controller-manager 60 controller_manager_ready
  wait_until scheduler 30 scheduler_ready
  wait_until kubelet 60 node_ready
  wait_until proxy 30 proxy_ready
  wait_until dns 30 dns_ready
}

start_registry
case $1 in
  kubernetes)
    start_kubernetes
    wait_for_kubernetes
    ;;
  buildkit)
    start_buildkit
    wait_until buildkit 20 buildkit_ready
    ;;
esac
wait_until registry 20 registry_ready
touch "$STATE/started/registry" "$STATE/started/$1"
