# Debian packages that are installed: programs that cannot run from anywhere
# else. To be sourced.
# shellcheck shell=bash

# listed_programs PART: lines "PROGRAM PACKAGE".
listed_programs() {
  grep -v '^#' "$PINS/$1/installed.txt"
}

# missing_packages PART
missing_packages() {
  local program package
  listed_programs "$1" | while read -r program package; do
    command -v "$program" >/dev/null || printf '%s\n' "$package"
  done
}

packages_present() {
  [[ -z $(missing_packages "$1") ]]
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

install_packages() {
  local packages
  mapfile -t packages < <(missing_packages "$1")
  ((EUID == 0)) || fail "these Debian packages are missing, and only root can install them: ${packages[*]}"
  apt_install "${packages[@]}" || { apt-get update && apt_install "${packages[@]}"; }
}
