//! Walks over stages that need each other, without recursion.

/// Which of `count` stages `from` needs, itself included.
pub(super) fn reachable(count: usize, from: usize, needs: impl Fn(usize) -> Vec<usize>) -> Vec<bool> {
    let mut reachable = vec![false; count];
    let mut open = vec![from];
    while let Some(stage) = open.pop() {
        if !std::mem::replace(&mut reachable[stage], true) {
            open.extend(needs(stage));
        }
    }
    reachable
}

/// A stage that needs itself, directly or through others.
pub(super) fn in_circle(count: usize, needs: impl Fn(usize) -> Vec<usize>) -> Option<usize> {
    // Stages that nothing needs any more are taken away until none is left, or only circles and what they need.
    let needed: Vec<Vec<usize>> = (0..count).map(needs).collect();
    let mut users = vec![0_usize; count];
    for stage in needed.iter().flatten() {
        users[*stage] += 1;
    }
    let mut open: Vec<usize> = (0..count).filter(|stage| users[*stage] == 0).collect();
    let mut taken = 0;
    while let Some(stage) = open.pop() {
        taken += 1;
        for other in &needed[stage] {
            users[*other] -= 1;
            if users[*other] == 0 {
                open.push(*other);
            }
        }
    }
    if taken == count { None } else { users.iter().position(|users| *users > 0) }
}
