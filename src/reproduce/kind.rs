//! Whose statement a claim is. Pure.

/// Whose statement a claim is; each kind is counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The publication says so.
    #[default]
    Published,
    /// Our reading of it: more, or otherwise, than its words say.
    Reading,
    /// Our theory says so.
    Theory,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Published, Kind::Reading, Kind::Theory];

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == name)
    }

    pub fn word(self) -> &'static str {
        match self {
            Kind::Published => "published",
            Kind::Reading => "reading",
            Kind::Theory => "theory",
        }
    }
}
