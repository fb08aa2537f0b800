use serde_json::{Map, Value};

use crate::compat::registry::documents::Written;
use crate::compat::registry::value::Reading;

/// An object's members in the order in which the peer meets them: as they stand, but in a root document that of a Java
/// `HashMap`, in which only those of one bucket are as they stand.
pub(super) fn members<'v>(
    object: &'v Map<String, Value>,
    reading: Reading,
    written: &Written<'_>,
) -> Vec<(&'v str, &'v Value)> {
    let mut members = written.members(object);
    if reading == Reading::Root {
        let capacity = capacity(members.len());
        members.sort_by_key(|(name, _)| bucket(name, capacity));
    }
    members
}

/// The table doubles when it is three quarters full.
fn capacity(members: usize) -> u32 {
    let mut capacity = 16_u32;
    while capacity < 1 << 30 && members > capacity as usize / 4 * 3 {
        capacity *= 2;
    }
    capacity
}

fn bucket(name: &str, capacity: u32) -> u32 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    (hash ^ (hash >> 16)) & (capacity - 1)
}

#[cfg(test)]
mod tests {
    use super::{bucket, capacity};

    fn ordered(words: &str, capacity: u32) -> Vec<u32> {
        words.split(' ').filter(|word| *word != "·").map(|word| bucket(word, capacity)).collect()
    }

    #[test]
    fn keywords_stand_in_the_order_of_their_buckets() {
        let sixteen = "exclusiveMaximum · allOf · not · const · propertyNames · minLength · pattern · anyOf · readOnly · \
                       maxProperties · type · $ref · enum · minProperties";
        let many = "multipleOf · maxItems · const · minLength · pattern · anyOf · readOnly · type · enum · minProperties · \
                    exclusiveMaximum · allOf · not · propertyNames · uniqueItems · maximum · maxProperties · \
                    exclusiveMinimum · $ref · maxLength";
        for (words, capacity) in [(sixteen, 16), (many, 32)] {
            let buckets = ordered(words, capacity);
            assert!(buckets.is_sorted_by(|a, b| a < b), "{capacity}: {buckets:?}");
        }
        for together in ["enum maxLength required", "exclusiveMaximum multipleOf minItems dependentRequired"] {
            let buckets = ordered(together, 16);
            assert!(buckets.iter().all(|bucket| *bucket == buckets[0]), "{together}: {buckets:?}");
        }
    }

    #[test]
    fn the_table_grows_at_three_quarters() {
        let sizes = [0, 12, 13, 24, 25, 48, 49].map(capacity);
        assert_eq!(sizes, [16, 16, 32, 32, 64, 64, 128]);
    }
}
