#!/usr/bin/env bash
# Draws the pictures of docs/gallery.md anew, from runs that it makes: the first
# on real sockets, five times as fast as real time, the others simulated.
# Usage: docs/gallery.sh [LABCTL [FOLDER]]
set -euo pipefail

labctl=$(realpath "${1:-target/release/labctl}")
[ -x "$labctl" ] || { echo "gallery: there is no $labctl; build it with cargo, or name it" >&2; exit 2; }
pictures=$(realpath -m "${2:-$(dirname "$0")/gallery}")
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
results="$scratch/results" plots="$scratch/plots"
size=(--width 1200 --height 750)

# quietly COMMAND…: what it says is shown only where it fails.
quietly() {
  "$@" >"$scratch/said" 2>&1 || { cat "$scratch/said" >&2; exit 1; }
}

# run NAME FLAGS…: a run named so, with no charts kept of it.
run() {
  local name=$1
  shift
  echo "gallery: $name"
  quietly "$labctl" run "$@" --name "$name" --results "$results" --plots "$scratch/unused"
}

# draw RUN CHART PICTURE FLAGS…: one chart of a run, as a picture of the page.
draw() {
  local run=$1 chart=$2 picture=$3
  shift 3
  rm -rf "$plots"
  quietly "$labctl" plot "$results"/*/"$run" --chart "$chart" --plots "$plots" "${size[@]}" "$@"
  cp "$(find "$plots" -name "$chart.png")" "$pictures/$picture.png"
}

# sweep CHART PICTURE FLAGS…: one chart of a sweep over experiment 4.
sweep() {
  local chart=$1 picture=$2
  shift 2
  echo "gallery: $picture"
  rm -rf "$plots"
  quietly "$labctl" sweep experiments/exp4.toml --engine sim --name gallery "$@" \
    --results "$scratch/$picture" --plots "$plots"
  cp "$(find "$plots" -name "$chart.png")" "$pictures/$picture.png"
}

mkdir -p "$pictures"
rm -f "$pictures"/*.png

run sockets experiments/exp4.toml --speedup 5
draw sockets queue queue
draw sockets clocks clocks
draw sockets drift drift
draw sockets jumps jumps
draw sockets wait wait
draw sockets drift drift-dark --theme dark
draw sockets space-time space-time --from 10s --until 16s --clocks
draw sockets space-time space-time-end-dark --from 110s --until 121s --theme dark

size=(--width 800 --height 500)
draw sockets drift drift-small
size=(--width 1200 --height 750)

run delayed experiments/exp4.toml --engine sim --delay exponential:300ms --set network.where=link
draw delayed space-time space-time-delayed --until 6s

run twenty experiments/exp4.toml --engine sim --duration 60s --internal-prob 0.5 \
  --clock-rates 1,1.4,1.8,2.2,2.6,3,3.4,3.8,4.2,4.6,5,5.4,5.8,6.2,6.6,7,7.4,7.8,8.2,8.6 \
  --set start_stagger=1ms
draw twenty queue queue-twenty
draw twenty space-time space-time-twenty --from 0s --until 1s

sweep end_queue_over_internal_prob swept --internal-prob 0.1..0.9:0.1 --replicates 20
sweep end_queue_over_machine_1_clock_rate_and_internal_prob heat-map \
  --internal-prob 0.1..0.9:0.1 --set machine.1.clock_rate=2,3,4,5,6,7,8 --replicates 20
sweep max_queue_replicates replicates --replicates 100
sweep max_queue_vs_speed_ratio speed-ratio --replicates 100
sweep clock_drift_vs_speed_ratio speed-ratio-drift --replicates 100

du -ch "$pictures"/*.png | tail -1 | sed 's/^/gallery: /'
