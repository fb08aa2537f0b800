//! Any bytes as an ignore file and a path: no panic, and a folder that may be passed over shows nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkspan_build::context::{IgnoreFile, glob};

fuzz_target!(|input: (&str, &str, &str)| {
    let (text, folder, name) = input;
    let _ = glob::matches(text, folder);
    let Ok(file) = IgnoreFile::read(text.as_bytes()) else { return };
    let plain = |part: &str| !part.is_empty() && !part.contains(['/', '\n']) && part != "." && part != "..";
    if plain(folder) && plain(name) && file.matches(folder) && file.may_skip_directory(folder) {
        assert!(file.matches(&format!("{folder}/{name}")));
    }
});
