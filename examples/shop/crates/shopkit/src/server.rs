//! HTTP with health endpoints and an end that loses no request.
//!
//! Kubernetes ends a pod by sending SIGTERM and, *at the same time*, telling
//! every node to send it no more requests. The second takes a moment to reach
//! everyone. So on SIGTERM the service first only says "not ready", goes on
//! answering while the news spreads, and then closes.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{Error, config};

static ENDING: AtomicBool = AtomicBool::new(false);

/// Serves the router on `HOST`:`PORT` (0.0.0.0:8080) until SIGTERM or SIGINT,
/// then for `DRAIN_SECONDS` (5) more, then until the last request is answered.
pub async fn serve(router: Router) -> Result<(), Error> {
    let host = config::optional("HOST").unwrap_or_else(|| "0.0.0.0".into());
    let address = format!("{host}:{}", config::number("PORT", 8080)?);
    let drain = Duration::from_secs(config::number("DRAIN_SECONDS", 5)?);
    let stop = stop_signal()?;
    let router = router
        .route("/health/live", get(|| async { "alive" }))
        .route("/health/ready", get(ready))
        .layer(middleware::from_fn(close_while_ending));
    let io = |cause| Error::Io { what: format!("address `{address}`"), cause };
    let listener = TcpListener::bind(&address).await.map_err(io)?;
    crate::log!("listening", address = address);
    let shutdown = async move {
        stop.await;
        ENDING.store(true, Ordering::Relaxed);
        crate::log!("asked to end, draining", seconds = drain.as_secs());
        tokio::time::sleep(drain).await;
    };
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(io)?;
    crate::log!("ended");
    Ok(())
}

/// Readiness is about *this* process alone. A service that turned unready
/// because another one is down would spread the failure instead of containing it.
async fn ready() -> (StatusCode, &'static str) {
    match ENDING.load(Ordering::Relaxed) {
        false => (StatusCode::OK, "ready"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "ending"),
    }
}

/// While the service ends, callers with a kept-open connection are asked to
/// open the next one elsewhere.
async fn close_while_ending(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if ENDING.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn stop_signal() -> Result<impl Future<Output = ()>, Error> {
    let io = |cause| Error::Io { what: "signals".into(), cause };
    let mut terminate = signal(SignalKind::terminate()).map_err(io)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(io)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
