//! A column of numbers of which some, or all, are unknown.

/// Eight bytes an entry; none as long as every entry is unknown.
///
/// The largest number of 64 bits stands for the unknown: it is never given
/// back, and no log counts so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    values: Vec<u64>,
}

const UNKNOWN: u64 = u64::MAX;

impl Column {
    /// Sets entry `at`, which must lie beyond all that are known.
    #[inline]
    pub fn put(&mut self, at: usize, value: Option<u64>) {
        if let Some(value) = value {
            if self.values.len() < at {
                self.values.resize(at, UNKNOWN);
            }
            self.values.push(value);
        }
    }

    #[inline]
    pub fn get(&self, at: usize) -> Option<u64> {
        self.values.get(at).copied().filter(|value| *value != UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_got_and_the_rest_is_unknown() {
        let mut column = Column::default();
        for (at, value) in [None, None, Some(3), None, Some(0), None].into_iter().enumerate() {
            column.put(at, value);
        }
        let got: Vec<Option<u64>> = (0..7).map(|at| column.get(at)).collect();
        assert_eq!(got, [None, None, Some(3), None, Some(0), None, None]);
    }

    #[test]
    fn a_column_of_nothing_takes_no_room() {
        let mut column = Column::default();
        (0..1000).for_each(|at| column.put(at, None));
        assert_eq!((column.values.capacity(), column.get(7)), (0, None));
    }
}
