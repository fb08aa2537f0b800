use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

/// Build container images from Dockerfiles, and push them
///
/// An image whose stages have no RUN is put together right here, without a daemon: the same files give the same
/// digest on every machine, and an unchanged image is neither compressed nor sent again. A Dockerfile with RUN is
/// handed over to Docker or BuildKit, saying why.
///
/// Without arguments every service of the project is built: each folder with a Dockerfile under `services/`, or
/// what `linkspan.yaml` names.
#[derive(Args, Debug, Clone, Default)]
pub struct BuildArgs {
    /// Services of the project by name, or folders with a Dockerfile; without any, all services.
    #[arg(value_name = "SERVICE|PATH", action = ArgAction::Append)]
    pub targets: Vec<String>,

    /// The Dockerfile of the only service, relative to the working directory [default: its own, or `Dockerfile`].
    #[arg(long, short, value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// The stage to build [default: the last].
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,

    /// A value for an `ARG`; without `=` the environment variable of that name. May be given several times.
    #[arg(long, value_name = "NAME[=VALUE]", action = ArgAction::Append)]
    pub build_arg: Vec<String>,

    /// Another source of files or images: `NAME=FOLDER`, `NAME=oci-layout://FOLDER[:TAG]` or
    /// `NAME=docker-image://REFERENCE`. May be given several times.
    #[arg(long, value_name = "NAME=SOURCE", action = ArgAction::Append)]
    pub build_context: Vec<String>,

    /// Platforms to build for, for example `linux/amd64,linux/arm64` [default: the service's, else this
    /// machine's].
    #[arg(long, value_name = "PLATFORM", action = ArgAction::Append, value_delimiter = ',')]
    pub platform: Vec<String>,

    /// Tags to push under, or full references. May be given several times [default: latest].
    #[arg(long, short, value_name = "TAG", action = ArgAction::Append)]
    pub tag: Vec<String>,

    /// Where the only service's image goes, for example `ghcr.io/acme/orders`.
    #[arg(long, value_name = "REPOSITORY")]
    pub repository: Option<String>,

    /// Where images go: `REGISTRY/<service>` [default: `registry` of linkspan.yaml].
    #[arg(long, value_name = "REGISTRY", conflicts_with = "repository")]
    pub registry: Option<String>,

    /// A label of the image. May be given several times.
    #[arg(long, value_name = "NAME=VALUE", action = ArgAction::Append)]
    pub label: Vec<String>,

    /// What to make besides or instead of a push: `oci=FOLDER` (an image layout), `docker=FILE` (for `docker
    /// load`), or `store` (the local content store only). May be given several times.
    #[arg(long, short, value_name = "KIND[=PATH]", action = ArgAction::Append)]
    pub output: Vec<String>,

    /// Push as well where `--output` is given; without `--output` it is what happens anyway.
    #[arg(long)]
    pub push: bool,

    /// Who builds.
    #[arg(long, value_enum, default_value_t)]
    pub builder: Builder,

    /// A registry that may be spoken to without TLS; loopback addresses always may. May be given several times.
    #[arg(long, value_name = "HOST[:PORT]", action = ArgAction::Append)]
    pub insecure_registry: Vec<String>,

    /// How many services are built, and blobs sent, at the same time [default: the number of processors, at most
    /// 8].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,

    /// Where layers are kept between builds [default: `$XDG_CACHE_HOME/linkspan` or `~/.cache/linkspan`].
    #[arg(long, value_name = "FOLDER")]
    pub store: Option<PathBuf>,

    /// Reads and compresses everything anew.
    #[arg(long)]
    pub no_cache: bool,

    /// Does not run the services' `prepare` commands: what they make is there.
    #[arg(long)]
    pub skip_prepare: bool,

    /// Says what would happen, and changes nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Who builds an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Builder {
    /// This program where it can, else BuildKit or Docker.
    #[default]
    Auto,
    /// Only this program: what it cannot do is refused.
    Native,
    /// `docker build`, always.
    Docker,
    /// `buildctl` and a BuildKit that it finds, always.
    Buildkit,
}
