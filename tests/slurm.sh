#!/usr/bin/env bash
# Sweeps on a real Slurm: two nodes on this machine, of which one is lost in the
# middle. Usage: tests/slurm.sh [LABCTL]; where no Slurm can be had, it says so.
set -euo pipefail

labctl=$(realpath "${1:-target/debug/labctl}")
[ -x "$labctl" ] || { echo "slurm: there is no $labctl; build it with cargo, or name it" >&2; exit 2; }

skip() { echo "slurm: skipped: $*"; exit 0; }

have_slurm() { command -v sbatch slurmctld slurmd munged mungekey >/dev/null; }

[ "$(id -u)" = 0 ] || skip 'only root can start its daemons'
if ! have_slurm; then
  command -v apt-get >/dev/null || skip 'Slurm is not installed, and this is no Debian'
  echo 'slurm: installing slurm-wlm and munge'
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends slurm-wlm munge; } \
    >/dev/null 2>&1 || skip 'slurm-wlm and munge cannot be installed'
  have_slurm || skip 'the packages slurm-wlm and munge lack a program'
fi

# A space and a percent sign, as they come in the paths of users.
scratch=$(mktemp -d /tmp/labctl-slurm.XXXXXX)
chmod 755 "$scratch"
work="$scratch/a lab, 100%"
mkdir "$work" "$scratch/state"
export SLURM_CONF="$scratch/slurm.conf"
pids=()

# Whatever was started here has the scratch folder in its surroundings.
ours() { grep -lsaF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ | cut -d/ -f3 | grep -vx "$$" || true; }

clean_up() {
  code=$?
  trap - EXIT
  if [ $code != 0 ]; then
    echo "slurm: FAILED; the controller's last words, and what tasks said:" >&2
    tail -n 30 "$scratch/ctld.log" >&2 || true
    tail -n 20 "$scratch/said" >&2 || true
    tail -n 3 "$work"/*/*/slurm/*.out >&2 || true
  fi
  exec 2>/dev/null
  for pid in "${pids[@]}" $(ours); do kill -KILL "$pid" || true; done
  wait || true
  rm -rf "$scratch"
  exit $code
}
trap clean_up EXIT
trap 'exit 130' INT TERM

began=$(date +%s)
say() { printf 'slurm: %3d s: %s\n' $(($(date +%s) - began)) "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
ok() { say "ok: $*"; }

# Tries a command until it succeeds, for a minute.
until_ok() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  fail "waited in vain for: $*"
}

free_ports() {
  while :; do
    first=$((20000 + RANDOM % 10000))
    taken=0
    for port in $(seq $first $((first + 2))); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then taken=1; fi
    done
    [ $taken = 1 ] || return 0
  done
}

start_slurm() {
  host=$(hostname -s)
  free_ports
  mungekey --create --keyfile "$scratch/munge.key"
  cat >"$SLURM_CONF" <<END
ClusterName=labctl
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$first
SlurmUser=root
AuthInfo=socket=$scratch/munge.socket,cred_expire=5
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool-%n
SlurmctldPidFile=$scratch/ctld.pid
SlurmdPidFile=$scratch/%n.pid
SlurmctldLogFile=$scratch/ctld.log
SlurmdLogFile=$scratch/%n.log
ProctrackType=proctrack/linuxproc
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MessageTimeout=3
SlurmdTimeout=3
KillWait=5
SchedulerParameters=sched_interval=1,batch_sched_delay=1
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((first + 1)) CPUs=1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((first + 2)) CPUs=1
PartitionName=lab Nodes=n1,n2 Default=YES
END
  munged --foreground --force --socket "$scratch/munge.socket" --key-file "$scratch/munge.key" \
    --log-file "$scratch/munge.log" --pid-file "$scratch/munge.pid" --seed-file "$scratch/munge.seed" 2>/dev/null &
  pids+=($!)
  until_ok test -S "$scratch/munge.socket"
  slurmctld -D -f "$SLURM_CONF" 2>/dev/null &
  pids+=($!)
  start_node n1
  start_node n2
  until_ok node_is n1 idle
  until_ok node_is n2 idle
}

# Starts a node's daemon; its process is then known as $node_pid.
start_node() {
  slurmd -D -N "$1" -f "$SLURM_CONF" 2>/dev/null &
  node_pid=$!
  pids+=("$node_pid")
  [ "$1" != n1 ] || n1=$node_pid
}

node_is() { [ "$(sinfo --noheader --nodes "$1" --format %T)" = "$2" ]; }


tasks_of() { ours | while read -r pid; do
  if { tr '\0' '\n' <"/proc/$pid/environ"; } 2>/dev/null | grep -qx "SLURMD_NODENAME=$1"; then echo "$pid"; fi
done; }

kill_daemon_n1() {
  kill -KILL "$n1"
  wait "$n1" 2>/dev/null || true
}

# A power cut, as far as one can be had here: the node's daemon, its tasks, and
# before them their keepers, who would tell how they ended.
cut_power_n1() {
  kill_daemon_n1
  for pid in $(tasks_of n1); do
    keeper=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
    ! grep -qs slurmstepd "/proc/$keeper/comm" || kill -KILL "$keeper" || true
    kill -KILL "$pid" || true
  done
}

kill_task_of() {
  pid=$(tasks_of "$1" | tail -n 1)
  [ -n "$pid" ] && kill -KILL "$pid"
}

lines_in() { cat "$1"/journal/*.jsonl 2>/dev/null | wc -l; }
has_lines() { [ "$(lines_in "$1")" -ge "$2" ]; }
same() { cmp "$1/runs.csv" "$2/runs.csv" && cmp "$1/summary.csv" "$2/summary.csv"; }

# Every run once, in the order of the plan: a row a machine.
has_each_run_once() {
  awk -F, -v runs="$2" 'NR > 1 { rows[$2]++ } END { for (run = 1; run <= runs; run++) if (rows[run] != 3) exit 1
    exit NR != 3 * runs + 1 }' "$1/runs.csv"
}

on_slurm=(--slurm --shards 8 --sbatch --partition=lab)
lab() { "$labctl" "$@" >>"$scratch/said" 2>&1; }

# Starts the simulated sweep on Slurm, as $sweep_pid, with its results in this folder.
start_sweep() {
  "$labctl" sweep "${simulated[@]}" "${on_slurm[@]}" --results "$@" >>"$scratch/said" 2>&1 &
  sweep_pid=$!
  pids+=("$sweep_pid")
}

start_slurm
say 'two nodes are up'
cd "$work"
cat >lab.toml <<'END'
name = "lab"
seed = 7
[[machine]]
clock_rate = 6
[[machine]]
clock_rate = 1
[[machine]]
clock_rate = 2
END
runs=200
simulated=(lab.toml --engine sim --duration 2h --replicates "$runs" --name probs)

lab sweep "${simulated[@]}" --results here
has_each_run_once here/probs $runs || fail 'a sweep without Slurm has every run once'
say "a sweep of $runs runs is made here, to compare with"

code=0
lab sweep "${simulated[@]}" --slurm --sbatch --partition=nowhere --results refused || code=$?
[ $code = 1 ] || fail "a refused option ends a sweep with 1, not $code"
grep -q 'invalid partition specified: nowhere' "$scratch/said" || fail "sbatch's own words are told"
[ ! -e refused/probs ] || fail 'a sweep that was refused leaves nothing'
ok "a refused option is told in sbatch's words, and nothing is left"

start_sweep there
until_ok has_lines there/probs 5
say "with $(lines_in there/probs) lines in the journals, node n1 is lost, and its task"
cut_power_n1
lab sweep exec there/probs/plan.json --shard 8/8
say 'another shard is run by hand, before its task comes to it'
until_ok node_is n1 'down*'
say "Slurm knows that n1 is lost; in the queue: $(squeue --noheader --array --format '%i %T %r' | paste -sd,)"
wait $sweep_pid || fail "the sweep ended with exit code $?"
has_each_run_once there/probs $runs || fail 'every run is there once'
same here/probs there/probs || fail 'the tables are those of the sweep made here'
ok 'a node was lost, and the tables are those of the sweep made here, to the byte'

cp -r there twice
mv twice/probs/journal/1.jsonl twice/probs/journal.kept
lab sweep exec twice/probs/plan.json
mv twice/probs/journal.kept twice/probs/journal/0.jsonl
lab sweep collect twice/probs
same here/probs twice/probs || fail 'a shard run twice changes nothing'
grep -q 'runs came in twice, the same' "$scratch/said" || fail 'runs that came in twice are told'
ok 'a shard run once more changes nothing'

start_node n1
until_ok node_is n1 idle
say 'node n1 is back'
start_sweep stopped
until_ok has_lines stopped/probs 5
kill -INT $sweep_pid
code=0
wait $sweep_pid || code=$?
[ $code = 130 ] || fail "a sweep that was stopped ends with 130, not $code"
[ -z "$(squeue --noheader)" ] || fail 'the jobs of a sweep that was stopped are cancelled'
done_before=$(lines_in stopped/probs)
ok "Ctrl-C cancelled the jobs, with $done_before lines in the journals"
start_sweep stopped --resume
until_ok has_lines stopped/probs $((done_before + 5))
kill_daemon_n1
until_ok kill_task_of n2
sleep 1
start_node n1
say "resumed; n1's daemon was killed and is back, while its task lives on; n2's task was killed"
wait $sweep_pid || fail "the resumed sweep ended with exit code $?"
same here/probs stopped/probs || fail 'the resumed sweep has the tables of the one made here'
ok 'resumed, it has the tables of the sweep made here'

lab sweep lab.toml --slurm --shards 4 --duration 20s --speedup 20 --replicates 16 --name sockets --results there
has_each_run_once there/sockets 16 || fail 'every run on sockets is there once'
ok 'a sweep on sockets has every run once'

lab sweep plan lab.toml --engine sim --duration 20s --replicates 16 --name stepped --results there
sbatch --wait --partition=lab --array=0-6:2 --output=there/%a.out \
  --wrap "'$labctl' sweep exec there/stepped/plan.json" >>"$scratch/said" 2>&1 || fail 'a task of the stepped array failed'
lab sweep collect there/stepped
has_each_run_once there/stepped 16 || fail 'a stepped array has every run once'
ok 'an array with a step, 0-6:2, has every run once'
