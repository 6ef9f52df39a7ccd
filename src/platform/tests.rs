//! What every making keeps, whatever the system.

use std::fs::{self, OpenOptions};
use std::process::Command;

use super::other;

/// The same body for either making.
macro_rules! on_both {
    ($of:ident: $body:block) => {{
        use super::other as $of;
        $body
    }
    #[cfg(unix)]
    {
        use super::unix as $of;
        $body
    }};
}

#[test]
fn files_are_opened_and_shared_and_stay_whole() {
    let root = tempfile::tempdir().unwrap();
    let (file, folder) = (root.path().join("file"), root.path().join("folder"));
    fs::create_dir(&folder).unwrap();
    on_both!(of: {
        fs::write(&file, "text").unwrap();
        let mut options = OpenOptions::new();
        options.read(true);
        of::never_wait(&mut options);
        let opened = options.open(&file).unwrap();
        of::open_file_to_all(&opened).unwrap();
        of::open_folder_to_all(&folder).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "text");
        let link = root.path().join("link");
        let is_made = of::link(&folder, &link).unwrap();
        assert_eq!(is_made, link.is_dir());
        let _ = fs::remove_file(&link);
    });
}

#[test]
fn this_process_lives_and_may_open_files_and_starts_others() {
    on_both!(of: {
        assert!(of::lives(std::process::id()));
        assert!(of::allow_open_files(16) >= 16);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--list", "no-test-has-this-name"]).stdout(std::process::Stdio::null());
        of::apart_from_terminal(&mut command);
        assert!(command.status().unwrap().success());
    });
}

#[cfg(unix)]
#[test]
fn a_number_that_no_process_has_lives_only_where_that_cannot_be_known() {
    const NOBODY: u32 = 2_147_483_646;
    assert!(!super::unix::lives(NOBODY));
    assert!(other::lives(NOBODY));
}

#[test]
fn what_a_system_does_not_have_is_not_done() {
    const { assert!(!other::CAN_BE_STOPPED && !other::REUSES_ADDRESSES) };
    other::stop_this_process().unwrap();
    assert!(other::ignores_hang_up());
    let about = fs::metadata(std::env::current_exe().unwrap()).unwrap();
    assert!(!other::is_readable_by_others(&about));
}
