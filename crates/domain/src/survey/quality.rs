//! Answers to look at: given too fast, all alike, or sent more often than chance explains.

use std::collections::HashMap;

use super::{
    column::{Column, MISSING},
    special::poisson_tail,
};

/// Fewer known durations say nothing of what is fast.
const LEAST: usize = 10;
/// Questions of a block that must be answered alike.
pub const BLOCK: usize = 4;
/// How unlikely equal answers must be to be called the same answer sent again.
const SURPRISE: f64 = 1e-3;

/// Respondents who took less than a third of the median time, and the limit in seconds; none when too few durations are
/// known.
pub fn speeders(seconds: &[Option<f64>]) -> Option<(f64, Vec<usize>)> {
    let mut known: Vec<f64> = seconds.iter().flatten().copied().filter(|one| one.is_finite() && *one >= 0.0).collect();
    if known.len() < LEAST {
        return None;
    }
    known.sort_by(f64::total_cmp);
    let middle = known.len() / 2;
    let median = if known.len() % 2 == 1 { known[middle] } else { f64::midpoint(known[middle - 1], known[middle]) };
    let limit = median / 3.0;
    let fast = seconds.iter().enumerate().filter(|(_, one)| one.is_some_and(|one| one >= 0.0 && one < limit));
    Some((limit, fast.map(|(at, _)| at).collect()))
}

/// Respondents who gave the same point throughout a block of at least [`BLOCK`] scale questions, in every such block they
/// answered.
pub fn straight_liners(blocks: &[Vec<&Column>], rows: &[u32]) -> Vec<usize> {
    let blocks: Vec<&Vec<&Column>> = blocks.iter().filter(|block| block.len() >= BLOCK).collect();
    let alike = |row: usize| {
        let mut answered = 0;
        for block in &blocks {
            let mut codes = block.iter().filter_map(|column| match column {
                Column::One { codes, .. } => Some(codes[row]).filter(|code| *code != MISSING),
                _ => None,
            });
            let Some(first) = codes.next() else { continue };
            let mut count = 1;
            for code in codes {
                if code != first {
                    return false;
                }
                count += 1;
            }
            if count < BLOCK {
                return false;
            }
            answered += 1;
        }
        answered > 0
    };
    rows.iter().enumerate().filter(|(_, row)| alike(**row as usize)).map(|(at, _)| at).collect()
}

/// One answer as the search for duplicates sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Print {
    /// Fingerprint of everything that was answered.
    pub answers: u64,
    /// Fingerprint of where it came from: device, account or link; 0 where that is not known.
    pub channel: u64,
    /// Natural logarithm of the chance that somebody gives just these answers.
    pub ln_chance: f64,
}

/// An answer that repeats another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// Which.
    pub at: usize,
    /// The first of its like.
    pub first: usize,
    /// Whether both came through the same device, account or link.
    pub same_channel: bool,
}

/// Answers that are sent again, in the order of arrival. Two people may well answer three questions alike: equal answers are
/// duplicates only where so many of them are less likely than one in a thousand by the shares of the answers they consist of
/// (Poisson). The first of its like is never one.
pub fn duplicates(prints: &[Print]) -> Vec<Duplicate> {
    let mut channels: HashMap<u64, u64> = HashMap::new();
    let mut groups: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, print) in prints.iter().enumerate() {
        *channels.entry(print.channel).or_default() += 1;
        groups.entry(print.answers).or_default().push(at);
    }
    let mut found = Vec::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let chance = prints[group[0]].ln_chance.exp();
        let everywhere = surprising(group.len(), prints.len() as u64, chance);
        let mut firsts: HashMap<u64, (usize, usize)> = HashMap::new();
        for &at in &group {
            firsts.entry(prints[at].channel).or_insert((at, 0)).1 += 1;
        }
        for &at in &group {
            let channel = prints[at].channel;
            let (first, count) = firsts[&channel];
            let same = channel != 0 && at != first && surprising(count, channels[&channel], chance);
            if same {
                found.push(Duplicate { at, first, same_channel: true });
            } else if everywhere && at != group[0] {
                found.push(Duplicate { at, first: group[0], same_channel: false });
            }
        }
    }
    found.sort_by_key(|one| one.at);
    found
}

fn surprising(count: usize, of: u64, chance: f64) -> bool {
    count > 1 && poisson_tail(count as u64, of as f64 * chance) < SURPRISE
}

/// The most answers that came through one channel within `seconds`; `times` in order.
pub fn burst(times: &[i64], seconds: i64) -> usize {
    let (mut most, mut from) = (0, 0);
    for (at, time) in times.iter().enumerate() {
        while times[from] < time - seconds {
            from += 1;
        }
        most = most.max(at - from + 1);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_took_less_than_a_third_of_the_median_is_fast() {
        let mut seconds: Vec<Option<f64>> = (0..11).map(|n| Some(90.0 + f64::from(n))).collect();
        seconds.extend([Some(31.0), Some(32.0), None]);
        // The median of 13 durations is 94: a third is 31.33.
        let (limit, fast) = speeders(&seconds).unwrap();
        assert!((limit - 94.0 / 3.0).abs() < 1e-9);
        assert_eq!(fast, [11]);
        assert_eq!(speeders(&seconds[..9]), None, "nine durations say nothing");
    }

    #[test]
    fn the_same_point_throughout_is_a_straight_line_and_three_questions_are_none() {
        let column = |codes: &[u16]| Column::One { codes: codes.to_vec(), choices: 5 };
        let block =
            [column(&[1, 1, 4, MISSING]), column(&[1, 2, 4, 1]), column(&[1, 1, 4, 1]), column(&[1, 1, MISSING, 1])];
        let block: Vec<&Column> = block.iter().collect();
        assert_eq!(
            straight_liners(std::slice::from_ref(&block), &[0, 1, 2, 3]),
            [0],
            "three answered questions are too few"
        );
        assert_eq!(straight_liners(&[block[..3].to_vec()], &[0, 1, 2, 3]), [] as [usize; 0]);
        let varied = [column(&[0, 0, 0, 0]), column(&[1, 1, 1, 1]), column(&[0, 0, 0, 0]), column(&[0, 0, 0, 0])];
        assert_eq!(straight_liners(&[block, varied.iter().collect()], &[0]), [] as [usize; 0], "one block is not");
    }

    fn print(answers: u64, channel: u64, chance: f64) -> Print {
        Print { answers, channel, ln_chance: chance.ln() }
    }

    #[test]
    fn rare_answers_sent_again_are_duplicates_and_common_ones_are_not() {
        let mut prints = vec![print(1, 7, 1e-6), print(1, 7, 1e-6), print(1, 8, 1e-6)];
        prints.extend((0..97).map(|n| print(100 + n, 9, 1e-6)));
        let found = duplicates(&prints);
        assert_eq!(
            found,
            [Duplicate { at: 1, first: 0, same_channel: true }, Duplicate { at: 2, first: 0, same_channel: false },]
        );
        // Two yes-or-no questions: a quarter of all give the same answers, nobody cheats.
        let honest: Vec<Print> = (0..100).map(|n| print(n % 4, 9, 0.25)).collect();
        assert_eq!(duplicates(&honest), []);
    }

    #[test]
    fn what_came_from_nowhere_known_is_not_one_channel() {
        let prints = [print(1, 0, 0.02), print(1, 0, 0.02)];
        // Two of two at 0.02: the chance is 0.00078.
        assert!(duplicates(&prints).iter().all(|one| !one.same_channel));
    }

    #[test]
    fn the_densest_minute_is_found() {
        assert_eq!(burst(&[0, 10, 20, 300, 310, 320, 330, 1_000], 60), 4);
        assert_eq!(burst(&[], 60), 0);
    }
}
