use std::collections::VecDeque;

/// A maximum matching of a bipartite graph: for each left vertex, its right one.
///
/// `neighbours` has each left vertex's right vertices, best first: a vertex takes the first that is free, then
/// augmenting paths (Hopcroft and Karp) complete the matching. So among several maximum matchings the answer is always
/// the same.
pub(super) fn maximum(neighbours: &[Vec<usize>], right: usize) -> Vec<Option<usize>> {
    let mut matching = Matching { of_left: vec![None; neighbours.len()], of_right: vec![None; right] };
    for (left, candidates) in neighbours.iter().enumerate() {
        if let Some(free) = candidates.iter().find(|candidate| matching.of_right[**candidate].is_none()) {
            matching.join(left, *free);
        }
    }
    while let Some(mut layers) = matching.layers(neighbours) {
        for left in 0..neighbours.len() {
            if matching.of_left[left].is_none() {
                matching.augment(left, neighbours, &mut layers);
            }
        }
    }
    matching.of_left
}

struct Matching {
    of_left: Vec<Option<usize>>,
    of_right: Vec<Option<usize>>,
}

impl Matching {
    fn join(&mut self, left: usize, right: usize) {
        self.of_left[left] = Some(right);
        self.of_right[right] = Some(left);
    }

    /// Each left vertex's distance from a free one along alternating paths; `None` if no path ends at a free vertex.
    fn layers(&self, neighbours: &[Vec<usize>]) -> Option<Vec<usize>> {
        let mut layers = vec![usize::MAX; neighbours.len()];
        let free = self.of_left.iter().enumerate().filter(|(_, right)| right.is_none());
        let mut queue: VecDeque<usize> = free.map(|(left, _)| left).collect();
        queue.iter().for_each(|left| layers[*left] = 0);
        let mut found = false;
        while let Some(left) = queue.pop_front() {
            for right in &neighbours[left] {
                match self.of_right[*right] {
                    None => found = true,
                    Some(next) if layers[next] == usize::MAX => {
                        layers[next] = layers[left] + 1;
                        queue.push_back(next);
                    }
                    Some(_) => {}
                }
            }
        }
        found.then_some(layers)
    }

    fn augment(&mut self, left: usize, neighbours: &[Vec<usize>], layers: &mut [usize]) -> bool {
        for right in &neighbours[left] {
            let layer = layers[left];
            let through = match self.of_right[*right] {
                None => true,
                Some(next) => layers[next] == layer + 1 && self.augment(next, neighbours, layers),
            };
            if through {
                self.join(left, *right);
                return true;
            }
        }
        layers[left] = usize::MAX;
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::maximum;

    /// The most edges that can be matched, by trying everything.
    fn most(neighbours: &[Vec<usize>], used: u32) -> usize {
        let Some((first, rest)) = neighbours.split_first() else { return 0 };
        let taken = first.iter().filter(|right| used & (1 << **right) == 0);
        taken.map(|right| 1 + most(rest, used | (1 << *right))).max().unwrap_or(0).max(most(rest, used))
    }

    proptest! {
        #[test]
        fn it_is_a_matching_and_no_other_is_larger(
            neighbours in prop::collection::vec(prop::collection::btree_set(0_usize..6, 0..6), 0..6)
        ) {
            let neighbours: Vec<Vec<usize>> = neighbours.into_iter().map(|set| set.into_iter().collect()).collect();
            let matched = maximum(&neighbours, 6);
            let mut rights: Vec<usize> = matched.iter().flatten().copied().collect();
            prop_assert_eq!(rights.len(), most(&neighbours, 0));
            for (left, right) in matched.iter().enumerate() {
                prop_assert!(right.is_none_or(|right| neighbours[left].contains(&right)));
            }
            rights.sort_unstable();
            rights.dedup();
            prop_assert_eq!(rights.len(), matched.iter().flatten().count());
        }
    }

    #[test]
    fn the_better_edge_is_taken_where_it_can_be() {
        assert_eq!(maximum(&[vec![0, 1], vec![1, 0]], 2), [Some(0), Some(1)]);
        assert_eq!(maximum(&[vec![0, 1], vec![0]], 2), [Some(1), Some(0)]);
    }
}
