#!/usr/bin/env bash
# The workflow templates and actions under the linters, the templates' inputs against the actions that they call, and
# the properties under the rules of GitHub's own starter workflows. Needs python3, and actionlint and zizmor from
# tests/parts/install.sh.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=${LINKSPAN_TOOLS:-$HOME/.cache/linkspan-tools}/bin
for tool in actionlint zizmor; do
  if [[ ! -x $tools/$tool ]]; then
    if [[ ${LINKSPAN_TEST_OFFLINE-} == 1 ]]; then
      echo "skipped: $tools/$tool is missing" >&2
      exit 0
    fi
    echo "missing: $tools/$tool (tests/parts/install.sh makes it)" >&2
    exit 1
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$tools/zizmor" --offline --persona=auditor --quiet "$root/.github" "$root/actions" "$root/workflow-templates"
echo 'ok zizmor finds nothing'

# actionlint knows the inputs of local actions only: the same workflow, with the actions of this tree.
mkdir -p "$work/.git" "$work/.github/workflows"
cp -r "$root/actions" "$work/"
cp "$root"/.github/workflows/*.yml "$work/.github/workflows/"
for template in "$root"/workflow-templates/*.yml; do
  sed -e 's|linkspan-dev/linkspan/actions/\([a-z]*\)@v1|./actions/\1|' -e "s|\\\$default-branch|main|" \
    "$template" >"$work/.github/workflows/${template##*/}"
done
(cd "$work" && "$tools/actionlint")
"$tools/actionlint" "$root"/workflow-templates/*.yml
echo 'ok actionlint finds nothing, and every input is one of its action'

python3 - "$root/workflow-templates" <<'CHECK'
import json, os, re, sys

folder = sys.argv[1]
names = set()
for template in sorted(name for name in os.listdir(folder) if name.endswith(".yml")):
    stem = template[: -len(".yml")]
    with open(os.path.join(folder, stem + ".properties.json")) as file:
        properties = json.load(file)
    known = {"name", "description", "creator", "iconName", "categories", "filePatterns", "labels"}
    assert set(properties) <= known, f"{stem}: {set(properties) - known} are no properties"
    for key in ("name", "description"):
        assert properties.get(key, "").strip(), f"{stem}: {key} is required"
    assert properties["name"] not in names, f"{stem}: the name is taken"
    names.add(properties["name"])
    icon = properties.get("iconName", "")
    assert icon.startswith("octicon ") or os.path.isfile(os.path.join(folder, icon + ".svg")), f"{stem}: no icon {icon}"
    for pattern in properties.get("filePatterns", []):
        re.compile(pattern)
    with open(os.path.join(folder, template)) as file:
        text = file.read()
    assert "$default-branch" in text, f"{stem}: the organisation's branch is not asked for"
    for reference in re.findall(r"uses: (\S+)", text):
        pinned = re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", reference)
        own = re.fullmatch(r"linkspan-dev/linkspan/actions/[a-z]+@v1", reference)
        assert pinned or own, f"{stem}: {reference} is not pinned"
        # actionlint is silent about a local action that is not there.
        action = os.path.join(folder, "..", "actions", reference.split("/")[-1].split("@")[0], "action.yml")
        assert pinned or os.path.isfile(action), f"{stem}: {reference} is no action of this tree"
orphans = {name.split(".")[0] for name in os.listdir(folder) if name.endswith(".json")}
assert orphans == {name[:-4] for name in os.listdir(folder) if name.endswith(".yml")}, "properties without a template"
CHECK
echo 'ok properties'
