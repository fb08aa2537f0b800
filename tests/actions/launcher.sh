#!/usr/bin/env bash
# Every way that actions/launch.sh can take, with a release server on this machine. Needs bash, python3, curl, wget
# and node; prints one line per test and fails with the first that does not hold.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
launcher=$here/../../actions
work=$(mktemp -d)
server=''
finish() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

for tool in python3 curl wget node; do
  command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install $tool)" >&2; exit 1; }
done

python=$(python3 -c 'import sys; print(sys.executable)')

case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "no programs for this machine" >&2; exit 1 ;;
esac
asset=linkspan-build-linux-$arch

# A released tree: the launcher with a version and a digest. The folder has a space in its name.
tree="$work/the tree"
mkdir -p "$tree/actions" "$work/release"
cp "$launcher/launch.sh" "$tree/actions/"
launch="$tree/actions/launch.sh"

# The program shows how it was called.
cat >"$work/release/$asset" <<'PROGRAM'
#!/bin/sh
if [ "${1-}" = --version ]; then echo "linkspan-build 1.2.3"; exit; fi
printf 'ran'; for argument; do printf ' [%s]' "$argument"; done; printf '\n'
PROGRAM
sha=$(sha256sum <"$work/release/$asset")
sha=${sha%% *}

python3 "$here/server.py" "$work/release" "$work/log" "$work/port" &
server=$!
for _ in $(seq 200); do [[ -s $work/port ]] && break; sleep 0.05; done
base=http://127.0.0.1:$(<"$work/port")

release() { # release KIND [VERSION] [DIGEST]: writes the tree's version.env
  printf '# comment\nversion=%s\nrepository=%s/%s\n%s=%s\n' \
    "${2-1.2.3}" "$base" "$1" "$asset" "${3-$sha}" >"$tree/actions/version.env"
}

development() {
  printf 'version=0.0.0-dev\nrepository=%s/good\n' "$base" >"$tree/actions/version.env"
}

# Runs the launcher in a scrubbed environment; sets out, err and code.
run() {
  code=0
  env -i HOME="$work/home" PATH="${path-$PATH}" TMPDIR="$work/tmp" RUNNER_TOOL_CACHE="$cache" "${variables[@]}" \
    "$launch" "$@" >"$work/out" 2>"$work/err" || code=$?
  out=$(<"$work/out")
  err=$(<"$work/err")
}

fresh() { # fresh NAME: a new test with an empty cache
  name=$1
  cache="$work/cache of $RANDOM$RANDOM"
  variables=(A=1)
  unset path
  rm -rf "${work:?}/home" "$work/tmp" "$work/log"
  mkdir -p "$work/home" "$work/tmp" "$cache"
  : >"$work/log"
}

requests() { wc -l <"$work/log"; }

check() { # check WHAT ACTUAL EXPECTED
  if [[ $2 != "$3" ]]; then
    printf 'FAILED %s: %s is\n  %s\nnot\n  %s\n' "$name" "$1" "$2" "$3" >&2
    [[ -z ${err-} ]] || printf 'standard error: %s\n' "$err" >&2
    exit 1
  fi
}

has() { # has WHAT TEXT PART
  [[ $2 == *"$3"* ]] || check "$1" "$2" "…$3…"
}

passed() {
  check leftovers "$(find "$work" -name '.incoming.*' | wc -l)" 0
  printf 'ok %s\n' "$name"
}

# A PATH with these commands only, and what the launcher always needs.
only() {
  local folder tool
  folder=$(mktemp -d "$work/path.XXXXXX")
  for tool in bash sh uname mktemp mkdir chmod mv rm env "$@"; do
    # The program itself: python3 may be a version manager's script.
    case $tool in
      python3) ln -s "$python" "$folder/$tool" ;;
      *) ln -s "$(type -P "$tool")" "$folder/$tool" ;;
    esac
  done
  path=$folder
}

fresh 'a release is downloaded once'
release good
run --version
check code "$code" 2
run linkspan-build a 'b  c' '' '*' $'d\ne'
check code "$code" 0
check output "$out" $'ran [a] [b  c] [] [*] [d\ne]'
check file "$(find "$cache" -type f | sed "s|$cache/||" | sort | tr '\n' ' ')" \
  "linkspan/1.2.3/$arch.complete linkspan/1.2.3/$arch/linkspan-build "
check log "$(<"$work/log")" "/good/releases/download/v1.2.3/$asset"
run linkspan-build again
check output "$out" 'ran [again]'
check requests "$(requests)" 1
check 'standard error' "$err" ''
passed

fresh 'a program without its mark is fetched again'
mkdir -p "$cache/linkspan/1.2.3/$arch"
printf '#!/bin/sh\necho half' >"$cache/linkspan/1.2.3/$arch/linkspan-build"
chmod +x "$cache/linkspan/1.2.3/$arch/linkspan-build"
run linkspan-build
check output "$out" ran
check requests "$(requests)" 1
passed

fresh 'the tool cache goes before PATH, and no other version is taken from PATH'
mkdir -p "$work/bin"
path=$work/bin:$PATH
cp "$work/release/$asset" "$work/bin/linkspan-build"
chmod +x "$work/bin/linkspan-build"
run linkspan-build
check output "$out" ran
check requests "$(requests)" 0
sed -i 's/1\.2\.3/1.2.30/' "$work/bin/linkspan-build"
run linkspan-build
check output "$out" ran
check requests "$(requests)" 1
printf '#!/bin/sh\nexit 3\n' >"$work/bin/linkspan-build"
run linkspan-build
check output "$out" ran
passed

fresh 'the given folder goes before everything'
mkdir -p "$work/own bin"
printf '#!/bin/sh\necho own\n' >"$work/own bin/linkspan-build"
chmod +x "$work/own bin/linkspan-build"
variables=(LINKSPAN_BIN_DIR="$work/own bin")
run linkspan-build
check output "$out" own
development
run linkspan-build
check output "$out" own
variables=(LINKSPAN_BIN_DIR="$work/nowhere")
run linkspan-build
check code "$code" 2
check message "$err" "linkspan: error: LINKSPAN_BIN_DIR has no program $work/nowhere/linkspan-build"
passed

for kind in good moved; do
  for tool in curl wget node python3; do
    fresh "downloaded by $tool ($kind)"
    release "$kind"
    only "$tool" sha256sum
    run linkspan-build
    check code "$code" 0
    check output "$out" ran
    passed
  done
done

for tool in sha256sum shasum openssl node python3; do
  command -v "$tool" >/dev/null || continue
  fresh "checked by $tool"
  release good
  only curl "$tool"
  run linkspan-build
  check code "$code" 0
  release wrong 1.2.4
  run linkspan-build
  check code "$code" 8
  passed
done

fresh 'nothing to download or to check with'
release good
only sha256sum
run linkspan-build
check code "$code" 2
has message "$err" 'curl, wget, node or python3'
only curl
run linkspan-build
check code "$code" 2
has message "$err" 'sha256sum, shasum, openssl'
passed

fresh 'another digest is an error, whatever else could be tried'
release wrong
variables=(LINKSPAN_MIRROR="$base/wrong/" LINKSPAN_SOURCE_BUILD=true)
run linkspan-build
check code "$code" 8
check requests "$(requests)" 1
check output "$out" ''
bad=$({ head -c -1 "$work/release/$asset"; printf '#'; } | sha256sum)
check message "$err" "linkspan: error: $base/wrong/v1.2.3/$asset is not what this version expects: its SHA-256 is ${bad%% *}, not $sha"
check files "$(find "$cache" -type f | wc -l)" 0
passed

for tool in curl wget node python3; do
  fresh "a cut download is not run ($tool)"
  release short
  only "$tool" sha256sum
  run linkspan-build
  [[ $code == 4 || $code == 8 ]] || check code "$code" '4 or 8'
  check output "$out" ''
  check files "$(find "$cache" -type f | wc -l)" 0
  passed
done

for tool in curl wget node python3; do
  fresh "not there ($tool)"
  release nowhere
  only "$tool" sha256sum
  run linkspan-build
  check code "$code" 4
  has message "$err" "cannot download $base/nowhere/releases/download/v1.2.3/$asset"
  has message "$err" 'set LINKSPAN_MIRROR to an address that this machine reaches'
  passed
done

fresh 'a mirror goes before the release'
release nowhere
variables=(LINKSPAN_MIRROR="$base/good")
run linkspan-build
check output "$out" ran
check log "$(<"$work/log")" "/good/v1.2.3/$asset"
passed

fresh 'the release follows a mirror that does not answer'
release good
variables=(LINKSPAN_MIRROR="http://127.0.0.1:9/x")
run linkspan-build
check output "$out" ran
has message "$err" 'cannot download http://127.0.0.1:9/x/v1.2.3/'
passed

# A cargo that builds what it is told to, where it is told to.
mkdir -p "$work/cargo"
cat >"$work/cargo/cargo" <<'CARGO'
#!/bin/sh
pwd >"$CARGO_SAW"; echo "$*" >>"$CARGO_SAW"
echo 'cargo was here'
[ -z "${CARGO_FAILS-}" ] || exit 101
mkdir -p target/release
printf '#!/bin/sh\necho "built [$*]"\n' >target/release/linkspan-build
chmod +x target/release/linkspan-build
CARGO
chmod +x "$work/cargo/cargo"

fresh 'a development version is built from source'
development
: >"$tree/Cargo.toml"
path=$work/cargo:$PATH
variables=(CARGO_SAW="$work/saw" CARGO_TARGET_DIR=/nowhere CARGO_BUILD_TARGET=wasm32)
run linkspan-build x
check code "$code" 0
check output "$out" 'built [x]'
check cargo "$(<"$work/saw")" "$tree
build --locked --release --target-dir target --package linkspan-build --bin linkspan-build"
has message "$err" 'building linkspan-build 0.0.0-dev from source'
check requests "$(requests)" 0
variables+=(CARGO_FAILS=1)
run linkspan-build
check code "$code" 6
has message "$err" 'cargo could not build linkspan-build'
passed

fresh 'a release is built from source only when asked and not found'
release nowhere
path=$work/cargo:$PATH
variables=(CARGO_SAW="$work/saw")
run linkspan-build
check code "$code" 4
variables+=(LINKSPAN_SOURCE_BUILD=true)
run linkspan-build
check output "$out" 'built []'
release good
run linkspan-build
check output "$out" ran
passed

fresh 'a system without an asset'
printf 'version=1.2.3\nrepository=%s/good\n' "$base" >"$tree/actions/version.env"
run linkspan-build
check code "$code" 2
has message "$err" "has no digest of $asset"
path=$work/cargo:$PATH
variables=(CARGO_SAW="$work/saw" LINKSPAN_SOURCE_BUILD=true)
run linkspan-build
check output "$out" 'built []'
passed

fresh 'a development version without cargo or sources says what to do'
development
only
run linkspan-build
check code "$code" 2
has message "$err" 'version 0.0.0-dev is never downloaded: set LINKSPAN_BIN_DIR'
rm "$tree/Cargo.toml"
path=$work/cargo:$PATH
run linkspan-build
check code "$code" 2
passed

fresh 'eight at the same moment'
release good
pids=()
for number in 1 2 3 4 5 6 7 8; do
  env -i HOME="$work/home" PATH="$PATH" RUNNER_TOOL_CACHE="$cache" "$launch" linkspan-build "$number" >"$work/out.$number" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
for number in 1 2 3 4 5 6 7 8; do check output "$(<"$work/out.$number")" "ran [$number]"; done
check files "$(find "$cache" -type f | wc -l)" 2
passed

fresh 'another folder where the tool cache cannot be written to'
: >"$work/no folder"
cache="$work/no folder"
run linkspan-build
check output "$out" ran
check file "$(find "$work/home" -type f -name linkspan-build)" "$work/home/.cache/linkspan/1.2.3/$arch/linkspan-build"
run linkspan-build
check requests "$(requests)" 1
passed

fresh 'nothing from the environment runs'
echo 'echo evil' >"$work/evil"
variables=(BASH_ENV="$work/evil" ENV="$work/evil" CDPATH=/ NODE_OPTIONS=--evil SHELLOPTS=xtrace
  'BASH_FUNC_uname%%=() { echo evil; }' 'BASH_FUNC_curl%%=() { echo evil; }' IFS=/)
echo 'output = "/dev/stdout"' >"$work/home/.curlrc"
run linkspan-build 'a/b'
check code "$code" 0
check output "$out" 'ran [a/b]'
check 'standard error' "$err" ''
passed

fresh 'a runner gets an annotation, escaped'
variables=(GITHUB_ACTIONS=true LINKSPAN_BIN_DIR=$'/50%\n::error::x')
run linkspan-build
check message "$err" '::error title=linkspan::LINKSPAN_BIN_DIR has no program /50%25%0A::error::x/linkspan-build'
passed

fresh 'other names and systems are refused'
for program in '' linkspan-build/../sh sh linkspan- 'linkspan build' $'linkspan\nx'; do
  run "$program"
  check code "$code" 2
  has message "$err" 'usage: launch.sh PROGRAM'
done
only
mv "$path/uname" "$path/no-uname"
printf '#!/bin/sh\necho Plan9 mips\n' >"$path/uname"
chmod +x "$path/uname"
run linkspan-build
check code "$code" 2
check message "$err" 'linkspan: error: there are no programs for Plan9 mips'
passed

# All six systems, by the name of what is asked for.
for system in 'Linux x86_64=linux-x64' 'Linux aarch64=linux-arm64' 'Darwin x86_64=macos-x64' 'Darwin arm64=macos-arm64' \
  'MINGW64_NT-10.0-20348 x86_64=windows-x64.exe' 'MSYS_NT-10.0-22631 aarch64=windows-arm64.exe'; do
  fresh "the asset for ${system%=*}"
  printf 'version=1.2.3\nrepository=%s/nowhere\nlinkspan-build-%s=%s\n' "$base" "${system#*=}" "$sha" >"$tree/actions/version.env"
  only curl sha256sum
  rm "$path/uname"
  printf '#!/bin/sh\necho "%s"\n' "${system%=*}" >"$path/uname"
  chmod +x "$path/uname"
  run linkspan-build
  check code "$code" 4
  check log "$(sort -u "$work/log")" "/nowhere/releases/download/v1.2.3/linkspan-build-${system#*=}"
  passed
done

fresh 'the literals are those of this tree'
in_tree() { sed -n "s|^$1 = \"\(.*\)\"|\1|p" "$here/../../Cargo.toml" | head -n 1; }
check version "$(sed -n 's/^version=//p' "$launcher/version.env")" "$(in_tree version)"
check repository "$(sed -n 's/^repository=//p' "$launcher/version.env")" "$(in_tree repository)"
passed
