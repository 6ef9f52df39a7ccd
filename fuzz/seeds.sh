#!/usr/bin/env bash
# Gathers what the fuzzers begin with into a folder for each target: the seeds
# here, what labctl ships, and cases that lie beside the project, if any.
set -euo pipefail
cd "$(dirname "$0")"
out=$1
mkdir -p "$out"
cp -r seeds/. "$out"

for spec in ../experiments/*.toml ../results/*/sample/spec.toml; do
  cp "$spec" "$out/specs/$(echo "${spec#../}" | tr / -)"
done
for manifest in ../results/*/sample/manifest.json; do
  cp "$manifest" "$out/manifests/$(echo "${manifest#../}" | tr / -)"
done
for dialect in ../src/dialect/shipped/*.toml; do
  name=$(basename "$dialect" .toml)
  { cat "$dialect"; printf '=====\n'; tail -n +3 "seeds/dialects/$name" 2>/dev/null || true; } \
    >"$out/dialects/$name.toml"
done

cases=../../shared/cases
[ -d "$cases" ] || exit 0
number=0
while read -r path; do
  number=$((number + 1))
  case $path in
  */plan.json) cp "$path" "$out/plans/case-$number" ;;
  */manifest.json) cp "$path" "$out/manifests/case-$number" ;;
  *.jsonl) cp "$path" "$out/journals/case-$number" ;;
  *.toml)
    cp "$path" "$out/specs/case-$number"
    cp "$path" "$out/dialects/case-$number"
    ;;
  */log_*.txt) cp "$path" "$out/logs/case-$number" ;;
  *.log | *.csv | *.txt) { printf 'notebook\n=====\n'; cat "$path"; } >"$out/dialects/case-$number" ;;
  esac
done < <(find "$cases" -type f -size -64k | sort)
