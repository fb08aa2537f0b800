# The one program of our own: the first process of pods and namespaces, as a
# program and as an image. To be sourced.
# shellcheck shell=bash

install_compile() {
  local root
  root=$(mktemp -d)
  gcc -Os -static -s -o "$root/$1" "$PINS/$1/$1.c"
  cp "$root/$1" "$TOOLS/bin/$1"
  "$PARTS/image.sh" "$TOOLS/$1.tar" "linkspan.test/$1:1" "$root" "/$1"
  rm -r "$root"
}
