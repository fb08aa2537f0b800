#!/bin/sh
# Tide Maps joins: it posts its products to the hub, as CloudEvents, and that is all.
#
#   ./join.sh [HUB_URL]      (http://127.0.0.1:8081, for example)
#
# Nothing was written in Rust for it, nothing was deployed, and nobody else has
# changed anything. Reload the page.
set -eu
hub=${1:?"say where the hub is: ./join.sh http://127.0.0.1:8081"}
cd "$(dirname "$0")"
while read -r event; do
    curl --fail --silent --show-error -H 'Content-Type: application/cloudevents+json' --data "$event" "$hub/events"
done < products.ndjson
echo "Tide Maps has joined"
