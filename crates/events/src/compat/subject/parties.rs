use std::collections::{BTreeMap, BTreeSet};

use linkspan_command::Failure;
use linkspan_report::Finding;

use super::include::{Included, included};
use super::subjects;
use crate::compat::contract::Surface;
use crate::compat::contract::model::{Action, Api};
use crate::schema::Files;

/// A service's operation that sends or receives an event type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The service.
    pub service: String,
    /// The operation, as its AsyncAPI document names it.
    pub operation: String,
    /// The included repository that it belongs to; `None` for the project itself.
    pub repository: Option<String>,
}

impl std::fmt::Display for Party {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.service, self.operation)?;
        match &self.repository {
            Some(repository) => write!(formatter, " of {repository}"),
            None => Ok(()),
        }
    }
}

/// Who sends and who receives which event type: in the project, and in the repositories that it includes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parties {
    consumers: BTreeMap<String, BTreeSet<Party>>,
    producers: BTreeMap<String, BTreeSet<Party>>,
    /// Included repositories that are not looked into, and why.
    pub notices: Vec<Finding>,
}

impl Parties {
    /// Those of a project and of what it includes, as far as that is on this machine.
    ///
    /// # Errors
    /// `linkspan.yaml` or `linkspan.lock` is malformed, or `git` cannot be run.
    pub fn read(files: &Files) -> Result<Self, Failure> {
        let mut parties = Self::default();
        parties.add(&subjects(files)?.surfaces, None);
        let (included, notices) = included(files)?;
        parties.notices = notices;
        for Included { repository, files } in included {
            match subjects(&files) {
                Ok(found) => parties.add(&found.surfaces, Some(&repository)),
                Err(error) => {
                    let message = format!("the included repository `{repository}` is not looked into: {error}");
                    parties.notices.push(Finding::warning("compat/include", message));
                }
            }
        }
        Ok(parties)
    }

    /// Who receives an event type, in order.
    pub fn consumers_of(&self, event_type: &str) -> impl Iterator<Item = &Party> {
        self.consumers.get(event_type).into_iter().flatten()
    }

    /// Who sends an event type, in order.
    pub fn producers_of(&self, event_type: &str) -> impl Iterator<Item = &Party> {
        self.producers.get(event_type).into_iter().flatten()
    }

    fn add(&mut self, surfaces: &[Surface], repository: Option<&str>) {
        for surface in surfaces {
            let Api::Async(api) = &surface.api else { continue };
            let service = surface.id.strip_prefix("asyncapi ").unwrap_or(&surface.id);
            for (action, side) in api.channels.iter().flat_map(|channel| &channel.sides) {
                for (operation, key) in &side.uses {
                    let message = api.messages.iter().find(|message| message.key == *key);
                    let Some(event_type) = message.and_then(|message| message.event_type.clone()) else { continue };
                    let party = Party {
                        service: service.to_owned(),
                        operation: operation.clone(),
                        repository: repository.map(ToOwned::to_owned),
                    };
                    let list = if *action == Action::Send { &mut self.producers } else { &mut self.consumers };
                    list.entry(event_type).or_default().insert(party);
                }
            }
        }
    }
}
