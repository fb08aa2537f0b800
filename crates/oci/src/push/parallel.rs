//! A bounded number of threads over a list.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::client::Error;

/// Runs `work` on every item on at most `threads` threads; results in the items' order. After an
/// error nothing new is begun and the flag that `work` is given becomes true; of several errors
/// the one that came first counts.
pub(super) fn in_parallel<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T, &AtomicBool) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let threads = threads.clamp(1, 64).min(items.len());
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failure = Mutex::new(None);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let run = || {
        while !stop.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { break };
            match work(item, &stop) {
                Ok(result) => lock(&results).push((place, result)),
                Err(error) => {
                    lock(&failure).get_or_insert(error);
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        // This thread works as well: one item needs no other.
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order() {
        let items: Vec<u32> = (0..100).collect();
        let doubled = in_parallel(8, &items, |item, _| Ok(item * 2)).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(in_parallel(4, &[] as &[u32], |item, _| Ok(*item)).unwrap().is_empty());
    }

    #[test]
    fn the_first_error_counts_and_stops_the_rest() {
        let begun = AtomicUsize::new(0);
        let items: Vec<u32> = (0..1_000).collect();
        let result = in_parallel(4, &items, |item, stop| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *item == 3 {
                return Err(Error::Address("first".to_owned()));
            }
            while !stop.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            Err::<(), _>(Error::Stopped)
        });
        assert!(matches!(result, Err(Error::Address(_))));
        assert_eq!(begun.into_inner(), 4);
    }
}
