//! Pushes files as layers: `cargo run -p linkspan-oci --example push -- ghcr.io/acme/notes:1 one.tar two.tar`.
//!
//! With the credentials that `docker login` left.

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use linkspan_oci::bundle::{Blob, Bundle, FileBlob, Image, MemoryBlob};
use linkspan_oci::client::{Client, Settings};
use linkspan_oci::credentials::ConfigFiles;
use linkspan_oci::digest::DigestWriter;
use linkspan_oci::manifest::{Descriptor, Document, Manifest};
use linkspan_oci::media_type;
use linkspan_oci::push::{Push, push};
use linkspan_oci::reference::Reference;

fn layer(path: &str) -> Result<Arc<dyn Blob>, Box<dyn Error>> {
    let mut hash = DigestWriter::new(std::io::sink());
    std::io::copy(&mut File::open(path)?, &mut hash)?;
    let (_, digest, size) = hash.finish();
    Ok(Arc::new(FileBlob::new(Descriptor::new(media_type::LAYER, digest, size), path)))
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let target: Reference = arguments.next().ok_or("which reference?")?.parse()?;
    let layers = arguments.map(|path| layer(&path)).collect::<Result<Vec<_>, _>>()?;

    let ids: Vec<String> = layers.iter().map(|layer| layer.descriptor().digest.to_string()).collect();
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": ids },
    });
    let config: Arc<dyn Blob> = Arc::new(MemoryBlob::new(media_type::CONFIG, config.to_string().as_bytes()));
    let descriptors = layers.iter().map(|layer| layer.descriptor().clone()).collect();
    let manifest = Document::manifest(Manifest::new(config.descriptor().clone(), descriptors))?;
    let bundle = Bundle::image(Image::new(manifest, None, layers.into_iter().chain([config]))?);

    let client = Client::new(ConfigFiles::locate(&|name| std::env::var(name).ok()), Settings::default());
    let tags = target.tag_or_latest().map(str::to_owned).into_iter().collect();
    let pushed = push(&client, &Push::new(&bundle, target.repository().clone(), tags))?;
    let name = target.repository();
    writeln!(std::io::stdout(), "{name}@{} ({} bytes sent)", pushed.root.digest, pushed.bytes_sent())?;
    Ok(())
}

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    let _ = writeln!(std::io::stderr(), "error: {error}");
    ExitCode::FAILURE
}
