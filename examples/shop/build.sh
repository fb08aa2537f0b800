#!/bin/sh
# Builds one program, statically linked, and puts it where its Dockerfile looks:
#
#   ./build.sh PROGRAM    ->  services/PROGRAM/dist/linux/amd64/PROGRAM
#
# `prepare` in linkspan.yaml calls this before every image. When nothing has
# changed it takes a moment, and the file stays as it is, so the image does too.
set -eu
program=$1
cd "$(dirname "$0")"
root=$PWD

case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) echo "build.sh: no platform is known for $(uname -m)" >&2; exit 1 ;;
esac
triple=$(uname -m | sed s/arm64/aarch64/)-unknown-linux-gnu

# Messages of a panic hold the paths of source files. Without the folders of this
# machine in them, the same source gives the same bytes in every checkout.
cargo=${CARGO_HOME:-$HOME/.cargo}
cargo build --release --locked --quiet --bin "$program" --target "$triple" \
    --config "target.$triple.rustflags=['--remap-path-prefix=$root=/shop', '--remap-path-prefix=$cargo=/cargo']"

built=${CARGO_TARGET_DIR:-target}/$triple/release/$program
into=services/$program/dist/linux/$arch
mkdir -p "$into"
if ! cmp -s "$built" "$into/$program"; then
    cp "$built" "$into/.$program.$$"
    mv "$into/.$program.$$" "$into/$program"   # never half a program, even if two builds meet
fi
