use serde_json::{Value, json};

use super::{Random, ask, failed};
use crate::dockerfile::{self, BaseImage, Graph, Options, Platform, StepKind};

const LINES: [&str; 88] = [
    "ENV A=1",
    "ENV A=2 B=$A",
    "ENV C=${A:-x}${B+y}",
    "ENV D e f",
    "ENV E=\"q u\" F='$A'",
    "ENV PATH=/x:$PATH",
    "ENV $A=b",
    "ENV G=${NOPE}",
    "ENV API_KEY=x",
    "ARG A",
    "ARG A=5",
    "ARG X=$A Y",
    "ARG GLOBAL",
    "ARG TARGETARCH",
    "ARG BUILDPLATFORM TARGETPLATFORM TARGETSTAGE",
    "ARG GIVEN=d",
    "ARG TOKEN",
    "LABEL a=b c=\"d e\"",
    "LABEL l $A",
    "LABEL $A=${B}x",
    "WORKDIR /a",
    "WORKDIR b/c",
    "WORKDIR ../d",
    "WORKDIR $A",
    "WORKDIR /",
    "WORKDIR /e//f/../g/",
    "USER u",
    "USER $A:g",
    "EXPOSE 80",
    "EXPOSE 90/UDP 7000-7002",
    "EXPOSE ${A}0 1:2",
    "EXPOSE 70000",
    "EXPOSE 127.0.0.1:80:90",
    "EXPOSE $NOPE",
    "VOLUME /v",
    "VOLUME [\"/w x\", \"$A\"]",
    "STOPSIGNAL SIGTERM",
    "STOPSIGNAL 9",
    "STOPSIGNAL rtmin+3",
    "STOPSIGNAL $A",
    "STOPSIGNAL nope",
    "SHELL [\"/bin/bash\", \"-c\"]",
    "CMD a $A",
    "CMD [\"a\", \"\\u00e9\\n\"]",
    "CMD []",
    "ENTRYPOINT x",
    "ENTRYPOINT [\"y\"]",
    "HEALTHCHECK NONE",
    "HEALTHCHECK --interval=90s --timeout=1.5s --retries=3 CMD curl x",
    "HEALTHCHECK --start-period=1ms CMD [\"a\"]",
    "ONBUILD ENV O=1",
    "ONBUILD COPY --from=one /a /b",
    "MAINTAINER me",
    "COPY a b",
    "COPY a b /c/",
    "COPY --chown=1:2 --chmod=755 $A ./",
    "COPY --chmod=u+x a .",
    "COPY --chmod=9 a .",
    "COPY --link --chown=bob a /",
    "COPY --link --chown=1 a /",
    "COPY --from=one /x /y",
    "COPY --from=0 /x /y",
    "COPY --from=7 /x /y",
    "COPY --from=$A /x /y",
    "COPY --from=two /x /y",
    "COPY --parents a/./b /c",
    "COPY <<EOF /x\nhi $A\nEOF",
    "COPY <<'EOF' <<-B /x/\n$A\nEOF\n\tq \"r\"\nB",
    "ADD a.tar /",
    "ADD --checksum=sha256:1 a /",
    "COPY https://x/y /z",
    "ADD --unpack a /b",
    "RUN echo $A",
    "RUN [\"a\", \"b\"]",
    "RUN <<EOF\necho $A\nEOF",
    "RUN <<-EOF cat\n\tq\nEOF",
    "RUN --mount=type=cache,target=/c --network=none x",
    "RUN --mount=from=one,target=$A x",
    "RUN --mount=type=$B x",
    "FROM image",
    "FROM image AS one",
    "FROM $GLOBAL",
    "FROM --platform=linux/amd64 image AS x",
    "FROM scratch AS one",
    "FROM one AS two",
    "FROM scratch",
    "FROM --platform=$BUILDPLATFORM scratch AS Three",
    "FROM one",
];

fn random_file(random: &mut Random) -> String {
    let mut file =
        String::from(random.pick(&["", "", "", "# escape=`\n", "# check=error=true\n", "# check=skip=all\n"]));
    file.push_str(random.pick(&["", "", "ARG GLOBAL=g\n", "ARG GLOBAL=g H=$GLOBAL-h\n", "ARG GIVEN\n"]));
    file.push_str(random.pick(&[
        "FROM scratch\n",
        "FROM scratch AS one\n",
        "FROM scratch AS one\nENV A=from-one\n",
        "from scratch as One\n",
    ]));
    for _ in 0..random.below(9) {
        file.push_str(random.pick(&LINES));
        file.push('\n');
    }
    file
}

fn options(target: &str) -> Options {
    Options {
        target: Some(target.to_owned()).filter(|target| !target.is_empty()),
        build_args: [("GIVEN".to_owned(), "given".to_owned()), ("TOKEN".to_owned(), "t".to_owned())].into(),
        platform: Platform::parse("linux/arm64").unwrap(),
        build_platform: Platform::parse("linux/arm64").unwrap(),
    }
}

/// History and environment of a stage.
type Image = (Vec<Value>, Vec<(String, String)>);
type Own = (Vec<Value>, Value, Vec<Value>);

const TRIGGERS: [&str; 3] = ["ENV TRIGGERED=$BASE", "COPY x /y", "LABEL a $PATH"];

/// The configuration of all images.
fn base() -> Value {
    json!({
        "architecture": "arm64", "os": "linux",
        "config": {"Env": ["BASE=b", "A=from-base"], "WorkingDir": "/base", "User": "u", "OnBuild": TRIGGERS},
        "rootfs": {"type": "layers", "diff_ids": []}, "history": [],
    })
}

fn base_image() -> BaseImage {
    BaseImage {
        env: vec![("BASE".into(), "b".into()), ("A".into(), "from-base".into())],
        working_dir: "/base".into(),
        user: "u".into(),
        on_build: TRIGGERS.map(str::to_owned).to_vec(),
        os: "linux".into(),
        ..BaseImage::default()
    }
}

/// History, environment and warnings as this crate has them.
fn own(text: &str, target: &str) -> Result<Own, String> {
    let file = dockerfile::parse(text.as_bytes()).map_err(|faults| faults.to_string())?;
    let options = options(target);
    let mut graph = Graph::new(&file, &options).map_err(|faults| faults.to_string())?;
    while let Some(stage) = graph.missing_bases().first().copied() {
        graph.set_base(stage, base_image()).map_err(|fault| fault.to_string())?;
    }
    let mut images: Vec<Image> = vec![Default::default(); file.stages.len()];
    while let Some(stage) = graph.resolve_next() {
        let stage = stage.map_err(|fault| fault.to_string())?;
        let (mut history, mut env) = match stage.base {
            dockerfile::Base::Stage(index) => images[index].clone(),
            dockerfile::Base::Image { .. } => (Vec::new(), base_image().env),
            dockerfile::Base::Scratch => Default::default(),
        };
        if stage.default_path {
            env.push(("PATH".into(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into()));
        }
        for step in &stage.steps {
            if let Some(text) = &step.created_by {
                let mut entry = json!({"created_by": text, "comment": "buildkit.dockerfile.v0"});
                if !step.layer {
                    entry["empty_layer"] = json!(true);
                }
                history.push(entry);
            }
            if let StepKind::Env(pairs) = &step.kind {
                for (name, value) in pairs {
                    match env.iter_mut().find(|(known, _)| known == name) {
                        Some(known) => known.1.clone_from(value),
                        None => env.push((name.clone(), value.clone())),
                    }
                }
            }
        }
        images[stage.index] = (history, env);
    }
    let (history, env) = images[graph.target()].clone();
    let env: Vec<String> = env.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut warnings: Vec<Value> = graph
        .warnings()
        .into_iter()
        .map(|warning| json!({"rule": warning.rule, "message": warning.message, "line": warning.span.start.line}))
        .collect();
    warnings.sort_by_key(Value::to_string);
    Ok((history, json!(env), warnings))
}

#[test]
fn random_images() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let cases: Vec<(String, &str)> =
        (0..6_000).map(|_| (random_file(&mut random), random.pick(&["", "", "", "", "ONE", "two", "0"]))).collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|(text, target)| {
            json!({"op": "image", "text": text, "target": target, "platform": "linux/arm64", "base": base(),
                   "build_args": {"GIVEN": "given", "TOKEN": "t"}})
        })
        .collect();
    let Some(answers) = ask(&questions) else { return };
    let (mut differences, mut accepted) = (Vec::new(), 0);
    for ((text, target), answer) in cases.iter().zip(&answers) {
        let own = own(text, target);
        let judged = if failed(answer) {
            Err(answer["error"].to_string())
        } else {
            accepted += 1;
            let mut warnings = answer.get("warnings").and_then(Value::as_array).cloned().unwrap_or_default();
            warnings.sort_by_key(Value::to_string);
            let history = answer["config"].get("history").and_then(Value::as_array).cloned().unwrap_or_default();
            Ok((history, answer["config"]["config"]["Env"].clone(), warnings))
        };
        let same = match (&own, &judged) {
            (Ok(own), Ok(judged)) => own == judged,
            (Err(_), Err(_)) => true,
            _ => false,
        };
        if !same {
            differences.push(format!("{text}--- target {target:?}\n  own   {own:?}\n  judge {judged:?}"));
        }
    }
    let count = differences.len();
    differences.sort_by_key(String::len);
    differences.truncate(6);
    assert!(count == 0, "{count} of {} differ:\n{}", cases.len(), differences.join("\n\n"));
    assert!(accepted > 1_500, "{accepted}");
}
