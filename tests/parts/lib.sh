# Small functions that the scripts beside this file share. To be sourced.
# shellcheck shell=bash disable=SC2034

PARTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PINS=$(cd "$PARTS/../tools" && pwd)
TOOLS=${LINKSPAN_TOOLS:-$HOME/.cache/linkspan-tools}

# One line of progress, on standard error: standard output is for results.
progress() {
  printf '%s\n' "$*" >&2
}

# The last words of a script: what is wrong and what to do.
fail() {
  progress "error: $*"
  exit 1
}

# need_program PROGRAM WHERE-FROM
need_program() {
  command -v "$1" >/dev/null || fail "\`$1\` is missing: install $2"
}

# Seconds since the epoch, with fractions, without starting a program.
now() {
  printf '%s' "$EPOCHREALTIME"
}

# seconds_since START: how long ago START (a `now`) was, as "1.2".
seconds_since() {
  awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", to - from }'
}

# start_time PID: when the process started, in clock ticks since boot. With it
# a recorded process id is known to be still the same process.
start_time() {
  local line fields
  line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # the name in parentheses may hold spaces: count from behind it
  read -ra fields <<<"${line##*) }"
  printf '%s' "${fields[19]}"
}

# alive PID: whether it runs. A zombie counts as dead: a machine whose first
# process reaps late keeps them for seconds.
alive() {
  [[ -d /proc/$1 ]] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# same_process "PID START": whether a recorded process is still there.
same_process() {
  local pid start
  read -r pid start <<<"$1"
  [[ -n $pid && -n $start ]] && alive "$pid" && [[ $(start_time "$pid") == "$start" ]]
}

# start_daemon NAME COMMAND…: runs it in the background, with its output in
# $STATE/log/NAME.log. It gets no terminal and outlives the shell.
start_daemon() {
  local name=$1
  shift
  setsid "$@" >"$STATE/log/$name.log" 2>&1 </dev/null &
}

# wait_until WHAT SECONDS COMMAND…: until the command succeeds, else fails with
# the end of $STATE/log/WHAT.log.
wait_until() {
  local what=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      tail -n 12 "$STATE/log/$what.log" 2>/dev/null | cut -c1-400 >&2 || true
      fail "$what was not ready in time: \`$*\`"
    fi
    sleep 0.05
  done
}
