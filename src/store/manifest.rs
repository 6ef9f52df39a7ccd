//! The manifest of a run: what ran, where, and how it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::version::{COMMIT, VERSION};
use super::word::{Isolation, Status, Word};
use super::{MANIFEST_FILE, METRICS_FILE};
use crate::files::digest::{hexadecimal, sha256};
use crate::files::regular::{open_regular, read_regular};
use crate::log::machine_of_file;
use crate::model::engine::Engine;

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub labctl_version: String,
    pub labctl_commit: String,
    pub experiment: String,
    pub run: String,
    pub seed: u64,
    pub engine: Word<Engine>,
    pub isolation: Word<Isolation>,
    pub speedup: f64,
    /// Ticks per second of lab time, in the order of the machines.
    pub clock_rates: Vec<f64>,
    pub status: Word<Status>,
    /// Why it failed, or what was lost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
    pub host: Host,
    /// ERROR lines in its logs.
    #[serde(default)]
    pub errors: u64,
    /// RFC 3339, UTC; `ended` lies as much later as the run took, whatever the
    /// wall clock was set to in the meantime.
    pub started: String,
    pub ended: String,
    /// SHA-256 of every file of the run, in hexadecimal; of `manifest.json`
    /// itself, that of its bytes with 64 zeros in the place of this one.
    pub sha256: BTreeMap<String, String>,
}

/// What is kept of the manifest of every run that is found, of which there may
/// be very many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestHead {
    pub seed: u64,
    pub engine: Word<Engine>,
    pub status: Word<Status>,
    /// Whether the logs that it has checksums of are just those that are here.
    pub names_its_logs: bool,
    /// The checksum of the metrics that this very version and commit made.
    own_metrics: Option<Box<str>>,
}

impl ManifestHead {
    /// Of a run with these logs.
    pub fn of(manifest: &Manifest, logs: &[PathBuf]) -> ManifestHead {
        let names = logs.iter().map(|log| log.file_name().and_then(OsStr::to_str));
        let here: BTreeSet<Option<&str>> = names.collect();
        let is_log = |name: &&String| machine_of_file(Path::new(name.as_str())).is_some();
        let reported = manifest.sha256.keys().filter(is_log).map(|name| Some(name.as_str()));
        let is_own = manifest.labctl_version == VERSION && manifest.labctl_commit == COMMIT;
        let metrics = manifest.sha256.get(METRICS_FILE);
        ManifestHead {
            seed: manifest.seed,
            engine: manifest.engine.clone(),
            status: manifest.status.clone(),
            names_its_logs: !here.is_empty() && reported.eq(here.iter().copied()),
            own_metrics: metrics.filter(|_| is_own).map(|sum| sum.as_str().into()),
        }
    }

    /// Whether this very version and commit made the metrics that have this checksum.
    pub fn has_own_metrics(&self, sum: &str) -> bool {
        self.own_metrics.as_deref() == Some(sum)
    }
}

/// The machine that the run ran on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    pub name: String,
    pub os: String,
    pub arch: String,
    pub cores: usize,
}

impl Manifest {
    /// Reads the manifest in the file at `path`.
    ///
    /// # Errors
    ///
    /// When there is no such file, when it is no manifest, or larger than any.
    pub fn read(path: &Path) -> io::Result<Manifest> {
        serde_json::from_slice(&read_regular(path, BYTES_MAX)?).map_err(io::Error::from)
    }

    /// The bytes of its file, with its own checksum in it.
    pub fn to_bytes(mut self) -> io::Result<Vec<u8>> {
        self.sha256.insert(MANIFEST_FILE.to_owned(), NO_SUM.to_owned());
        let mut json = serde_json::to_vec_pretty(&self).map_err(io::Error::from)?;
        json.push(b'\n');
        let sum = sha256(&json);
        let at =
            sum_place(&json, NO_SUM).ok_or_else(|| io::Error::other("it has no place for its checksum"))?;
        json[at..at + NO_SUM.len()].copy_from_slice(sum.as_bytes());
        Ok(json)
    }

    /// Whether the file at `path` is as it was written, by its own checksum;
    /// `None` where it has none, as those of older versions.
    pub fn is_unchanged(&self, path: &Path) -> io::Result<Option<bool>> {
        let Some(sum) = self.sha256.get(MANIFEST_FILE) else { return Ok(None) };
        let mut json = read_regular(path, BYTES_MAX)?;
        let Some(at) = sum_place(&json, sum).filter(|_| sum.len() == NO_SUM.len()) else {
            return Ok(Some(false));
        };
        json[at..at + NO_SUM.len()].copy_from_slice(NO_SUM.as_bytes());
        Ok(Some(sha256(&json) == *sum))
    }
}

/// A run of a thousand machines has one of 150 kB.
const BYTES_MAX: u64 = 64 << 20;
/// Stands for the manifest's own checksum while that is computed.
const NO_SUM: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where the manifest's own checksum stands in its bytes.
fn sum_place(json: &[u8], sum: &str) -> Option<usize> {
    let field = format!("\"{MANIFEST_FILE}\": \"{sum}\"");
    memchr::memmem::rfind(json, field.as_bytes()).map(|at| at + field.len() - 1 - sum.len())
}

impl Host {
    /// This one.
    pub fn this() -> Host {
        Host {
            name: gethostname::gethostname().to_string_lossy().into_owned(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The checksums of all files in a run's folder, by name.
pub fn checksums(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut sums = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            sums.insert(entry.file_name().to_string_lossy().into_owned(), checksum(&entry.path())?);
        }
    }
    Ok(sums)
}

/// SHA-256 of a file, in hexadecimal, in memory that does not grow with it.
pub fn checksum(path: &Path) -> io::Result<String> {
    checksum_of(open_regular(path)?)
}

/// SHA-256 of all that can be read, in hexadecimal.
pub fn checksum_of(mut input: impl Read) -> io::Result<String> {
    const CHUNK_BYTES: usize = 1 << 18;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match input.read(&mut buffer)? {
            0 => break,
            bytes => hash.update(&buffer[..bytes]),
        }
    }
    Ok(hexadecimal(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn manifest() -> Manifest {
        Manifest {
            labctl_version: "1".to_owned(),
            labctl_commit: "none".to_owned(),
            experiment: "e".to_owned(),
            run: "r".to_owned(),
            seed: 1,
            engine: Engine::Sockets.into(),
            isolation: Isolation::Tasks.into(),
            speedup: 1.0,
            clock_rates: vec![1.0, 2.5],
            status: Status::Completed.into(),
            failure: None,
            errors: 0,
            host: Host::this(),
            started: String::new(),
            ended: String::new(),
            sha256: BTreeMap::from([("log_1.txt".to_owned(), "0".to_owned())]),
        }
    }

    proptest! {
        #[test]
        fn a_damaged_manifest_is_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..9)
        ) {
            let mut json = serde_json::to_vec(&manifest()).unwrap();
            for (at, byte) in &changes {
                let at = at.index(json.len());
                json[at] = *byte;
            }
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), json).unwrap();
            let read = Manifest::read(file.path());
            prop_assert!(!changes.is_empty() || read.is_ok_and(|read| read == manifest()));
        }
    }

    #[test]
    fn a_word_that_a_later_version_writes_is_kept_as_it_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let later = |manifest: Manifest| {
            let json = serde_json::to_string(&manifest).unwrap();
            let json = json.replace("\"sockets\"", "\"quic\"").replace("\"completed\"", "\"paused\"");
            std::fs::write(file.path(), json).unwrap();
            Manifest::read(file.path()).unwrap()
        };
        let read = later(manifest());
        assert_eq!(
            (read.engine.to_string(), read.status.to_string()),
            ("quic".to_owned(), "paused".to_owned())
        );
        assert!(read.engine != Engine::Sockets && read.engine != Engine::Simulator);
        assert_eq!((read.status.end_reason(), &read.isolation), (None, &Isolation::Tasks.into()));
        assert_eq!(later(read.clone()), read);
        assert_eq!(Manifest { engine: Engine::Simulator.into(), ..read }.engine.to_string(), "simulator");
    }

    #[test]
    fn what_is_no_file_or_too_large_is_no_manifest() {
        assert!(Manifest::read(Path::new("/dev/zero")).is_err());
        assert!(Manifest::read(&std::env::temp_dir()).is_err());
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(1 << 30).unwrap();
        assert!(Manifest::read(file.path()).is_err());
    }
    #[test]
    fn a_flipped_bit_anywhere_in_a_manifest_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MANIFEST_FILE);
        let bytes = manifest().to_bytes().unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let read = Manifest::read(&path).unwrap();
        assert_eq!(read.is_unchanged(&path).unwrap(), Some(true));
        assert_eq!(manifest().is_unchanged(&path).unwrap(), None, "an older one has no checksum of itself");
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &flipped).unwrap();
            // What is no manifest any more, or has lost the name of its checksum, shows it otherwise.
            let Ok(read) = Manifest::read(&path) else { continue };
            let is_unchanged = read.is_unchanged(&path).unwrap();
            let is_nameless =
                || read.sha256.keys().any(|name| !["log_1.txt", MANIFEST_FILE].contains(&name.as_str()));
            assert!(is_unchanged == Some(false) || is_unchanged.is_none() && is_nameless(), "bit {bit}");
        }
    }
}
