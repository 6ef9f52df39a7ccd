//! What the fuzz targets share: an allocator that counts, and a folder.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use labctl::spec::SpecError;
use labctl::text::sanitize::is_hidden;
use tempfile::TempDir;

/// The system's allocator, and how much it has given out.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it comes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(held, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

/// Does `work`, which may hold no more memory at once than `bytes`, whatever
/// the numbers in its input claim.
#[track_caller]
pub fn within<R>(bytes: usize, work: impl FnOnce() -> R) -> R {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = work();
    let held = PEAK.load(Relaxed).saturating_sub(before);
    assert!(held <= bytes, "{held} bytes were held, and {bytes} are enough");
    result
}

/// A folder of this process, for readers that read files.
pub fn folder() -> &'static Path {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        labctl::files::atomic::wait_for_disk(false);
        labctl::parallel::use_threads(std::num::NonZeroUsize::MIN);
        TempDir::new().expect("a folder for files")
    });
    FOLDER.path()
}

/// An error has words.
#[track_caller]
pub fn reported(error: &impl std::error::Error) {
    assert!(!error.to_string().trim().is_empty(), "an error without words");
}

/// An error in a text names a place within it, and nothing of it
/// reaches a terminal that would obey it.
#[track_caller]
pub fn told_of(text: &str, error: &SpecError) {
    reported(error);
    let reported = error.to_string();
    let lines = text.split('\n').count();
    assert!(error.line().is_none_or(|line| (1..=lines).contains(&line)), "{reported}");
    let obeyed = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    assert!(!reported.chars().any(obeyed), "{reported:?}");
}

/// The parts of an input between lines of `=====`.
pub fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BETWEEN: &[u8] = b"\n=====\n";
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        let at = whole.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let (part, after) =
            at.map_or((whole, None), |at| (&whole[..=at], Some(&whole[at + BETWEEN.len()..])));
        rest = after;
        Some(part)
    })
}
