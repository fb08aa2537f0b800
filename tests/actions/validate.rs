use crate::support::act::act;
use crate::support::have;
use crate::{project, says};

const PROJECT: &str = "tests/cli/events.in";

#[test]
fn outputs_are_passed_on() {
    if !have(&["act"]) {
        return;
    }
    let folder = project(
        PROJECT,
        "      - id: validate
        uses: linkspan-dev/linkspan/actions/validate@v1
      - env: { DOCUMENTS: '${{ steps.validate.outputs.documents }}', INVALID: '${{ steps.validate.outputs.invalid }}' }
        run: echo \"checked $DOCUMENTS, invalid $INVALID.\"
",
    );
    let run = act(folder.path(), &[]);
    assert!(run.success, "{}", run.log);
    assert_eq!((run.output("validate.documents"), run.output("validate.invalid")), ("2", "0"));
    says(&run.log, &["checked 2, invalid 0."]);
    assert_eq!(run.errors().count(), 0);
}

#[test]
fn what_is_wrong_is_annotated_and_fails() {
    if !have(&["act"]) {
        return;
    }
    let folder = project(
        PROJECT,
        "      - id: validate
        uses: linkspan-dev/linkspan/actions/validate@v1
        with:
          files: |
            bad.ndjson
            contracts/examples
          report: sarif=results.sarif
      - if: always()
        run: echo \"sarif $(grep -c ruleId results.sarif)\"
",
    );
    let run = act(folder.path(), &[]);
    assert!(!run.success, "{}", run.log);
    let places: Vec<_> = run.errors().map(|error| (error.place(), error.get("title"))).collect();
    let place = || "bad.ndjson:1".to_owned();
    assert_eq!(
        places,
        [(place(), "schema/required"), (place(), "schema/minLength"), (place(), "schema/additionalProperties")]
    );
    assert_eq!(run.output("validate.invalid"), "1");
    says(&run.summary, &["3 errors", "the required property `qty` is missing", "contracts/examples/good.ndjson"]);
    says(&run.log, &["did you mean `kind`?", "exit status 1", "sarif 3"]);
}
