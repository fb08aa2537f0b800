# A program from PyPI, in an environment of its own. To be sourced.
# shellcheck shell=bash

install_venv() {
  local folder=$TOOLS/$1
  need_program python3 "Python 3 with its venv module"
  python3 -m venv --clear "$folder"
  "$folder/bin/pip" install --disable-pip-version-check --no-deps --require-hashes \
    --requirement "$PINS/$1/requirements.txt"
  ln -sf "$folder/bin/$1" "$TOOLS/bin/$1"
}
