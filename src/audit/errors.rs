//! A rule about what went wrong while the machines ran, by their own words.

use super::{Evidence, Rule};

pub(super) static NO_ERRORS: Rule = Rule {
    id: "no-errors",
    rests_on: Evidence::Files,
    reason: "no machine logs an ERROR",
    page: "\
A machine that goes on after something went wrong says so in a line of its log: a connection that broke, a
line that was no message, a stranger who was turned away. Every such line is shown.

The log is not untrue for that, and other rules tell what they find missing. But whether the run went as it
would have gone otherwise no log can show, so the verdict is unknown as soon as there is such a line.

Broken by: links that break, peers that speak another language, strangers at the machines' ports, messages
that no run can reach.",
    check: |context, findings| {
        for machine in context.machines() {
            for (line, text) in machine.errors() {
                findings.add(machine.id(), *line, || (format!("the machine says: {text}"), Vec::new()));
            }
            let kept = machine.errors().len() as u64;
            findings.add_uncounted(machine.id(), machine.stats().errors.saturating_sub(kept));
        }
        if context.machines().iter().any(|machine| machine.stats().errors > 0) {
            findings
                .leave_open("machines log ERROR lines, and what these changed in the run no log can show");
        }
    },
};
