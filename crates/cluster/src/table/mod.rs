//! Objects as rows for people: what `kubectl get` shows. The headings stand in the table of kinds; the cells are made
//! here, as the printers of the real server make them (`pkg/printers/internalversion`).

mod cluster;
mod duration;
mod events;
mod kinds;
mod network;
mod pod;
mod row;
mod storage;
mod workload;

pub(crate) use duration::human;
pub(crate) use kinds::cells;
pub(crate) use row::Row;
