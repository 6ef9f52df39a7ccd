//! Files and folders that appear whole or not at all: written beside their
//! place under a name that says whose they are, and renamed into it.
//!
//! What is there already gives way to its like alone: an older table, picture or
//! page of the same kind. All else stays.
//!
//! What is beside its place goes with its process: at its end, at a signal by
//! [`remove_all`], and after a kill when somebody writes there next.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, TempDir};

use crate::files::regular::open_regular;
use crate::platform::{lives, open_file_to_all, open_folder_to_all};

/// Around the number of the process in the name of what it writes.
const PREFIX: &str = ".labctl-";
const SUFFIX: &str = ".tmp";

/// What this process has beside its place.
static BESIDE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Folders in which this process has looked for what others left.
static LOOKED_INTO: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
static WAITS_FOR_DISK: AtomicBool = AtomicBool::new(true);

/// A file that is written beside its place.
#[derive(Debug)]
pub struct FileBeside {
    file: NamedTempFile,
    listed: Listed,
}

/// A folder that is made beside its place.
#[derive(Debug)]
pub struct FolderBeside {
    folder: TempDir,
    _lock: Option<File>,
    listed: Listed,
}

/// An entry of [`BESIDE`].
#[derive(Debug)]
struct Listed(PathBuf);

impl FileBeside {
    /// Begins a file that will be in the folder of `place`.
    pub fn begin(place: &Path) -> io::Result<FileBeside> {
        let folder = folder_of(place);
        remove_abandoned(folder);
        let (file, listed) = Listed::make(|| named().tempfile_in(folder), NamedTempFile::path)?;
        // Without locks the number of the process has to do.
        let _ = file.as_file().try_lock();
        Ok(FileBeside { file, listed })
    }

    /// Where to write.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Puts it into its place, for everyone who may see the folder.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] where something else is there, which stays.
    pub fn put_into(self, place: &Path) -> io::Result<()> {
        if !gives_way(place, self.file.as_file())? {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, SOMETHING_ELSE));
        }
        open_file_to_all(self.file.as_file())?;
        self.file.persist(place).map_err(|error| error.error)?;
        drop(self.listed);
        Ok(())
    }

    /// The same once the disk has it; comes back when the disk knows its name.
    pub fn put_safely_into(self, place: &Path) -> io::Result<()> {
        sync_file(self.file.as_file())?;
        self.put_into(place)?;
        sync_folder(folder_of(place))
    }

    /// Puts it into its place, for everyone who may see the folder; false where
    /// something is there, which stays.
    pub fn put_new_into(self, place: &Path) -> io::Result<bool> {
        open_file_to_all(self.file.as_file())?;
        sync_file(self.file.as_file())?;
        let is_put = self.put_privately_into(place)?;
        sync_folder(folder_of(place))?;
        Ok(is_put)
    }

    /// Puts it into its place for its owner alone; false where something is there,
    /// which stays.
    pub fn put_privately_into(self, place: &Path) -> io::Result<bool> {
        let is_put = match self.file.persist_noclobber(place) {
            Ok(_) => true,
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => return Err(error.error),
        };
        drop(self.listed);
        Ok(is_put)
    }
}

/// What is said where something else is in the place of a file.
const SOMETHING_ELSE: &str =
    "something else is there, and is not overwritten; choose another name, or move it away";

/// Whether what is in a place, if anything, may be replaced by this file: it is
/// empty, or begins as the file does.
fn gives_way(place: &Path, mut file: &File) -> io::Result<bool> {
    if place.symlink_metadata().is_err() {
        return Ok(true);
    }
    let Ok(there) = open_regular(place) else { return Ok(false) };
    file.rewind()?;
    let (there, new) = (beginning(there)?, beginning(file)?);
    Ok(there.is_empty() || there == new)
}

/// As much as all files of one kind have in common, and no others: the names of
/// a table's first columns, the mark of a picture's format, a page's first words.
fn beginning(file: impl Read) -> io::Result<Vec<u8>> {
    const LENGTH: u64 = 12;
    const PARQUET: &[u8] = b"PAR1";
    let mut read = Vec::new();
    file.take(LENGTH).read_to_end(&mut read)?;
    if read.starts_with(PARQUET) {
        // What follows is data.
        read.truncate(PARQUET.len());
    }
    Ok(read)
}

impl FolderBeside {
    /// Begins a folder that will be in the folder of `place`.
    pub fn begin(place: &Path) -> io::Result<FolderBeside> {
        let above = folder_of(place);
        remove_abandoned(above);
        let (folder, listed) = Listed::make(|| named().tempdir_in(above), TempDir::path)?;
        let lock = File::open(folder.path()).ok().filter(|folder| folder.try_lock().is_ok());
        Ok(FolderBeside { folder, _lock: lock, listed })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts it into its place, for everyone. Nothing may be there.
    pub fn put_into(self, place: &Path) -> io::Result<()> {
        if place.symlink_metadata().is_ok() {
            // A rename would replace an empty folder.
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        open_folder_to_all(self.folder.path())?;
        fs::rename(self.folder.path(), place)?;
        // What is renamed is no longer there to be cleared away.
        let _ = self.folder.keep();
        drop(self.listed);
        Ok(())
    }
}

impl Listed {
    /// What is made is listed before anybody can ask for the list.
    fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> io::Result<(T, Listed)> {
        let mut beside = held(&BESIDE);
        let made = make()?;
        let path = path(&made).to_owned();
        beside.insert(path.clone());
        Ok((made, Listed(path)))
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        held(&BESIDE).remove(&self.0);
    }
}

/// Removes whatever this process has beside its place, for a process that ends
/// at once: no thread of it begins anything beside its place any more.
pub fn remove_all() {
    let mut beside = held(&BESIDE);
    for path in std::mem::take(&mut *beside) {
        // There is nobody left to hear of an error.
        let _ = if path.is_dir() { remove_while_written(&path) } else { fs::remove_file(&path) };
    }
    std::mem::forget(beside);
}

/// Removes a folder into which other threads may be writing: under another name
/// they do not find it any more.
fn remove_while_written(folder: &Path) -> io::Result<()> {
    let gone = folder.with_extension(format!("gone{SUFFIX}"));
    fs::rename(folder, &gone)?;
    fs::remove_dir_all(&gone)
}

/// A name beside `place` for a link, which goes the same way.
pub fn name_beside(place: &Path) -> PathBuf {
    folder_of(place).join(format!("{PREFIX}{}-link{SUFFIX}", std::process::id()))
}

/// Whether files and folders are waited for until the disk has them; without it
/// a system that goes down may lose what was said to be written.
pub fn wait_for_disk(wait: bool) {
    WAITS_FOR_DISK.store(wait, Relaxed);
}

/// Waits until the disk has a file's content.
pub fn sync_file(file: &File) -> io::Result<()> {
    if WAITS_FOR_DISK.load(Relaxed) { file.sync_all() } else { Ok(()) }
}

/// Waits until the disk has the names in a folder.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !WAITS_FOR_DISK.load(Relaxed) || cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        // Some shared file systems cannot be asked for it.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        outcome => outcome,
    }
}

/// Makes a folder and those above it that are missing; comes back when the disk
/// knows their names.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path)?;
    missing
        .into_iter()
        .filter(|folder| *folder != Path::new(""))
        .try_for_each(|made| sync_folder(folder_of(made)))
}

/// Waits until the disk has a folder and every file in it.
pub fn sync_folder_and_files(folder: &Path) -> io::Result<()> {
    if !WAITS_FOR_DISK.load(Relaxed) {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}

/// The folder that a path lies in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

fn named() -> Builder<'static, 'static> {
    // The builder keeps a borrowed prefix, and the number is only known now.
    static PREFIX_OF_THIS: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| format!("{PREFIX}{}-", std::process::id()));
    let mut builder = Builder::new();
    builder.prefix(PREFIX_OF_THIS.as_str()).suffix(SUFFIX);
    builder
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes from a folder what killed processes have left beside its place: only
/// what has a name as this module gives, whose process is gone, and which
/// nobody holds. Looks once into each folder.
fn remove_abandoned(folder: &Path) {
    if !held(&LOOKED_INTO).insert(folder.to_owned()) {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().and_then(owner).is_some_and(|owner| !lives(owner)) {
            // Another command may remove it at the same time.
            let _ = remove_unless_held(&entry);
        }
    }
}

/// The process that a name beside a place belongs to.
fn owner(name: &str) -> Option<u32> {
    let (process, random) = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.split_once('-')?;
    process.parse().ok().filter(|_| !random.is_empty())
}

fn remove_unless_held(entry: &fs::DirEntry) -> io::Result<()> {
    let kind = entry.file_type()?;
    if kind.is_symlink() {
        return fs::remove_file(entry.path());
    }
    if !kind.is_file() && !kind.is_dir() {
        return Ok(());
    }
    // A process of the same number may live on another host.
    match File::open(entry.path())?.try_lock() {
        Ok(()) if kind.is_dir() => fs::remove_dir_all(entry.path()),
        Ok(()) => fs::remove_file(entry.path()),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// No process gets this number.
    const GONE: &str = ".labctl-2147483646-x1y2z3.tmp";

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_process_left_goes_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at(GONE), "half").unwrap();
        fs::create_dir(at(".labctl-2147483645-tree.tmp")).unwrap();
        fs::write(at(".labctl-2147483645-tree.tmp/part"), "half").unwrap();
        std::os::unix::fs::symlink("run", at(".labctl-2147483645-link.tmp")).unwrap();
        fs::write(at(".labctl-2147483644-held.tmp"), "somebody's on another host").unwrap();
        let held = File::open(at(".labctl-2147483644-held.tmp")).unwrap();
        held.try_lock().unwrap();
        let others = [".labctl-x-y.tmp", ".labctl-1.tmp", ".tmpAbCdEf", "labctl-2147483646-x.tmp", "notes"];
        others.iter().for_each(|name| fs::write(at(name), "mine").unwrap());
        fs::write(at(&format!(".labctl-{}-z.tmp", std::process::id())), "mine").unwrap();
        FileBeside::begin(&at("table.csv")).unwrap().put_into(&at("table.csv")).unwrap();
        let left = names(folder.path());
        assert_eq!(left.len(), others.len() + 3, "{left:?}");
        assert!(
            !left
                .iter()
                .any(|name| name.contains("214748364") && !name.contains("held") && !name.starts_with('l')),
            "{left:?}"
        );
    }

    #[test]
    fn a_file_gives_way_to_its_like_and_to_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("table.csv");
        let put = |content: &str| {
            let beside = FileBeside::begin(&place).unwrap();
            io::Write::write_all(&mut beside.file(), content.as_bytes()).unwrap();
            beside.put_into(&place).map_err(|error| error.kind())
        };
        let table = |row: &str| format!("experiment,run,machine\n{row}\n");
        for (there, may_be_replaced) in [
            ("", true),
            (&table("old"), true),
            ("mine", false),
            ("experiment\n", false),
            ("PAR1 of mine", false),
        ] {
            fs::write(&place, there).unwrap();
            let outcome = put(&table("new"));
            assert_eq!(outcome.is_ok(), may_be_replaced, "{there}: {outcome:?}");
            let left = fs::read_to_string(&place).unwrap();
            assert_eq!(left, if may_be_replaced { table("new") } else { there.to_owned() });
        }
        fs::write(&place, "PAR1, old").unwrap();
        put("PAR1, and other data").unwrap();
        fs::remove_file(&place).unwrap();
        std::os::unix::fs::symlink("gone", &place).unwrap();
        assert_eq!(put("new"), Err(io::ErrorKind::AlreadyExists));
        assert_eq!(names(folder.path()), ["table.csv"]);
    }

    #[test]
    fn what_is_private_is_its_owner_s_alone_and_takes_nobody_s_place() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("token");
        let put = |content: &str| {
            let beside = FileBeside::begin(&place).unwrap();
            io::Write::write_all(&mut beside.file(), content.as_bytes()).unwrap();
            beside.put_privately_into(&place).unwrap()
        };
        assert_eq!((put("first"), put("second")), (true, false));
        assert_eq!(fs::read_to_string(&place).unwrap(), "first");
        assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["token"]);
    }

    #[test]
    fn nothing_is_left_beside_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("table.csv");
        drop(FileBeside::begin(&place).unwrap());
        drop(FolderBeside::begin(&place).unwrap());
        assert!(names(folder.path()).is_empty());
        FileBeside::begin(&place).unwrap().put_safely_into(&place).unwrap();
        let tree = folder.path().join("tree");
        FolderBeside::begin(&tree).unwrap().put_into(&tree).unwrap();
        assert_eq!(names(folder.path()), ["table.csv", "tree"]);
    }
}
