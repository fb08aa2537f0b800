# A folder out of a source archive from PyPI. To be sourced.
# shellcheck shell=bash

install_archive() {
  local folder=$TOOLS/$1 work
  need_program python3 "Python 3 with pip"
  work=$(mktemp -d)
  python3 -m pip download --disable-pip-version-check --no-deps --no-binary jsonschema \
    --require-hashes --requirement "$PINS/$1/requirements.txt" --dest "$work"
  rm -rf "$folder"
  mkdir -p "$folder"
  tar --extract --file "$work"/*.tar.gz --directory "$folder" --strip-components=2 \
    --wildcards '*/json/tests' '*/json/remotes'
  rm -r "$work"
}
