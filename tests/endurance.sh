#!/usr/bin/env bash
# The endurance tier: the same tests as always, with large numbers, as released where that matters, and the sizes of
# the released programs. `tests/run.sh --endurance` runs it inside the test cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

events() { cargo test --locked --release --package linkspan-events --test "$@"; }

LINKSPAN_FAULTS=20000 events injected_faults -- --nocapture
LINKSPAN_BAD_INPUT=large events bad_input
PROPTEST_CASES=20000 events semantic_laws -- --nocapture
for seed in $(seq 20); do
  LINKSPAN_CORPUS_SEED=$seed events compat_corpus -- --nocapture
done
LINKSPAN_TEST_APPLY_REQUESTS=10000 cargo test --locked --package linkspan-cluster --test apply -- --nocapture
benches/size.sh
