#!/usr/bin/env bash
# Builds all fuzz targets and runs each for so many seconds, two at a time:
#
#   fuzz/run.sh SECONDS [TARGET…]
#
# Ends with 1 where one crashed, and says which input does it. The inputs that
# were found are kept in fuzz/corpus/, where the next run goes on.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:?how many seconds for each target}
shift
all=(specs logs dialects wire journals plans manifests)
targets=("${@:-${all[@]}}")
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../target}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# With the profile of labctl's own tests, all that it is built on is theirs.
RUSTC_WRAPPER=$PWD/rustc.sh cargo --config ../Cargo.toml \
  --config 'profile.dev.package.labctl.opt-level=1' \
  --config 'profile.dev.package.labctl.debug="line-tables-only"' \
  build --quiet --locked --bins
./seeds.sh "$scratch/seeds"

fuzz() {
  local target=$1 corpus=corpus/$1 log=$scratch/$1.log outcome=0 runs
  mkdir -p "$corpus" "artifacts/$target" "$scratch/$target"
  RUST_BACKTRACE=0 TMPDIR=$scratch/$target "$CARGO_TARGET_DIR/debug/$target" "$corpus" "$scratch/seeds/$target" \
    -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="artifacts/$target/" >"$log" 2>&1 || outcome=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ "$outcome" -eq 0 ]; then
    printf '%-10s %9s executions, %s\n' "$target" "$runs" "$(grep -o 'cov: [0-9]*' "$log" | tail -1)"
  else
    printf '%-10s FAILED:\n' "$target"
    grep -a -A 8 -E 'panicked at|ERROR: libFuzzer' "$log" | cut -c1-1000
    printf 'once more: %s fuzz/%s\n' "$CARGO_TARGET_DIR/debug/$target" \
      "$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"
  fi
  return "$outcome"
}

failed=0
running=0
for target in "${targets[@]}"; do
  if [ "$running" -ge 2 ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n || failed=1
  running=$((running - 1))
done
exit "$failed"
