//! Manifests: what is read is written and read again as it was, and knows
//! whether it was changed.

#![no_main]

use std::fs;

use labctl::store::{MANIFEST_FILE, Manifest};
use labctl_fuzz::{folder, reported, within};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let path = folder().join(MANIFEST_FILE);
    fs::write(&path, data).unwrap();
    let manifest = match within((64 << 10) + 64 * data.len(), || Manifest::read(&path)) {
        Ok(manifest) => manifest,
        Err(error) => return reported(&error),
    };
    let claims = manifest.sha256.contains_key(MANIFEST_FILE);
    assert_eq!(manifest.is_unchanged(&path).unwrap().is_some(), claims);
    let Ok(bytes) = manifest.clone().to_bytes() else {
        panic!("what was read cannot be written: {manifest:?}");
    };
    fs::write(&path, &bytes).unwrap();
    let mut again = Manifest::read(&path).unwrap();
    assert_eq!(again.is_unchanged(&path).unwrap(), Some(true));
    assert_eq!(again.clone().to_bytes().unwrap(), bytes);
    let mut manifest = manifest;
    manifest.sha256.remove(MANIFEST_FILE);
    again.sha256.remove(MANIFEST_FILE);
    assert_eq!(again, manifest);
});
