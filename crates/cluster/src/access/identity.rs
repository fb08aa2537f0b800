/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Identity {
    /// The name of the user; `system:anonymous` for nobody.
    pub(crate) user: String,
    /// The user's groups.
    pub(crate) groups: Vec<String>,
    /// The identifier of a service account, otherwise empty.
    pub(crate) uid: String,
}

impl Identity {
    /// The owner of the cluster, who may do everything.
    pub(crate) fn owner() -> Self {
        Self {
            user: "kubernetes-admin".to_owned(),
            groups: vec!["system:masters".to_owned(), "system:authenticated".to_owned()],
            uid: String::new(),
        }
    }

    /// Whether no rule needs to be asked.
    pub(crate) fn may_everything(&self) -> bool {
        self.groups.iter().any(|group| group == "system:masters")
    }
}
