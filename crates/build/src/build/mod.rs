//! Builds one service: stages to images, images to where they go.

mod failures;
mod sources;
mod time;

use std::collections::BTreeMap;
use std::sync::Arc;

use linkspan_command::{Failure, Progress};
use linkspan_oci::bundle::{Blob, Bundle, Image, MemoryBlob};
use linkspan_oci::client::Client;
use linkspan_oci::digest::Digest;
use linkspan_oci::manifest::{Descriptor, Document, ImageConfig, Manifest, Platform as ImagePlatform};
use linkspan_oci::media_type;
use linkspan_oci::store::Store;
use linkspan_report::{Finding, Span};

use crate::args::Builder;
use crate::assemble::cache::{Cache, Packed};
use crate::assemble::config::Config;
use crate::assemble::{Images, Layer, Origin, Sources, Stage};
use crate::context::{Folder, Tree};
use crate::dockerfile::{Base, Dockerfile, Fault, Faults, Graph, Options, Platform, ResolvedStage, Source, StepKind};
use crate::handover::{self, Engine, Processes, Reason};
use crate::plan::{NamedContext, Plan, Service, faults_failure};
use crate::report::{Built, BuiltPlatform};

use failures::{at, base_failure, handover_failure, step_failure};
use sources::{folder_stage, named_context, open_context, scratch, with_contexts};
use time::rfc3339;

/// What building needs of the outside.
pub struct Tools<'a> {
    /// The plan that this is a part of.
    pub plan: &'a Plan,
    /// Speaks to registries.
    pub client: Client,
    /// Keeps layers.
    pub store: Arc<Store>,
    /// Runs programs.
    pub processes: &'a dyn Processes,
    /// Tells people what happens.
    pub progress: &'a Progress,
}

/// An image that was built, before it goes anywhere.
pub struct Made {
    /// The image, or one per platform under an index.
    pub bundle: Bundle,
    /// Layers that were compressed, per image.
    pub compressed: Vec<usize>,
    /// What there is to tell.
    pub notes: Vec<Finding>,
    keep: Option<handover::Handed>,
}

/// How a service is built.
pub enum Way {
    /// Here.
    Native(Vec<Resolved>),
    /// By another program, for these reasons.
    Handover(Vec<Reason>),
}

/// The stages for one platform.
pub struct Resolved {
    platform: Platform,
    stages: Vec<ResolvedStage>,
    bases: BTreeMap<usize, Stage>,
    named: BTreeMap<String, Stage>,
    target: usize,
    warnings: Vec<Finding>,
}

impl Resolved {
    /// What happens here, stage by stage, for people.
    pub fn explain(&self) -> impl Iterator<Item = String> {
        self.stages.iter().map(|stage| {
            let name =
                stage.name.as_ref().map_or_else(|| format!("stage {}", stage.index), |name| format!("stage `{name}`"));
            let base = match &stage.base {
                Base::Scratch => "scratch".to_owned(),
                Base::Image { reference, .. } => format!("`{reference}`"),
                Base::Stage(index) => format!("stage {index}"),
            };
            let layers = stage.steps.iter().filter(|step| step.layer).count();
            format!(
                "line {}: {name} from {base}, {layers} layers put together here, for {}",
                stage.span.start.line, self.platform
            )
        })
    }
}

impl Tools<'_> {
    fn images(&self) -> Images {
        Images { client: self.client.clone(), store: Arc::clone(&self.store) }
    }

    fn cache(&self) -> Cache {
        Cache { store: Arc::clone(&self.store), workers: self.plan.jobs, mtime: self.plan.epoch.unwrap_or(0) }
    }

    /// Decides how a service is built. Base images' configurations are loaded, nothing else.
    ///
    /// # Errors
    /// A fault of the Dockerfile, a base image that cannot be had, or something that nobody here can do.
    pub fn way(&self, service: &Service) -> Result<Way, Failure> {
        let forced = matches!(self.plan.builder, Builder::Docker | Builder::Buildkit);
        if let Some(syntax) =
            service.dockerfile.directives.syntax.as_ref().filter(|syntax| handover::is_foreign_syntax(&syntax.value))
        {
            let why = format!("needs the frontend `{}`", syntax.value);
            return Ok(Way::Handover(vec![Reason { stage: String::new(), span: syntax.span, why }]));
        }
        let dockerfile = with_contexts(&service.dockerfile, &service.contexts);
        if forced {
            return Ok(Way::Handover(Vec::new()));
        }
        let mut resolved = Vec::new();
        for platform in &service.platforms {
            if platform.os == "windows" {
                let why = "is for Windows, whose layers differ".to_owned();
                return Ok(Way::Handover(vec![Reason {
                    stage: String::new(),
                    span: service.dockerfile.stages[0].span,
                    why,
                }]));
            }
            match self.resolve(service, &dockerfile, platform)? {
                Ok(one) => resolved.push(one),
                Err(reasons) => return Ok(Way::Handover(reasons)),
            }
        }
        Ok(Way::Native(resolved))
    }

    fn resolve(
        &self,
        service: &Service,
        dockerfile: &Dockerfile,
        platform: &Platform,
    ) -> Result<Result<Resolved, Vec<Reason>>, Failure> {
        let options = Options {
            target: service.target.clone(),
            build_args: service.build_args.clone(),
            platform: platform.clone(),
            build_platform: Platform::host(),
        };
        let faults = |faults: &Faults| faults_failure(faults, &service.shown);
        let fault = |fault: Fault| faults(&fault.into());
        let mut graph = Graph::new(dockerfile, &options).map_err(|found| faults(&found))?;
        let mut bases = BTreeMap::new();
        while let Some(index) = graph.missing_bases().first().copied() {
            let head = graph.stages()[index].clone();
            if let Some(reason) = self.remote_base(service, &head.base, head.span, index) {
                return Ok(Err(vec![reason]));
            }
            let base = self.base(service, &head.base, platform).map_err(|failure| at(failure, service, head.span))?;
            graph.set_base(index, base.config.as_base()).map_err(fault)?;
            bases.insert(index, base);
        }
        let mut stages = Vec::new();
        while let Some(stage) = graph.resolve_next() {
            stages.push(stage.map_err(fault)?);
        }
        let reasons = handover::reasons(&stages, &|name| service.contexts.get(name).cloned());
        if !reasons.is_empty() {
            return Ok(Err(reasons));
        }
        let named = self.named(service, &stages, platform)?;
        let warnings = graph
            .warnings()
            .into_iter()
            .map(|warning| Finding::warning(warning.rule, warning.message).in_file(&service.shown).at(warning.span));
        let (target, warnings) = (graph.target(), warnings.collect());
        Ok(Ok(Resolved { platform: platform.clone(), stages, bases, named, target, warnings }))
    }

    fn remote_base(&self, service: &Service, base: &Base, span: Span, index: usize) -> Option<Reason> {
        let Base::Image { reference, .. } = base else { return None };
        match named_context(service, reference) {
            Some(NamedContext::Remote(place)) => {
                Some(Reason { stage: index.to_string(), span, why: format!("starts from `{place}` in the network") })
            }
            _ => None,
        }
    }

    fn base(&self, service: &Service, base: &Base, target: &Platform) -> Result<Stage, Failure> {
        let Base::Image { reference, platform } = base else { return Ok(Stage::default()) };
        self.load(service, reference, platform.as_ref().unwrap_or(target))
    }

    /// The image or folder behind a name.
    fn load(&self, service: &Service, name: &str, platform: &Platform) -> Result<Stage, Failure> {
        let origin = match named_context(service, name) {
            Some(NamedContext::Folder(folder)) => return folder_stage(folder, platform),
            Some(NamedContext::Image(origin)) => origin.clone(),
            Some(NamedContext::Remote(place)) => {
                return Err(Failure::refused(format!("`{place}` is fetched by BuildKit only")));
            }
            None => Origin::Registry(name.to_owned()),
        };
        self.images().load(&origin, platform).map_err(base_failure)
    }

    fn named(
        &self,
        service: &Service,
        stages: &[ResolvedStage],
        platform: &Platform,
    ) -> Result<BTreeMap<String, Stage>, Failure> {
        let mut named = BTreeMap::new();
        for step in stages.iter().flat_map(|stage| &stage.steps) {
            let StepKind::Copy(copy) = &step.kind else { continue };
            let Source::Named(name) = &copy.from else { continue };
            if !named.contains_key(name) {
                let stage = if name == "scratch" {
                    Stage::default()
                } else {
                    self.load(service, name, platform).map_err(|failure| at(failure, service, step.span))?
                };
                named.insert(name.clone(), stage);
            }
        }
        Ok(named)
    }

    /// Builds a service here.
    ///
    /// # Errors
    /// The instruction that failed, with its line.
    pub fn assemble(&self, service: &Service, resolved: Vec<Resolved>, previous: &Previous) -> Result<Made, Failure> {
        let context = open_context(service)?;
        let mut images = Vec::new();
        let mut compressed = Vec::new();
        let mut notes: Vec<Finding> = Vec::new();
        let several = resolved.len() > 1;
        for one in resolved {
            let platform = one.platform.clone();
            for note in &one.warnings {
                if !notes.contains(note) {
                    notes.push(note.clone());
                }
            }
            let stage = self.run(service, &context, one, &mut notes)?;
            let (image, fresh) = self.image(service, stage, &platform, several, previous)?;
            images.push(image);
            compressed.push(fresh);
        }
        let bundle = match <[Image; 1]>::try_from(images) {
            Ok([only]) => Bundle::image(only),
            Err(images) => Bundle::index(images).map_err(|error| Failure::bug(error.to_string()))?,
        };
        Ok(Made { bundle, compressed, notes, keep: None })
    }

    fn run(
        &self,
        service: &Service,
        context: &Folder,
        mut resolved: Resolved,
        notes: &mut Vec<Finding>,
    ) -> Result<Stage, Failure> {
        let created = self.plan.epoch.map(rfc3339);
        let mut done: BTreeMap<usize, Stage> = BTreeMap::new();
        for stage in &resolved.stages {
            let start = match &stage.base {
                Base::Scratch => scratch(&resolved.platform),
                Base::Stage(index) => done.get(index).cloned().unwrap_or_default(),
                Base::Image { .. } => resolved.bases.remove(&stage.index).unwrap_or_default(),
            };
            let sources = Sources {
                context,
                stage: &|index| done.get(&index).map(|stage| &stage.rootfs as &dyn Tree),
                named: &|name| resolved.named.get(name).map(|stage| &stage.rootfs as &dyn Tree),
            };
            let (stage_done, remarks) = start
                .run(stage, &sources, created.as_deref())
                .map_err(|(span, error)| step_failure(&error, service, span))?;
            for remark in remarks {
                let note = Finding::warning("unknown-owner", remark.message).in_file(&service.shown).at(remark.span);
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            done.insert(stage.index, stage_done);
        }
        done.remove(&resolved.target).ok_or_else(|| Failure::bug("the target stage was not built"))
    }

    /// The image of a finished stage, and how many of its layers had to be compressed.
    fn image(
        &self,
        service: &Service,
        stage: Stage,
        platform: &Platform,
        several: bool,
        previous: &Previous,
    ) -> Result<(Image, usize), Failure> {
        let cache = self.cache();
        let mut config = stage.config;
        let mut blobs: Vec<Arc<dyn Blob>> = Vec::new();
        config.rootfs.diff_ids.clear();
        let mut fresh = 0;
        for layer in stage.layers {
            let packed = match layer {
                Layer::Base { diff_id, blob } => Packed { diff_id, blob, fresh: false },
                Layer::New { files, line } => cache.pack(&files, &previous.layers).map_err(|error| {
                    let failure = Failure::failed(format!("layer of line {line}: {error}"));
                    failure.in_file(&service.shown, Some(Span::line(line)))
                })?,
            };
            fresh += usize::from(packed.fresh);
            config.rootfs.diff_ids.push(packed.diff_id);
            blobs.push(packed.blob);
        }
        finish(&mut config, service, platform, self.plan.epoch);
        let bug = |error: &dyn std::fmt::Display| Failure::bug(error.to_string());
        let bytes = config.to_bytes().map_err(|error| bug(&error))?;
        let described = MemoryBlob::new(media_type::CONFIG, &bytes);
        let layers = blobs.iter().map(|blob| layer_descriptor(blob.descriptor())).collect();
        let manifest =
            Document::manifest(Manifest::new(described.descriptor().clone(), layers)).map_err(|error| bug(&error))?;
        blobs.push(Arc::new(described));
        let image =
            Image::new(manifest, several.then(|| image_platform(platform)), blobs).map_err(|error| bug(&error))?;
        Ok((image, fresh))
    }

    /// Has another program build a service.
    ///
    /// # Errors
    /// That there is none, or what it said.
    pub fn hand_over(&self, service: &Service, reasons: &[Reason]) -> Result<(Made, Engine), Failure> {
        let engine = self.engine(service, reasons)?;
        let prefix = &service.name;
        let progress = self.progress;
        let line = |line: &str| progress.note(format!("{prefix} | {line}"));
        let handed = handover::build(&engine, service, self.plan.epoch.unwrap_or(0), self.processes, &line)
            .map_err(|error| handover_failure(&error))?;
        let bundle = handed.bundle.clone();
        let compressed = bundle.images().iter().map(|image| image.descriptors().count().saturating_sub(1)).collect();
        Ok((Made { compressed, bundle, notes: Vec::new(), keep: Some(handed) }, engine))
    }

    /// The program that a service is handed over to.
    ///
    /// # Errors
    /// `REFUSED` with the line that needs one, if there is none.
    pub fn engine(&self, service: &Service, reasons: &[Reason]) -> Result<Engine, Failure> {
        if let Some(engine) = handover::find(self.plan.builder, self.processes) {
            return Ok(engine);
        }
        let help = match self.plan.builder {
            Builder::Native => {
                "`--builder native` allows no hand-over: leave it out, or copy what the command makes from a `prepare` step"
            }
            Builder::Docker => "`docker` is not in `PATH`",
            Builder::Buildkit => "`buildctl` is not in `PATH`",
            Builder::Auto => {
                "install Docker or BuildKit, or let a `prepare` command make what the line makes, and copy that"
            }
        };
        match reasons.first() {
            Some(reason) => {
                let message = format!("line {} {}: that needs Docker or BuildKit", reason.span.start.line, reason.why);
                Err(Failure::refused(message).help(help).in_file(&service.shown, Some(reason.span)))
            }
            None => Err(Failure::refused("there is no such builder on this machine").help(help)),
        }
    }
}

/// Layers keep their own media type; Docker's become OCI's, since the manifest is one of OCI's (as BuildKit does).
fn layer_descriptor(descriptor: &Descriptor) -> Descriptor {
    let media_type = match descriptor.media_type.as_str() {
        media_type::DOCKER_LAYER_GZIP => media_type::LAYER_GZIP,
        "application/vnd.docker.image.rootfs.diff.tar" => media_type::LAYER,
        "application/vnd.docker.image.rootfs.diff.tar.zstd" => media_type::LAYER_ZSTD,
        other => other,
    };
    Descriptor::new(media_type, descriptor.digest.clone(), descriptor.size)
}

/// The variant as images name it (containerd's `platforms.Normalize`).
fn normal_variant<'a>(architecture: &str, variant: &'a str) -> &'a str {
    match (architecture, variant) {
        ("arm64", "v8") | ("amd64", "v1") => "",
        ("arm", "") => "v7",
        (_, other) => other,
    }
}

fn image_platform(platform: &Platform) -> ImagePlatform {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ImagePlatform {
        architecture: platform.architecture.clone(),
        os: platform.os.clone(),
        os_version: some(&platform.os_version),
        os_features: Vec::new(),
        variant: some(normal_variant(&platform.architecture, &platform.variant)),
        other: serde_json::Map::default(),
    }
}

fn finish(config: &mut Config, service: &Service, platform: &Platform, epoch: Option<u64>) {
    if !service.any_platform || config.os.is_empty() || config.architecture.is_empty() {
        config.set_platform(platform);
    }
    config.variant = normal_variant(&config.architecture, &config.variant).to_owned();
    config.created = epoch.map(rfc3339);
    config.config.labels.extend(service.labels.clone());
}

/// What is known of the image that a tag points at.
#[derive(Debug, Default)]
pub struct Previous {
    /// The layers' blobs by their diff IDs.
    pub layers: BTreeMap<Digest, Descriptor>,
    /// Blobs that the repository has.
    pub blobs: std::collections::BTreeSet<Digest>,
    /// What the tags point at.
    pub tags: BTreeMap<String, Option<Digest>>,
}

impl Previous {
    /// Takes in one image.
    pub fn add(&mut self, manifest: &Manifest, config: &ImageConfig) {
        self.blobs.extend(manifest.blobs().map(|blob| blob.digest.clone()));
        if config.rootfs.diff_ids.len() == manifest.layers.len() {
            self.layers.extend(config.rootfs.diff_ids.iter().cloned().zip(manifest.layers.iter().cloned()));
        }
    }
}

/// What was made, for the report.
#[must_use]
pub fn built(service: &Service, made: &Made, builder: &str, reasons: &[String]) -> Built {
    let layers = |image: &Image| image.descriptors().count().saturating_sub(1);
    let platforms = made.bundle.images().iter().zip(&service.platforms).zip(&made.compressed);
    Built {
        name: service.name.clone(),
        repository: service.repository.as_ref().map(ToString::to_string),
        tags: service.tags.clone(),
        digest: Some(made.bundle.root().digest().to_string()),
        platforms: platforms
            .map(|((image, platform), compressed)| BuiltPlatform {
                platform: platform.to_string(),
                digest: image.manifest().digest().to_string(),
                layers: layers(image),
                layers_reused: layers(image) - compressed,
                layers_compressed: *compressed,
            })
            .collect(),
        builder: builder.to_owned(),
        reasons: reasons.to_vec(),
        pushed: false,
        unchanged: false,
        bytes_sent: 0,
        size: made.bundle.images().iter().map(Image::size).sum(),
        seconds: 0.0,
    }
}

impl Made {
    /// Whether files of another program's making are still needed.
    #[must_use]
    pub const fn is_handed_over(&self) -> bool {
        self.keep.is_some()
    }
}
