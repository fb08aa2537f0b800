#!/usr/bin/env bash
# image.sh ARCHIVE NAME FOLDER [ENTRYPOINT-WORD…]
# Packs FOLDER as the only layer of an image and writes it as an archive that
# `ctr images import` and `crane push` read. The same folder gives the same bytes.
set -euo pipefail

if (($# < 3)); then
  printf 'usage: %s ARCHIVE NAME FOLDER [ENTRYPOINT-WORD…]\n' "$0" >&2
  exit 2
fi
archive=$1 name=$2 folder=$3
shift 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pack() { # TAR FOLDER
  tar --create --file "$1" --directory "$2" --sort=name --mtime=@0 \
    --owner=0 --group=0 --numeric-owner .
}

digest() { # FILE
  local line
  line=$(sha256sum "$1")
  printf '%s' "${line%% *}"
}

mkdir "$work/image"
pack "$work/image/layer.tar" "$folder"

entrypoint=$(printf '%s\n' "$@" | jq --raw-input . | jq --slurp --compact-output .)
jq --null-input --compact-output \
  --argjson entrypoint "$entrypoint" --arg layer "sha256:$(digest "$work/image/layer.tar")" \
  --arg architecture "$(dpkg --print-architecture)" \
  '{architecture: $architecture, os: "linux", config: {Entrypoint: $entrypoint},
    rootfs: {type: "layers", diff_ids: [$layer]}}' >"$work/config"

config=$(digest "$work/config").json
mv "$work/config" "$work/image/$config"
jq --null-input --compact-output --arg config "$config" --arg name "$name" \
  '[{Config: $config, RepoTags: [$name], Layers: ["layer.tar"]}]' >"$work/image/manifest.json"

pack "$work/archive" "$work/image"
mv "$work/archive" "$archive"
