//! Open answers: their words, weighted by how telling they are, and groups of answers that say much the same.

use std::collections::{BTreeMap, HashMap};

use super::quota::draw;

/// Answers that are compared each with each; the others join the nearest group.
const COMPARED: usize = 1_500;
/// Answers are alike from this cosine on.
const ALIKE: f64 = 0.25;
/// Answers a group has at least.
const LEAST: usize = 2;

/// A word of open answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// The word.
    pub word: String,
    /// Answers it is in.
    pub n: u64,
    /// Sum of its TF-IDF over all answers.
    pub weight: f64,
}

/// Answers that say much the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its most telling words.
    pub words: Vec<String>,
    /// Answers, the most typical first.
    pub members: Vec<usize>,
}

/// Words that say nothing by themselves.
const STOP: &[&str] = &[
    "的", "了", "和", "是", "在", "我", "我们", "你", "您", "他", "她", "它", "们", "这", "那", "有", "就", "都", "也",
    "很", "还", "不", "没", "没有", "无", "要", "会", "能", "可以", "可", "应该", "应", "希望", "建议", "请", "把",
    "被", "对", "对于", "让", "给", "到", "去", "来", "上", "下", "中", "里", "与", "及", "或", "等", "而", "但",
    "但是", "因为", "所以", "如果", "一个", "一些", "一下", "一", "太", "更", "再", "又", "吧", "吗", "呢", "啊", "着",
    "过", "得", "地", "之", "其", "为", "以", "于", "从", "向", "由", "多", "少", "比较", "非常", "什么", "怎么",
    "这个", "那个", "自己", "现在", "已经", "进行", "方面", "问题", "情况", "需要", "the", "a", "an", "of", "to",
    "and", "in", "is", "it", "for", "on", "be", "should", "please", "we", "i", "not", "no", "with", "that", "are",
];

/// Whether a word may say something: no stop word, no single sign, no mere number.
pub fn is_telling(word: &str) -> bool {
    let letters = word.chars().filter(|sign| sign.is_alphabetic()).count();
    letters >= 2 && !STOP.contains(&word)
}

/// An answer as its words with their weights, of length 1.
struct Vector {
    words: Vec<(u32, f64)>,
}

/// Words → numbers, and in how many answers each is.
struct Index<'a> {
    names: Vec<&'a str>,
    answers: Vec<u64>,
    vectors: Vec<Vector>,
    weights: Vec<f64>,
}

fn index<'a>(texts: &'a [Vec<String>]) -> Index<'a> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut index = Index { names: Vec::new(), answers: Vec::new(), vectors: Vec::new(), weights: Vec::new() };
    let mut counted = Vec::with_capacity(texts.len());
    for words in texts {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for word in words.iter().filter(|word| is_telling(word)) {
            let number = *numbers.entry(word).or_insert_with(|| {
                index.names.push(word);
                index.answers.push(0);
                index.names.len() as u32 - 1
            });
            *counts.entry(number).or_default() += 1;
        }
        counts.keys().for_each(|number| index.answers[*number as usize] += 1);
        counted.push(counts);
    }
    let n = texts.len() as f64;
    index.weights = vec![0.0; index.names.len()];
    for counts in counted {
        let mut words: Vec<(u32, f64)> = counts
            .into_iter()
            .map(|(number, times)| {
                // Smoothed, so that a word in every answer still counts a little.
                let idf = ((1.0 + n) / (1.0 + index.answers[number as usize] as f64)).ln() + 1.0;
                (number, f64::from(times) * idf)
            })
            .collect();
        words.iter().for_each(|(number, weight)| index.weights[*number as usize] += weight);
        let length = words.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        words.iter_mut().for_each(|(_, weight)| *weight /= length);
        index.vectors.push(Vector { words });
    }
    index
}

impl Vector {
    fn cosine(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut sum) = (self.words.iter().peekable(), other.words.iter().peekable(), 0.0);
        while let (Some((one, x)), Some((two, y))) = (a.peek(), b.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    sum += x * y;
                    a.next();
                    b.next();
                }
            }
        }
        sum
    }
}

/// The most telling words of answers (each a list of words), at most `most`.
pub fn keywords(texts: &[Vec<String>], most: usize) -> Vec<Keyword> {
    let index = index(texts);
    let mut all: Vec<Keyword> = (0..index.names.len())
        .map(|at| Keyword { word: index.names[at].to_owned(), n: index.answers[at], weight: index.weights[at] })
        .collect();
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
    all.truncate(most);
    all
}

/// Groups of answers that say much the same, the largest first, at most `most`. An answer with no telling word is in none.
///
/// The answer with most others like it is the middle of the first group; what is left is grouped likewise. Time is bounded:
/// [`COMPARED`] answers, drawn by lot, are compared each with each, the others join the group whose middle is nearest.
pub fn clusters(texts: &[Vec<String>], most: usize) -> Vec<Cluster> {
    let index = index(texts);
    let speaking: Vec<usize> = (0..texts.len()).filter(|at| !index.vectors[*at].words.is_empty()).collect();
    let sampled = sample(&speaking);
    let like = neighbours(&index, &sampled);
    let mut group_of: Vec<Option<usize>> = vec![None; sampled.len()];
    let mut middles: Vec<usize> = Vec::new();
    while middles.len() < most {
        let free = |at: usize| like[at].iter().filter(|(other, _)| group_of[*other].is_none()).count();
        let best = (0..sampled.len()).filter(|at| group_of[*at].is_none()).map(|at| (free(at), at));
        // Of equally good middles the one whose words come first, so that the order of the answers does not matter.
        let best = best.max_by(|a, b| a.0.cmp(&b.0).then_with(|| texts[sampled[b.1]].cmp(&texts[sampled[a.1]])));
        let Some((count, middle)) = best.filter(|(count, _)| count + 1 >= LEAST) else { break };
        debug_assert!(count > 0);
        group_of[middle] = Some(middles.len());
        for (other, _) in &like[middle] {
            group_of[*other].get_or_insert(middles.len());
        }
        middles.push(sampled[middle]);
    }
    let mut members: Vec<Vec<(f64, usize)>> = vec![Vec::new(); middles.len()];
    let known: HashMap<usize, Option<usize>> = sampled.iter().copied().zip(group_of).collect();
    for &at in &speaking {
        let cosine = |group: usize| index.vectors[at].cosine(&index.vectors[middles[group]]);
        let group = match known.get(&at) {
            Some(group) => *group,
            None => (0..middles.len())
                .map(|group| (cosine(group), group))
                .filter(|(cosine, _)| *cosine >= ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
                .map(|(_, group)| group),
        };
        if let Some(group) = group {
            members[group].push((cosine(group), at));
        }
    }
    let mut found: Vec<Cluster> = members.into_iter().map(|members| told(&index, members)).collect();
    found.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.words.cmp(&b.words)));
    found
}

/// As many answers as are compared, drawn by lot: evenly spaced ones would miss what comes at even spaces.
fn sample(speaking: &[usize]) -> Vec<usize> {
    if speaking.len() <= COMPARED {
        return speaking.to_vec();
    }
    let lots: Vec<u128> = speaking.iter().map(|at| *at as u128).collect();
    let mut drawn: Vec<usize> = draw(&lots, COMPARED, 0).into_iter().map(|at| speaking[at]).collect();
    drawn.sort_unstable();
    drawn
}

/// For each of the sampled answers those that are like it, with the cosine. Only answers that share a word are compared.
fn neighbours(index: &Index<'_>, sampled: &[usize]) -> Vec<Vec<(usize, f64)>> {
    let mut holding: Vec<Vec<(usize, f64)>> = vec![Vec::new(); index.names.len()];
    for (at, text) in sampled.iter().enumerate() {
        for (word, weight) in &index.vectors[*text].words {
            holding[*word as usize].push((at, *weight));
        }
    }
    let mut sums = vec![0.0; sampled.len()];
    sampled
        .iter()
        .enumerate()
        .map(|(at, text)| {
            sums.fill(0.0);
            for (word, weight) in &index.vectors[*text].words {
                for (other, theirs) in &holding[*word as usize] {
                    sums[*other] += weight * theirs;
                }
            }
            let alike = sums.iter().enumerate().filter(|(other, sum)| *other != at && **sum >= ALIKE);
            alike.map(|(other, sum)| (other, *sum)).collect()
        })
        .collect()
}

fn told(index: &Index<'_>, mut members: Vec<(f64, usize)>) -> Cluster {
    let mut weights: BTreeMap<u32, f64> = BTreeMap::new();
    for (_, at) in &members {
        for (word, weight) in &index.vectors[*at].words {
            *weights.entry(*word).or_default() += weight;
        }
    }
    let mut words: Vec<(f64, &str)> =
        weights.into_iter().map(|(word, weight)| (weight, index.names[word as usize])).collect();
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    members.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    Cluster {
        words: words.into_iter().take(3).map(|(_, word)| word.to_owned()).collect(),
        members: members.into_iter().map(|(_, at)| at).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<Vec<String>> {
        all.iter().map(|text| text.split(' ').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn telling_words_come_first_and_stop_words_not_at_all() {
        let found = keywords(&texts(&["停车 停车 困难", "停车 收费 的", "希望 电梯 2026 好"]), 10);
        assert_eq!((found[0].word.as_str(), found[0].n), ("停车", 2));
        let words: Vec<&str> = found.iter().map(|one| one.word.as_str()).collect();
        assert!(
            !words.contains(&"的") && !words.contains(&"希望") && !words.contains(&"2026") && !words.contains(&"好")
        );
        // TF-IDF of one of three answers: ln(4 / 2) + 1.
        assert!((found[1].weight - (2.0_f64.ln() + 1.0)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn answers_about_the_same_are_one_group_whatever_their_order() {
        let all = [
            "停车 车位 太少",
            "小区 车位 停车 紧张",
            "电梯 老旧 加装",
            "加装 电梯 老人",
            "天气 不错",
            "停车 车位 收费",
        ];
        let found = clusters(&texts(&all), 10);
        let groups: Vec<Vec<usize>> = found
            .iter()
            .map(|one| {
                let mut members = one.members.clone();
                members.sort_unstable();
                members
            })
            .collect();
        assert_eq!(groups, [vec![0, 1, 5], vec![2, 3]], "what stands alone is no group");
        assert!(found[0].words.contains(&"停车".to_owned()) && found[1].words.contains(&"电梯".to_owned()));
        let turned: Vec<&str> = all.iter().rev().copied().collect();
        let again = clusters(&texts(&turned), 10);
        assert_eq!(
            again.iter().map(|one| one.words.clone()).collect::<Vec<_>>(),
            found.iter().map(|one| one.words.clone()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn very_many_answers_are_all_put_somewhere_in_bounded_time() {
        let all: Vec<String> = (0..20_000).map(|n| format!("主题{} 细节{} 地点", n % 4, n % 3)).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let found = clusters(&texts(&all), 20);
        assert_eq!(found.iter().map(|one| one.members.len()).sum::<usize>(), 20_000);
    }

    #[test]
    fn answers_without_a_word_are_in_no_group() {
        assert_eq!(clusters(&texts(&["的", "了", ""]), 5), []);
        assert_eq!(keywords(&[], 5), []);
    }
}
