//! Sweeps through Slurm's commands, with stand-ins for them that run tasks at
//! once, lose them, or say no. tests/slurm.sh does the same on a real Slurm.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::support::{LAB, Lab, Said, wait_for};

/// Runs the first `limit` tasks, all without one, and prints the job's number.
const SBATCH: &str = r#"#!/bin/sh
printf 'sbatch' >>calls
for arg; do
  printf ' <%s>' "$arg" >>calls
  case $arg in --array=*) tasks=${arg#--array=} ;; esac
  script=$offset offset=$arg
done
echo >>calls
if [ -f refusal ]; then cat refusal >&2; exit 1; fi
if [ -f "refusal-$offset" ]; then cat "refusal-$offset" >&2; exit 1; fi
echo "$tasks" | tr , '\n' | sed 's/-/ /' | while read -r first last; do seq "$first" "${last:-$first}"; done |
  head -n "$(cat limit 2>/dev/null || echo 99999)" |
  while read -r task; do SLURM_ARRAY_TASK_ID=$task sh "$script" "$offset" >>tasks-said 2>&1; done
grep -c ^sbatch calls
"#;

/// Fails once for every line in `failures`; what waits is in `queue`.
const SQUEUE: &str = r#"#!/bin/sh
echo "squeue $*" >>calls
if [ -s failures ]; then sed -i 1d failures; echo 'squeue: error: cannot contact the controller' >&2; exit 1; fi
if [ ! -f queue ]; then echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; fi
cat queue
"#;

const SCANCEL: &str = "#!/bin/sh\necho \"scancel $*\" >>calls\nrm -f queue\n";

/// A folder with a spec and the stand-ins.
fn lab(spec: &str) -> Lab {
    let lab = Lab::with_spec(spec);
    for (name, text) in [("sbatch", SBATCH), ("squeue", SQUEUE), ("scancel", SCANCEL)] {
        let path = format!("bin/{name}");
        lab.write(&path, text);
        fs::set_permissions(lab.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    lab
}

const SWEEP: &str = "sweep lab.toml --engine sim --replicates 10 --name s";

fn line(flags: &str) -> String {
    on_slurm(&format!("{SWEEP} {flags}"))
}

fn on_slurm(args: &str) -> String {
    format!("PATH=\"$PWD/bin:$PATH\" exec \"$LABCTL\" {args} --slurm")
}

#[track_caller]
fn sweep(lab: &Lab, flags: &str) -> Said {
    lab.shell(&line(flags))
}

/// The calls of one of Slurm's commands.
fn calls(lab: &Lab, program: &str) -> Vec<String> {
    lab.read("calls").lines().filter(|call| call.starts_with(program)).map(str::to_owned).collect()
}

#[track_caller]
fn assert_is_as_made_here(lab: &Lab, sweep: &str) {
    lab.shell(&format!("\"$LABCTL\" {SWEEP} --results here")).code(0);
    assert_eq!(lab.read(&format!("{sweep}/runs.csv")), lab.read("here/s/runs.csv"));
}

#[test]
fn where_there_is_no_slurm_advice_is_given_and_nothing_is_left() {
    let lab = lab(LAB);
    let said = lab.shell(&format!("PATH=\"$PWD/none\"; \"$LABCTL\" {SWEEP} --slurm"));
    let said = said.code(1).tells(&["cannot start sbatch", "`labctl sweep plan`"]);
    assert_eq!((said.out.as_str(), lab.names("results")), ("", vec![]));
}

#[test]
fn a_refusal_is_told_in_the_words_of_sbatch_and_nothing_is_left() {
    let lab = lab(LAB);
    lab.write("refusal", "sbatch: error: invalid partition specified: nowhere\n");
    let said = sweep(&lab, "--sbatch --partition=nowhere").code(1);
    said.tells(&["invalid partition specified: nowhere"]);
    assert!(lab.names("results").is_empty());
    fs::remove_file(lab.path("refusal")).unwrap();
    sweep(&lab, "").code(0);
    assert_is_as_made_here(&lab, "results/s");
}

#[test]
fn options_and_odd_paths_reach_sbatch_as_they_are() {
    let lab = lab(LAB);
    sweep(&lab, "--shards 3 --results \"it's 50%\" --sbatch --partition=x --sbatch -t --sbatch 1:00").code(0);
    let call = &calls(&lab, "sbatch")[0];
    assert!(call.contains("<--partition=x> <-t> <1:00> <--array=1-3>"), "{call}");
    assert!(call.contains("/it's 50%%/s/slurm/%A_%a.out>"), "{call}");
    assert_is_as_made_here(&lab, "it's 50%/s");
}

#[test]
fn tasks_that_were_lost_are_submitted_again_while_others_come_back() {
    let lab = lab(LAB);
    lab.write("limit", "2");
    sweep(&lab, "--shards 5").code(0);
    let arrays: Vec<String> = calls(&lab, "sbatch")
        .iter()
        .map(|call| call.split("<--array=").nth(1).unwrap().split('>').next().unwrap().to_owned())
        .collect();
    assert_eq!(arrays, ["1-5", "3-5", "5"]);
    assert_is_as_made_here(&lab, "results/s");
}

#[test]
fn when_nothing_comes_back_what_is_missing_is_told() {
    let lab = lab(LAB);
    // On the node, the journal cannot be written.
    lab.shell(&format!("\"$LABCTL\" {}", SWEEP.replace("sweep", "sweep plan"))).code(0);
    lab.write("results/s/journal", "");
    let said = sweep(&lab, "--shards 5 --resume").code(4);
    said.tells(&["10 runs are missing", "what the tasks said is in results/s/slurm"]);
    assert_eq!(calls(&lab, "sbatch").len(), 1);
    assert!(lab.read("tasks-said").contains("cannot write the journal"), "{}", lab.read("tasks-said"));
}

#[test]
fn runs_that_failed_are_not_submitted_again_but_by_resuming() {
    let lab = lab(&format!("{LAB}foreign = true\naddress = \"127.0.0.1:9\"\n[network]\nopen = true\n"));
    sweep(&lab, "--shards 2").code(4).tells(&["10 runs failed"]);
    assert_eq!(calls(&lab, "sbatch").len(), 1);
    sweep(&lab, "--shards 2 --resume").code(4);
    assert_eq!(calls(&lab, "sbatch").len(), 2);
}

#[test]
fn a_controller_that_does_not_answer_for_a_while_is_waited_for() {
    let lab = lab(LAB);
    lab.write("failures", "1\n2\n");
    lab.write("limit", "1");
    sweep(&lab, "--shards 2").code(0);
    assert_eq!(calls(&lab, "squeue").len(), 3);
    assert_is_as_made_here(&lab, "results/s");
}

#[test]
fn more_tasks_than_an_array_holds_are_several_arrays() {
    let lab = lab(LAB);
    lab.write("limit", "0");
    lab.write("refusal-2000", "sbatch: error: QOSMaxSubmitJobPerUserLimit\n");
    let many = "sweep lab.toml --engine sim --replicates 2001 --shards 2001";
    let said = lab.shell(&on_slurm(many)).code(4);
    said.tells(&["2000 tasks, job 1, 2", "the other tasks come later", "QOSMaxSubmitJobPerUserLimit"]);
}

#[test]
fn ctrl_c_cancels_the_jobs_and_resuming_goes_on() {
    let lab = lab(LAB);
    lab.write("limit", "1");
    lab.write("queue", "1_2\n");
    let running = lab.start_shell(&line("--shards 2"));
    running.wait_for_talk("submitted to Slurm: 2 tasks, job 1");
    running.signal(Signal::INT);
    running.end().code(130).tells(&["5 runs are missing", "--resume goes on"]);
    assert_eq!(calls(&lab, "scancel"), ["scancel --quiet 1"]);
    sweep(&lab, "--shards 2 --resume").code(0);
    assert_is_as_made_here(&lab, "results/s");
}

#[test]
fn jobs_of_a_sweep_that_was_killed_are_joined() {
    let lab = lab(LAB);
    lab.write("limit", "0");
    lab.write("queue", "1_1\n");
    let running = lab.start_shell(&line("--shards 2"));
    running.wait_for_talk("submitted to Slurm");
    running.signal(Signal::KILL);
    running.end();
    fs::remove_file(lab.path("limit")).unwrap();
    let running = lab.start_shell(&line("--shards 2 --resume"));
    running.wait_for_talk("waiting for what was submitted before: job 1");
    wait_for("a look at the queue", || (!calls(&lab, "squeue").is_empty()).then_some(()));
    assert_eq!(calls(&lab, "sbatch").len(), 1);
    fs::remove_file(lab.path("queue")).unwrap();
    running.end().code(0).tells(&["submitted to Slurm: 2 tasks, job 2"]);
}
