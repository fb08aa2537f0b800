use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use linkspan_command::{Context, Exit, Failure};
use linkspan_oci::client::{Client, Settings};
use linkspan_oci::credentials::ConfigFiles;
use linkspan_oci::digest::Digest;
use linkspan_oci::layout::{Layout, write_archive};
use linkspan_oci::manifest::{Document, ImageConfig, Kind};
use linkspan_oci::push::{Known, Push, push};
use linkspan_oci::reference::{Reference, Repository};
use linkspan_oci::store::{Entry, Limits, Store};
use linkspan_report::{Finding, Report};

use crate::args::BuildArgs;
use crate::build::{Made, Previous, Resolved, Tools, Way, built};
use crate::handover::{Invocation, Processes, Reason, System};
use crate::plan::{Output, Plan, Service, image_name};
use crate::report::{Built, report};

/// Builds images, and brings them to where they go.
///
/// # Errors
/// What is wrong with flags or files; what went wrong with the only service. Of several services each one that
/// failed is a finding of the report, beside those that did not.
pub fn run(args: &BuildArgs, context: &Context) -> Result<Report, Failure> {
    let path = context.environment.get("PATH").unwrap_or_default().to_owned();
    run_with(args, context, &System::new(path))
}

/// As [`run`], with other programs.
///
/// # Errors
/// As [`run`].
pub fn run_with(args: &BuildArgs, context: &Context, processes: &dyn Processes) -> Result<Report, Failure> {
    let plan = Plan::resolve(args, context)?;
    let environment = context.environment.clone();
    let credentials = ConfigFiles::locate(&|name| environment.get(name).map(str::to_owned));
    let client = Client::new(credentials, Settings { insecure: plan.insecure.clone(), ..Settings::default() });
    let temporary =
        tempfile::tempdir().map_err(|error| Failure::failed(format!("cannot write a temporary file: {error}")))?;
    let store = open_store(&plan, temporary.path())?;
    let tools = Tools { plan: &plan, client, store: Arc::new(store), processes, progress: &context.progress };
    prepare(&tools)?;
    let results = build_all(&tools);
    let mut failures = Vec::new();
    let mut done = Vec::new();
    let mut notes = Vec::new();
    for (service, result) in plan.services.iter().zip(results) {
        match result {
            Ok((one, mut said)) => {
                done.push(one);
                notes.append(&mut said);
            }
            Err(failure) => failures.push((service.name.clone(), failure)),
        }
    }
    drop(tools);
    match failures.pop() {
        Some((_, only)) if done.is_empty() && failures.is_empty() => Err(only),
        Some(last) => {
            failures.push(last);
            Ok(report(&done, &failures, notes, plan.dry_run, context))
        }
        None => Ok(report(&done, &failures, notes, plan.dry_run, context)),
    }
}

/// The store that the plan names, collected; one that lives as long as the process where there is none.
fn open_store(plan: &Plan, temporary: &std::path::Path) -> Result<Store, Failure> {
    let failed = |error: linkspan_oci::store::StoreError| {
        Failure::failed(format!("the local store cannot be used: {error}"))
            .help("give another folder with `--store`, or `--no-cache`")
    };
    let Some(folder) = plan.store.as_ref().filter(|_| !plan.dry_run) else {
        return Store::open(temporary.join("store")).map_err(failed);
    };
    let mut store = Store::open(folder).map_err(failed)?;
    // What cannot be collected now is collected another time.
    let _ = store.collect(&Limits::default(), std::time::SystemTime::now());
    Ok(store)
}

/// Runs the services' own commands, one after the other: they may share a workspace.
fn prepare(tools: &Tools<'_>) -> Result<(), Failure> {
    for service in tools.plan.services.iter().filter(|_| !tools.plan.dry_run) {
        let Some(command) = &service.prepare else { continue };
        let shell = tools.processes.find("sh").ok_or_else(|| {
            Failure::input(format!("`prepare` of `{}` needs `sh`, which is not in `PATH`", service.name))
        })?;
        let invocation = Invocation {
            program: shell,
            arguments: vec!["-c".into(), command.into()],
            directory: service.folder.clone(),
            variables: Vec::new(),
        };
        let task = tools.progress.task(format!("prepare {}", service.name));
        let line = |line: &str| tools.progress.note(format!("{} | {line}", service.name));
        let ended = tools
            .processes
            .run(&invocation, &line)
            .map_err(|error| Failure::failed(format!("`prepare` of `{}` cannot be started: {error}", service.name)))?;
        if ended.code != Some(0) {
            let code = ended
                .code
                .map_or_else(|| "was ended by a signal".to_owned(), |code| format!("ended with exit code {code}"));
            return Err(Failure::failed(format!("`prepare` of `{}` {code}: `{command}`", service.name))
                .help(ended.last.join("\n")));
        }
        task.done("");
    }
    Ok(())
}

type Outcome = Result<(Built, Vec<Finding>), Failure>;

/// Builds all services, as many at the same time as the plan allows.
fn build_all(tools: &Tools<'_>) -> Vec<Outcome> {
    let services = &tools.plan.services;
    let next = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<usize, Outcome>> = Mutex::new(BTreeMap::new());
    let layouts = Mutex::new(());
    std::thread::scope(|scope| {
        for _ in 0..tools.plan.jobs.min(services.len()) {
            scope.spawn(|| {
                while let Some((index, service)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    services.get(index).map(|service| (index, service))
                } {
                    let result = one(tools, service, &layouts);
                    results.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let lost = || Err(Failure::bug("a build ended without a result"));
    (0..services.len()).map(|index| results.remove(&index).unwrap_or_else(lost)).collect()
}

/// Builds one service and brings it to where it goes.
fn one(tools: &Tools<'_>, service: &Service, layouts: &Mutex<()>) -> Outcome {
    let started = Instant::now();
    let task = (!tools.plan.dry_run).then(|| tools.progress.task(format!("build {}", service.name)));
    let way = tools.way(service)?;
    let (mut one, notes) = match way {
        Way::Handover(reasons) => handed_over(tools, service, &reasons, layouts)?,
        Way::Native(resolved) => {
            let previous = previous(tools, service)?;
            let explained =
                if tools.plan.dry_run { resolved.iter().flat_map(Resolved::explain).collect() } else { Vec::new() };
            let made =
                tools.assemble(service, resolved, &previous).map_err(|failure| unprepared(tools, service, failure))?;
            let mut one = built(service, &made, "native", &explained);
            finish(tools, service, &made, previous, &mut one, layouts)?;
            (one, made.notes)
        }
    };
    one.seconds = started.elapsed().as_secs_f64();
    if let Some(task) = task {
        task.done(one.digest.as_deref().unwrap_or_default());
    }
    Ok((one, notes))
}

/// A dry run does not run `prepare`, so that what it makes may be missing.
fn unprepared(tools: &Tools<'_>, service: &Service, failure: Failure) -> Failure {
    if tools.plan.dry_run && service.prepare.is_some() && failure.finding.help.is_none() {
        return failure.help("`prepare` is not run in a dry run; it may make what is missing");
    }
    failure
}

fn handed_over(
    tools: &Tools<'_>,
    service: &Service,
    reasons: &[Reason],
    layouts: &Mutex<()>,
) -> Result<(Built, Vec<Finding>), Failure> {
    let shown: Vec<String> = reasons.iter().map(|reason| format!("{}, {reason}", service.shown)).collect();
    if tools.plan.dry_run {
        let engine = tools.engine(service, reasons)?;
        let built = Built {
            name: service.name.clone(),
            repository: service.repository.as_ref().map(ToString::to_string),
            tags: service.tags.clone(),
            digest: None,
            platforms: Vec::new(),
            builder: engine.to_string(),
            reasons: shown,
            pushed: false,
            unchanged: false,
            bytes_sent: 0,
            size: 0,
            seconds: 0.0,
        };
        return Ok((built, Vec::new()));
    }
    for reason in &shown {
        tools.progress.note(format!("{} is handed over: {reason}", service.name));
    }
    let (made, engine) = tools.hand_over(service, reasons)?;
    let mut one = built(service, &made, &engine.to_string(), &shown);
    finish(tools, service, &made, Previous::default(), &mut one, layouts)?;
    Ok((one, made.notes))
}

/// What the tags of a service point at now. An unreachable registry is an error; an absent image is none.
fn previous(tools: &Tools<'_>, service: &Service) -> Result<Previous, Failure> {
    let mut previous = Previous::default();
    let Some(repository) = service.repository.as_ref().filter(|_| tools.plan.push) else { return Ok(previous) };
    let access =
        if tools.plan.dry_run { linkspan_oci::client::Access::Pull } else { linkspan_oci::client::Access::Push };
    tools.client.expect(repository, access);
    for (index, tag) in service.tags.iter().enumerate() {
        let reference = repository.tagged(tag).map_err(|error| Failure::usage(error.to_string()))?;
        let found = if index == 0 { document(tools, &reference)? } else { None };
        let digest = match &found {
            Some(document) => Some(document.digest().clone()),
            None if index == 0 => None,
            None => tools
                .client
                .head_manifest(&reference)
                .map_err(|error| registry_failure(&error))?
                .map(|found| found.digest),
        };
        previous.tags.insert(tag.clone(), digest);
        if let Some(document) = found.filter(|_| !tools.plan.no_cache) {
            learn(tools, repository, &document, &mut previous);
        }
    }
    Ok(previous)
}

fn document(tools: &Tools<'_>, reference: &Reference) -> Result<Option<Document>, Failure> {
    match tools.client.manifest(reference) {
        Ok(document) => Ok(Some(document)),
        Err(error) if error.is_not_found() => Ok(None),
        // Some registries deny reading what is not there yet; what is denied for good fails with the push.
        Err(error) if error.is_denied() => Ok(None),
        Err(error) => Err(registry_failure(&error)),
    }
}

/// Learns layers from an image. What cannot be read is not a cache, and nothing worse.
fn learn(tools: &Tools<'_>, repository: &Repository, document: &Document, previous: &mut Previous) {
    match document.kind() {
        Kind::Manifest(manifest) => {
            let config = tools.client.blob(repository, &manifest.config).ok().and_then(|reader| {
                let mut bytes = Vec::new();
                // A configuration has a few kilobytes; the reader checks size and digest.
                (manifest.config.size <= 8 << 20).then_some(())?;
                { reader }.read_to_end(&mut bytes).ok()?;
                ImageConfig::parse(&bytes).ok()
            });
            if let Some(config) = config {
                previous.add(manifest, &config);
            }
        }
        Kind::Index(index) => {
            for entry in index
                .manifests
                .iter()
                .filter(|entry| entry.platform.as_ref().is_none_or(|platform| platform.os != "unknown"))
            {
                if let Ok(document) = tools.client.manifest(&repository.pinned(entry.digest.clone()))
                    && document.as_manifest().is_some()
                {
                    learn(tools, repository, &document, previous);
                }
            }
        }
    }
}

/// Brings an image to where it goes: files first, the registry's tags last.
fn finish(
    tools: &Tools<'_>,
    service: &Service,
    made: &Made,
    previous: Previous,
    one: &mut Built,
    layouts: &Mutex<()>,
) -> Result<(), Failure> {
    let root = made.bundle.root().digest();
    let same = |digest: &Option<Digest>| digest.as_ref() == Some(root);
    if tools.plan.dry_run {
        one.unchanged = tools.plan.push && !previous.tags.is_empty() && previous.tags.values().all(same);
        return Ok(());
    }
    for output in &tools.plan.outputs {
        write(tools, service, made, output, layouts)?;
    }
    let Some(repository) = service.repository.as_ref().filter(|_| tools.plan.push) else { return Ok(()) };
    let known = Known { blobs: previous.blobs, tags: previous.tags };
    let request = Push {
        bundle: &made.bundle,
        repository: repository.clone(),
        tags: service.tags.clone(),
        known,
        jobs: tools.plan.jobs.max(2),
    };
    let pushed = push(&tools.client, &request).map_err(|error| registry_failure(&error))?;
    one.pushed = true;
    one.unchanged = pushed.unchanged;
    one.bytes_sent = pushed.bytes_sent();
    for (platform, image) in one.platforms.iter_mut().zip(&pushed.images) {
        platform.layers_reused = image.layers_reused + image.layers_mounted;
    }
    Ok(())
}

fn write(
    tools: &Tools<'_>,
    service: &Service,
    made: &Made,
    output: &Output,
    layouts: &Mutex<()>,
) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::failed(error.to_string());
    let references = references(service)?;
    match output {
        Output::Layout(folder) => {
            let _one_at_a_time = layouts.lock().unwrap_or_else(PoisonError::into_inner);
            let names: Vec<String> = if tools.plan.services.len() == 1 {
                service.tags.clone()
            } else {
                references.iter().map(Reference::familiar).collect()
            };
            let mut layout = Layout::open_or_create(folder).map_err(|error| failed(&error))?;
            layout.add(&made.bundle, &names).map_err(|error| failed(&error))
        }
        Output::Archive(path) => write_archive(path, &made.bundle, &references).map_err(|error| failed(&error)),
        Output::Store => keep(tools, made, &references),
    }
}

/// The image's names; without a repository the service's own name.
fn references(service: &Service) -> Result<Vec<Reference>, Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::usage(error.to_string());
    let repository = match &service.repository {
        Some(repository) => repository.clone(),
        None => image_name(&service.name).parse().map_err(|error| usage(&error))?,
    };
    service.tags.iter().map(|tag| repository.tagged(tag).map_err(|error| usage(&error))).collect()
}

/// Keeps an image in the local store under its names.
fn keep(tools: &Tools<'_>, made: &Made, references: &[Reference]) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::failed(format!("the local store cannot be used: {error}"));
    let mut digests = Vec::new();
    for blob in made.bundle.blobs() {
        let descriptor = blob.descriptor();
        if !tools.store.contains(&descriptor.digest, descriptor.size) {
            let mut reader = blob.open().map_err(|error| failed(&error))?;
            tools.store.put(&descriptor.digest, descriptor.size, &mut reader).map_err(|error| failed(&error))?;
        }
        digests.push(descriptor.digest.clone());
    }
    let documents = made.bundle.images().iter().map(linkspan_oci::bundle::Image::manifest).chain([made.bundle.root()]);
    for document in documents {
        let descriptor = document.descriptor();
        tools.store.put(&descriptor.digest, descriptor.size, &mut document.bytes()).map_err(|error| failed(&error))?;
        digests.push(descriptor.digest.clone());
    }
    let data = serde_json::to_value(made.bundle.root().descriptor()).unwrap_or_default();
    for reference in references {
        let entry = Entry { blobs: digests.clone(), data: data.clone() };
        tools.store.set_entry(&format!("image/{reference}"), &entry).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn registry_failure(error: &linkspan_oci::client::Error) -> Failure {
    let exit = if error.is_unreachable() { Exit::Unreachable } else { Exit::Failed };
    Failure::new(exit, Finding::error("registry", error.to_string()))
}
