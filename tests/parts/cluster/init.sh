#!/usr/bin/env bash
# The first process of the cluster's namespaces (network, mounts, processes).
# It makes the places private that Kubernetes' node uses whatever its
# configuration says, then does nothing but wait. When it ends, the kernel ends
# every process and removes every mount and link with it.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=../lib.sh
source "$here/../lib.sh"
# shellcheck source=settings.sh
source "$here/settings.sh"

# /proc is still the host's: what it calls us is what `cluster.sh` needs.
record_itself() {
  local pid _
  read -r pid _ </proc/self/stat
  printf '%s %s\n' "$pid" "$(start_time "$pid")" >"$INIT_FILE.new"
  mount -t proc proc /proc
  # volumes with mount propagation need a shared root
  mount --make-rshared /
}

# private_folder FOLDER: what is written below it goes to the state folder.
private_folder() {
  local layer=$STATE/private$1
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay overlay \
    -o "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" "$1"
}

# private_sysctl NAME VALUE: the kubelet wants this value, and would set it for
# the whole machine. Here it finds it in a file of ours.
private_sysctl() {
  local file=$STATE/private/sysctl/$1
  mkdir -p "$(dirname "$file")"
  printf '%s\n' "$2" >"$file"
  mount --bind "$file" "/proc/sys/${1//.//}"
}

record_itself
for folder in /opt /run /var/lib /var/log; do
  private_folder "$folder"
done
private_sysctl kernel.keys.root_maxbytes 25000000
private_sysctl kernel.keys.root_maxkeys 1000000
private_sysctl kernel.panic 10
private_sysctl kernel.panic_on_oops 1
private_sysctl vm.overcommit_memory 1
private_sysctl vm.panic_on_oom 0
ip link set lo up

mv "$INIT_FILE.new" "$INIT_FILE"
exec "$TOOLS/bin/pause"
