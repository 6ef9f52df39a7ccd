//! What lines call the machines: nobody sends to itself, which tells numbers
//! that name machines from others, and where they begin.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Layout, Naming};
use crate::dialect::naming::sort_naturally;

/// How lines name machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// As files do.
    AsFiles,
    Numbers {
        first: u64,
    },
    Letters,
    Listed(Vec<String>),
}

impl Peers {
    /// The place of the machine of this name in its run.
    pub fn place(&self, name: &str, layout: &Layout) -> Option<usize> {
        match self {
            Peers::AsFiles => {
                let mut known = layout.machines.iter().zip(&layout.places);
                known.find(|(machine, _)| is_called(machine, name)).map(|(_, place)| *place)
            }
            Peers::Numbers { first } => Some(name.parse::<u64>().ok()?.checked_sub(*first)? as usize),
            Peers::Letters => {
                let letter = name.bytes().next()?.to_ascii_uppercase();
                letter.checked_sub(b'A').map(usize::from)
            }
            Peers::Listed(names) => names.iter().position(|known| known == name),
        }
    }
}

/// Whether a machine of this name is meant; names may be capitalised in lines.
fn is_called(machine: &Option<String>, name: &str) -> bool {
    machine.as_deref().is_some_and(|machine| machine.eq_ignore_ascii_case(name))
}

/// The names that the logs of each machine use, by its place in a run.
pub type Named = BTreeMap<usize, BTreeSet<String>>;

/// How these names fit the machines; `None` where they name something else.
pub fn peers(named: &Named, layout: &Layout) -> Option<Peers> {
    let all: BTreeSet<&String> = named.values().flatten().collect();
    let count = layout.count.max(1);
    if all.is_empty() || all.len() > count.max(16) {
        return None;
    }
    let is_other = |number: &dyn Fn(&str) -> Option<usize>| {
        named.iter().all(|(place, names)| {
            names.iter().all(|name| {
                number(name).is_some_and(|at| (count == 1 || at != *place && at < count) && at < 1 << 20)
            })
        })
    };
    if count > 1 && is_other(&|name| Peers::AsFiles.place(name, layout)) {
        return Some(Peers::AsFiles);
    }
    let mut bare: Vec<(usize, &str)> = Vec::new();
    for (name, place) in layout.bare.iter().zip(&layout.places) {
        bare.extend(name.as_deref().map(|name| (*place, name)).filter(|one| !bare.contains(one)));
    }
    bare.sort_unstable();
    if bare.len() == count
        && is_other(&|name| {
            bare.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(place, _)| *place)
        })
    {
        return Some(Peers::Listed(bare.into_iter().map(|(_, name)| name.to_owned()).collect()));
    }
    let numbered = |first: u64| {
        is_other(&|name: &str| {
            name.parse().ok().and_then(|number: u64| Some(number.checked_sub(first)? as usize))
        })
    };
    let own_first = match layout.naming {
        Naming::Numbers { first } => first,
        _ => 1,
    };
    let firsts =
        if count == 1 && all.iter().any(|name| *name == "0") { [0, 0, 1] } else { [own_first, 0, 1] };
    let is_small = all.iter().all(|name| name.parse::<u64>().is_ok_and(|number| number < 1000));
    if is_small {
        return firsts.into_iter().find(|first| numbered(*first)).map(|first| Peers::Numbers { first });
    }
    let is_letter = |name: &String| name.len() == 1 && name.starts_with(char::is_alphabetic);
    let letter_at = |name: &str| {
        name.bytes().next().map(|byte| usize::from(byte.to_ascii_uppercase().wrapping_sub(b'A')))
    };
    if all.iter().all(|name| is_letter(name)) {
        return is_other(&letter_at).then_some(Peers::Letters);
    }
    let mut sorted: Vec<String> = all.iter().map(|name| (*name).clone()).collect();
    sort_naturally(&mut sorted);
    if count > 2 && all.len() == count - 1 {
        return one_is_missing(named, &sorted);
    }
    if count < 2 || all.len() != count {
        return None;
    }
    if is_other(&|name| sorted.iter().position(|known| known == name)) {
        return Some(Peers::Listed(sorted));
    }
    // The one name that a machine never uses is its own.
    let mut own: Vec<Option<String>> = vec![None; count];
    for (place, names) in named {
        let mut missing = sorted.iter().filter(|name| !names.contains(*name));
        if let (Some(name), None, Some(slot)) = (missing.next(), missing.next(), own.get_mut(*place)) {
            *slot = Some(name.clone());
        }
    }
    let listed: Option<Vec<String>> = own.into_iter().collect();
    listed.filter(|listed| listed.iter().collect::<BTreeSet<_>>().len() == count).map(Peers::Listed)
}

/// The names in the order of the machines, of which one is never named, if there
/// is one place alone where it can be missing.
fn one_is_missing(named: &Named, sorted: &[String]) -> Option<Peers> {
    let with_gap = |gap: usize| {
        let mut names = sorted.to_vec();
        names.insert(gap, "?".to_owned());
        names
    };
    let fits = |names: &[String]| {
        named.iter().all(|(place, used)| names.get(*place).is_none_or(|own| !used.contains(own)))
    };
    let mut fitting = (0..=sorted.len()).map(with_gap).filter(|names| fits(names));
    let found = fitting.next()?;
    fitting.next().is_none().then_some(Peers::Listed(found))
}
