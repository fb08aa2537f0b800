#!/bin/bash -p
# Finds one of linkspan's programs in exactly the version of this tree, and becomes it:
#
#   launch.sh PROGRAM [ARGUMENT…]
#
# The version, the repository and the SHA-256 of every release asset stand in version.env beside this file. Looked
# through in turn:
#
#   LINKSPAN_BIN_DIR       a folder with the program; it must be there then, in whatever version
#   the tool cache         $RUNNER_TOOL_CACHE/linkspan/<version>/<arch>/, with <arch>.complete beside it
#   PATH                   a program that says it has this version
#   LINKSPAN_MIRROR        an address that is laid out like the release: <mirror>/v<version>/<asset>
#   the release            by its plain address, which needs no token and has no rate limit
#   LINKSPAN_SOURCE_BUILD  true: cargo build --locked, in the tree that this file is in
#
# A download whose digest differs is an error, whatever else could be tried. Version 0.0.0-dev has no digests: it is
# taken from LINKSPAN_BIN_DIR, or else built from source.
#
# Exit codes of its own: 2 wrong use, 4 nothing could be downloaded, 6 the build failed, 8 a digest differs.
#
# For bash from 3.2 (macOS) on. The way to a program in the tool cache starts one process (uname). -p keeps
# BASH_ENV, functions from the environment and SHELLOPTS out of this shell, the lines below out of those it starts.
set -euo pipefail
unset BASH_ENV ENV CDPATH GLOBIGNORE
IFS=$' \t\n'
umask 022

readonly USAGE=2 UNREACHABLE=4 FAILED=6 REFUSED=8

say() {
  printf 'linkspan: %s\n' "$1" >&2
}

# fail CODE MESSAGE: on a runner the message becomes an annotation, escaped for it.
fail() {
  local message=$2
  if [[ ${GITHUB_ACTIONS-} == true ]]; then
    message=${message//'%'/%25}
    message=${message//$'\r'/%0D}
    message=${message//$'\n'/%0A}
    printf '::error title=linkspan::%s\n' "$message" >&2
  else
    say "error: $message"
  fi
  # On the host, act closes a failed step's terminal without having read all of it.
  [[ ${ACT-} != true ]] || sleep 0.3
  exit "$1"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Reads version.env into version, repository and expected, the digest of this asset.
read_version() {
  local key value
  version='' repository='' expected=''
  while IFS='=' read -r key value || [[ -n $key ]]; do
    value=${value%$'\r'}
    case $key in
      version) version=$value ;;
      repository) repository=$value ;;
      "$asset") expected=$value ;;
    esac
  done <"$here/version.env"
  [[ -n $version && -n $repository ]] || fail "$USAGE" "$here/version.env has no version or no repository"
}

# Sets platform, arch and suffix.
read_platform() {
  local machine
  machine=$(uname -sm)
  suffix=''
  case $machine in
    Linux\ *) platform=linux ;;
    Darwin\ *) platform=macos ;;
    MINGW*\ * | MSYS*\ * | CYGWIN*\ *) platform=windows suffix=.exe ;;
    *) fail "$USAGE" "there are no programs for $machine" ;;
  esac
  # On Windows the shell may be an emulated one.
  case "$platform ${PROCESSOR_ARCHITEW6432-${PROCESSOR_ARCHITECTURE-}} $machine" in
    'windows ARM64 '*) arch=arm64 ;;
    *' x86_64' | *' amd64') arch=x64 ;;
    *' aarch64' | *' arm64') arch=arm64 ;;
    *) fail "$USAGE" "there are no programs for $machine" ;;
  esac
}

is_program() {
  [[ -f $1 && -x $1 ]]
}

# The folder for programs of this version; the first of these that can be written to.
find_store() {
  local root
  for root in "${RUNNER_TOOL_CACHE-}" "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}" "${RUNNER_TEMP-}" "${TMPDIR:-/tmp}"; do
    store=$root/linkspan/$version
    if [[ -n $root ]] && mkdir -p "$store" 2>/dev/null && [[ -w $store ]]; then
      return
    fi
  done
  fail "$USAGE" 'there is no folder to keep the program in: set RUNNER_TOOL_CACHE'
}

# Becomes the program where a cache has it.
try_caches() {
  local root
  for root in "${RUNNER_TOOL_CACHE-}" "${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}"; do
    found=$root/linkspan/$version/$arch/$program$suffix
    if [[ -n $root && -f $root/linkspan/$version/$arch.complete ]] && is_program "$found"; then
      return 0
    fi
  done
  return 1
}

# Takes a program from PATH that says `<name> <version>`.
try_path() {
  local said
  found=$(type -P "$program$suffix") || return 1
  said=$("$found" --version 2>/dev/null </dev/null) || return 1
  said=${said%%$'\n'*}
  said=${said%$'\r'}
  [[ ${said##* } == "$version" ]]
}

# download URL FILE, with whatever is there. No configuration file of the user's takes part.
download() {
  if has curl; then
    curl -q --fail --silent --show-error --location --retry 2 --connect-timeout 15 --max-time 600 --output "$2" "$1"
  elif has wget; then
    HOME=${2%/*} wget -q -t 2 -T 30 -O "$2" "$1"
  elif has node; then
    NODE_OPTIONS='' node -e "$node_download" "$1" "$2"
  elif has python3; then
    python3 -I -c "$python_download" "$1" "$2"
  else
    fail "$USAGE" 'a download needs curl, wget, node or python3, and none of them is here'
  fi
}

# Node 16 has no fetch.
# shellcheck disable=SC2016 # these are not shell variables
readonly node_download='
const [url, file] = process.argv.slice(1);
const stop = (error) => { console.error(String(error)); process.exit(1); };
const get = (url, left) => require(url.startsWith("https:") ? "https" : "http").get(url, (answer) => {
  const next = answer.headers.location;
  if (answer.statusCode >= 300 && answer.statusCode < 400 && next && left) {
    answer.resume();
    return get(new URL(next, url).href, left - 1);
  }
  if (answer.statusCode !== 200) return stop(`${url} answers ${answer.statusCode}`);
  require("stream").pipeline(answer, require("fs").createWriteStream(file), (error) => error && stop(error));
}).setTimeout(30000, () => stop(`${url} does not answer`)).on("error", stop);
get(url, 5);'

readonly python_download='
import shutil, sys, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1], timeout=30) as answer, open(sys.argv[2], "wb") as file:
        shutil.copyfileobj(answer, file)
except OSError as error:
    sys.exit(f"{sys.argv[1]}: {error}")'

# Prints the SHA-256 of a file.
digest() {
  local line
  if has sha256sum; then
    line=$(sha256sum <"$1")
  elif has shasum; then
    line=$(shasum -a 256 <"$1")
  elif has openssl; then
    line=$(openssl dgst -sha256 -r <"$1")
  elif has node; then
    line=$(NODE_OPTIONS='' node -p 'require("crypto").createHash("sha256").update(require("fs").readFileSync(0)).digest("hex")' <"$1")
  elif has python3; then
    line=$(python3 -I -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())' <"$1")
  else
    fail "$USAGE" 'a download is checked with sha256sum, shasum, openssl, node or python3, and none of them is here'
  fi
  printf '%s\n' "${line%% *}"
}

# install_from ADDRESS: downloads the asset, checks it, and puts it where the next step finds it. Others may do the
# same at this moment: everything happens beside, and a rename makes it visible at once.
install_from() {
  local url="${1%/}/v$version/$asset" actual
  temporary=$(mktemp -d "$store/.incoming.XXXXXX") || fail "$FAILED" "cannot write to $store"
  if ! download "$url" "$temporary/$asset"; then
    clean_up
    say "cannot download $url"
    return 1
  fi
  actual=$(digest "$temporary/$asset") || exit
  if [[ $actual != "$expected" ]]; then
    fail "$REFUSED" "$url is not what this version expects: its SHA-256 is $actual, not $expected"
  fi
  found=$store/$arch/$program$suffix
  place "$temporary/$asset" || fail "$FAILED" "cannot put the program into $store/$arch"
  clean_up
}

place() {
  chmod 755 "$1" && mkdir -p "$store/$arch" || return
  # Windows does not replace a program that runs: then somebody else has put the same one there.
  mv -f "$1" "$found" 2>/dev/null || is_program "$found" || return
  : >"$store/$arch.complete"
}

temporary=''
clean_up() {
  if [[ -n $temporary ]]; then
    rm -rf "$temporary"
    temporary=''
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build_from_source() {
  local root=$here/..
  [[ -f $root/Cargo.toml ]] || fail "$USAGE" "there are no sources beside the action: $root/Cargo.toml is missing"
  has cargo || fail "$USAGE" 'building from source needs cargo: install Rust from https://rustup.rs'
  say "building $program $version from source"
  # From that folder, so that no toolchain file or configuration of the workspace's takes part. Standard output
  # belongs to the program.
  (
    cd "$root" && unset CARGO_BUILD_TARGET CARGO_TARGET_DIR &&
      cargo build --locked --release --target-dir target --package "$program" --bin "$program" >&2
  ) || fail "$FAILED" "cargo could not build $program"
  found=$root/target/release/$program$suffix
  is_program "$found" || fail "$FAILED" "cargo built no $found"
}

# Sets found.
find_program() {
  if [[ -n ${LINKSPAN_BIN_DIR-} ]]; then
    found=$LINKSPAN_BIN_DIR/$program$suffix
    is_program "$found" || fail "$USAGE" "LINKSPAN_BIN_DIR has no program $found"
    return
  fi
  if [[ $version == *-dev ]]; then
    find_development_version
    return
  fi
  if try_caches || try_path; then
    return
  fi
  if [[ -n $expected ]]; then
    find_store
    if [[ -n ${LINKSPAN_MIRROR-} ]] && install_from "$LINKSPAN_MIRROR"; then
      return
    fi
    if install_from "$repository/releases/download"; then
      return
    fi
  fi
  if [[ ${LINKSPAN_SOURCE_BUILD-} == true ]]; then
    build_from_source
    return
  fi
  [[ -n $expected ]] || fail "$USAGE" "$here/version.env has no digest of $asset, so nothing can be downloaded: set LINKSPAN_SOURCE_BUILD=true, or LINKSPAN_BIN_DIR"
  fail "$UNREACHABLE" "cannot get $program $version: set LINKSPAN_MIRROR to an address that this machine reaches, or LINKSPAN_SOURCE_BUILD=true"
}

find_development_version() {
  if [[ -f $here/../Cargo.toml ]] && has cargo; then
    build_from_source
    return
  fi
  fail "$USAGE" "version $version is never downloaded: set LINKSPAN_BIN_DIR to a folder with $program, or install cargo and keep the sources beside the action"
}

here=${BASH_SOURCE[0]%/*}
[[ $here != "${BASH_SOURCE[0]}" ]] || here=.
program=${1-}
[[ $program =~ ^linkspan(-[a-z]+)?$ ]] || fail "$USAGE" "usage: launch.sh PROGRAM [ARGUMENT…], where PROGRAM is linkspan or linkspan-…, not '$program'"
shift
read_platform
asset=$program-$platform-$arch$suffix
read_version
find_program
clean_up
exec "$found" ${1+"$@"}
