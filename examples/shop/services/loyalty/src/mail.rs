//! Tells the customer, through a mail service that takes `POST`s of JSON.

use std::time::Duration;

use models::Points;
use shopkit::{client, config};

/// The way to the mail service; without `MAIL_URL` no mail is sent.
pub(crate) struct Mailer {
    agent: ureq::Agent,
    url: Option<String>,
}

impl Mailer {
    pub(crate) fn from_environment() -> Self {
        Self { agent: client::new(Duration::from_secs(2)), url: config::optional("MAIL_URL") }
    }

    /// Sends while the transaction is still open: if that fails afterwards, the
    /// customer has read about points that are not there. An effect on the
    /// outside belongs behind the outbox, like the events.
    pub(crate) fn send(&self, added: &Points) {
        let Some(url) = &self.url else { return };
        let text = format!("You got {} points and have {} now.", added.points, added.balance);
        let mail = serde_json::json!({ "to": added.customer, "subject": "Your points", "text": text });
        let sent = self.agent.post(url).content_type("application/json").send(mail.to_string());
        if let Err(error) = sent {
            shopkit::log!("no mail sent", order = added.order_id, error = error);
        }
    }
}
