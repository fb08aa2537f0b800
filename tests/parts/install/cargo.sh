# A program from crates.io. To be sourced.
# shellcheck shell=bash

# It runs for seconds: time is better spent on not compiling it for long.
install_cargo() {
  local name version work
  need_program cargo "Rust"
  read -r name version <"$PINS/$1/crate.txt"
  work=$(mktemp -d)
  cd "$work" || return
  CARGO_TARGET_DIR=$work/target CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    nice -n 5 cargo install --locked --root "$TOOLS" --version "$version" "$name"
  rm -r "$work"
}
