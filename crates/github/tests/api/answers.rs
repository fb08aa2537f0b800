//! What becomes of GitHub's answers, good and bad.

use crate::support::{Answer, Fake, TOKEN, connect, deployment};
use linkspan_github::{DeploymentId, Deployments as _, GitHubError, Links, Record, State, Status};
use serde_json::json;

const CREATED: Answer = Answer::Http("201 Created", "", r#"{"id": 42}"#);
const NONE: Answer = Answer::Http("200 OK", "", "[]");
const BROKEN: Answer = Answer::Http("502 Bad Gateway", "", "<html>no</html>");

fn status() -> Status {
    Status { state: State::InProgress, description: "1 of 2 ready".to_owned(), log_url: None, environment_url: None }
}

async fn refusal(answer: Answer) -> GitHubError {
    let fake = Fake::start(&[answer]).await;
    let error = fake.client().create(&deployment()).await.expect_err("a refusal");
    assert_eq!(fake.lines().len(), 1, "a refusal is not repeated");
    assert!(!format!("{error} {error:?}").contains(TOKEN));
    error
}

#[tokio::test]
async fn a_rollout_is_recorded() {
    let fake = Fake::start(&[CREATED]).await;
    let links = Links {
        log: Some("https://github.com/acme/shop/actions/runs/7".to_owned()),
        environment: Some("https://shop.acme.eu".to_owned()),
    };
    let record = Record::begin(fake.client(), &deployment(), links).await.unwrap();
    assert_eq!(record.id(), DeploymentId(42));
    record.say(State::Success, "2 of 2 ready").await.unwrap();

    let asked = fake.asked();
    assert_eq!(asked[0].line, "POST /api/v3/repos/acme/shop/deployments");
    assert!(asked[0].headers.contains(&format!("authorization: bearer {TOKEN}")));
    assert_eq!(
        asked[0].body,
        json!({
            "ref": "c0ffee", "environment": "staging", "description": "2 services", "auto_merge": false,
            "required_contexts": [], "transient_environment": false, "production_environment": false,
            "payload": {"linkspan": "7/1/staging"}
        })
    );
    assert_eq!(asked[1].line, "POST /api/v3/repos/acme/shop/deployments/42/statuses");
    assert_eq!(asked[1].body["state"], "queued");
    assert_eq!(
        asked[2].body,
        json!({
            "state": "success", "description": "2 of 2 ready", "environment_url": "https://shop.acme.eu",
            "log_url": "https://github.com/acme/shop/actions/runs/7"
        })
    );
}

#[tokio::test]
async fn all_states_have_githubs_names() {
    let fake = Fake::start(&[CREATED]).await;
    let states = [State::Queued, State::InProgress, State::Success, State::Failure, State::Error, State::Inactive];
    for state in states {
        fake.client().add_status(DeploymentId(1), &Status { state, ..status() }).await.unwrap();
    }
    let said: Vec<_> = fake.asked().into_iter().map(|one| one.body["state"].clone()).collect();
    assert_eq!(said, ["queued", "in_progress", "success", "failure", "error", "inactive"]);
}

#[tokio::test]
async fn a_denial_names_the_permission() {
    let body = r#"{"message": "Resource not accessible by integration"}"#;
    assert_eq!(
        refusal(Answer::Http("403 Forbidden", "", body)).await.to_string(),
        "GitHub denies access (Resource not accessible by integration): the token needs `deployments: write`, in a workflow under `permissions:`"
    );
    let header = "x-accepted-github-permissions: contents=read,deployments=write\r\n";
    let GitHubError::Denied { permission, .. } = refusal(Answer::Http("403 Forbidden", header, body)).await else {
        panic!("not denied");
    };
    assert_eq!(permission, "contents: read, deployments: write");
}

#[tokio::test]
async fn refusals_have_types() {
    let unauthorized = refusal(Answer::Http("401 Unauthorized", "", r#"{"message": "Bad credentials"}"#)).await;
    assert_eq!(unauthorized.to_string(), "GitHub does not accept the token: Bad credentials");
    let missing = refusal(Answer::Http("404 Not Found", "", r#"{"message": "Not Found"}"#)).await;
    assert_eq!(
        missing.to_string(),
        "GitHub finds nothing at `/repos/acme/shop/deployments`: it is not there, or the token may not see it"
    );
    let invalid = r#"{"message": "Validation Failed", "errors": [{"field": "ref", "code": "invalid"}]}"#;
    assert_eq!(
        refusal(Answer::Http("422 Unprocessable Entity", "", invalid)).await.to_string(),
        r#"GitHub refuses the request (422): Validation Failed; {"code":"invalid","field":"ref"}"#
    );
    let odd = refusal(Answer::Http("201 Created", "", r#"{"message": "Auto-merged"}"#)).await;
    assert!(matches!(odd, GitHubError::Unexpected(_)), "{odd}");
}

#[tokio::test]
async fn creating_waits_as_long_as_it_is_asked_to() {
    let limited = Answer::Http("429 Too Many Requests", "retry-after: 1\r\n", "{}");
    let fake = Fake::start(&[limited, CREATED]).await;
    assert_eq!(fake.client().create(&deployment()).await.unwrap(), DeploymentId(42));
    assert_eq!(fake.lines().len(), 2);
}

#[tokio::test]
async fn nobody_waits_for_an_hour() {
    let limited = Answer::Http("403 Forbidden", "retry-after: 3600\r\n", r#"{"message": "slow down"}"#);
    let fake = Fake::start(&[limited]).await;
    let expected = "GitHub's rate limit is used up: try again in 3600 s";
    assert_eq!(fake.client().create(&deployment()).await.unwrap_err().to_string(), expected);
    assert_eq!(fake.client().add_status(DeploymentId(1), &status()).await.unwrap_err().to_string(), expected);
}

#[tokio::test]
async fn a_status_is_repeated() {
    let fake = Fake::start(&[BROKEN, Answer::HangUp, CREATED]).await;
    fake.client().add_status(DeploymentId(1), &status()).await.unwrap();
    assert_eq!(fake.lines().len(), 3);
}

#[tokio::test]
async fn a_deployment_whose_answer_was_lost_is_found() {
    let listed = r#"[{"id": 8, "payload": "text"}, {"id": 7, "payload": {"linkspan": "7/1/staging"}}]"#;
    for lost in [Answer::HangUp, BROKEN] {
        let fake = Fake::start(&[lost, Answer::Http("200 OK", "", listed)]).await;
        assert_eq!(fake.client().create(&deployment()).await.unwrap(), DeploymentId(7));
        assert_eq!(
            fake.lines()[1..],
            ["GET /api/v3/repos/acme/shop/deployments?ref=c0ffee&environment=staging&per_page=100"]
        );
    }
}

#[tokio::test]
async fn a_deployment_that_was_not_made_is_made_again() {
    let fake = Fake::start(&[BROKEN, NONE, CREATED]).await;
    assert_eq!(fake.client().create(&deployment()).await.unwrap(), DeploymentId(42));
    let methods: Vec<_> = fake.lines().iter().map(|line| line[..4].to_owned()).collect();
    assert_eq!(methods, ["POST", "GET ", "POST"]);
}

#[tokio::test]
async fn a_server_that_stays_broken_is_given_up() {
    let fake = Fake::start(&[BROKEN, NONE, BROKEN, NONE, BROKEN, NONE, BROKEN, NONE]).await;
    let error = fake.client().create(&deployment()).await.unwrap_err();
    assert_eq!(error.to_string(), "GitHub cannot be reached: it answers 502: <html>no</html>");
    assert_eq!(fake.lines().iter().filter(|line| line.starts_with("POST")).count(), 4);
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    let fake = Fake::start(&[Answer::Silence]).await;
    let error = fake.client().add_status(DeploymentId(1), &status()).await.unwrap_err();
    assert_eq!(error.to_string(), "GitHub cannot be reached: no answer within 5 s");
}

#[tokio::test]
async fn nobody_at_home_is_said_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = connect(&format!("http://{port}")).unwrap().create(&deployment()).await.unwrap_err();
    assert!(matches!(error, GitHubError::Unreachable(_)));
    assert_eq!(error.to_string().matches("onnection refused").count(), 1, "{error}");
}
