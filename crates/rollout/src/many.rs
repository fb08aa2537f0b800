//! The same for many, some at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many calls are under way at the same time.
const AT_ONCE: usize = 16;

/// Does `work` for each item, 16 at a time, and gives the results in the items' order.
pub(crate) async fn each<T, R, W>(items: impl IntoIterator<Item = T>, mut work: impl FnMut(T) -> W) -> Vec<R>
where
    R: Send + 'static,
    W: Future<Output = R> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let (places, work) = (Arc::clone(&places), work(item));
        running.spawn(async move {
            let _place = places.acquire_owned().await;
            (index, work.await)
        });
    }
    let mut done = BTreeMap::new();
    while let Some(joined) = running.join_next().await {
        match joined {
            Ok((index, result)) => _ = done.insert(index, result),
            // A panic in there is a panic here; nothing is ever aborted.
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    done.into_values().collect()
}
