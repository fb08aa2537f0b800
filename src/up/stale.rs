//! What is left of clusters that are gone.

use std::path::Path;

use linkspan_command::{Context, Failure};
use linkspan_project::Project;

use super::{LOCK, MEMORY, Memory, plan};
use crate::forward::process;
use crate::state::{StateFolder, failure};
use crate::target;

/// Ends the forwarding to clusters whose contexts the kubeconfig no longer has, and forgets them; their names.
///
/// # Errors
/// The kubeconfig cannot be read, or a process does not end.
pub(crate) fn sweep(
    project: &Project,
    kubeconfig: Option<&Path>,
    dry_run: bool,
    context: &Context,
) -> Result<Vec<String>, Failure> {
    let config = target::kubeconfig(context, kubeconfig)?.unwrap_or_default();
    let (name, _) = plan::names(project);
    let mut gone = Vec::new();
    for state in StateFolder::of_project(&context.environment, &name)? {
        let Some(memory) = state.read::<Memory>(MEMORY) else { continue };
        if memory.root != project.root || config.contexts.contains_key(&memory.context) {
            continue;
        }
        if !dry_run {
            forget(&state)?;
        }
        gone.push(memory.context);
    }
    Ok(gone)
}

fn forget(state: &StateFolder) -> Result<(), Failure> {
    let kept = |error: std::io::Error| failure(state, &error);
    // Somebody who is at it knows better.
    let Some(_lock) = state.lock(LOCK).map_err(kept)? else { return Ok(()) };
    process::stop(state)?;
    state.remove().map_err(kept)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_what_belongs_to_a_gone_cluster_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let project = Project::load(&path("shop"), folder.path()).unwrap();
        fs::write(
            path("config"),
            "apiVersion: v1\nkind: Config\ncontexts: [{name: kind-here, context: {cluster: c, user: u}}]\n",
        )
        .unwrap();
        let variables = [
            ("XDG_STATE_HOME", folder.path().to_str().unwrap().to_owned()),
            ("KUBECONFIG", path("config").display().to_string()),
        ];
        let context = Context { environment: variables.into_iter().collect(), ..Context::quiet("down", folder.path()) };
        let remembered = |cluster: &str, root: &str| {
            let state = StateFolder::locate(&context.environment, "shop", &path(root), cluster, "x").unwrap();
            state.create().unwrap();
            state
                .write(MEMORY, &Memory { root: path(root), context: cluster.to_owned(), ..Memory::default() })
                .unwrap();
            state
        };
        let (here, gone) = (remembered("kind-here", "shop"), remembered("kind-gone", "shop"));
        let elsewhere = remembered("kind-gone", "elsewhere/shop");
        assert_eq!(sweep(&project, None, true, &context).unwrap(), ["kind-gone"]);
        assert!(gone.exists());
        assert_eq!(sweep(&project, None, false, &context).unwrap(), ["kind-gone"]);
        assert!(here.exists() && !gone.exists() && elsewhere.exists());
    }
}
