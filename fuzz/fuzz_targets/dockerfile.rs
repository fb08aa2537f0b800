//! Any bytes as a Dockerfile: read, and where that works expanded, without a panic and within the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkspan_build::dockerfile::{BaseImage, Graph, Options, Platform, parse};

fuzz_target!(|bytes: &[u8]| {
    let file = match parse(bytes) {
        Ok(file) => file,
        Err(faults) => {
            assert!(!faults.0.is_empty());
            return;
        }
    };
    let platform = Platform::host();
    let options =
        Options { target: None, build_args: Default::default(), platform: platform.clone(), build_platform: platform };
    let Ok(mut graph) = Graph::new(&file, &options) else { return };
    for stage in graph.missing_bases() {
        let _ = graph.set_base(stage, BaseImage::default());
    }
    while let Some(Ok(_)) = graph.resolve_next() {}
    let _ = graph.warnings();
});
