#!/usr/bin/env bash
# Process start to last byte of one statement: Harbourside, year 1, release build.
# Prints the least and the median of 41 runs in milliseconds.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
runs=41
for _ in $(seq "$runs"); do
  start=$(date +%s%N)
  target/release/carepact evaluate contracts/harbourside/prime-provider.json \
    --observations fixtures/harbourside/2026-27.csv >/dev/null
  echo $((($(date +%s%N) - start) / 1000))
done | sort -n | awk '{ t[NR] = $1 } END { printf "least %.1f ms, median %.1f ms of %d runs\n", t[1] / 1000, t[int((NR + 1) / 2)] / 1000, NR }'
