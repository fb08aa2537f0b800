# A Go program of our own, which asks somebody else's code. To be sourced.
# shellcheck shell=bash

install_program() {
  need_program go "Go 1.26 or newer"
  cd "$PINS/$1" || return
  CGO_ENABLED=0 GOFLAGS=-mod=readonly nice -n 5 go build -trimpath -ldflags '-s -w' -o "$TOOLS/bin/$1" .
}
