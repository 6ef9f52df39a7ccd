//! The name that a person most likely meant by one that is not known. Pure.

/// How alike two names must be, from 0 to 1, for one to be meant by the other.
const MEANT: f64 = 0.75;

/// The most alike of `names`, if any is alike enough; small letters and large
/// ones are the same.
pub fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let alike = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &given);
    let names = names.into_iter().map(|name| (name, alike(name)));
    names.filter(|(_, alike)| *alike >= MEANT).max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_a_stranger_is_not() {
        let names = ["latest", "sample", "20261101T120000"];
        for (given, meant) in [
            ("lates", Some("latest")),
            ("Samples", Some("sample")),
            ("20261101", Some("20261101T120000")),
            ("gone", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, names), meant, "{given}");
        }
    }
}
