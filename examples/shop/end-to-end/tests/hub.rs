//! What must hold of the hub, for whatever comes and whoever listens.

use std::time::Duration;

use end_to_end::{Shop, agent, send, sink::Sink, wait_for};
use serde_json::{Value, json};

const JSON: &str = "application/json";

fn publish(shop: &Shop, id: &str) {
    let event = json!({"specversion": "1.0", "id": id, "source": "/test", "type": "com.example.test.happened.v1", "data": {"id": id}});
    assert_eq!(send("POST", &shop.url("hub", "/events"), "application/cloudevents+json", &event), 202);
}

fn subscribe(shop: &Shop, sink: &Sink) {
    let wish = json!({"types": ["com.example.test.*"], "sink": sink.url});
    assert_eq!(send("PUT", &shop.url("hub", "/subscriptions/late"), JSON, &wish), 200);
}

fn subscription(shop: &Shop) -> Value {
    shop.json("hub", "/subscriptions/late")
}

#[test]
fn a_late_subscriber_gets_everything_from_the_beginning_in_order() {
    let mut shop = Shop::open();
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    expected.iter().for_each(|id| publish(&shop, id));
    publish(&shop, "3"); // a producer that got no answer sends again

    let sink = Sink::open(true);
    subscribe(&shop, &sink);
    wait_for("all events", || sink.count() >= 20);
    assert_eq!(sink.ids(), expected);
    let headers = sink.deliveries.lock().unwrap()[0].headers.clone();
    assert!(headers.contains("webhook-request-origin: hub.harbourbooks.example"), "{headers}");
    assert!(headers.contains("content-type: application/cloudevents+json"), "{headers}");

    // A killed hub goes on where it was; a subscription that wants to, begins again.
    wait_for("the position", || subscription(&shop)["waiting"] == 0);
    shop.kill("hub");
    shop.start("hub");
    publish(&shop, "20");
    wait_for("the new event", || sink.ids().last().is_some_and(|id| id == "20"));
    assert_eq!(sink.count(), 21);
    assert_eq!(send("POST", &shop.url("hub", "/subscriptions/late/replay"), JSON, &json!({"after": 0})), 204);
    wait_for("everything again", || sink.count() == 42);
}

#[test]
fn what_a_sink_answers_is_understood() {
    let shop = Shop::open();
    let sink = Sink::open(true);
    sink.answer(&[
        "503 Service Unavailable",
        "429 Too Many Requests\r\nRetry-After: 2",
        "204 No Content",
        "415 Unsupported Media Type",
    ]);
    subscribe(&shop, &sink);
    publish(&shop, "first");
    publish(&shop, "unwanted");
    publish(&shop, "last");
    wait_for("all deliveries", || sink.count() == 5);
    assert_eq!(sink.ids(), ["first", "first", "first", "unwanted", "last"]);
    {
        let deliveries = sink.deliveries.lock().unwrap();
        assert!(deliveries[2].at - deliveries[1].at >= Duration::from_secs(2), "Retry-After was not waited for");
    }

    // 415 made a dead letter, which can be sent again.
    let dead = shop.json("hub", "/dead-letters");
    assert_eq!((dead.as_array().unwrap().len(), &dead[0]["event"]["id"]), (1, &json!("unwanted")));
    let resend = shop.url("hub", &format!("/dead-letters/late/{}/resend", dead[0]["position"]));
    sink.answer(&["500 Internal Server Error"]);
    assert_eq!(send("POST", &resend, JSON, &json!({})), 502);
    assert_eq!(send("POST", &resend, JSON, &json!({})), 204);
    assert_eq!(shop.json("hub", "/dead-letters"), json!([]));

    // 410: the sink is gone, and nothing more is sent.
    sink.answer(&["410 Gone"]);
    publish(&shop, "refused");
    wait_for("the end", || subscription(&shop)["gone"] == true);
    publish(&shop, "never sent");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(sink.ids().last().unwrap(), "refused");
}

#[test]
fn a_sink_that_did_not_agree_gets_nothing() {
    let shop = Shop::open();
    let sink = Sink::open(false);
    subscribe(&shop, &sink);
    publish(&shop, "unasked");
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(sink.count(), 0);
    assert_eq!(subscription(&shop)["waiting"], 1);
}

#[test]
fn what_is_not_an_event_is_refused() {
    let shop = Shop::open();
    let post = |media_type: &str, body: &Value| send("POST", &shop.url("hub", "/events"), media_type, body);
    assert_eq!(post("text/plain", &json!("hello")), 415);
    assert_eq!(post("application/cloudevents+json", &json!({"specversion": "1.0", "id": "1"})), 400);
    assert_eq!(post("application/cloudevents-batch+json", &json!([])), 202);
    let bad = json!({"types": [], "sink": "http://127.0.0.1:1/"});
    assert_eq!(send("PUT", &shop.url("hub", "/subscriptions/x"), JSON, &bad), 422);
    let removal = agent().delete(shop.url("hub", "/subscriptions/warehouse")).call().unwrap();
    assert_eq!(removal.status(), 409, "it comes from the file");
}
