# BuildKit, which builds what we do not, and which our own builds are compared
# with. To be sourced.
# shellcheck shell=bash

BUILDKIT=unix://$STATE/buildkit.sock

# No image of its Dockerfile frontend is needed, it has one built in. Build
# steps use the namespace's network: there is no other.
buildkit_configuration() {
  cat <<EOF
root = "$STATE/buildkit"
[grpc]
  address = ["$BUILDKIT"]
[worker.oci]
  enabled = true
  binary = "$DEBIAN/usr/sbin/runc"
  networkMode = "host"
  rootless = false
  defaultCgroupParent = "/$CGROUP"
[worker.containerd]
  enabled = false
[registry."$REGISTRY"]
  http = true
EOF
}

start_buildkit() {
  buildkit_ready >/dev/null 2>&1 && return
  buildkit_configuration >"$STATE/buildkitd.toml"
  start_daemon buildkit "$TOOLS/bin/buildkitd" --config "$STATE/buildkitd.toml"
}

buildkit_ready() {
  buildctl --addr "$BUILDKIT" debug workers
}
