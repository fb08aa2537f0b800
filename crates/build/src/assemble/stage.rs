use std::sync::Arc;

use linkspan_oci::bundle::Blob;
use linkspan_oci::digest::Digest;
use linkspan_report::Span;

use super::config::{Config, DEFAULT_PATH, Health, History, Member};
use super::copy::{self, CopyError, How};
use super::owner::{self, OwnerError};
use super::rootfs::Rootfs;
use super::upper::{PutError, Upper};
use crate::context::{Ignore, IgnoreFile, PatternError, Tree, TreeError, glob};
use crate::dockerfile::{Chmod, Healthcheck, InlineFile, ResolvedStage, Source, Step, StepKind};
use crate::layer::archive::LayerTree;
use crate::layer::{Entries, FOLDER_MODE, ImagePath, Node};

/// The comment of every history entry that BuildKit's Dockerfile frontend writes.
const COMMENT: &str = "buildkit.dockerfile.v0";

/// A layer of a stage.
#[derive(Clone)]
pub enum Layer {
    /// From the base image, as it is.
    Base {
        /// Digest of its tar archive.
        diff_id: Digest,
        /// Its bytes, and where they are.
        blob: Arc<dyn Blob>,
    },
    /// Made by an instruction.
    New {
        /// Its files.
        files: Arc<LayerTree>,
        /// The instruction's line.
        line: usize,
    },
}

/// What a stage has become so far.
#[derive(Clone, Default)]
pub struct Stage {
    /// The configuration, without the layers' digests.
    pub config: Config,
    /// The layers, the lowest first.
    pub layers: Vec<Layer>,
    /// The file system that they make.
    pub rootfs: Rootfs,
}

/// What went wrong with one instruction.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Files could not be copied.
    #[error("{0}")]
    Copy(#[from] CopyError),
    /// They could not be put where they should go.
    #[error("{0}")]
    Put(#[from] PutError),
    /// An owner could not be found.
    #[error("{0}")]
    Owner(#[from] OwnerError),
    /// A tree could not be looked into.
    #[error("{0}")]
    Tree(#[from] TreeError),
    /// A pattern is malformed.
    #[error("{0}")]
    Pattern(#[from] PatternError),
    /// The instruction is not one that is done here; the plan should have handed it over.
    #[error("`{0}` is not done without BuildKit")]
    Unsupported(&'static str),
    /// A source of `COPY --from` that is not there.
    #[error("there are no files of `{0}`")]
    Source(String),
}

/// What a stage's instructions take files from.
pub struct Sources<'a> {
    /// The build context.
    pub context: &'a dyn Tree,
    /// Earlier stages by index.
    pub stage: &'a dyn Fn(usize) -> Option<&'a dyn Tree>,
    /// Named contexts and images.
    pub named: &'a dyn Fn(&str) -> Option<&'a dyn Tree>,
}

/// Something to tell about an instruction that worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The instruction.
    pub span: Span,
    /// What to tell.
    pub message: String,
}

impl Stage {
    /// Runs a stage's instructions on what it starts from. `created` is the time that goes into the history.
    ///
    /// # Errors
    /// The instruction's place, and what is wrong.
    pub fn run(
        mut self,
        stage: &ResolvedStage,
        sources: &Sources<'_>,
        created: Option<&str>,
    ) -> Result<(Self, Vec<Remark>), (Span, StepError)> {
        self.config.config.on_build.clear();
        if stage.default_path && !self.config.config.env.iter().any(|pair| pair.starts_with("PATH=")) {
            self.config.config.env.push(DEFAULT_PATH.to_owned());
        }
        let mut remarks = Vec::new();
        let mut has_cmd = false;
        for step in &stage.steps {
            self.layer(step, sources, &mut remarks).map_err(|error| (step.span, error))?;
            self.describe(&step.kind, &mut has_cmd);
            self.record(step, created);
        }
        Ok((self, remarks))
    }

    /// The files that an instruction adds.
    fn layer(&mut self, step: &Step, sources: &Sources<'_>, remarks: &mut Vec<Remark>) -> Result<(), StepError> {
        let entries = match &step.kind {
            StepKind::Workdir(path) if step.layer => Some(self.make_folder(path, step, remarks)?),
            StepKind::Copy(_) | StepKind::Add(_) => {
                Some(self.copy(&Transfer::of(&step.kind)?, sources, step, remarks)?)
            }
            StepKind::Run(_) => return Err(StepError::Unsupported("RUN")),
            _ => None,
        };
        if let Some(entries) = entries {
            let files = Arc::new(LayerTree { entries, ..LayerTree::default() });
            self.rootfs.push(files.clone());
            self.layers.push(Layer::New { files, line: step.span.start.line });
        }
        Ok(())
    }

    fn make_folder(&self, path: &str, step: &Step, remarks: &mut Vec<Remark>) -> Result<Entries, StepError> {
        let owner = self.owner(Some(&step.user).filter(|user| !user.is_empty()), step, remarks)?;
        let folder = How { owner, ..How::default() }.new_folder();
        let mut upper = Upper::new(&self.rootfs);
        let path = crate::context::resolve(&upper, &ImagePath::clean(path))?;
        upper.make_folders(&path, &Node { mode: FOLDER_MODE, ..folder })?;
        Ok(upper.finish()?)
    }

    fn owner(
        &self,
        name: Option<&String>,
        step: &Step,
        remarks: &mut Vec<Remark>,
    ) -> Result<Option<owner::Owner>, StepError> {
        let Some(name) = name else { return Ok(None) };
        if self.rootfs.is_empty() && owner::needs_names(name) {
            return Err(OwnerError::Empty(name.clone()).into());
        }
        let (owner, unknown) = owner::find(name, &self.rootfs)?;
        remarks.extend(unknown.into_iter().map(|unknown| Remark {
            span: step.span,
            message: format!(
                "{} `{}` is not in the image: its files belong to root, as with BuildKit",
                unknown.what, unknown.name
            ),
        }));
        Ok(Some(owner))
    }

    fn copy(
        &self,
        transfer: &Transfer<'_>,
        sources: &Sources<'_>,
        step: &Step,
        remarks: &mut Vec<Remark>,
    ) -> Result<Entries, StepError> {
        // With a mode BuildKit copies the ordinary way, link or not.
        let linked = transfer.link && transfer.chmod.is_none();
        if let Some(name) = transfer.chown.filter(|name| transfer.link && owner::needs_names(name)) {
            return Err(OwnerError::Linked(name.clone()).into());
        }
        let owner = match transfer.chown {
            Some(name) if linked => owner::find(name, &Entries::new()).map(|found| Some(found.0))?,
            name => self.owner(name, step, remarks)?,
        };
        let exclude = (!transfer.exclude.is_empty()).then(|| patterns(transfer.exclude)).transpose()?;
        let how = How { owner, chmod: transfer.chmod.cloned(), exclude, include: None, unpack: transfer.unpack };
        let source = source(transfer, sources)?;
        let nothing = Entries::new();
        let lower: &dyn Tree = if linked { &nothing } else { &self.rootfs };
        let mut upper = Upper::new(lower);
        for pattern in transfer.sources {
            if transfer.parents {
                copy_parents(source, pattern, &mut upper, transfer.target, &how)?;
            } else {
                copy::copy_matches(source, pattern, &mut upper, transfer.target, &how)?;
            }
        }
        for file in transfer.heredocs {
            copy_inline(file, &mut upper, transfer.target, &how)?;
        }
        Ok(upper.finish()?)
    }

    fn describe(&mut self, kind: &StepKind, has_cmd: &mut bool) {
        let container = &mut self.config.config;
        match kind {
            StepKind::Cmd(arguments) => {
                container.cmd.clone_from(arguments);
                container.args_escaped = true;
                *has_cmd = true;
            }
            StepKind::Entrypoint(arguments) => {
                container.entrypoint.clone_from(arguments);
                if !*has_cmd {
                    container.cmd.clear();
                }
            }
            StepKind::Env(pairs) => pairs.iter().for_each(|(name, value)| set_env(&mut container.env, name, value)),
            StepKind::Expose(ports) => {
                container.exposed_ports.extend(ports.iter().map(|port| (port.clone(), Member {})));
            }
            StepKind::Healthcheck(check) => container.healthcheck = Some(health(check)),
            StepKind::Label(pairs) => container.labels.extend(pairs.iter().cloned()),
            StepKind::Maintainer(author) => self.config.author.clone_from(author),
            StepKind::OnBuild(instruction) => container.on_build.push(instruction.clone()),
            StepKind::Shell(arguments) => container.shell.clone_from(arguments),
            StepKind::StopSignal(signal) => container.stop_signal.clone_from(signal),
            StepKind::User(user) => container.user.clone_from(user),
            StepKind::Volume(paths) => container.volumes.extend(paths.iter().map(|path| (path.clone(), Member {}))),
            StepKind::Workdir(path) => container.working_dir.clone_from(path),
            StepKind::Add(_) | StepKind::Arg(_) | StepKind::Copy(_) | StepKind::Run(_) => {}
        }
    }

    fn record(&mut self, step: &Step, created: Option<&str>) {
        if let Some(created_by) = &step.created_by {
            self.config.history.push(History {
                created: created.map(str::to_owned),
                created_by: created_by.clone(),
                author: String::new(),
                comment: COMMENT.to_owned(),
                empty_layer: !step.layer,
            });
        }
    }
}

fn set_env(env: &mut Vec<String>, name: &str, value: &str) {
    let text = format!("{name}={value}");
    match env.iter_mut().find(|pair| pair.split('=').next() == Some(name)) {
        Some(pair) => *pair = text,
        None => env.push(text),
    }
}

fn health(check: &Healthcheck) -> Health {
    let nanoseconds = |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Health {
        test: check.test.clone(),
        interval: nanoseconds(check.interval),
        timeout: nanoseconds(check.timeout),
        start_period: nanoseconds(check.start_period),
        start_interval: nanoseconds(check.start_interval),
        retries: u64::from(check.retries),
    }
}

/// What `COPY` and `ADD` have in common.
struct Transfer<'a> {
    from: &'a Source,
    sources: &'a [String],
    heredocs: &'a [InlineFile],
    target: &'a str,
    chown: Option<&'a String>,
    chmod: Option<&'a Chmod>,
    link: bool,
    parents: bool,
    exclude: &'a [String],
    unpack: bool,
}

impl<'a> Transfer<'a> {
    fn of(kind: &'a StepKind) -> Result<Self, StepError> {
        match kind {
            StepKind::Copy(copy) => Ok(Self {
                from: &copy.from,
                sources: &copy.sources,
                heredocs: &copy.heredocs,
                target: &copy.target,
                chown: copy.chown.as_ref(),
                chmod: copy.chmod.as_ref(),
                link: copy.link,
                parents: copy.parents,
                exclude: &copy.exclude,
                unpack: false,
            }),
            StepKind::Add(add) if add.remote().next().is_none() => Ok(Self {
                from: &Source::Context,
                sources: &add.sources,
                heredocs: &add.heredocs,
                target: &add.target,
                chown: add.chown.as_ref(),
                chmod: add.chmod.as_ref(),
                link: add.link,
                parents: false,
                exclude: &add.exclude,
                unpack: add.unpack.unwrap_or(true),
            }),
            _ => Err(StepError::Unsupported("ADD of a URL or a Git repository")),
        }
    }
}

fn source<'a>(transfer: &Transfer<'_>, sources: &Sources<'a>) -> Result<&'a dyn Tree, StepError> {
    match transfer.from {
        Source::Context => Ok(sources.context),
        Source::Stage(index) => (sources.stage)(*index).ok_or_else(|| StepError::Source(format!("stage {index}"))),
        Source::Named(name) => (sources.named)(name).ok_or_else(|| StepError::Source(name.clone())),
    }
}

fn patterns(list: &[String]) -> Result<Arc<dyn Ignore>, PatternError> {
    Ok(Arc::new(IgnoreFile::new(list)?))
}

/// `--parents`: the folders of a source path are kept, those in front of a `/./` are not.
fn copy_parents(
    source: &dyn Tree,
    pattern: &str,
    upper: &mut Upper<'_, dyn Tree + '_>,
    target: &str,
    how: &How,
) -> Result<(), StepError> {
    let (folder, rest) = pattern.split_once("/./").unwrap_or(("/", pattern));
    let rest = ImagePath::clean(rest);
    if !glob::has_wildcard(folder) && !glob::has_wildcard(rest.as_str()) {
        let folder = crate::context::resolve(source, &ImagePath::clean(folder))?;
        if !exists(source, &folder, &rest)? {
            return Err(CopyError::Missing(pattern.to_owned()).into());
        }
    }
    let how = How { include: Some(patterns(&[rest.as_str().to_owned()])?), ..how.clone() };
    Ok(copy::copy_matches(source, folder, upper, target, &how)?)
}

/// Whether a path is there without following links: what `--parents` copies is found by walking.
fn exists(tree: &dyn Tree, folder: &ImagePath, rest: &ImagePath) -> Result<bool, TreeError> {
    for above in rest.ancestors() {
        if !tree.node(&folder.join(above.as_str()))?.is_some_and(|node| node.is_folder()) {
            return Ok(false);
        }
    }
    Ok(tree.node(&folder.join(rest.as_str()))?.is_some())
}

/// A file that stands in the Dockerfile: mode 0644.
fn copy_inline(
    file: &InlineFile,
    upper: &mut Upper<'_, dyn Tree + '_>,
    target: &str,
    how: &How,
) -> Result<(), StepError> {
    let path = ImagePath::clean(&file.name);
    let tree: Entries = [(path.clone(), Node::bytes(file.content.as_bytes(), 0o644))].into();
    Ok(copy::copy_one(&tree, &path, upper, target, how, false)?)
}
