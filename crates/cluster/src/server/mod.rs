//! The API over HTTP.

mod accept;
mod discovery;
mod listen;
mod message;
pub(crate) mod openapi;
mod query;
mod route;

pub(crate) use accept::{Encoding, Form, View, aggregated, negotiate};
pub(crate) use discovery::Served;
pub(crate) use listen::{Service, serve};
pub(crate) use message::{Answer, Request};
pub(crate) use route::{Route, Target, Verb, route};
