//! Values laid over a spec's text before it is read, such as those of flags.
//! Knows where a key leads, but not what it may hold.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::spec::MAX_MACHINES;
use crate::spec::error::SpecError;
use crate::spec::source::{CLOCK_RATES, Override, Source};

const MACHINE: &str = "machine";
const COUNT: &str = "count";
const PUBLISHED: &str = "published";

/// Lays all overrides over `root`, in order.
pub(super) fn apply<'a>(source: Source<'a>, root: &mut DeTable<'a>) -> Result<(), SpecError> {
    for (index, typed) in source.overrides.iter().enumerate() {
        Overlay { source, typed, span: source.override_span(index) }.apply(root)?;
    }
    Ok(())
}

/// One override on its way into the tree.
struct Overlay<'a> {
    source: Source<'a>,
    typed: &'a Override,
    span: Range<usize>,
}

impl<'a> Overlay<'a> {
    fn apply(&self, root: &mut DeTable<'a>) -> Result<(), SpecError> {
        let keys: Vec<&str> = self.typed.key.split('.').collect();
        if keys.contains(&"") {
            return Err(self.fault("is no key; write it like `network.delay`"));
        }
        match keys.as_slice() {
            [CLOCK_RATES] => self.set_clock_rates(root),
            [MACHINE, number, COUNT] => {
                let (machines, entry, _) = self.find_machine(root, number)?;
                self.insert(self.entry(machines, entry)?, &[COUNT], self.value(&self.typed.value))?;
                root.remove(PUBLISHED);
                Ok(())
            }
            [MACHINE, _] => Err(self.fault("is a whole machine; name a key of it, such as `clock_rate`")),
            [MACHINE, number, keys @ ..] => {
                let (machines, entry, before) = self.find_machine(root, number)?;
                *machines = written_out(machines, |index| index == entry);
                self.insert(self.entry(machines, entry + before)?, keys, self.value(&self.typed.value))
            }
            keys => self.insert(root, keys, self.value(&self.typed.value)),
        }
    }

    fn set_clock_rates(&self, root: &mut DeTable<'a>) -> Result<(), SpecError> {
        let rates = self.rates();
        if let Some(DeValue::Array(machines)) = root.get_mut(MACHINE).map(Spanned::get_mut)
            && machines.iter().map(count).sum::<usize>() == rates.len()
        {
            *machines = written_out(machines, |_| true);
            for (entry, rate) in rates.into_iter().enumerate() {
                self.insert(self.entry(machines, entry)?, &["clock_rate"], rate)?;
            }
            return Ok(());
        }
        let machine = |rate| self.here(DeValue::Table(DeTable::from_iter([(self.key("clock_rate"), rate)])));
        root.insert(self.key(MACHINE), self.here(DeValue::Array(rates.into_iter().map(machine).collect())));
        // What was published was not of these machines.
        root.remove(PUBLISHED);
        Ok(())
    }

    fn rates(&self) -> Vec<Spanned<DeValue<'a>>> {
        match self.value(&self.typed.value).into_inner() {
            DeValue::Array(rates) => rates.into_iter().collect(),
            _ => self.typed.value.split(',').map(|rate| self.value(rate.trim())).collect(),
        }
    }

    /// The list that holds machine `number`, the entry it is part of, and how
    /// many machines of that entry come before it.
    fn find_machine<'t>(
        &self,
        root: &'t mut DeTable<'a>,
        number: &str,
    ) -> Result<(&'t mut DeArray<'a>, usize, usize), SpecError> {
        let Some(DeValue::Array(machines)) = root.get_mut(MACHINE).map(Spanned::get_mut) else {
            return Err(
                self.fault("is of a list that the spec does not have; add `[[machine]]` tables to it")
            );
        };
        let mut before = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        for (entry, machine) in machines.iter().enumerate() {
            match before {
                Some(within) if within < count(machine) => return Ok((machines, entry, within)),
                Some(further) => before = Some(further - count(machine)),
                None => break,
            }
        }
        let all: usize = machines.iter().map(count).sum();
        Err(self.fault(&format!("is of no machine; they are numbered from 1 to {all}")))
    }

    fn entry<'t>(
        &self,
        machines: &'t mut DeArray<'a>,
        entry: usize,
    ) -> Result<&'t mut DeTable<'a>, SpecError> {
        match machines.get_mut(entry).map(Spanned::get_mut) {
            Some(DeValue::Table(machine)) => Ok(machine),
            _ => Err(self.fault("is of a machine that is no table; write it as `[[machine]]`")),
        }
    }

    fn insert(
        &self,
        table: &mut DeTable<'a>,
        keys: &[&'a str],
        value: Spanned<DeValue<'a>>,
    ) -> Result<(), SpecError> {
        let [key, inner @ ..] = keys else { return Ok(()) };
        if inner.is_empty() {
            table.insert(self.key(key), value);
            return Ok(());
        }
        let slot = table.entry(self.key(key)).or_insert_with(|| self.here(DeValue::Table(DeTable::new())));
        match slot.get_mut() {
            DeValue::Table(table) => self.insert(table, inner, value),
            _ => Err(self.fault(&format!("is no key: `{key}` holds a value and no keys"))),
        }
    }

    /// What is no TOML is a text, so that a shell needs no second quotes.
    fn value(&self, raw: &'a str) -> Spanned<DeValue<'a>> {
        let value = DeValue::parse(raw).map_or(DeValue::String(Cow::Borrowed(raw)), Spanned::into_inner);
        self.moved_here(value)
    }

    fn moved_here(&self, value: DeValue<'a>) -> Spanned<DeValue<'a>> {
        self.here(match value {
            DeValue::Array(items) => {
                DeValue::Array(items.into_iter().map(|item| self.moved_here(item.into_inner())).collect())
            }
            DeValue::Table(table) => {
                let entries = table.into_iter();
                let moved = entries.map(|(key, value)| {
                    (Spanned::new(self.span.clone(), key.into_inner()), self.moved_here(value.into_inner()))
                });
                DeValue::Table(moved.collect())
            }
            single => single,
        })
    }

    fn here<T>(&self, value: T) -> Spanned<T> {
        Spanned::new(self.span.clone(), value)
    }

    fn key(&self, key: &'a str) -> Spanned<Cow<'a, str>> {
        self.here(Cow::Borrowed(key))
    }

    fn fault(&self, message: &str) -> SpecError {
        self.source.error(self.span.clone(), format!("`{}` {message}", self.typed.key))
    }
}

/// How many machines an entry stands for; 1 where that is not to be reported.
fn count(machine: &Spanned<DeValue<'_>>) -> usize {
    let count = machine.get_ref().as_table().and_then(|keys| keys.get(COUNT)?.get_ref().as_integer());
    let count = count.and_then(|count| usize::from_str_radix(count.as_str(), count.radix()).ok());
    count.filter(|count| (1..=MAX_MACHINES).contains(count)).unwrap_or(1)
}

/// The machines with each entry that is `chosen` split into single machines.
fn written_out<'a>(machines: &DeArray<'a>, chosen: impl Fn(usize) -> bool) -> DeArray<'a> {
    let mut list = DeArray::new();
    for (entry, machine) in machines.iter().enumerate() {
        let mut machine = machine.clone();
        let copies = if chosen(entry) { count(&machine) } else { 1 };
        if copies > 1
            && let DeValue::Table(keys) = machine.get_mut()
        {
            keys.remove(COUNT);
        }
        (0..copies).for_each(|_| list.push(machine.clone()));
    }
    list
}
