//! Specs: what is taken is written and read again as it was; what is refused is
//! refused at a place in the text. Lines `--set KEY=VALUE` at the end are laid
//! over it.

#![no_main]

use labctl::spec::{Override, parse, parse_sweep, to_toml};
use labctl_fuzz::{told_of, within};
use libfuzzer_sys::fuzz_target;

/// A spec may have ten thousand machines.
const BYTES_MAX: usize = 16 << 20;

fuzz_target!(|data: &[u8]| {
    let Ok(whole) = str::from_utf8(data) else { return };
    let (text, overrides) = overridden(whole);
    let room = BYTES_MAX + 200 * whole.len();
    let spec = within(room, || parse("x.toml", text, &overrides));
    match &spec {
        Ok(spec) => {
            let toml = to_toml(spec);
            let again = parse("again.toml", &toml, &[]).unwrap_or_else(|error| panic!("{toml}\n{error}"));
            assert_eq!(again, *spec, "{toml}");
            assert_eq!(to_toml(&again), toml);
        }
        Err(error) => told_of(text, error),
    }
    match within(room, || parse_sweep("x.toml", text)) {
        Ok(sweep) => sweep.axes.iter().for_each(|axis| assert!(axis.keys().next().is_some())),
        Err(error) => told_of(text, &error),
    }
});

fn overridden(whole: &str) -> (&str, Vec<Override>) {
    const FLAG: &str = "\n--set ";
    let mut pieces = whole.split(FLAG);
    let text = pieces.next().unwrap_or_default();
    let typed = pieces.filter_map(|setting| setting.trim_end().split_once('='));
    (text, typed.map(|(key, value)| Override::new("--set", key, value)).collect())
}
