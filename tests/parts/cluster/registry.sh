# A registry on the namespace's loopback, over plain HTTP. To be sourced.
# shellcheck shell=bash

registry_configuration() {
  cat <<EOF
version: 0.1
log: {accesslog: {disabled: false}, level: info}
storage: {filesystem: {rootdirectory: $STATE/registry}, delete: {enabled: true}}
http: {addr: "$REGISTRY"}
EOF
}

start_registry() {
  registry_ready >/dev/null 2>&1 && return
  registry_configuration >"$STATE/registry.yml"
  start_daemon registry "$DEBIAN/usr/bin/docker-registry" serve "$STATE/registry.yml"
}

registry_ready() {
  curl -fsS "http://$REGISTRY/v2/"
}
