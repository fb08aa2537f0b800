# Debian packages that are only unpacked, into the cache. To be sourced.
# shellcheck shell=bash

# download_packages NAME…: into the current folder.
download_packages() {
  apt-get download "$@" || { apt-get update && apt-get download "$@"; }
}

# wrap_nft FOLDER: nft finds its libraries in the unpacked folder.
wrap_nft() {
  local libraries
  libraries=$1/usr/lib/$(gcc -print-multiarch)
  cat >"$TOOLS/bin/nft" <<EOF
#!/bin/sh
LD_LIBRARY_PATH=$libraries exec $1/usr/sbin/nft "\$@"
EOF
  chmod +x "$TOOLS/bin/nft"
}

install_unpack() {
  local folder=$TOOLS/$1 packages archive
  mapfile -t packages < <(grep -v '^#' "$PINS/$1/unpacked.txt")
  rm -rf "$folder" "$folder.packages"
  mkdir -p "$folder.packages"
  cd "$folder.packages" || return
  download_packages "${packages[@]}"
  for archive in *.deb; do
    dpkg -x "$archive" "$folder"
  done
  cd "$TOOLS" || return
  rm -r "$folder.packages"
  wrap_nft "$folder"
}
