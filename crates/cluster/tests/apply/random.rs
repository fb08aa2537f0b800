//! Random choices that are the same for the same seed.

pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Some of them, in some order.
    pub(crate) fn some<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        let mut chosen: Vec<T> = Vec::new();
        for one in all {
            if self.once_in(2) {
                chosen.insert(self.below(chosen.len() + 1), one.clone());
            }
        }
        chosen
    }
}
