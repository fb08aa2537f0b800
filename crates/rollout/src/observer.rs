//! What others are told about a rollout, for example a deployment on GitHub.

use linkspan_report::Outcome;

/// What is about to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The environment of `linkspan.yaml`, else the context of the kubeconfig.
    pub environment: String,
    /// The namespace of objects that name none.
    pub namespace: String,
    /// How many objects will be written.
    pub writes: usize,
}

/// Is told when a rollout begins to write, and how it ended.
pub trait Observer {
    /// The first write is next. Not called for a dry run, or when nothing changes.
    fn started(&mut self, start: &Start);
    /// It ended, with one line about how.
    fn finished(&mut self, outcome: Outcome, summary: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Observer for Nobody {
    fn started(&mut self, _start: &Start) {}
    fn finished(&mut self, _outcome: Outcome, _summary: &str) {}
}
