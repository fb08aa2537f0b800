# Programs from Go modules, one module of ours for each: what they depend on
# does not agree. To be sourced.
# shellcheck shell=bash

# link_flags: small binaries. Kubernetes gets its version, as its own build
# would set it: clients and kubelet read it.
link_flags() {
  local version minor package
  printf -- '-s -w'
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes 2>/dev/null) || return 0
  minor=${version#v*.}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- ' -X %s.gitVersion=%s' "$package" "$version"
    printf -- ' -X %s.gitMajor=1 -X %s.gitMinor=%s' "$package" "$package" "${minor%%.*}"
  done
}

install_go() {
  need_program go "Go 1.26 or newer"
  cd "$PINS/$1" || return
  CGO_ENABLED=0 GOFLAGS=-mod=readonly GOBIN=$TOOLS/bin \
    nice -n 5 go install -trimpath -ldflags "$(link_flags)" tool
}
