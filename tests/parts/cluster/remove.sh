# What outlives the cluster's namespaces, and how it is removed. To be sourced.
# shellcheck shell=bash

# cgroup_folders: our folder in each hierarchy of the machine.
cgroup_folders() {
  awk -v name="$CGROUP" '$3 == "cgroup" || $3 == "cgroup2" { print $2 "/" name }' /proc/mounts
}

make_cgroups() {
  local folder
  cgroup_folders | while read -r folder; do
    mkdir -p "$folder"
  done
}

remove_cgroups() {
  local folder
  cgroup_folders | while read -r folder; do
    [[ ! -d $folder ]] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || return 1
  done
}

# Ends the first process of the namespaces, and with it all of them.
end_namespaces() {
  local pid
  running || return 0
  pid=$(init_pid)
  kill -KILL "$pid" 2>/dev/null || true
  while alive "$pid"; do
    sleep 0.02
  done
}

# With the host's network, what the node makes there is not removed by ending
# its namespaces. The file says so, and holds the one setting that it changes.
HOST_NETWORK=$STATE/host-network

remember_host_network() {
  cat /proc/sys/net/ipv4/ip_forward >"$HOST_NETWORK"
}

restore_host_network() {
  local family link
  [[ -f $HOST_NETWORK ]] || return 0
  ip -oneline link show master pods0 2>/dev/null | sed 's/^[0-9]*: \([^@:]*\).*/\1/' |
    while read -r link; do
      ip link delete "$link" 2>/dev/null || true
    done
  for link in pods0 node0; do
    ip link delete "$link" 2>/dev/null || true
  done
  for family in ip ip6; do
    "$TOOLS/bin/nft" delete table "$family" kube-proxy 2>/dev/null || true
  done
  cat "$HOST_NETWORK" >/proc/sys/net/ipv4/ip_forward
}

# A cgroup is busy until the kernel has let go of its last process.
remove_leftovers() {
  local attempt
  for ((attempt = 0; attempt < 100; attempt++)); do
    ! remove_cgroups || break
    sleep 0.05
  done
  remove_cgroups || progress "warning: the cgroup folders \`$CGROUP\` are still in use and stay"
  rm -rf --one-file-system "$STATE"
}

remove_everything() {
  end_namespaces
  restore_host_network
  remove_leftovers
}

# keep_logs: beside the state, for a look after a failed start.
keep_logs() {
  rm -rf "$STATE.log"
  cp -r "$STATE/log" "$STATE.log" 2>/dev/null || true
}
