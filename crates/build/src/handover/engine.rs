use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_oci::bundle::{Blob, Bundle, BundleError, Image};
use linkspan_oci::layout::{Layout, LayoutError};
use linkspan_oci::manifest::{Document, Kind};

use super::process::{Ended, Invocation, Processes};
use crate::args::Builder;
use crate::plan::{NamedContext, Service};

/// A program that builds any Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `docker buildx build`.
    Buildx(PathBuf),
    /// `buildctl build`.
    Buildctl(PathBuf),
}

impl std::fmt::Display for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Buildx(_) => formatter.write_str("docker buildx"),
            Self::Buildctl(_) => formatter.write_str("buildctl"),
        }
    }
}

/// Why a hand-over gave no image.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// The program could not be started.
    #[error("`{program}` cannot be started: {cause}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The program failed.
    #[error("`{engine}` failed{}: {said}", code.map(|code| format!(" with exit code {code}")).unwrap_or_default())]
    Failed {
        /// The program.
        engine: String,
        /// Its exit code.
        code: Option<i32>,
        /// Its last lines.
        said: String,
    },
    /// No temporary folder could be made.
    #[error("cannot write a temporary file: {0}")]
    Temporary(std::io::Error),
    /// What it wrote is no image layout.
    #[error("what the builder wrote cannot be used: {0}")]
    Layout(#[from] LayoutError),
    /// What it wrote is no image.
    #[error("what the builder wrote cannot be used: {0}")]
    Bundle(#[from] BundleError),
    /// What it wrote is no archive.
    #[error("what the builder wrote cannot be unpacked: {0}")]
    Archive(std::io::Error),
}

/// The program that would build; `None` if there is none on this machine. One whose daemon does not answer is
/// none, unless it was asked for by name.
#[must_use]
pub fn find(builder: Builder, processes: &dyn Processes) -> Option<Engine> {
    let docker = || processes.find("docker").map(Engine::Buildx);
    let buildctl = || processes.find("buildctl").map(Engine::Buildctl);
    match builder {
        Builder::Native => None,
        Builder::Auto => [docker(), buildctl()].into_iter().flatten().find(|engine| answers(engine, processes)),
        Builder::Docker => docker(),
        Builder::Buildkit => buildctl(),
    }
}

fn answers(engine: &Engine, processes: &dyn Processes) -> bool {
    let (program, arguments): (_, &[&str]) = match engine {
        Engine::Buildx(program) => (program, &["version"]),
        Engine::Buildctl(program) => (program, &["debug", "workers"]),
    };
    let arguments = arguments.iter().map(OsString::from).collect();
    let invocation =
        Invocation { program: program.clone(), arguments, directory: PathBuf::from("."), variables: Vec::new() };
    processes.run(&invocation, &|_| ()).is_ok_and(|ended| ended.code == Some(0))
}

/// An image that another program built; its files live as long as this value.
pub struct Handed {
    /// The image.
    pub bundle: Bundle,
    _folder: tempfile::TempDir,
}

/// Builds a service with another program, which writes an OCI archive that is read back.
///
/// # Errors
/// [`HandoverError`] with the program's last lines.
pub fn build(
    engine: &Engine,
    service: &Service,
    epoch: u64,
    processes: &dyn Processes,
    line: &(dyn Fn(&str) + Sync),
) -> Result<Handed, HandoverError> {
    let folder = tempfile::tempdir().map_err(HandoverError::Temporary)?;
    let archive = folder.path().join("image.tar");
    let invocation = invocation(engine, service, epoch, &archive);
    let program = invocation.program.display().to_string();
    let ended = processes.run(&invocation, line).map_err(|cause| HandoverError::Start { program, cause })?;
    if ended.code != Some(0) {
        return Err(failed(engine, ended));
    }
    let layout = folder.path().join("layout");
    let file = std::fs::File::open(&archive).map_err(HandoverError::Archive)?;
    // `tar` never writes outside of the folder that it unpacks to.
    tar::Archive::new(std::io::BufReader::new(file)).unpack(&layout).map_err(HandoverError::Archive)?;
    Ok(Handed { bundle: read(&layout)?, _folder: folder })
}

fn failed(engine: &Engine, ended: Ended) -> HandoverError {
    HandoverError::Failed { engine: engine.to_string(), code: ended.code, said: ended.last.join("\n") }
}

/// The command line. Times are set so that the same content gives the same digest, and nothing but the image is
/// written: no provenance, whose times differ.
fn invocation(engine: &Engine, service: &Service, epoch: u64, archive: &Path) -> Invocation {
    let output = format!("type=oci,dest={},rewrite-timestamp=true", archive.display());
    let (program, arguments) = match engine {
        Engine::Buildx(program) => (program, buildx(service, epoch, output)),
        Engine::Buildctl(program) => (program, buildctl(service, epoch, output)),
    };
    let arguments = arguments.into_iter().map(OsString::from).collect();
    Invocation { program: program.clone(), arguments, directory: service.folder.clone(), variables: Vec::new() }
}

fn platforms(service: &Service) -> String {
    service.platforms.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn buildx(service: &Service, epoch: u64, output: String) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["buildx", "build", "--progress=plain", "--provenance=false", "--sbom=false"].map(str::to_owned).into();
    let mut flag = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    flag("--platform", platforms(service));
    flag("--output", output);
    flag("--file", service.file.display().to_string());
    flag("--build-arg", format!("SOURCE_DATE_EPOCH={epoch}"));
    service.target.iter().for_each(|target| flag("--target", target.clone()));
    service.build_args.iter().for_each(|(name, value)| flag("--build-arg", format!("{name}={value}")));
    service.labels.iter().for_each(|(name, value)| flag("--label", format!("{name}={value}")));
    service.contexts.iter().for_each(|(name, context)| flag("--build-context", format!("{name}={}", place(context))));
    arguments.push(service.folder.display().to_string());
    arguments
}

fn buildctl(service: &Service, epoch: u64, output: String) -> Vec<String> {
    let folder = service.file.parent().unwrap_or(&service.folder);
    let name = service.file.file_name().unwrap_or_default().to_string_lossy();
    let mut arguments: Vec<String> =
        ["build", "--progress=plain", "--frontend=dockerfile.v0"].map(str::to_owned).into();
    let mut flag = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    flag("--output", output);
    flag("--local", format!("context={}", service.folder.display()));
    flag("--local", format!("dockerfile={}", folder.display()));
    flag("--opt", format!("filename={name}"));
    flag("--opt", format!("platform={}", platforms(service)));
    flag("--opt", format!("build-arg:SOURCE_DATE_EPOCH={epoch}"));
    service.target.iter().for_each(|target| flag("--opt", format!("target={target}")));
    service.build_args.iter().for_each(|(name, value)| flag("--opt", format!("build-arg:{name}={value}")));
    service.labels.iter().for_each(|(name, value)| flag("--opt", format!("label:{name}={value}")));
    for (name, context) in &service.contexts {
        if let NamedContext::Folder(path) = context {
            flag("--local", format!("{name}={}", path.display()));
            flag("--opt", format!("context:{name}=local:{name}"));
        } else {
            flag("--opt", format!("context:{name}={}", place(context)));
        }
    }
    arguments
}

fn place(context: &NamedContext) -> String {
    match context {
        NamedContext::Folder(path) => path.display().to_string(),
        NamedContext::Image(crate::assemble::Origin::Registry(reference)) => format!("docker-image://{reference}"),
        NamedContext::Image(layout) => layout.to_string(),
        NamedContext::Remote(address) => address.clone(),
    }
}

fn read(folder: &Path) -> Result<Bundle, HandoverError> {
    let layout = Layout::open(folder)?;
    let root = layout.document(layout.resolve(None)?)?;
    match root.kind() {
        Kind::Manifest(_) => Ok(Bundle::image(image(&layout, root.clone(), None)?)),
        Kind::Index(index) => {
            let real = index
                .manifests
                .iter()
                .filter(|entry| entry.platform.as_ref().is_none_or(|platform| platform.os != "unknown"));
            let mut images = Vec::new();
            for entry in real {
                images.push(image(&layout, layout.document(entry)?, entry.platform.clone())?);
            }
            match <[Image; 1]>::try_from(images) {
                Ok([only]) => Ok(Bundle::image(only)),
                Err(images) => Ok(Bundle::index(images)?),
            }
        }
    }
}

fn image(
    layout: &Layout,
    manifest: Document,
    platform: Option<linkspan_oci::manifest::Platform>,
) -> Result<Image, HandoverError> {
    let blobs: Vec<Arc<dyn Blob>> = manifest
        .as_manifest()
        .into_iter()
        .flat_map(linkspan_oci::manifest::Manifest::blobs)
        .map(|descriptor| {
            let path = layout.blob_path(&descriptor.digest);
            Arc::new(linkspan_oci::bundle::FileBlob::new(descriptor.clone(), path)) as Arc<dyn Blob>
        })
        .collect();
    Ok(Image::new(manifest, platform, blobs)?)
}
