# npm packages, exactly as their lock file says; no script of theirs runs. To
# be sourced.
# shellcheck shell=bash

# programs_of FOLDER: the programs of the packages that we ask for ourselves.
programs_of() {
  local package
  jq --raw-output '.dependencies | keys[]' "$1/package.json" | while read -r package; do
    jq --raw-output '.bin // {} | if type == "object" then keys[] else empty end' \
      "$1/node_modules/$package/package.json"
  done
}

install_npm() {
  local folder=$TOOLS/$1 program
  need_program npm "Node.js 20 or newer"
  rm -rf "$folder.new"
  mkdir -p "$folder.new"
  cp "$PINS/$1/package.json" "$PINS/$1/package-lock.json" "$folder.new/"
  npm ci --prefix "$folder.new" --ignore-scripts --no-audit --no-fund
  rm -rf "$folder"
  mv "$folder.new" "$folder"
  programs_of "$folder" | while read -r program; do
    ln -sf "$folder/node_modules/.bin/$program" "$TOOLS/bin/$program"
  done
}
