//! What holds for any spec, and for any text.

use proptest::prelude::*;

use super::*;

fn machines() -> impl Strategy<Value = Vec<MachineSpec>> {
    let rate = prop_oneof![
        (1u32..7).prop_map(|rate| ClockRate::Fixed(f64::from(rate))),
        (1e-12..1e9).prop_map(ClockRate::Fixed),
        (1u32..9, 0u32..9).prop_map(|(low, more)| ClockRate::Random { low, high: low + more }),
    ];
    prop::collection::vec((rate, any::<bool>(), any::<bool>()), 2..6).prop_map(|drawn| {
        let machine = |(place, (clock_rate, addressed, foreign)): (usize, (ClockRate, bool, bool))| {
            let address = addressed.then(|| SocketAddr::from(([127, 0, 0, 1], 5000 + place as u16)));
            let foreign = foreign && addressed && place > 0;
            MachineSpec { clock_rate, address, foreign, log: foreign.then(|| "their logs/3.log".into()) }
        };
        drawn.into_iter().enumerate().map(machine).collect()
    })
}

fn delay() -> impl Strategy<Value = Delay> {
    let time = || (0..1_000_000_000u64).prop_map(LabTime);
    prop_oneof![
        Just(Delay::None),
        time().prop_map(Delay::Constant),
        (time(), time()).prop_map(|(low, more)| Delay::Uniform { low, high: low + more }),
        time().prop_map(|mean| Delay::Exponential { mean }),
    ]
}

fn network() -> impl Strategy<Value = Network> {
    let place = prop_oneof![Just(DelayAt::Link), Just(DelayAt::Sender)];
    let backlog = prop_oneof![Just(Network::default().foreign_backlog), 1..1u64 << 40];
    (delay(), place, 1..u64::MAX >> 4, backlog).prop_map(|(delay, delay_at, timeout, foreign_backlog)| {
        Network { delay, delay_at, open: true, connect_timeout: LabTime(timeout), foreign_backlog }
    })
}

fn specs() -> impl Strategy<Value = Spec> {
    let broadcast = prop_oneof![Just(Broadcast::OneEvent), Just(Broadcast::PerRecipient)];
    let words = ("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}", any::<String>(), prop::option::of(any::<String>()));
    let times = (2_000_000_000..u64::MAX >> 4, 0..300_000_000u64);
    let numbers = (any::<u64>(), 0.0..=1.0, 1e-9..1e300);
    (words, times, numbers, broadcast, machines(), network()).prop_map(
        |((name, why, source), times, numbers, broadcast, machines, network)| {
            let values: Vec<Option<u64>> =
                (0..machines.len() as u64).map(|value| Some(value).filter(|value| value % 3 > 0)).collect();
            let logs = Logged { note: why.clone(), end_queue: values.clone(), ..Default::default() };
            let published = source.map(|source| Published {
                source,
                max_queue: values,
                logs: Some(logs).filter(|_| numbers.0 % 2 == 0),
                ..Default::default()
            });
            Spec {
                name,
                why,
                duration: LabTime(times.0),
                seed: numbers.0,
                internal_prob: numbers.1,
                broadcast,
                start_stagger: LabTime(times.1),
                speedup: numbers.2,
                machines,
                network,
                published,
            }
        },
    )
}

proptest! {
    #[test]
    fn a_written_spec_reads_back_as_itself(spec in specs()) {
        let toml = to_toml(&spec);
        let again = parse("again.toml", &toml, &[]);
        prop_assert_eq!(again.as_ref(), Ok(&spec), "{}", toml);
    }

    #[test]
    fn any_text_is_understood_or_refused_without_panic(noise in any::<String>(), place in 0..GOOD.len()) {
        let _ = parse("x.toml", &noise, &[]).map_err(|error| error.to_string());
        let spliced = format!("{}{noise}{}", &GOOD[..place], &GOOD[place..]);
        let _ = parse("x.toml", &spliced, &[]).map_err(|error| error.to_string());
    }

    #[test]
    fn any_override_is_understood_or_refused_without_panic(key in any::<String>(), value in any::<String>()) {
        for key in [key.as_str(), "machine.1.clock_rate", "clock_rates", "why"] {
            let _ = parse("x.toml", GOOD, &[Override::new("--set", key, &value)]).map_err(|error| error.to_string());
        }
    }
}
