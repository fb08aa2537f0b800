#!/usr/bin/env bash
# Builds the programs as they are released (static, link-time optimised, stripped) and prints their sizes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=$(rustc -vV | sed -n 's/^host: //p')
# Nothing unwinds: its tables, a tenth of a program, are left out by the linker (the compiler's own switch does not
# hold when everything is optimised as one). Packed, the addresses that are adjusted at the start take 5 kB instead of
# 360 kB; functions that came out the same are kept once.
flags=(-z,pack-relative-relocs -z,noseparate-code -O2 --icf=all --no-eh-frame-hdr "-T,$PWD/benches/size.ld")
export RUSTFLAGS="-C target-feature=+crt-static -C force-unwind-tables=no $(printf -- '-C link-arg=-Wl,%s ' "${flags[@]}")"
cargo build --locked --profile dist --target "$target" \
  --package linkspan-build --package linkspan-events --package linkspan-rollout
folder=${CARGO_TARGET_DIR:-target}/$target/dist
status=0
for bound in build:8 events:8 rollout:15; do
  name=linkspan-${bound%:*} limit=${bound#*:}
  bytes=$(stat -c %s "$folder/$name")
  file "$folder/$name" | grep -Eq 'static(ally)?[- ](pie )?linked' || { echo "$name is not static"; status=1; }
  printf '%-18s %6.2f MB  (bound %s MB)\n' "$name" "$(awk "BEGIN { print $bytes / 1e6 }")" "$limit"
  ((bytes <= limit * 1000000)) || status=1
done
exit "$status"
