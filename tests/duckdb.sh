#!/usr/bin/env bash
# What `labctl export --to parquet` writes, read back by a real DuckDB, pandas and
# polars. Usage: tests/duckdb.sh [LABCTL]; where they cannot be had, it says so.
set -euo pipefail

labctl=$(realpath "${1:-target/debug/labctl}")
[ -x "$labctl" ] || { echo "duckdb: there is no $labctl; build it with cargo, or name it" >&2; exit 2; }
target=$(realpath "${CARGO_TARGET_DIR:-target}")

skip() { echo "duckdb: skipped: $*"; exit 0; }

# The readers live in an environment of their own, which is kept for the next time.
readers="$target/duckdb-readers"
python="$readers/bin/python"
have_readers() { "$python" -c 'import duckdb, pandas, polars, pyarrow' 2>/dev/null; }
if ! have_readers; then
  command -v python3 >/dev/null || skip 'there is no python3'
  echo 'duckdb: installing duckdb, pandas, polars and pyarrow'
  rm -rf "$readers"
  python3 -m venv "$readers" >/dev/null 2>&1 || skip 'python3 has no venv'
  "$python" -m pip install --quiet --disable-pip-version-check duckdb pandas polars pyarrow >/dev/null 2>&1 ||
    skip 'the Python packages duckdb, pandas, polars and pyarrow cannot be installed'
  have_readers || { echo 'duckdb: FAILED: what was installed cannot be loaded' >&2; exit 1; }
fi

scratch=$(mktemp -d /tmp/labctl-duckdb.XXXXXX)
clean_up() {
  code=$?
  [ $code = 0 ] || { echo 'duckdb: FAILED; what labctl said last:' >&2; tail -n 5 "$scratch/said" >&2 || true; }
  rm -rf "$scratch"
}
trap clean_up EXIT
cd "$scratch"
lab() { "$labctl" "$@" 2>>"$scratch/said"; }
cat >lab.toml <<'END'
name = "lab"
duration = "30s"
seed = 7
[[machine]]
clock_rate = 6
[[machine]]
clock_rate = 1
[[machine]]
clock_rate = 3.5
END
sed 's/"lab"/"other"/' lab.toml >other.toml

# Runs of two experiments, one with a number for its name; two of a sweep; a run
# of somebody else, called what no folder should be called; and one without any RECEIVE.
for run in lab:r1 lab:r2 other:7; do
  lab run "${run%:*}.toml" --engine sim --run-name "${run#*:}" >/dev/null
done
lab sweep lab.toml --replicates 2 --speedup 50 --name probs >/dev/null
hostile=$'results/a=b, 100% "é" [x]* <script>\n😀'
mkdir -p "$hostile" results/quiet
grep -v 'Machines:' results/lab/r1/log_1.txt >"$hostile/log_1.txt"
printf '2026-03-05 12:46:03 | INTERNAL | Clock: 1 | Internal event\n' >results/quiet/log_1.txt

lab export results --to csv -o events.csv
lab metrics results --format csv >metrics.csv
lab export results --to parquet -o tree

"$python" - <<'END'
import sys
import duckdb, pandas, polars

faults = []
def same(what, got, expected):
    if got == expected:
        print(f"duckdb: ok: {what}")
    else:
        faults.append(what)
        print(f"duckdb: FAILED: {what}\n  got      {got}\n  expected {expected}", file=sys.stderr)

# From the texts, without the programs that are under test here.
events = pandas.read_csv("events.csv", dtype=str, keep_default_na=False)
metrics = pandas.read_csv("metrics.csv", dtype=str, keep_default_na=False)
number = lambda column: pandas.to_numeric(column.where(column != ""))
names = lambda frame: frame["experiment"] + "\0" + frame["run"]
assert len(events) > 900 and names(events).nunique() == 7, "the runs are not what they were meant to be"

def by_run(frame, columns):
    rows = {}
    for name, of_run in frame.groupby(names(frame)):
        total = lambda column: None if number(of_run[column]).count() == 0 else int(number(of_run[column]).sum())
        rows[name] = (len(of_run), *map(total, columns))
    return rows

event_sums = ["machine", "line", "stamp_us", "time_us", "tick", "clock", "message_clock", "queue_length", "from", "waited_us"]
metric_sums = ["machine", "events", "sends", "receives", "max_queue", "end_queue", "final_clock", "messages_queued"]

for table, text, columns in [("events", events, event_sums), ("metrics", metrics, metric_sums)]:
    expected = by_run(text, columns)
    sums = ", ".join(f'sum("{column}")::HUGEINT' for column in columns)
    query = f"SELECT experiment, run, count(*), {sums} FROM 'tree/{table}/**/*.parquet' GROUP BY ALL"
    rows = duckdb.sql(query).fetchall()
    same(f"DuckDB {duckdb.__version__} has the counts and sums of {table}", {f"{e}\0{r}": tuple(rest) for e, r, *rest in rows}, expected)

    frame = pandas.read_parquet(f"tree/{table}")
    got = {}
    for name, of_run in frame.groupby(names(frame.astype({"experiment": str, "run": str}))):
        total = lambda column: None if of_run[column].count() == 0 else int(of_run[column].sum())
        got[name] = (len(of_run), *map(total, columns))
    same(f"pandas {pandas.__version__} has them", got, expected)

    total = lambda column: polars.when(polars.col(column).count() > 0).then(polars.col(column).cast(polars.Int64).sum()).alias(column)
    frame = polars.scan_parquet(f"tree/{table}").group_by("experiment", "run").agg(polars.len(), *map(total, columns)).collect()
    got = {f"{row[0]}\0{row[1]}": row[2:] for row in frame.rows()}
    same(f"polars {polars.__version__} has them", got, expected)

kinds = duckdb.sql("SELECT event, count(*) FROM 'tree/events/**/*.parquet' GROUP BY ALL ORDER BY ALL").fetchall()
same("DuckDB has each kind of event", kinds, sorted((kind, int(count)) for kind, count in events["event"].value_counts().items()))
recipients = duckdb.sql('SELECT "to", count(*) FROM \'tree/events/**/*.parquet\' WHERE "to" IS NOT NULL GROUP BY ALL ORDER BY ALL').fetchall()
same("DuckDB has each recipient", recipients, sorted((to, int(count)) for to, count in events["to"].value_counts().items() if to))

sweeps = duckdb.sql("SELECT sweep, count(DISTINCT (experiment, run)) FROM 'tree/metrics/**/*.parquet' GROUP BY ALL ORDER BY ALL").fetchall()
same("DuckDB knows the runs of a sweep", sweeps, [("(none)", 5), ("probs", 2)])

# The query of the documentation.
query = """
SELECT e.experiment, m.machine, m.clock_rate, max(e.queue_length) AS max_queue, avg(e.waited_us) / 1e6 AS waited_s
FROM 'tree/events/**/*.parquet' e JOIN 'tree/metrics/**/*.parquet' m USING (experiment, run, machine)
GROUP BY ALL ORDER BY ALL
"""
joined = duckdb.sql(query).fetchall()
same("events and metrics join", [row[3] for row in joined if row[0] == "other"],
     [int(number(events[(events.experiment == "other") & (events.machine == str(m))]["queue_length"]).max()) for m in (1, 2, 3)])
sys.exit(1 if faults else 0)
END
