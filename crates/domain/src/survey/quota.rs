//! How many to ask in each stratum, and whom.

/// Spreads `size` over strata in proportion to their people, by the largest remainder (Hamilton); equal remainders go to the
/// stratum that comes first. No stratum gets more than it has people: what is left over goes to the others.
pub fn quotas(people: &[u64], size: u64) -> Vec<u64> {
    let mut quota = vec![0_u64; people.len()];
    let mut open: Vec<usize> = (0..people.len()).filter(|at| people[*at] > 0).collect();
    let mut left = size.min(people.iter().sum());
    while left > 0 && !open.is_empty() {
        let total: u128 = open.iter().map(|at| u128::from(people[*at])).sum();
        let mut due: Vec<(usize, u64, u128)> = open
            .iter()
            .map(|&at| {
                let exact = u128::from(left) * u128::from(people[at]);
                (at, u64::try_from(exact / total).unwrap_or(u64::MAX), exact % total)
            })
            .collect();
        let mut rest = left - due.iter().map(|(_, whole, _)| whole).sum::<u64>();
        due.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
        for (at, whole, _) in due {
            let more = whole + u64::from(rest > 0);
            rest = rest.saturating_sub(1);
            let fits = more.min(people[at] - quota[at]);
            quota[at] += fits;
            left -= fits;
        }
        open.retain(|at| quota[*at] < people[*at]);
    }
    quota
}

/// Draws `size` of `ids` at random by a seed. Each id has a lot of its own that follows from the seed alone, and the lowest
/// lots are drawn: the order in which people are given does not matter, and somebody who moves in changes at most one place.
pub fn draw(ids: &[u128], size: usize, seed: u64) -> Vec<usize> {
    let mut lots: Vec<(u64, u128, usize)> = ids.iter().enumerate().map(|(at, id)| (lot(*id, seed), *id, at)).collect();
    lots.sort_unstable();
    lots.truncate(size);
    lots.into_iter().map(|(_, _, at)| at).collect()
}

/// The lot of an id: SplitMix64 over both halves.
fn lot(id: u128, seed: u64) -> u64 {
    let halves = [(id >> 64) as u64, id as u64];
    halves.into_iter().fold(mix(seed), |sum, half| mix(sum ^ half))
}

fn mix(x: u64) -> u64 {
    let mut x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        // 100 of 1,001 / 507 / 492: 50.05, 25.35, 24.6 → the last has the largest remainder.
        assert_eq!(quotas(&[1_001, 507, 492], 100), [50, 25, 25]);
        assert_eq!(quotas(&[10, 10, 10], 10), [4, 3, 3], "equal remainders: the first");
        assert_eq!(quotas(&[0, 7], 3), [0, 3], "an empty stratum is asked nothing");
    }

    #[test]
    fn nobody_is_asked_twice_to_fill_a_quota() {
        assert_eq!(quotas(&[2, 100], 200), [2, 100]);
        assert_eq!(quotas(&[], 5), [] as [u64; 0]);
        assert_eq!(quotas(&[0, 0], 5), [0, 0]);
    }

    #[test]
    fn a_draw_is_the_same_by_its_seed_and_another_by_another() {
        let ids: Vec<u128> = (0..1_000).map(|n| n * 7_919).collect();
        let first = draw(&ids, 10, 1);
        assert_eq!(first, draw(&ids, 10, 1));
        assert_ne!(first, draw(&ids, 10, 2));
        assert_eq!(draw(&ids, 5_000, 1).len(), 1_000);
    }

    #[test]
    fn everybody_is_drawn_about_as_often() {
        let ids: Vec<u128> = (0..20).collect();
        let mut times = [0_u32; 20];
        for seed in 0..4_000 {
            draw(&ids, 5, seed).into_iter().for_each(|at| times[at] += 1);
        }
        // Expected 1,000 with a standard deviation of 27: five of them each way.
        assert!(times.iter().all(|n| (860..1_140).contains(n)), "{times:?}");
    }

    proptest! {
        #[test]
        fn quotas_add_up_and_stay_within_one_of_their_share(people in prop::collection::vec(0_u64..10_000, 1..12), size in 0_u64..500) {
            let quota = quotas(&people, size);
            let total: u64 = people.iter().sum();
            prop_assert_eq!(quota.iter().sum::<u64>(), size.min(total));
            for (given, held) in quota.iter().zip(&people) {
                prop_assert!(given <= held);
                if size <= total && total > 0 {
                    let exact = size as f64 * *held as f64 / total as f64;
                    prop_assert!((*given as f64 - exact).abs() < 1.0 + 1e-9, "{} for {}", given, exact);
                }
            }
        }

        #[test]
        fn the_order_people_are_given_in_does_not_matter(ids in prop::collection::hash_set(any::<u64>(), 1..50), seed in any::<u64>()) {
            let forwards: Vec<u128> = ids.iter().map(|id| u128::from(*id)).collect();
            let backwards: Vec<u128> = forwards.iter().rev().copied().collect();
            let whom = |ids: &[u128]| draw(ids, 7, seed).into_iter().map(|at| ids[at]).collect::<Vec<_>>();
            prop_assert_eq!(whom(&forwards), whom(&backwards));
        }
    }
}
