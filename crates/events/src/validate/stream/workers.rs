//! Work on all cores, results in order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How far one worker may be ahead of the slowest, in results for each worker.
const AHEAD: usize = 8;

/// How much stack a worker has: deep documents are checked against deep schemas by recursion.
const STACK: usize = 256 << 20;

/// What the workers share.
struct State<S, M> {
    source: Mutex<(S, usize)>,
    merged: Mutex<Merged<M>>,
    turn: Condvar,
}

/// The results so far.
struct Merged<M> {
    /// The index of the next result.
    next: usize,
    merge: M,
    stopped: bool,
}

/// Takes items one after the other from `take`, works on them with one of `jobs` workers, and gives the results to
/// `merge` in the order of the items, until there are no more or `merge` wants none.
///
/// Only some results wait for their turn at a time, so that memory is bounded whatever comes in.
pub(in crate::validate) fn in_order<T, R: Send, W: FnMut(T) -> R>(
    jobs: usize,
    take: impl FnMut() -> Option<T> + Send,
    worker: impl Fn() -> W + Sync,
    merge: impl FnMut(R) -> bool + Send,
) {
    let merged = Merged { next: 0, merge, stopped: false };
    let state = State { source: Mutex::new((take, 0)), merged: Mutex::new(merged), turn: Condvar::new() };
    let waiting = Mutex::new(BTreeMap::new());
    let work = || {
        let mut worker = worker();
        while let Some((index, item)) = state.take() {
            let result = worker(item);
            if !state.give(&waiting, jobs * AHEAD, index, result) {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            // Where no further thread is to be had, the others do the work.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        let first = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        if first.is_err() {
            work();
        }
    });
}

/// Does something with as much stack as a worker has; where no thread is to be had, with what there is.
pub(in crate::validate) fn with_stack<R: Send>(work: impl Fn() -> R + Sync) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => work(),
        }
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T, S: FnMut() -> Option<T>, M> State<S, M> {
    /// The next item and its index.
    fn take(&self) -> Option<(usize, T)> {
        let mut source = locked(&self.source);
        let item = (source.0)()?;
        let index = source.1;
        source.1 += 1;
        Some((index, item))
    }
}

impl<S, M> State<S, M> {
    /// Hands over a result; whether more are wanted.
    fn give<R>(&self, waiting: &Mutex<BTreeMap<usize, R>>, most: usize, index: usize, result: R) -> bool
    where
        M: FnMut(R) -> bool,
    {
        let mut merged = locked(&self.merged);
        while index > merged.next + most && !merged.stopped {
            merged = self.turn.wait(merged).unwrap_or_else(PoisonError::into_inner);
        }
        let mut waiting = locked(waiting);
        waiting.insert(index, result);
        while let Some(result) = waiting.remove(&merged.next).filter(|_| !merged.stopped) {
            merged.next += 1;
            merged.stopped = !(merged.merge)(result);
        }
        self.turn.notify_all();
        !merged.stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_stop_when_nobody_wants_more() {
        for jobs in [1, 2, 7] {
            let mut items = 0..1000;
            let mut found = Vec::new();
            let busy = |item: usize| std::hint::black_box((0..(item * 7919) % 5000).sum::<usize>());
            let worker = || |item: usize| (item, busy(item));
            let merge = |(item, _)| {
                found.push(item);
                item < 600
            };
            in_order(jobs, || items.next(), worker, merge);
            assert_eq!(found, (0..=600).collect::<Vec<_>>());
        }
    }
}
