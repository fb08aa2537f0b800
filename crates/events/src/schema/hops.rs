/// How many references may lead from one to the next.
pub(crate) const MOST_HOPS: usize = 64;

/// The end of a chain of references: what `next` has no successor of. The inner error is where the chain was left
/// that has no end, or one too far.
///
/// # Errors
/// Those of `next`.
pub(crate) fn end_of<T, E>(start: T, mut next: impl FnMut(&T) -> Result<Option<T>, E>) -> Result<Result<T, T>, E> {
    let mut here = start;
    for _ in 0..MOST_HOPS {
        match next(&here)? {
            Some(there) => here = there,
            None => return Ok(Ok(here)),
        }
    }
    Ok(Err(here))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_end() {
        let next = |at: &usize| Ok::<_, ()>((*at < 5).then(|| at + 1));
        assert_eq!(end_of(0, next), Ok(Ok(5)));
        assert_eq!(end_of(0, |at| Ok::<_, ()>(Some(1 - at))), Ok(Err(0)));
        assert_eq!(end_of(0, |_| Err("gone")), Err("gone"));
    }
}
