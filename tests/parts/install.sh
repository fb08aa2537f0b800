#!/usr/bin/env bash
# Builds or fetches the real parts that the tests run against, into a cache
# outside the tree (LINKSPAN_TOOLS, default ~/.cache/linkspan-tools). Each part
# is pinned below `tests/tools/`; what is there and up to date is left alone.
#
#   install.sh                  all parts
#   install.sh --no-kubernetes  without what only the test cluster needs
#   install.sh --only NAME…     these parts
#   install.sh --list           the parts, and how each is made
#
# Needs Debian, Go, Rust, Node.js and Python; root if Debian packages are missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
source "$here/lib.sh"
for step in "$here"/install/*.sh; do
  # shellcheck source=/dev/null
  source "$step"
done

# A part and the step that makes it; its pins are in `tests/tools/PART/`.
readonly ALL_PARTS="
machine            packages
chromium           packages
debian             unpack
pause              compile
crane              go
actionlint         go
act                go
zizmor             venv
schemas            npm
github             npm
json-schema-suite  archive
kubernetes         go
coredns            go
buildkit           go
buildkit-judge     program
cargo-deny         cargo
"
readonly ONLY_CLUSTER=" kubernetes coredns "

# step_of PART
step_of() {
  awk -v part="$1" '$1 == part { print $2 }' <<<"$ALL_PARTS"
}

# fingerprint PART STEP: changes with the pins and with the way it is made.
fingerprint() {
  cat "$PINS/$1"/* "$here/install/$2.sh" | sha256sum
}

# present PART STEP. Debian packages may go without our knowing: they are
# looked for each time.
present() {
  if [[ $2 == packages ]]; then
    packages_present "$1"
  else
    [[ -f $TOOLS/stamps/$1 && $(<"$TOOLS/stamps/$1") == "$(fingerprint "$1" "$2")" ]]
  fi
}

# make PART STEP. The step runs in the background because there, and not in a
# condition, an error in the middle of it ends it.
make() {
  local log=$TOOLS/log/$1.log from
  from=$(now)
  "install_$2" "$1" >"$log" 2>&1 </dev/null &
  if ! wait $!; then
    tail -n 20 "$log" >&2
    fail "\`$1\` could not be made; all of its output is in \`$log\`"
  fi
  fingerprint "$1" "$2" >"$TOOLS/stamps/$1"
  progress "$(printf '%-18s %6.1f s' "$1" "$(seconds_since "$from")")"
}

# install_parts PART…
install_parts() {
  local part step new=0 from
  from=$(now)
  for part in "$@"; do
    step=$(step_of "$part")
    [[ $step ]] || fail "there is no part \`$part\`; \`install.sh --list\` names them"
    present "$part" "$step" && continue
    make "$part" "$step"
    new=$((new + 1))
  done
  progress "$# parts are there, $new of them new, after $(seconds_since "$from") s"
}

# The parts that the arguments ask for.
chosen() {
  local part step
  case ${1-} in
    --only) printf '%s\n' "${@:2}" ;;
    '' | --no-kubernetes)
      while read -r part step; do
        [[ $part ]] || continue
        [[ ${1-} && $ONLY_CLUSTER == *" $part "* ]] || printf '%s\n' "$part"
      done <<<"$ALL_PARTS"
      ;;
  esac
}

case ${1-} in
  --list) printf '%s' "${ALL_PARTS#?}" ;;
  '' | --no-kubernetes | --only)
    mkdir -p "$TOOLS"/{bin,log,stamps}
    # two runs at once: the second waits and finds everything there
    exec 9>"$TOOLS/lock"
    flock 9
    mapfile -t parts < <(chosen "$@")
    install_parts "${parts[@]}"
    ;;
  *)
    progress "usage: install.sh [--no-kubernetes | --only NAME… | --list]"
    exit 2
    ;;
esac
