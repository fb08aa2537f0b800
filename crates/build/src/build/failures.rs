//! Errors of the parts as failures of the command: exit code, place, and what to do.

use linkspan_command::{Exit, Failure};
use linkspan_report::{Finding, Span};

use crate::assemble::{LayerError, StepError};
use crate::context::TreeError;
use crate::handover;
use crate::plan::Service;

pub(super) fn at(failure: Failure, service: &Service, span: Span) -> Failure {
    if failure.finding.file.is_some() { failure } else { failure.in_file(&service.shown, Some(span)) }
}

pub(super) fn base_failure(error: crate::assemble::BaseError) -> Failure {
    use crate::assemble::BaseError;
    match &error {
        BaseError::Registry(cause) if cause.is_unreachable() => Failure::unreachable(error.to_string()),
        BaseError::Registry(_)
        | BaseError::Reference(_)
        | BaseError::Layout(_)
        | BaseError::Platform { .. }
        | BaseError::Malformed { .. } => Failure::input(error.to_string()),
    }
}

pub(super) fn step_failure(error: &StepError, service: &Service, span: Span) -> Failure {
    let exit = match layer_error(error) {
        Some(LayerError::Registry(cause)) if cause.is_unreachable() => Exit::Unreachable,
        _ => Exit::Input,
    };
    Failure::new(exit, Finding::error("dockerfile", error.to_string())).in_file(&service.shown, Some(span))
}

pub(super) fn handover_failure(error: &handover::HandoverError) -> Failure {
    let failure = Failure::failed(error.to_string());
    if error.to_string().contains("exporter is not supported") {
        return failure
            .help("this builder cannot write image layouts: `docker buildx create --use` makes one that can");
    }
    failure
}

/// The failed load of a layer inside an error, if it is one.
pub(super) fn layer_error(error: &StepError) -> Option<&LayerError> {
    use crate::assemble::owner::OwnerError;
    use crate::assemble::{CopyError, PutError};
    let tree = match error {
        StepError::Tree(tree)
        | StepError::Copy(CopyError::Tree(tree) | CopyError::Put(PutError::Tree(tree)))
        | StepError::Put(PutError::Tree(tree))
        | StepError::Owner(OwnerError::Tree(tree)) => tree,
        _ => return None,
    };
    match tree {
        TreeError::Layer(layer) => Some(layer),
        _ => None,
    }
}
