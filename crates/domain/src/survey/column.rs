//! Answers as columns: one entry a respondent.

/// Code of an answer that was not given.
pub const MISSING: u16 = u16::MAX;

/// The answers to one question, in the order of the respondents.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// One of `choices`, [`MISSING`] where nothing was chosen.
    One {
        /// Number of the choice.
        codes: Vec<u16>,
        /// How many choices there are.
        choices: usize,
    },
    /// Several of `choices`: those of respondent `n` are `codes[starts[n]..starts[n + 1]]`.
    Many {
        /// Where each respondent's choices begin, and one more for the end of the last.
        starts: Vec<u32>,
        /// Numbers of the choices.
        codes: Vec<u16>,
        /// How many choices there are.
        choices: usize,
    },
    /// A number; not a number (`NaN`) where none was given.
    Number(Vec<f64>),
    /// Words; empty where nothing was written.
    Text(Vec<Box<str>>),
}

impl Column {
    /// Number of respondents.
    pub fn len(&self) -> usize {
        match self {
            Self::One { codes, .. } => codes.len(),
            Self::Many { starts, .. } => starts.len().saturating_sub(1),
            Self::Number(numbers) => numbers.len(),
            Self::Text(texts) => texts.len(),
        }
    }

    /// Whether there is no respondent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many choices there are; 0 for numbers and words.
    pub fn choices(&self) -> usize {
        match self {
            Self::One { choices, .. } | Self::Many { choices, .. } => *choices,
            Self::Number(_) | Self::Text(_) => 0,
        }
    }

    /// Whether respondent `row` answered.
    pub fn is_answered(&self, row: usize) -> bool {
        match self {
            Self::One { codes, .. } => codes[row] != MISSING,
            Self::Many { starts, .. } => starts[row] < starts[row + 1],
            Self::Number(numbers) => !numbers[row].is_nan(),
            Self::Text(texts) => !texts[row].is_empty(),
        }
    }

    /// The choices of respondent `row`; none for numbers and words.
    pub fn chosen(&self, row: usize) -> &[u16] {
        match self {
            Self::One { codes, .. } if codes[row] == MISSING => &[],
            Self::One { codes, .. } => &codes[row..=row],
            Self::Many { starts, codes, .. } => &codes[starts[row] as usize..starts[row + 1] as usize],
            Self::Number(_) | Self::Text(_) => &[],
        }
    }
}

/// The respondents a table is about, with the weight of each when they are weighted.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Numbers of the rows.
    pub rows: &'a [u32],
    /// Weights, in the order of `rows`.
    pub weights: Option<&'a [f64]>,
}

impl<'a> Sample<'a> {
    /// Respondents who all count alike.
    pub fn of(rows: &'a [u32]) -> Self {
        Self { rows, weights: None }
    }

    /// Each respondent's row and weight.
    pub fn each(self) -> impl Iterator<Item = (usize, f64)> + 'a {
        let weights = self.weights;
        self.rows.iter().enumerate().map(move |(at, row)| (*row as usize, weights.map_or(1.0, |weights| weights[at])))
    }
}

/// Sum of weights and of their squares: what an effective number of respondents is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mass {
    /// Sum.
    pub sum: f64,
    /// Sum of squares.
    pub squares: f64,
}

impl Mass {
    /// Takes a weight.
    pub fn add(&mut self, weight: f64) {
        self.sum += weight;
        self.squares += weight * weight;
    }

    /// How many equal respondents would tell as much (Kish).
    pub fn effective(self) -> f64 {
        if self.squares > 0.0 { self.sum * self.sum / self.squares } else { 0.0 }
    }
}
