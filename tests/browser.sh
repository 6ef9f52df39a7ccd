#!/usr/bin/env bash
# Reports in a real browser, headless Chromium: that they open, and what their
# space-time player does. Usage: tests/browser.sh [LABCTL]; where no Chromium can
# be had, it says so. Pictures go to target/browser/, for people to look at.
set -euo pipefail

labctl=$(realpath "${1:-target/debug/labctl}")
[ -x "$labctl" ] || { echo "browser: there is no $labctl; build it with cargo, or name it" >&2; exit 2; }
here=$(realpath "$(dirname "$0")")
folder=$(dirname "$here")/target/browser

skip() { echo "browser: skipped: $*"; exit 0; }
first_of() { command -v "$@" 2>/dev/null | head -n 1; }
find_browser() {
  chromium=$(first_of chromium chromium-browser google-chrome || true)
  chromedriver=$(first_of chromedriver || true)
  [ -n "$chromium" ] && [ -n "$chromedriver" ]
}

command -v python3 >/dev/null || skip 'python3 is not installed'
if ! find_browser; then
  [ "${CI:-}" = true ] || skip 'chromium and chromedriver are not installed; with CI=true, root on Debian installs them'
  [ "$(id -u)" = 0 ] || skip 'only root can install chromium'
  command -v apt-get >/dev/null || skip 'chromium is not installed, and this is no Debian'
  echo 'browser: installing chromium, chromium-driver and fonts-dejavu-core'
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium \
    chromium-driver fonts-dejavu-core; } >/dev/null 2>&1 || skip 'chromium and chromium-driver cannot be installed'
  find_browser || skip 'the packages chromium and chromium-driver lack a program'
fi

# The checker of what those can use who do not see, or not well; without it the rest is looked at.
axe=$(dirname "$folder")/axe
if [ ! -f "$axe/node_modules/axe-core/axe.min.js" ] && command -v npm >/dev/null; then
  npm install --prefix "$axe" --no-save --no-audit --no-fund axe-core@4.14.1 >/dev/null 2>&1 || true
fi

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
lab() { "$labctl" "$@" >>labctl.log 2>&1 || { echo "browser: FAILED: labctl $*" >&2; tail -n 20 labctl.log >&2; exit 1; }; }

# One page each of runs of several settings, of replicates, of sweeps over one axis, over two and over none, of others'
# logs, of a run that was cut short and of logs without events; of a short run, of one with messages long on their way, of one whose every name is hostile, of 100,000
# events, and of more than a page holds.
cat >lab.toml <<'END'
name = "lab"
duration = "60s"
seed = 7
[[machine]]
clock_rate = 6
[[machine]]
clock_rate = 1
[[machine]]
clock_rate = 2
END
cat >hostile.toml <<END
name = "hostile"
why = """<script>window.hostile = 1</script> <img src=x onerror=hostile=2> </script> "quoted" 'too' & 🦀 \\u202eright to left $(printf 'x%.0s' $(seq 200))"""
duration = "20s"
[[machine]]
clock_rate = 3
count = 2
END
simulated=(--engine sim --results results --plots plots)
lab run lab.toml "${simulated[@]}" --name run
lab run hostile.toml "${simulated[@]}" --name run
lab run lab.toml "${simulated[@]}" --clock-rates 600,500,400 --duration 70s --name large
lab run lab.toml "${simulated[@]}" --clock-rates 600,500,400 --duration 200s --name long
lab run lab.toml "${simulated[@]}" --delay uniform:100ms..900ms --name link
lab report results/lab/run -o lab.html
for seed in 1 2 3; do lab run lab.toml --engine sim --results replicates --plots plots --seed "$seed" --name "r$seed"; done
lab report replicates -o replicates.html
mkdir several
cp -r results/lab several/
lab run lab.toml --engine sim --results several --plots plots --duration 5s --name changed
lab report several/lab/run several/lab/changed several/lab/link -o several.html
lab sweep lab.toml "${simulated[@]}" --internal-prob 0.1..0.9:0.2 --replicates 5 --name line
lab sweep lab.toml "${simulated[@]}" --internal-prob 0.1..0.9:0.1 --set machine.2.clock_rate=0.5,1,1.5,2,2.5,3,3.5,4,5,6,8 --name map
lab sweep lab.toml "${simulated[@]}" --replicates 8 --name seeds
for sweep in line map seeds; do lab report "results/$sweep" -o "$sweep.html"; done
mkdir -p others/notes cut.partial empty
for machine in 1 2 3; do
  log=results/lab/run/log_$machine.txt
  sed 's/\.[0-9]* |/ |/; s/, From.*//; s/, Tick.*//; /| END |/d' "$log" >"others/notes/log_$machine.txt"
  sed 40q "$log" >"cut.partial/log_$machine.txt"
  sed 2q "$log" >"empty/log_$machine.txt"
done
lab report others -o others.html
lab report cut.partial -o cut.html
lab report empty -o empty.html
lab notebook lab.toml --engine sim --replicates 3 --results notebook -o notebook.html
lab report results/lab/link -o link.html
lab report results/hostile/run -o hostile.html
lab report results/lab/large -o large.html
lab report results/lab/long -o long.html
exec python3 "$here/browser/check.py" "$labctl" "$folder" "$chromium" "$chromedriver"
