use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> String {
    match parse(text.as_bytes()) {
        Ok(file) => format!("no fault: {file:?}"),
        Err(faults) => faults.to_string(),
    }
}

fn options() -> Options {
    Options {
        target: None,
        build_args: BTreeMap::new(),
        platform: Platform::parse("linux/arm64").unwrap(),
        build_platform: Platform::parse("linux/amd64").unwrap(),
    }
}

fn resolve(text: &str, options: &Options) -> Result<Vec<ResolvedStage>, String> {
    let file = parse(text.as_bytes()).map_err(|faults| faults.to_string())?;
    let mut graph = Graph::new(&file, options).map_err(|faults| faults.to_string())?;
    for stage in graph.missing_bases() {
        graph.set_base(stage, BaseImage::default()).map_err(|fault| fault.to_string())?;
    }
    std::iter::from_fn(|| graph.resolve_next()).map(|stage| stage.map_err(|fault| fault.to_string())).collect()
}

fn last(text: &str) -> ResolvedStage {
    resolve(text, &options()).unwrap().pop().unwrap()
}

fn kinds(stage: ResolvedStage) -> Vec<StepKind> {
    stage.steps.into_iter().map(|step| step.kind).collect()
}

fn warnings(text: &str) -> Vec<String> {
    let file = parse(text.as_bytes()).unwrap();
    let options = options();
    let mut graph = Graph::new(&file, &options).unwrap();
    while let Some(stage) = graph.resolve_next() {
        stage.unwrap();
    }
    graph.warnings().iter().map(|warning| format!("{} {}", warning.span.start.line, warning.rule)).collect()
}

#[test]
fn faults_say_where_and_what() {
    insta::assert_snapshot!(faults("FROM scratch\nCOPPY a b\n  COPY --chwon=1 a b\nRUN [\"a\", 1]\nENV a\nCOPY <<EOF /a\nb\n"), @r"
    line 2, column 1: unknown instruction `COPPY` (did you mean `COPY`?)
    line 3, column 8: COPY knows no flag `--chwon` (did you mean `--chown`?)
    line 4, column 11: the array has something else than strings in it
    line 5, column 5: ENV `a` has no value
    line 6, column 1: the heredoc `EOF` does not end
    ");
}

#[test]
fn a_place_in_a_continued_line_is_that_of_the_file() {
    insta::assert_snapshot!(faults("FROM scratch\nCOPY \\\n  # comment\n  --from=é \\\n  --what a b\n"), @"line 5, column 3: COPY knows no flag `--what`");
    insta::assert_snapshot!(resolve("FROM scratch\nENV x=1 \\\n    ü=${x%}y \\\n    z=${q\n", &options()).unwrap_err(), @"line 4, column 7: `${` is never closed: add the `}`");
}

#[test]
fn what_is_no_dockerfile() {
    insta::assert_snapshot!(faults(""), @"line 1, column 1: the Dockerfile has no instructions");
    insta::assert_snapshot!(faults("# only\n\n"), @"line 1, column 1: the Dockerfile has no instructions");
    insta::assert_snapshot!(faults("ARG a\n"), @"line 1, column 1: the Dockerfile has no FROM");
    insta::assert_snapshot!(faults("RUN a\nFROM scratch"), @"line 1, column 1: RUN stands before the first FROM");
    insta::assert_snapshot!(faults("# escape=`\n# escape=`\nFROM scratch"), @"line 2, column 1: the directive `escape` is given twice");
    insta::assert_snapshot!(faults("# escape=x\nFROM scratch"), @"line 1, column 10: `x` cannot be the escape character");
}

#[test]
fn lines_that_are_not_utf_8() {
    assert!(parse(b"FROM scratch\n# caf\xE9\nENV a=b\n").is_ok());
    let fault = parse(b"FROM scratch\nENV a=caf\xE9\n").unwrap_err();
    insta::assert_snapshot!(fault, @"line 2, column 1: the line is not UTF-8");
}

#[test]
fn hostile_files_are_refused_quickly() {
    assert!(faults(&format!("FROM scratch\nENV a={}", "x".repeat(70_000))).contains("more than 65535 bytes"));
    assert!(faults(&"FOO\n".repeat(1_000)).lines().count() <= 100);
    assert!(
        resolve(&format!("FROM scratch\nENV a={}x{}", "${a:-".repeat(5_000), "}".repeat(5_000)), &options())
            .unwrap_err()
            .contains("substitutions")
    );
    let doubling = "ENV a=${a}${a}\n".repeat(60);
    assert!(resolve(&format!("FROM scratch\nENV a=0123456789\n{doubling}"), &options()).unwrap_err().contains("large"));
    assert!(resolve(&format!("ARG a=0123456789\n{}FROM scratch", "ARG a=${a}${a}\n".repeat(60)), &options()).is_err());
    assert!(faults(&format!("FROM scratch\n{}", "ONBUILD ".repeat(8_000))).contains("not allowed"));
    assert!(
        resolve(&format!("FROM scratch\n{}", "EXPOSE 0-65535\n".repeat(5_000)), &options())
            .unwrap_err()
            .contains("large")
    );
    assert!(faults(&"FROM scratch\n".repeat(10_001)).contains("stages"));
}

#[test]
fn directives() {
    let file = parse(b"\xEF\xBB\xBF# syntax = docker/dockerfile:1 more\n#ESCAPE=`\n# check=skip=all\nFROM scratch\nENV a=b `\n  c=d\n").unwrap();
    assert_eq!(file.directives.syntax.unwrap().value, "docker/dockerfile:1");
    assert_eq!(file.directives.escape, '`');
    assert_eq!(file.stages[0].instructions.len(), 1);
    let shebang = parse(b"#!/usr/bin/env x\n# syntax=a\nFROM scratch\n").unwrap();
    assert_eq!(shebang.directives.syntax.unwrap().span.start.line, 2);
}

#[test]
fn an_instruction_sees_the_environment_from_before_it() {
    let stage = last("FROM scratch\nENV a=1\nENV a=2 b=$a\nLABEL c=\"$a $b\" '$a'=${none:-x}\n");
    assert_eq!(
        kinds(stage)[1..],
        [
            StepKind::Env(vec![("a".into(), "2".into()), ("b".into(), "1".into())]),
            StepKind::Label(vec![("c".into(), "2 1".into()), ("$a".into(), "x".into())]),
        ]
    );
}

#[test]
fn args_have_the_scope_of_their_stage() {
    let text = "ARG v=1\nFROM scratch AS a\nENV x=$v\nARG v\nENV y=$v\nFROM a\nENV z=$v\nFROM scratch\nENV w=$v\n";
    let env = |target: &str| {
        let options = Options { target: Some(target.into()), ..options() };
        kinds(resolve(text, &options).unwrap().pop().unwrap())
    };
    assert_eq!(env("A")[0], StepKind::Env(vec![("x".into(), String::new())]));
    assert_eq!(env("a")[2], StepKind::Env(vec![("y".into(), "1".into())]));
    let mut options = options();
    options.build_args.insert("v".into(), "9".into());
    let stages = resolve(&text.replace("FROM scratch\n", ""), &options).unwrap();
    assert_eq!(stages[1].steps[0].kind, StepKind::Env(vec![("z".into(), "9".into())]));
}

#[test]
fn platform_arguments_must_be_declared_again() {
    let stage = last(
        "FROM scratch\nENV a=$TARGETARCH\nARG TARGETARCH BUILDPLATFORM TARGETSTAGE\nENV a=$TARGETARCH-$BUILDPLATFORM-$TARGETSTAGE\n",
    );
    let kinds = kinds(stage);
    assert_eq!(kinds[0], StepKind::Env(vec![("a".into(), String::new())]));
    assert_eq!(kinds[2], StepKind::Env(vec![("a".into(), "arm64-linux/amd64-default".into())]));
}

#[test]
fn only_what_the_target_needs_is_built() {
    let text = "FROM scratch AS a\nFROM scratch AS unused\nRUN x\nFROM scratch AS b\nCOPY --from=a /x /y\nFROM b\nCOPY --from=0 /x /z\n";
    let stages = resolve(text, &options()).unwrap();
    assert_eq!(stages.iter().map(|stage| stage.index).collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(stages[2].base, Base::Stage(2));
}

#[test]
fn stages_that_cannot_be_built() {
    let fails = |text: &str| resolve(text, &options()).unwrap_err();
    insta::assert_snapshot!(fails("FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nCOPY --from=a / /\n"), @"line 1, column 1: stage `a` copies from itself, directly or through other stages");
    insta::assert_snapshot!(fails("FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nFROM a\n"), @"line 2, column 6: stage 1 is used before it is built");
    insta::assert_snapshot!(fails("FROM scratch\nCOPY --from=3 / /\n"), @"line 2, column 6: there is no stage 3");
    insta::assert_snapshot!(fails("FROM scratch\nCOPY --from=$x / /\n"), @"line 2, column 6: `--from` takes no variables, quotes or escapes");
    insta::assert_snapshot!(fails("FROM $x\n"), @"line 1, column 6: `$x` expands to nothing");
    let target = Options { target: Some("0".into()), ..options() };
    insta::assert_snapshot!(resolve("FROM scratch AS final\n", &target).unwrap_err(), @"line 1, column 1: there is no stage `0`");
}

#[test]
fn stage_names_are_compared_as_written_in_from_and_in_any_case_elsewhere() {
    let file = parse(b"FROM scratch AS Build\nFROM Build\n").unwrap();
    assert!(Graph::new(&file, &options()).is_err());
    let stage = last("FROM scratch AS Build\nFROM scratch\nCOPY --from=BUILD a /\n");
    assert!(matches!(&stage.steps[0].kind, StepKind::Copy(Copy { from: Source::Stage(0), .. })));
}

#[test]
fn copies() {
    let stage = last(
        "FROM scratch\nWORKDIR /w\nENV d=sub\nCOPY --chown=1:2 --chmod=u=rwX,go=rX --exclude=*.x a \"b\" $d/\nCOPY <<A <<-'B' /x/\n$d\nA\n\t$d\nB\n",
    );
    let kinds = kinds(stage);
    let StepKind::Copy(copy) = &kinds[2] else { panic!() };
    assert_eq!(
        (copy.sources.as_slice(), copy.target.as_str()),
        (["a".to_owned(), "b".to_owned()].as_slice(), "/w/sub/")
    );
    assert_eq!(copy.chmod, Some(Chmod::Symbolic("u=rwX,go=rX".into())));
    let StepKind::Copy(copy) = &kinds[3] else { panic!() };
    let files: Vec<_> = copy.heredocs.iter().map(|file| (file.name.as_str(), file.content.as_str())).collect();
    assert_eq!(files, [("A", "sub\n"), ("B", "$d\n")]);
}

#[test]
fn history_is_that_of_buildkit() {
    let stage = last(
        "FROM scratch\nENV a=b\nWORKDIR x\nCOPY --chown=1 a b /c/\nCMD [\"a\", \"q\\\"\\u001b\"]\nENTRYPOINT x\nHEALTHCHECK --interval=90s CMD x\nONBUILD RUN y\nRUN z\n",
    );
    let texts: Vec<String> = stage.steps.iter().map(|step| format!("{} {:?}", step.layer, step.created_by)).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
    false Some("ENV a=b")
    true Some("WORKDIR /x")
    true Some("COPY --chown=1 a b /c/ # buildkit")
    false Some("CMD [\"a\" \"q\\\"\\x1b\"]")
    false Some("ENTRYPOINT [\"/bin/sh\" \"-c\" \"x\"]")
    false Some("HEALTHCHECK {Test:[CMD-SHELL x] Interval:1m30s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}")
    false None
    true Some("RUN /bin/sh -c z # buildkit")
    "#);
}

#[test]
fn health_checks() {
    let stage = last("FROM scratch\nHEALTHCHECK --interval=1h2m3.5s --retries=2 CMD [\"a\"]\n");
    let StepKind::Healthcheck(check) = &stage.steps[0].kind else { panic!() };
    assert_eq!((check.interval, check.retries), (Duration::from_millis(3_723_500), 2));
    assert!(faults("FROM scratch\nHEALTHCHECK --interval=1us CMD a").contains("less than 1ms"));
    assert!(faults("FROM scratch\nHEALTHCHECK --interval=5 CMD a").contains("no duration"));
}

#[test]
fn triggers_of_the_base_run_first() {
    let file =
        parse(b"FROM image AS a\nENV own=1\nFROM a\nFROM scratch AS b\nONBUILD ENV t=2\nFROM b\nENV u=$t\n").unwrap();
    let options = options();
    let mut graph = Graph::new(&file, &options).unwrap();
    assert!(graph.missing_bases().is_empty());
    graph.resolve_next().unwrap().unwrap();
    let stage = graph.resolve_next().unwrap().unwrap();
    assert!(stage.steps[0].on_build);
    assert_eq!(kinds(stage)[1], StepKind::Env(vec![("u".into(), "2".into())]));

    let target = Options { target: Some("a".into()), ..options };
    let mut graph = Graph::new(&file, &target).unwrap();
    assert_eq!(graph.missing_bases(), [0]);
    let image = BaseImage { on_build: vec!["COPY --from=b /x /y".into()], ..BaseImage::default() };
    let fault = graph.set_base(0, image).map(|()| graph.reachable().collect::<Vec<_>>());
    assert_eq!(fault.unwrap(), [0, 2]);
    let image = BaseImage { on_build: vec!["FROM x".into()], ..BaseImage::default() };
    insta::assert_snapshot!(graph.set_base(0, image).unwrap_err(), @"line 1, column 1: ONBUILD trigger `FROM x` of the base: FROM is not allowed");
}

#[test]
fn checks_have_buildkits_names() {
    let text = "from scratch as One\nFROM scratch AS one\nENV KEY v\nENV x=$y\nWORKDIR a\nCMD a\nCMD b\nEXPOSE 80/TCP 1:2\nMAINTAINER m\n";
    insta::assert_snapshot!(warnings(text).join("\n"), @r"
    1 StageNameCasing
    1 ConsistentInstructionCasing
    2 DuplicateStageName
    3 LegacyKeyValueFormat
    3 SecretsUsedInArgOrEnv
    4 UndefinedVar
    5 WorkdirRelativePath
    6 JSONArgsRecommended
    6 MultipleInstructionsDisallowed
    7 JSONArgsRecommended
    8 ExposeInvalidFormat
    8 ExposeProtoCasing
    9 MaintainerDeprecated
    ");
    assert!(warnings(&format!("# check=skip=all\n{text}")).is_empty());
    assert!(warnings("FROM scratch\n# check=skip=UndefinedVar\nENV x=$y\n").is_empty());
    let strict = format!("# check=error=true\n{text}");
    assert!(resolve(&strict, &options()).unwrap_err().contains("# check=error=true"));
}

#[test]
fn sources_that_the_context_hides() {
    let file = parse(b"FROM scratch\nCOPY a ./b/x c /\nADD . /\nCOPY --from=0x b /\n").unwrap();
    let options = options();
    let found = |text: &str| {
        let ignore = crate::context::IgnoreFile::read(text.as_bytes()).unwrap();
        let mut graph = Graph::new(&file, &options).unwrap().with_ignore(&ignore);
        graph.resolve_next().unwrap().unwrap();
        graph.warnings().into_iter().map(|warning| warning.message).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(found("a\nb"), @r#"
    Attempting to Copy file "a" that is excluded by .dockerignore
    Attempting to Copy file "b/x" that is excluded by .dockerignore
    "#);
    insta::assert_snapshot!(found("**"), @r#"
    Attempting to Copy file "a" that is excluded by .dockerignore
    Attempting to Copy file "b/x" that is excluded by .dockerignore
    Attempting to Copy file "c" that is excluded by .dockerignore
    Attempting to Add file "." that is excluded by .dockerignore
    "#);
    assert_eq!(found("a\n!b"), "");
}

#[test]
fn platforms() {
    let read = |text: &str| Platform::parse(text).map(|platform| platform.to_string());
    assert_eq!(read("linux/x86_64").unwrap(), "linux/amd64");
    assert_eq!(read("linux/arm64").unwrap(), "linux/arm64");
    assert_eq!(read("linux/arm64/v8").unwrap(), "linux/arm64/v8");
    assert_eq!(read("linux/arm/v7").unwrap(), "linux/arm/v7");
    assert_eq!(read("armhf").unwrap(), "linux/arm");
    assert_eq!(read("windows(10.0.1)/amd64").unwrap(), "windows(10.0.1)/amd64");
    for wrong in ["", "lin ux/amd64", "a/b/c/d", "*", "nothing", "linux/"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn places_are_within_the_file(
        text in "((FROM|COPY|ENV|RUN|ARG|ONBUILD|HEALTHCHECK CMD|--from=a|<<A|A|é|\\\\|`|\"|'|\\$\\{|\\}|\\[|#| |=|a|\n|\r\n){0,12}\n){0,6}"
    ) {
        let lines: Vec<&str> = text.split('\n').collect();
        let check = |span: Span| {
            for place in [span.start, span.end] {
                assert!(place.line >= 1 && place.line <= lines.len() + 1, "{text:?} {span:?}");
                let width = lines.get(place.line - 1).map_or(0, |line| line.chars().count());
                assert!(place.column >= 1 && place.column <= width + 2, "{text:?} {span:?}");
            }
            assert!(span.start <= span.end, "{text:?} {span:?}");
        };
        match parse(text.as_bytes()) {
            Err(faults) => faults.0.iter().for_each(|fault| check(fault.span)),
            Ok(file) => {
                file.stages.iter().flat_map(|stage| &stage.instructions).for_each(|instruction| check(instruction.span));
                let _ = resolve(&text, &options());
            }
        }
    }

    #[test]
    fn words_never_panic(word in "[$\\{\\}a-c:+?#%/*'\"\\\\ é<-]{0,30}") {
        let _ = shell::Lexer::new('\\').process(&word, &shell::Empty);
    }
}
