//! What overrides do to a spec, and how they are blamed.

use super::*;

#[test]
fn an_override_takes_precedence_and_needs_no_quotes() {
    let spec = good(&[
        Override::new("--duration 5s", "duration", "5s"),
        Override::new("--set network.delay", "network.delay", "uniform:100ms..500ms"),
        Override::new("--set machine", "machine.2.clock_rate", "6"),
        Override::new("--set schema", "machine.1.address", "localhost:5001"),
        Override::new("--internal-prob 0.2", "internal_prob", "0.5"),
        Override::new("--internal-prob 0.2", "internal_prob", "0.2"),
    ]);
    assert_eq!(spec.duration, LabTime::parse("5s").unwrap());
    assert_eq!(spec.network.delay.to_string(), "uniform:100ms..500ms");
    assert_eq!(rates(&spec), "1 6");
    assert_eq!(spec.machines[0].address.unwrap().port(), 5001);
    assert_eq!(spec.internal_prob, 0.2);
}

#[test]
fn an_override_repairs_a_file() {
    let broken = GOOD.replace("duration = \"60s\"", "duration = 3");
    let missing = GOOD.replace("duration = \"60s\"", "");
    for text in [broken, missing] {
        let repaired = parse("x.toml", &text, &[Override::new("--duration 5s", "duration", "5s")]);
        assert_eq!(repaired.unwrap().duration, LabTime::parse("5s").unwrap());
    }
}

#[test]
fn a_bad_override_is_blamed_as_it_was_typed() {
    for (origin, key, value, words) in [
        ("--internal-prob 2", "internal_prob", "2", "from 0 to 1"),
        ("--set durations=1s", "durations", "1s", "did you mean `duration`?"),
        ("--set network.dealy=none", "network.dealy", "none", "did you mean `network.delay`?"),
        ("--set machine.3.clock_rate=1", "machine.3.clock_rate", "1", "numbered from 1 to 2"),
        ("--set machine.0.clock_rate=1", "machine.0.clock_rate", "1", "numbered from 1 to 2"),
        ("--set machine.2=1", "machine.2", "1", "name a key"),
        ("--set machine.2.clock_rate=0", "machine.2.clock_rate", "0", "above 0"),
        ("--set duration.x=1", "duration.x", "1", "holds a value"),
        ("--set .x=1", ".x", "1", "`network.delay`"),
        ("--set network=[1]", "network", "[1]", "a table"),
        ("--clock-rates 1,x", "clock_rates", "1,x", "ticks per second"),
        ("--clock-rates 1", "clock_rates", "1", "at least 2"),
    ] {
        let fine = Override::new("--seed 3", "seed", "3");
        let error = refusal(GOOD, &[fine, Override::new(origin, key, value)]);
        assert_eq!((error.source_name(), error.line()), (origin, None), "{error}");
        assert!(error.to_string().contains(words), "`{words}` is not in\n{error}");
    }
}

#[test]
fn as_many_clock_rates_as_machines_leave_the_rest_of_them_alone() {
    let address = Override::new("", "machine.1.address", "localhost:5001");
    let spec = good(&[address.clone(), Override::clock_rates("--clock-rates 2,3", "2, random 1..6")]);
    assert_eq!(rates(&spec), "2 random 1..6");
    assert!(spec.machines[0].address.is_some());

    let spec = good(&[address, Override::clock_rates("--clock-rates 2,3,4", "2,3,4")]);
    assert_eq!(rates(&spec), "2 3 4");
    assert!(spec.machines[0].address.is_none());
}

#[test]
fn one_of_many_machines_alike_can_be_set_apart() {
    let text = GOOD.replace("clock_rate = 1\n", "clock_rate = 1\ncount = 3\n");
    let set = |key, value| Override::new("--set", key, value);
    let spec = parse("x.toml", &text, &[set("machine.2.clock_rate", "5")]).unwrap();
    assert_eq!(rates(&spec), "1 5 1 3.5");
    let spec =
        parse("x.toml", &text, &[set("machine.1.count", "2"), set("machine.3.clock_rate", "6")]).unwrap();
    assert_eq!(rates(&spec), "1 1 6");
    let spec = parse("x.toml", &text, &[Override::clock_rates("--clock-rates", "1,2,3,4")]).unwrap();
    assert_eq!(rates(&spec), "1 2 3 4");
}

#[test]
fn published_results_do_not_outlive_their_settings() {
    let text = and("[published]\nmax_queue = [1, 2]");
    let set = |key, value| Override::new("", key, value);
    for (typed, kept) in [
        (Override::clock_rates("", "1,3.5"), true),
        (Override::clock_rates("", "1,2"), false),
        (Override::clock_rates("", "1,2,3"), false),
        (set("machine.1.count", "5"), false),
        (set("internal_prob", "0.7"), true),
        (set("internal_prob", "0.2"), false),
        (set("duration", "5s"), false),
        (set("network.delay", "constant:100ms"), false),
        (set("seed", "9"), true),
        (set("speedup", "9"), true),
        (set("machine.1.address", "localhost:5001"), true),
        (set("network.connect_timeout", "9s"), true),
    ] {
        let spec = parse("x.toml", &text, std::slice::from_ref(&typed)).unwrap();
        assert_eq!(spec.published.is_some(), kept, "{typed:?}");
    }
}
