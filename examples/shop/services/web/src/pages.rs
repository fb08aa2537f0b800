//! The pages. What comes from outside passes through [`escape`].

use shopkit::{Problem, html::escape};

use crate::storefront::{Offer, Progress};

/// All that can be bought.
pub(crate) fn home(offers: &[Offer]) -> String {
    let main = match offers {
        [] => include_str!("pages/empty.html").to_owned(),
        _ => include_str!("pages/home.html")
            .replace("{sellers}", &sellers(offers))
            .replace("{cards}", &offers.iter().map(card).collect::<String>()),
    };
    layout("Books, records and more", "", &main)
}

fn sellers(offers: &[Offer]) -> String {
    let mut names: Vec<&str> = offers.iter().map(|offer| offer.seller.as_str()).collect();
    names.dedup(); // the storefront sorts by seller
    names.iter().map(|name| format!("<li>{}</li>", escape(name))).collect()
}

fn card(offer: &Offer) -> String {
    fill(include_str!("pages/card.html"), offer)
}

/// One product, with the form that buys it.
pub(crate) fn product(offer: &Offer, order: &str) -> String {
    let main = fill(include_str!("pages/product.html"), offer).replace("{order}", &escape(order));
    layout(&offer.title, "", &main)
}

/// An order's page.
pub(crate) fn order(order: &Progress) -> String {
    let main = include_str!("pages/order.html")
        .replace("{order}", &escape(&order.order_id))
        .replace("{progress}", &progress(order));
    // Without JavaScript the browser asks again by itself.
    let refresh = match is_settled(order) {
        true => "",
        false => {
            "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\n<script src=\"/order.js\" defer></script>"
        }
    };
    layout("Your order", refresh, &main)
}

/// The part of the order's page that changes.
pub(crate) fn progress(order: &Progress) -> String {
    include_str!("pages/progress.html")
        .replace("{settled}", if is_settled(order) { "true" } else { "false" })
        .replace("{status}", &escape(&order.status))
        .replace("{headline}", headline(order))
        .replace("{quantity}", &order.quantity.to_string())
        .replace("{title}", &escape(&order.title))
        .replace("{seller}", &escape(&order.seller))
        .replace("{customer}", &escape(&order.customer))
        .replace("{total}", &euros(order.total_cents))
        .replace("{steps}", &steps(order))
}

/// Nothing more will happen to it.
fn is_settled(order: &Progress) -> bool {
    order.status == "rejected" || order.points.is_some()
}

fn headline(order: &Progress) -> &'static str {
    match (order.status.as_str(), order.points) {
        ("rejected", _) => "Sorry, we cannot send this",
        (_, Some(_)) => "All done, thank you!",
        ("reserved", None) => "Yours: we have put it aside",
        _ => "Thank you, we have your order",
    }
}

fn steps(order: &Progress) -> String {
    let placed = step("done", "Placed", "The storefront has written your order down.");
    if order.status == "rejected" {
        let reason = order.reason.as_deref().unwrap_or("The warehouse could not reserve it.");
        return placed
            + &step("failed", "Rejected", &sentence(reason))
            + &step("never", "No points", "You pay nothing.");
    }
    let reserved = match order.status.as_str() {
        "reserved" => step("done", "Reserved", "The warehouse has put it aside for you."),
        _ => step("now", "Reserving", "The warehouse is looking on its shelves."),
    };
    let points = match (order.points, order.status.as_str()) {
        (Some(points), _) => step("done", "Points added", &points_text(points, order.balance)),
        (None, "reserved") => step("now", "Adding points", "Loyalty is working out your points."),
        (None, _) => step("later", "Points", "Loyalty adds points once it is reserved."),
    };
    placed + &reserved + &points
}

fn step(state: &str, name: &str, text: &str) -> String {
    let current = if state == "now" { " aria-current=\"step\"" } else { "" };
    format!("<li class=\"{state}\"{current}><strong>{name}</strong><span>{}</span></li>\n", escape(text))
}

fn points_text(points: i64, balance: Option<i64>) -> String {
    match balance {
        Some(balance) => format!("{points} points for this order; you have {balance} now."),
        None => format!("{points} points for this order."),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// A page that says what went wrong.
pub(crate) fn sorry(problem: &Problem) -> String {
    let main = include_str!("pages/sorry.html").replace("{detail}", &escape(&problem.detail));
    layout("That did not work", "", &main)
}

fn fill(template: &str, offer: &Offer) -> String {
    template
        .replace("{sku}", &escape(&offer.sku))
        .replace("{kind}", &escape(&offer.kind))
        .replace("{colour}", &(offer.sku.bytes().map(u32::from).sum::<u32>() % 8).to_string())
        .replace("{price}", &euros(offer.price_cents))
        .replace("{seller}", &escape(&offer.seller))
        .replace("{creator}", &escape(&offer.creator))
        .replace("{title}", &escape(&offer.title))
}

fn layout(title: &str, head: &str, main: &str) -> String {
    include_str!("pages/layout.html").replace("{head}", head).replace("{page}", &escape(title)).replace("{main}", main)
}

fn euros(cents: i64) -> String {
    format!("€{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed() -> Progress {
        serde_json::from_str(
            r#"{"orderId": "1", "customer": "<script>", "title": "T", "seller": "S", "quantity": 2,
                "totalCents": 2590, "status": "placed"}"#,
        )
        .unwrap()
    }

    #[test]
    fn an_order_moves() {
        let page = progress(&placed());
        assert!(page.contains("Reserving") && page.contains("€25.90") && page.contains("data-settled=\"false\""));
        let page = progress(&Progress { status: "reserved".into(), points: Some(25), balance: Some(30), ..placed() });
        assert!(page.contains("you have 30 now") && page.contains("data-settled=\"true\""));
        let page = progress(&Progress { status: "rejected".into(), reason: Some("none left".into()), ..placed() });
        assert!(page.contains("None left.") && page.contains("data-settled=\"true\""));
    }

    #[test]
    fn what_a_person_typed_is_text() {
        assert!(!order(&placed()).contains("<script>"));
    }
}
