//! Runs the whole shop on this machine, without Kubernetes: `cargo run -p end-to-end`.

use std::path::Path;

use end_to_end::Shop;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/shop");
    let mut shop = Shop::open_at(&folder, 8080);
    for service in Shop::services() {
        println!("{:<20} {}", service, shop.url(service, "/"));
    }
    println!("\nLogs and databases are in target/shop. Ctrl-C ends it.");
    shop.wait("web"); // Ctrl-C reaches the services as well
}
