//! Plans: a changed one is refused with its hash; with the right hash it is
//! taken, written and read again as it was, or refused for what it says.

#![no_main]

use labctl::plan::{Plan, PlanError};
use labctl_fuzz::{reported, within};
use libfuzzer_sys::fuzz_target;

/// Of the version that the seeds name.
const VERSION: &str = "0.1.0";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    match read(text) {
        Ok(plan) => check(&plan),
        Err(error) => {
            reported(&error);
            let PlanError::Hash { stated, actual } = error else { return };
            // What the error says is the right one lets the rest be looked at.
            match read(&text.replacen(&stated, &actual, 1)) {
                Ok(plan) => check(&plan),
                Err(error) => reported(&error),
            }
        }
    }
});

fn read(text: &str) -> Result<Plan, PlanError> {
    within((16 << 20) + 400 * text.len(), || Plan::from_json(text, VERSION))
}

fn check(plan: &Plan) {
    let text = plan.to_json(VERSION);
    let again = read(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(again, *plan);
    assert!(plan.differences(&again).is_empty());
    assert_eq!(again.hash(VERSION), plan.hash(VERSION));
    let runs = plan.run_count();
    for number in [0, runs / 2, runs.saturating_sub(1)].into_iter().filter(|number| *number < runs) {
        let (cell, replicate) = plan.place(number);
        assert!(plan.runs_of(cell).contains(&number) && replicate < plan.cells()[cell].replicates);
        assert!(plan.run(number).name.starts_with(&format!("c{}_r", cell + 1)));
    }
}
