//! What a build will do, as data: everything that flags, environment and files say, decided before any effect.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use linkspan_command::{Context, Failure};
use linkspan_oci::reference::{Reference, Repository};
use linkspan_project::Project;

use crate::args::{BuildArgs, Builder};
use crate::assemble::Origin;
use crate::dockerfile::{self, Dockerfile, Faults, Platform};

/// What a build will do.
#[derive(Debug)]
pub struct Plan {
    /// The images, in the order of their names.
    pub services: Vec<Service>,
    /// Whether images are pushed.
    pub push: bool,
    /// What is made besides.
    pub outputs: Vec<Output>,
    /// Who builds.
    pub builder: Builder,
    /// Registries without TLS.
    pub insecure: Vec<String>,
    /// Services and uploads at the same time.
    pub jobs: usize,
    /// Where layers are kept; `None`: nowhere, they go with the process.
    pub store: Option<PathBuf>,
    /// Nothing that was kept is used.
    pub no_cache: bool,
    /// Time of all files, and of the image, seconds since 1970; `None`: 0, and no time of the image.
    pub epoch: Option<u64>,
    /// Only tell.
    pub dry_run: bool,
}

/// One image to build.
#[derive(Debug)]
pub struct Service {
    /// Its name in `images`.
    pub name: String,
    /// The build context.
    pub folder: PathBuf,
    /// Its Dockerfile.
    pub file: PathBuf,
    /// The Dockerfile's name for people.
    pub shown: String,
    /// What stands in it.
    pub dockerfile: Dockerfile,
    /// Where the image goes.
    pub repository: Option<Repository>,
    /// Under which tags; never empty.
    pub tags: Vec<String>,
    /// For which platforms; never empty.
    pub platforms: Vec<Platform>,
    /// Nobody named a platform: a base image for another one keeps its own.
    pub any_platform: bool,
    /// Which stage.
    pub target: Option<String>,
    /// Values for `ARG`.
    pub build_args: BTreeMap<String, String>,
    /// Named contexts.
    pub contexts: BTreeMap<String, NamedContext>,
    /// Labels besides those of the Dockerfile.
    pub labels: BTreeMap<String, String>,
    /// A command that runs first.
    pub prepare: Option<String>,
}

/// Where the files or the image of a named context are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedContext {
    /// A folder.
    Folder(PathBuf),
    /// An image.
    Image(Origin),
    /// Something that only BuildKit fetches.
    Remote(String),
}

/// What is made besides a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// An OCI image layout in a folder.
    Layout(PathBuf),
    /// An archive for `docker load`.
    Archive(PathBuf),
    /// The local content store.
    Store,
}

/// Tags of images without `--tag`: what `docker` uses.
const DEFAULT_TAG: &str = "latest";

impl Plan {
    /// Reads the project and the Dockerfiles, and decides.
    ///
    /// # Errors
    /// Flags that contradict each other or the project (`USAGE`), files that are missing or malformed (`INPUT`).
    pub fn resolve(args: &BuildArgs, context: &Context) -> Result<Self, Failure> {
        let project = Project::discover(&context.directory).map_err(|error| project_failure(&error))?;
        let chosen = choose(args, &project, &context.directory)?;
        let outputs = args.output.iter().map(|text| output(text, &context.directory)).collect::<Result<Vec<_>, _>>()?;
        let push = args.push || outputs.is_empty();
        let mut services = Vec::new();
        for candidate in chosen.iter() {
            services.push(service(candidate, chosen.len(), args, &project, context)?);
        }
        check(&services, args, push, &outputs)?;
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self {
            services,
            push,
            outputs,
            builder: args.builder,
            insecure: args.insecure_registry.clone(),
            jobs: args.jobs.map_or(processors.min(8), usize::from),
            store: store(args, context),
            no_cache: args.no_cache,
            epoch: epoch(args, context)?,
            dry_run: args.dry_run,
        })
    }
}

/// A service of the project, or a folder that is none.
struct Candidate {
    name: String,
    folder: PathBuf,
    file: PathBuf,
    platforms: Vec<String>,
    prepare: Option<String>,
}

fn project_failure(error: &linkspan_project::Error) -> Failure {
    match error {
        linkspan_project::Error::Malformed(findings) => match findings.first() {
            Some(first) => Failure::new(linkspan_command::Exit::Input, first.clone()),
            None => Failure::input(error.to_string()),
        },
        linkspan_project::Error::Unreadable { source, .. } => Failure::input(format!("{error}: {source}")),
    }
}

fn choose(args: &BuildArgs, project: &Project, directory: &Path) -> Result<Vec<Candidate>, Failure> {
    if !args.targets.is_empty() {
        let mut chosen: Vec<Candidate> = Vec::new();
        for target in &args.targets {
            let candidate = named(target, project, directory)?;
            if !chosen.iter().any(|other| other.name == candidate.name && other.folder == candidate.folder) {
                chosen.push(candidate);
            }
        }
        return Ok(chosen);
    }
    if !project.services.is_empty() {
        return Ok(project.services.iter().map(|service| of_project(service, project)).collect());
    }
    if args.file.is_some() || directory.join("Dockerfile").is_file() {
        return Ok(vec![of_folder(directory)?]);
    }
    Err(Failure::input("there is nothing to build: no folder with a Dockerfile under `services/`, and none here")
        .help("name a folder with a Dockerfile, or the services in `linkspan.yaml`"))
}

fn named(target: &str, project: &Project, directory: &Path) -> Result<Candidate, Failure> {
    if let Some(service) = project.service(target) {
        return Ok(of_project(service, project));
    }
    let folder = directory.join(target);
    if !folder.is_dir() {
        let names: Vec<&str> = project.services.iter().map(|service| service.name.as_str()).collect();
        let known = if names.is_empty() {
            "the project has no services".to_owned()
        } else {
            format!("the project's services are {}", names.join(", "))
        };
        return Err(Failure::usage(format!("`{target}` is neither a service nor a folder")).help(known));
    }
    let same = |service: &&linkspan_project::Service| {
        project
            .root
            .join(&service.path)
            .canonicalize()
            .ok()
            .is_some_and(|path| folder.canonicalize().ok() == Some(path))
    };
    match project.services.iter().find(same) {
        Some(service) => Ok(of_project(service, project)),
        None => of_folder(&folder),
    }
}

fn of_project(service: &linkspan_project::Service, project: &Project) -> Candidate {
    Candidate {
        name: service.name.clone(),
        folder: project.root.join(&service.path),
        file: project.root.join(&service.dockerfile),
        platforms: service.platforms.clone(),
        prepare: service.prepare.clone(),
    }
}

fn of_folder(folder: &Path) -> Result<Candidate, Failure> {
    let absolute = folder
        .canonicalize()
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", folder.display())))?;
    let name = image_name(&absolute.file_name().unwrap_or_default().to_string_lossy());
    Ok(Candidate {
        name,
        folder: folder.to_owned(),
        file: folder.join("Dockerfile"),
        platforms: Vec::new(),
        prepare: None,
    })
}

/// A name as the last component of a repository can be: lower case, and separators only between letters or digits.
#[must_use]
pub fn image_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !matches!(c, '.' | '_' | '-'));
    let words = words.map(|word| word.trim_matches(['.', '_', '-'])).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-");
    if joined.is_empty() { "image".to_owned() } else { joined }
}

fn service(
    candidate: &Candidate,
    count: usize,
    args: &BuildArgs,
    project: &Project,
    context: &Context,
) -> Result<Service, Failure> {
    let file = match &args.file {
        Some(_) if count > 1 => {
            return Err(Failure::usage("`--file` is for one service, and there are several").help("name the service"));
        }
        Some(file) => context.directory.join(file),
        None => candidate.file.clone(),
    };
    let shown = file.strip_prefix(&context.directory).unwrap_or(&file).display().to_string();
    let bytes = std::fs::read(&file)
        .map_err(|error| Failure::input(format!("`{shown}` cannot be read: {error}")).in_file(&shown, None))?;
    let dockerfile = dockerfile::parse(&bytes).map_err(|faults| faults_failure(&faults, &shown))?;
    let (repository, tags) = destination(candidate, count, args, project)?;
    let platforms = if args.platform.is_empty() { &candidate.platforms } else { &args.platform };
    Ok(Service {
        name: candidate.name.clone(),
        folder: candidate.folder.clone(),
        file,
        shown,
        dockerfile,
        repository,
        tags,
        any_platform: platforms.is_empty(),
        platforms: self::platforms(platforms)?,
        target: args.target.clone(),
        build_args: build_args(args, context)?,
        contexts: contexts(args, context)?,
        labels: pairs(&args.label, "--label")?,
        prepare: candidate.prepare.clone().filter(|_| !args.skip_prepare),
    })
}

/// One failure for all faults of a Dockerfile: the first, with the others beside it.
pub(crate) fn faults_failure(faults: &Faults, file: &str) -> Failure {
    let mut faults = faults.0.iter();
    let Some(first) = faults.next() else { return Failure::bug("a Dockerfile was refused without a reason") };
    let mut failure = Failure::input(&first.message).in_file(file, Some(first.span));
    if let Some(help) = &first.help {
        failure = failure.help(help);
    }
    failure.finding.rule = "dockerfile".into();
    for other in faults {
        *failure.finding = failure.finding.clone().related(&other.message, file, Some(other.span));
    }
    failure
}

fn destination(
    candidate: &Candidate,
    count: usize,
    args: &BuildArgs,
    project: &Project,
) -> Result<(Option<Repository>, Vec<String>), Failure> {
    let one = |flag: &str| {
        Failure::usage(format!("`{flag}` is for one service, and there are several"))
            .help("name the service, or use `--registry`")
    };
    let bad = |text: &str, error: &dyn std::fmt::Display| {
        Failure::usage(format!("`{text}` is no place for an image: {error}"))
    };
    let text = match (&args.repository, args.registry.as_ref().or(project.registry.as_ref())) {
        (Some(_), _) if count > 1 => return Err(one("--repository")),
        (Some(repository), _) => Some(repository.clone()),
        (None, Some(registry)) => Some(format!("{}/{}", registry.trim_end_matches('/'), image_name(&candidate.name))),
        (None, None) => None,
    };
    let mut repository = text.map(|text| text.parse::<Repository>().map_err(|error| bad(&text, &error))).transpose()?;
    let mut tags = Vec::new();
    for tag in &args.tag {
        if !tag.contains(['/', ':']) {
            tags.push(tag.clone());
            continue;
        }
        let reference: Reference = tag.parse().map_err(|error| bad(tag, &error))?;
        if count > 1 {
            return Err(one("--tag` with a repository `"));
        }
        if repository.as_ref().is_some_and(|known| known != reference.repository()) && args.repository.is_some() {
            return Err(Failure::usage(format!("`--tag {tag}` and `--repository` name two places")));
        }
        tags.push(reference.tag().unwrap_or(DEFAULT_TAG).to_owned());
        repository = Some(reference.repository().clone());
    }
    if tags.is_empty() {
        tags.push(DEFAULT_TAG.to_owned());
    }
    let name: Repository = "x/y".parse().map_err(|error| bad("x/y", &error))?;
    for tag in &tags {
        repository.as_ref().unwrap_or(&name).tagged(tag).map_err(|error| bad(tag, &error))?;
    }
    tags.dedup();
    Ok((repository, tags))
}

fn platforms(texts: &[String]) -> Result<Vec<Platform>, Failure> {
    let mut platforms: Vec<Platform> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let platform = Platform::parse(text).map_err(|error| Failure::usage(error.to_string()))?;
        if !platforms.contains(&platform) {
            platforms.push(platform);
        }
    }
    Ok(if platforms.is_empty() { vec![Platform::host()] } else { platforms })
}

fn build_args(args: &BuildArgs, context: &Context) -> Result<BTreeMap<String, String>, Failure> {
    let mut values = BTreeMap::new();
    for text in &args.build_arg {
        match text.split_once('=') {
            Some(("", _)) => return Err(Failure::usage(format!("`--build-arg {text}` has no name"))),
            Some((name, value)) => drop(values.insert(name.to_owned(), value.to_owned())),
            None => drop(context.environment.get(text).map(|value| values.insert(text.clone(), value.to_owned()))),
        }
    }
    Ok(values)
}

fn pairs(texts: &[String], flag: &str) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failure::usage(format!("`{flag} {text}` is not `NAME=VALUE`"))),
    };
    texts.iter().map(pair).collect()
}

fn contexts(args: &BuildArgs, context: &Context) -> Result<BTreeMap<String, NamedContext>, Failure> {
    let place = |(name, value): (String, String)| (name, named_context(&value, &context.directory));
    Ok(pairs(&args.build_context, "--build-context")?.into_iter().map(place).collect())
}

fn named_context(value: &str, directory: &Path) -> NamedContext {
    if let Some(reference) = value.strip_prefix("docker-image://") {
        return NamedContext::Image(Origin::Registry(reference.to_owned()));
    }
    if let Some(rest) = value.strip_prefix("oci-layout://") {
        let (path, digest) =
            rest.split_once('@').map_or((rest, None), |(path, digest)| (path, Some(format!("@{digest}"))));
        // A tag has no slash: what follows the last colon is one only in the last component.
        let (path, tag) = match path.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (path, None),
        };
        return NamedContext::Image(Origin::Layout(directory.join(path), digest.or(tag)));
    }
    if dockerfile::is_remote(value) || value.contains("://") {
        return NamedContext::Remote(value.to_owned());
    }
    NamedContext::Folder(directory.join(value))
}

fn output(text: &str, directory: &Path) -> Result<Output, Failure> {
    match text.split_once('=') {
        Some(("oci", path)) if !path.is_empty() => Ok(Output::Layout(directory.join(path))),
        Some(("docker", path)) if !path.is_empty() => Ok(Output::Archive(directory.join(path))),
        None if text == "store" => Ok(Output::Store),
        _ => Err(Failure::usage(format!("`--output {text}` is none of `oci=FOLDER`, `docker=FILE`, `store`"))),
    }
}

fn check(services: &[Service], args: &BuildArgs, push: bool, outputs: &[Output]) -> Result<(), Failure> {
    if let Some(homeless) = services.iter().find(|service| push && service.repository.is_none()) {
        return Err(Failure::usage(format!("nowhere to push `{}` to", homeless.name)).help(
            "give `--registry` or `--repository`, set `registry` in `linkspan.yaml`, or choose another `--output`",
        ));
    }
    if services.len() > 1 && outputs.iter().any(|output| matches!(output, Output::Archive(_))) {
        return Err(Failure::usage("`--output docker=FILE` holds one image, and there are several services")
            .help("name the service"));
    }
    if services.len() > 1 && args.target.is_some() {
        return Err(Failure::usage("`--target` is for one service, and there are several").help("name the service"));
    }
    let mut names = std::collections::BTreeSet::new();
    match services.iter().find(|service| !names.insert(&service.name)) {
        Some(twice) => {
            Err(Failure::usage(format!("two services are called `{}`", twice.name))
                .help("name them in `linkspan.yaml`"))
        }
        None => Ok(()),
    }
}

fn store(args: &BuildArgs, context: &Context) -> Option<PathBuf> {
    if args.no_cache {
        return None;
    }
    let home = |name: &str| context.environment.get(name).map(PathBuf::from);
    let usual = home("XDG_CACHE_HOME").or_else(|| Some(home("HOME").or_else(|| home("USERPROFILE"))?.join(".cache")));
    args.store.clone().map(|path| context.directory.join(path)).or_else(|| Some(usual?.join("linkspan")))
}

/// `SOURCE_DATE_EPOCH`, as a build argument or in the environment (reproducible-builds.org).
fn epoch(args: &BuildArgs, context: &Context) -> Result<Option<u64>, Failure> {
    let argument = args.build_arg.iter().rev().find_map(|text| text.strip_prefix("SOURCE_DATE_EPOCH="));
    let Some(text) = argument.filter(|text| !text.is_empty()).or_else(|| context.environment.get("SOURCE_DATE_EPOCH"))
    else {
        return Ok(None);
    };
    // The last second of year 9999: later ones have no RFC 3339 form.
    let seconds = text.parse::<u64>().ok().filter(|seconds| *seconds <= 253_402_300_799);
    seconds.map(Some).ok_or_else(|| {
        Failure::usage(format!("`SOURCE_DATE_EPOCH` is `{text}`, which is no number of seconds since 1970"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn plan(folder: &tempfile::TempDir, args: &BuildArgs) -> Result<Plan, String> {
        Plan::resolve(args, &Context::quiet("build", folder.path())).map_err(|failure| failure.to_string())
    }

    #[test]
    fn all_services_of_a_project() {
        let folder = project(&[
            ("linkspan.yaml", "project: shop\nregistry: ghcr.io/acme/shop\n"),
            ("services/orders/Dockerfile", "FROM scratch\n"),
            ("services/web/Dockerfile", "FROM scratch\n"),
        ]);
        let plan = plan(&folder, &BuildArgs::default()).unwrap();
        let shown: Vec<_> = plan
            .services
            .iter()
            .map(|s| format!("{} {} {:?}", s.name, s.repository.as_ref().unwrap(), s.tags))
            .collect();
        assert_eq!(shown, ["orders ghcr.io/acme/shop/orders [\"latest\"]", "web ghcr.io/acme/shop/web [\"latest\"]"]);
        assert!(plan.push && plan.epoch.is_none());
    }

    #[test]
    fn flags_that_cannot_hold_are_refused() {
        let folder = project(&[
            ("services/a/Dockerfile", "FROM scratch\n"),
            ("services/b/Dockerfile", "FROM scratch\n"),
            ("Dockerfile", "FROM scratch\n"),
        ]);
        let error = |args: BuildArgs| plan(&folder, &args).unwrap_err();
        let many = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        insta::assert_snapshot!(error(BuildArgs::default()), @"nowhere to push `a` to");
        insta::assert_snapshot!(error(BuildArgs { repository: Some("x/y".into()), ..BuildArgs::default() }), @"`--repository` is for one service, and there are several");
        insta::assert_snapshot!(error(BuildArgs { targets: many(&["zz"]), ..BuildArgs::default() }), @"`zz` is neither a service nor a folder");
        insta::assert_snapshot!(error(BuildArgs { output: many(&["tar"]), ..BuildArgs::default() }), @"`--output tar` is none of `oci=FOLDER`, `docker=FILE`, `store`");
        insta::assert_snapshot!(error(BuildArgs { output: many(&["docker=x"]), ..BuildArgs::default() }), @"`--output docker=FILE` holds one image, and there are several services");
        insta::assert_snapshot!(error(BuildArgs { output: many(&["store"]), tag: many(&["no good"]), ..BuildArgs::default() }), @"`no good` is no place for an image: tag `no good` is malformed: up to 128 of `A-Z`, `a-z`, `0-9`, `_`, `.`, `-`, and no `.` or `-` first");
        insta::assert_snapshot!(error(BuildArgs { output: many(&["store"]), platform: many(&["linux//"]), ..BuildArgs::default() }), @"`linux//` is no platform: expected `os/architecture[/variant]`, for example `linux/arm64`");
    }

    #[test]
    fn names_of_images() {
        for (name, expected) in [
            ("orders", "orders"),
            (".tmpAb", "tmpab"),
            ("My Shop", "my-shop"),
            ("a__b.c", "a__b.c"),
            ("..", "image"),
            ("größe", "gr-e"),
        ] {
            assert_eq!(image_name(name), expected);
        }
    }

    #[test]
    fn named_contexts() {
        let at = |text: &str| named_context(text, Path::new("/w"));
        assert_eq!(at("../x"), NamedContext::Folder("/w/../x".into()));
        assert_eq!(at("docker-image://alpine:3"), NamedContext::Image(Origin::Registry("alpine:3".into())));
        assert_eq!(at("oci-layout://l:v1"), NamedContext::Image(Origin::Layout("/w/l".into(), Some("v1".into()))));
        assert_eq!(at("oci-layout:///a:b/l"), NamedContext::Image(Origin::Layout("/a:b/l".into(), None)));
        assert_eq!(at("https://x.org/y.git"), NamedContext::Remote("https://x.org/y.git".into()));
    }

    #[test]
    fn a_malformed_dockerfile_names_all_its_faults() {
        let folder = project(&[("Dockerfile", "FROM scratch\nCOPPY a b\nFROM\n")]);
        let failure = Plan::resolve(
            &BuildArgs { output: vec!["store".into()], targets: vec![".".into()], ..BuildArgs::default() },
            &Context::quiet("build", folder.path()),
        )
        .unwrap_err();
        assert_eq!(failure.exit, linkspan_command::Exit::Input);
        assert_eq!(failure.finding.span.map(|span| span.start.line), Some(2));
        assert_eq!(failure.finding.related.len(), 1);
    }
}
