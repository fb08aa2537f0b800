//! Writes `crates/models/src/types.rs` from `contracts/models`.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut schemas = Vec::new();
    for entry in fs::read_dir(package.join("../../contracts/models"))? {
        let entry = entry?;
        schemas.push((entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path())?));
    }
    schemas.sort();
    fs::write(package.join("src/types.rs"), models::generate::types(&schemas)?)?;
    Ok(())
}
