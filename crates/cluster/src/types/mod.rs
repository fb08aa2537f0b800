//! What the fields of objects may be: the part of OpenAPI that decides how an object is read, merged and compared; and
//! the kinds that are always there, from the committed tables.

mod builtin;
mod immutable;
mod kind;
mod model;
pub mod notation;
pub mod openapi;
pub mod rows;
mod rule;

pub use builtin::{Builtin, Columns, Kinds, builtin};
pub use immutable::{Refusal, Refusals, refusals};
pub use kind::{Column, Group, Kind, Subresource};
pub use model::{Field, Format, List, Map, Patch, Shape, Struct, TypeId, Types};
pub use rule::{Condition, Defaults, Rule};
