# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_linkspan_global_optspecs
    string join \n h/help V/version
end

function __fish_linkspan_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_linkspan_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_linkspan_using_subcommand
    set -l cmd (__fish_linkspan_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c linkspan -n "__fish_linkspan_needs_command" -s h -l help -d 'Print help'
complete -c linkspan -n "__fish_linkspan_needs_command" -s V -l version -d 'Print version'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "init" -d 'Write a linkspan.yaml and a workflow from what is there'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "up" -d 'Run the project on a local Kubernetes'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "down" -d 'Take away what `linkspan up` made'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "forward" -d 'Forward Services to loopback; `linkspan up` starts it'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "build" -d 'Build container images from Dockerfiles, and push them'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "events" -d 'Check events and their schemas'
complete -c linkspan -n "__fish_linkspan_needs_command" -f -a "rollout" -d 'Roll out to Kubernetes, and know whether it worked'
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l dry-run -d 'Show the files, and write nothing'
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -l force -d 'Overwrite the files if they exist'
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l service -d 'Only these services; default: all' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l timeout -d 'How long to wait until everything is ready, for example `90s` or `5m`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l kube-context -d 'The context of the kubeconfig to use; default: the current one, if it is a local cluster' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l kubeconfig -d 'The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l dry-run -d 'Only tell what would be done'
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -l no-forward -d 'Do not forward ports'
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l timeout -d 'How long to wait until everything is gone, for example `90s` or `5m`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l kube-context -d 'The context of the kubeconfig to use; default: the current one, if it is a local cluster' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l kubeconfig -d 'The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -l dry-run -d 'Only tell what would be deleted'
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -l state -d 'The state folder that says what to forward' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand forward" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -s f -l file -d 'The Dockerfile of the only service, relative to the working directory [default: its own, or `Dockerfile`]' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l target -d 'The stage to build [default: the last]' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l build-arg -d 'A value for an `ARG`; without `=` the environment variable of that name. May be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l build-context -d 'Another source of files or images: `NAME=FOLDER`, `NAME=oci-layout://FOLDER[:TAG]` or `NAME=docker-image://REFERENCE`. May be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l platform -d 'Platforms to build for, for example `linux/amd64,linux/arm64` [default: the service\'s, else this machine\'s]' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -s t -l tag -d 'Tags to push under, or full references. May be given several times [default: latest]' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l repository -d 'Where the only service\'s image goes, for example `ghcr.io/acme/orders`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l registry -d 'Where images go: `REGISTRY/<service>` [default: `registry` of linkspan.yaml]' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l label -d 'A label of the image. May be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -s o -l output -d 'What to make besides or instead of a push: `oci=FOLDER` (an image layout), `docker=FILE` (for `docker load`), or `store` (the local content store only). May be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l builder -d 'Who builds' -r -f -a "auto\t'This program where it can, else BuildKit or Docker'
native\t'Only this program: what it cannot do is refused'
docker\t'`docker build`, always'
buildkit\t'`buildctl` and a BuildKit that it finds, always'"
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l insecure-registry -d 'A registry that may be spoken to without TLS; loopback addresses always may. May be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l jobs -d 'How many services are built, and blobs sent, at the same time [default: the number of processors, at most 8]' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l store -d 'Where layers are kept between builds [default: `$XDG_CACHE_HOME/linkspan` or `~/.cache/linkspan`]' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l push -d 'Push as well where `--output` is given; without `--output` it is what happens anyway'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l no-cache -d 'Reads and compresses everything anew'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l skip-prepare -d 'Does not run the services\' `prepare` commands: what they make is there'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -l dry-run -d 'Says what would happen, and changes nothing'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and not __fish_seen_subcommand_from validate compat drift lock" -s h -l help -d 'Print help'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and not __fish_seen_subcommand_from validate compat drift lock" -f -a "validate" -d 'Check events, or any documents, against their schemas'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and not __fish_seen_subcommand_from validate compat drift lock" -f -a "compat" -d 'Compare schemas with earlier versions, and show the event that breaks'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and not __fish_seen_subcommand_from validate compat drift lock" -f -a "drift" -d 'Hold models against their shapes in APIs, events, tables and code'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and not __fish_seen_subcommand_from validate compat drift lock" -f -a "lock" -d 'Pin the remote documents that the project\'s contracts refer to, and the repositories that it includes'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l schema -d 'Check each document as a whole against this JSON Schema; `FILE#/pointer` names a part' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l mask -d 'Never show this value: a JSON Pointer (`/data/card`, `*` is any one token), or a name of members at any depth; may be given several times. What a schema marks with `x-sensitive: true` is never shown either' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l jobs -d 'How many threads check the lines of NDJSON; all cores, if not given' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l stdin-format -d 'How standard input is read: json, ndjson or yaml' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -l assert-formats -d 'Assert `format` whatever the schema\'s draft says'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l against -d 'Compare the project with: a branch, tag or commit, a pattern of tags, a folder, or a registry\'s address' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l mode -d 'What must hold; by default backward for two files and models, and by who sends and who receives for the rest' -r -f -a "backward\t'The new schema accepts everything that the old one accepts: new readers, old events'
forward\t'The old schema accepts everything that the new one accepts: old readers, new events'
full\t'Both'
backward-transitive\t'Backward, against every earlier version'
forward-transitive\t'Forward, against every earlier version'
full-transitive\t'Both, against every earlier version'"
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l gate -d 'Which verdict stops a change: semantic, registry or both; `linkspan.yaml` decides otherwise, else semantic' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l registry-policy -d 'The registry\'s policy: strict or lenient; `linkspan.yaml` decides otherwise, else strict' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l unknown -d 'What an undecided pair is: error (the exit code is 10; the default), warning or notice' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l schema-draft -d 'The draft of schemas that name none: 4, 6, 7, 2019-09 or 2020-12; by default the one that fits what they use' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l golden -d 'Recorded events, files or folders, that every version must accept; `contracts/examples/`, if it is there' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l allow-label -d 'A label of the pull request that allows breaks: they become warnings' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l html -d 'Also write a report for a browser into this folder' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l registry-user -d 'The user for `--against` a registry' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l registry-password -d 'The password for `--against` a registry' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l registry-token -d 'The bearer token for `--against` a registry' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from compat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l generate-timeout -d 'How many seconds a generator may run' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l write -d 'Change the projections so that they say what their models say'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l dry-run -d 'With `--write`: show the changes as a diff, and change nothing'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -l no-generate -d 'Run no generators: types in code are not compared'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l from -d 'Take the document with this address from a file; again with another file, to change what is locked' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l fetch -d 'Fetch what is missing: repositories with git, documents over HTTP in programs with registries'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l update -d 'Pin included repositories anew, to what their `ref` names now'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l prune -d 'Drop what nothing refers to'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -l dry-run -d 'Print what would be written, and write nothing'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand events; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and not __fish_seen_subcommand_from apply status" -s h -l help -d 'Print help'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and not __fish_seen_subcommand_from apply status" -f -a "apply" -d 'Bring a cluster to a set of manifests, and wait until everything is ready, failed or late'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and not __fish_seen_subcommand_from apply status" -f -a "status" -d 'Follow a rollout that is under way, until everything is ready, failed or late'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -s f -l filename -l file -d 'Manifests: a file, a folder (with a kustomization or a chart: rendered by kubectl or helm), or `-`; default: those of the environment or project' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l image -d 'An image line of the build, `name=repository@sha256:…`, put in where the manifests name that image' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l timeout -d 'How long to wait, for example `90s` or `5m`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l kube-context -d 'The context of the kubeconfig to use; default: the environment\'s, else the current one' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l kubeconfig -d 'The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`, else the cluster that this runs in' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l kubeconfig-content -d 'The kubeconfig itself, plain or in base64: for CI, through the variable of this flag' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -s n -l namespace -d 'The namespace of objects that name none; objects that name another are an error' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l environment -d 'An environment of `linkspan.yaml`: its context, namespace and manifests' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l allow-exec -d 'A program that the kubeconfig may run to get credentials, besides those of the large clouds' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l github-token -d 'The token; default: `GITHUB_TOKEN`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l environment-url -d 'Where people find what was rolled out: a link on the deployment' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -s R -l recursive -d 'Read folders in folders, too'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l dry-run -d 'Only tell what would change'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l force-conflicts -d 'Take fields that others manage'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l no-wait -d 'Do not wait until the objects are ready'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l create-namespace -d 'Create the namespace if it does not exist'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l insecure-skip-tls-verify -d 'Accept any certificate, if the kubeconfig says so'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -l github-deployment -d 'Record the rollout as a deployment on GitHub; needs a token with `deployments: write`'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -s f -l filename -l file -d 'Manifests whose objects are looked at: a file, a folder, or `-`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l timeout -d 'How long to wait, for example `90s` or `5m`' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l kube-context -d 'The context of the kubeconfig to use; default: the environment\'s, else the current one' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l kubeconfig -d 'The kubeconfig file; default: `KUBECONFIG`, else `~/.kube/config`, else the cluster that this runs in' -r -F
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l kubeconfig-content -d 'The kubeconfig itself, plain or in base64: for CI, through the variable of this flag' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -s n -l namespace -d 'The namespace of objects that name none; objects that name another are an error' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l environment -d 'An environment of `linkspan.yaml`: its context, namespace and manifests' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l allow-exec -d 'A program that the kubeconfig may run to get credentials, besides those of the large clouds' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l format -d 'How the result is written to standard output: text, json, ndjson, sarif, junit or markdown' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l report -d 'Also write the result to a file: `sarif=results.sarif`; may be given several times' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l max-findings -d 'How many findings are kept; all are counted' -r
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -s R -l recursive -d 'Read folders in folders, too'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l no-wait -d 'Look once'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'Accept any certificate, if the kubeconfig says so'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Show no progress'
complete -c linkspan -n "__fish_linkspan_using_subcommand rollout; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
