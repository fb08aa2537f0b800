//! What a rollout will do, decided before any effect.

mod diff;
mod fields;
mod make;
mod order;

pub use diff::{FieldChange, diff};
pub use fields::{is_applied, take_over};
pub use make::{Action, MANAGER, Plan, Step};
pub(crate) use make::{NoPlan, definitions, make};
pub use order::order;
