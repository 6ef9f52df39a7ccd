//! What a spec may say, what is refused and where, through the door a user uses.

mod keys;
mod overrides;
mod refusals;
mod round_trip;
mod schema;
mod validator;

use super::*;

const GOOD: &str = r#"name = "good"
why = "To be broken."
duration = "60s"

[[machine]]
clock_rate = 1

[[machine]]
clock_rate = 3.5
"#;

fn good(overrides: &[Override]) -> Spec {
    parse("x.toml", GOOD, overrides).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str, overrides: &[Override]) -> SpecError {
    parse("x.toml", text, overrides).expect_err(text)
}

/// The good spec and another table after it.
fn and(table: &str) -> String {
    format!("{GOOD}{table}\n")
}

#[test]
fn what_is_not_said_takes_its_default() {
    let spec = good(&[]);
    assert_eq!((spec.seed, spec.internal_prob, spec.speedup), (1, 0.7, 1.0));
    assert_eq!(spec.broadcast, Broadcast::OneEvent);
    assert_eq!(spec.start_stagger, Spec::default_stagger(2));
    assert_eq!(spec.network, Network::default());
    assert_eq!(spec.network.connect_timeout, LabTime::parse("60s").unwrap());
    assert_eq!(spec.machines[1].clock_rate, ClockRate::Fixed(3.5));
    assert_eq!(spec.published, None);
}

#[test]
fn everything_that_can_be_said_is_understood() {
    let text = r#"
"$schema" = "./labctl.schema.json"
name = "all.of_it-2"
duration = "1m 30s"
seed = 18446744073709551615
internal_prob = 1
broadcast = "per-recipient"
start_stagger = "0.5s"
speedup = 2
[[machine]]
clock_rate = "random 1..6"
count = 2
[[machine]]
clock_rate = 4
address = "localhost:5001"
[[machine]]
clock_rate = 2
address = "[::1]:5001"
foreign = true
[network]
delay = "exponential:200ms"
where = "sender"
open = true
connect_timeout = "3s"
foreign_backlog = 5000
[published]
source = "elsewhere"
end_queue = [0, 1, "-", 3]
[published.logs]
note = "one log is cut short"
clock_diff = [4, 3, 0, 1]
"#;
    let spec = parse("x.toml", text, &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((spec.seed, spec.internal_prob, spec.speedup), (u64::MAX, 1.0, 2.0));
    assert_eq!(spec.machines.len(), 4);
    assert_eq!(spec.machines[1].clock_rate, ClockRate::Random { low: 1, high: 6 });
    assert_eq!(spec.machines[2].address.unwrap().to_string(), "127.0.0.1:5001");
    assert!(spec.machines[3].foreign);
    assert_eq!(spec.network.delay_at, DelayAt::Sender);
    assert_eq!(spec.network.foreign_backlog, 5000);
    let published = spec.published.unwrap();
    assert_eq!(published.end_queue, [Some(0), Some(1), None, Some(3)]);
    let logs = published.logs.unwrap();
    assert_eq!((logs.note.as_str(), &logs.clock_diff[..1]), ("one log is cut short", &[Some(4)][..]));
}

fn rates(spec: &Spec) -> String {
    let rates: Vec<String> = spec.machines.iter().map(|machine| machine.clock_rate.to_string()).collect();
    rates.join(" ")
}

#[test]
fn the_shipped_experiments_are_good() {
    for (stem, expected_rates, duration_s, internal_prob, published) in [
        ("exp1", "4 5 6", 115.0, 0.7, true),
        ("exp2", "1 2 1", 71.0, 0.7, true),
        ("exp3", "5 4 3", 133.0, 0.7, true),
        ("exp4", "6 1 2", 121.0, 0.7, true),
        ("exp5", "3 3 5", 64.0, 0.7, true),
        ("smaller_internal_prob", "4 6 3", 87.0, 0.2, true),
        ("fractional_clocks", "3.48 3.78 3.25", 105.0, 0.7, true),
        ("network_delay", "5 2 3", 88.0, 0.7, true),
        ("smaller_clock_difference", "5 6 6", 79.0, 0.7, true),
        ("random_rates", "random 1..6 random 1..6 random 1..6", 60.0, 0.7, false),
    ] {
        let path = format!("{}/experiments/{stem}.toml", env!("CARGO_MANIFEST_DIR"));
        let spec = load(path.as_ref(), &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(spec.name, stem);
        assert_eq!(rates(&spec), expected_rates, "{stem}");
        assert_eq!((spec.duration.as_secs_f64(), spec.internal_prob), (duration_s, internal_prob), "{stem}");
        let logs = spec.published.as_ref().and_then(|published| published.logs.as_ref());
        assert_eq!(logs.is_some_and(|logs| logs.max_queue.len() == 3), published, "{stem}");
        assert_eq!(spec.broadcast == Broadcast::PerRecipient, stem != "random_rates", "{stem}");
        assert_eq!(spec.network.delay != Delay::None, stem == "network_delay", "{stem}");
        assert_eq!(parse("again", &to_toml(&spec), &[]).unwrap(), spec);
    }
}
