//! Work on all processors at once, its results in the order of what it was
//! done on: whatever the number of threads, the outcome is the same.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// As [`use_threads`] sets it; 0 for as many as the host has processors.
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether this thread is one of many, so that it begins no others.
    static IS_ONE_OF_MANY: Cell<bool> = const { Cell::new(false) };
}

/// What is worked on at once weighs no more than this, unless one item alone
/// does; so memory does not grow with the number of threads.
const WEIGHT_AT_ONCE: u64 = 48 << 20;
/// Items are handed out together up to this weight, and up to this number.
const WEIGHT_TOGETHER: u64 = 1 << 18;
const ITEMS_TOGETHER: usize = 32;

/// Sets how many threads work at once, from now on and for the whole process.
pub fn use_threads(count: NonZeroUsize) {
    THREADS.store(count.get(), Relaxed);
}

/// How many threads this one may have work at once, itself included: 1 within
/// what is done in parallel already.
pub fn threads() -> usize {
    if IS_ONE_OF_MANY.get() {
        return 1;
    }
    match THREADS.load(Relaxed) {
        0 => thread::available_parallelism().map_or(1, usize::from),
        set => set,
    }
}

/// Runs `work` once in each of so many threads, all of which count as one of many.
pub fn crew(count: usize, work: impl Fn() + Sync) {
    let work = || {
        IS_ONE_OF_MANY.set(true);
        work();
    };
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(work);
        }
    });
}

/// Does both, at once where two threads may work.
pub fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    if threads() == 1 {
        return (one(), other());
    }
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            IS_ONE_OF_MANY.set(true);
            other()
        });
        let one = one();
        (one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// What `work` makes of each item, in the items' order. Of many items several are
/// handed out together.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut results = Vec::with_capacity(items.len());
    let Ok(()) = in_order(
        items,
        |_| 0,
        work,
        |result| {
            results.push(result);
            Ok::<(), Infallible>(())
        },
    );
    results
}

/// Has `work` done on every item, and gives the results to `take` in the items'
/// order, in this thread. Few results wait at any time. `weight` is what an
/// item takes in memory while it is worked on, in bytes; a heavy one is worked
/// on alone, and may use all threads itself.
///
/// # Errors
///
/// What `take` fails with; what is not begun then is left.
pub fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    weight: impl Fn(&T) -> u64 + Sync,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads().min(items.len());
    if threads <= 1 {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let line = Line::new(items.len(), threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| line.serve(items, &weight, &work));
        }
        let _closing = Closing(&line);
        while let Some(results) = line.next_results() {
            for result in results {
                take(result)?;
            }
        }
        Ok(())
    })
}

/// Items on their way through the threads, a block at a time.
struct Line<R> {
    state: Mutex<State<R>>,
    changed: Condvar,
    items: usize,
    /// No block has more items.
    together: usize,
    /// No more blocks are worked on, or wait to be taken, at once.
    ahead: usize,
}

struct State<R> {
    /// The first item that is not handed out.
    next: usize,
    /// How many blocks were handed out, and taken.
    begun: usize,
    taken: usize,
    weight: u64,
    done: BTreeMap<usize, Vec<R>>,
    closed: bool,
}

/// A block of items.
struct Block {
    number: usize,
    items: Range<usize>,
    weight: u64,
}

impl<R: Send> Line<R> {
    fn new(items: usize, threads: usize) -> Line<R> {
        const BLOCKS_A_THREAD: usize = 4;
        let state = State { next: 0, begun: 0, taken: 0, weight: 0, done: BTreeMap::new(), closed: false };
        Line {
            state: Mutex::new(state),
            changed: Condvar::new(),
            items,
            together: (items / (threads * BLOCKS_A_THREAD)).clamp(1, ITEMS_TOGETHER),
            ahead: threads * BLOCKS_A_THREAD,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve<T>(&self, items: &[T], weight: &impl Fn(&T) -> u64, work: &impl Fn(&T) -> R) {
        let _closing = Closing(self);
        while let Some(block) = self.next_block(items, weight) {
            IS_ONE_OF_MANY.set(block.weight <= WEIGHT_AT_ONCE);
            let results = items[block.items].iter().map(work).collect();
            let mut state = self.lock();
            state.weight -= block.weight;
            state.done.insert(block.number, results);
            self.changed.notify_all();
        }
        // Nobody is stopped by a thread that has nothing left to do.
        std::mem::forget(_closing);
    }

    fn next_block<T>(&self, items: &[T], weight: &impl Fn(&T) -> u64) -> Option<Block> {
        let mut state = self.lock();
        loop {
            if state.closed || state.next == self.items {
                return None;
            }
            if state.begun < state.taken + self.ahead {
                let (start, mut end, mut sum) = (state.next, state.next, 0_u64);
                while end < self.items && end - start < self.together && sum < WEIGHT_TOGETHER {
                    sum = sum.saturating_add(weight(&items[end]));
                    end += 1;
                }
                if state.weight == 0 || state.weight.saturating_add(sum) <= WEIGHT_AT_ONCE {
                    let block = Block { number: state.begun, items: start..end, weight: sum };
                    (state.next, state.begun) = (end, state.begun + 1);
                    state.weight += sum;
                    return Some(block);
                }
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The results of the next block; `None` where all are taken, or a thread panicked.
    fn next_results(&self) -> Option<Vec<R>> {
        let mut state = self.lock();
        loop {
            let number = state.taken;
            if let Some(results) = state.done.remove(&number) {
                state.taken += 1;
                self.changed.notify_all();
                return Some(results);
            }
            let is_over = state.next == self.items && number == state.begun;
            if is_over || state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Ends the line for everybody, also where a thread panics.
struct Closing<'a, R: Send>(&'a Line<R>);

impl<R: Send> Drop for Closing<'_, R> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    /// How many threads work is the whole process's affair, and these tests'.
    fn with_threads(count: usize, test: impl Fn()) {
        static ALONE: Mutex<()> = Mutex::new(());
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        use_threads(NonZeroUsize::new(count).unwrap());
        test();
        THREADS.store(0, Relaxed);
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..5000).collect();
        for threads in [1, 2, 7] {
            with_threads(threads, || {
                assert_eq!(
                    map(&items, |item| item * 2),
                    items.iter().map(|item| item * 2).collect::<Vec<_>>()
                );
            });
        }
    }

    #[test]
    fn an_error_of_the_taker_ends_it() {
        with_threads(3, || {
            let items: Vec<u64> = (0..100_000).collect();
            let mut taken = 0;
            let outcome = in_order(
                &items,
                |_| 1,
                |item| *item,
                |item| {
                    taken += 1;
                    if item == 10 { Err(item) } else { Ok(()) }
                },
            );
            assert_eq!((outcome, taken), (Err(10), 11));
        });
    }

    #[test]
    fn a_heavy_item_is_alone_and_may_use_all_threads() {
        with_threads(3, || {
            let items = [1, WEIGHT_AT_ONCE + 1, 1, WEIGHT_AT_ONCE / 2 + 1, WEIGHT_AT_ONCE / 2 + 1];
            let at_once = AtomicU64::new(0);
            let mut seen = Vec::new();
            let work = |weight: &u64| {
                let together = at_once.fetch_add(*weight, Relaxed) + weight;
                thread::yield_now();
                at_once.fetch_sub(*weight, Relaxed);
                (*weight, together, threads())
            };
            in_order(
                &items,
                |weight| *weight,
                work,
                |of| {
                    seen.push(of);
                    Ok::<(), ()>(())
                },
            )
            .unwrap();
            for (weight, together, threads) in seen {
                assert_eq!(threads, if weight > WEIGHT_AT_ONCE { 3 } else { 1 });
                assert!(together <= WEIGHT_AT_ONCE.max(weight), "{together} at once");
            }
        });
    }

    #[test]
    fn a_panic_in_a_thread_is_a_panic_here() {
        with_threads(2, || {
            let items: Vec<u64> = (0..1000).collect();
            let outcome = std::panic::catch_unwind(|| map(&items, |item| assert!(*item != 77)));
            assert!(outcome.is_err());
        });
    }
}
