//! Two questions against each other.

use super::{
    column::{Column, MISSING, Mass, Sample},
    special::chi_square_tail,
};

/// A cross table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cross {
    /// Respondents by row and column.
    pub counts: Vec<Vec<u64>>,
    /// The same, weighted; equal to `counts` without weights.
    pub weighted: Vec<Vec<f64>>,
    /// Respondents who answered both.
    pub n: u64,
    /// Respondents who left one or both out.
    pub missing: u64,
    /// Number of equal respondents that would tell as much.
    pub effective: f64,
    /// Whether the two have to do with each other; `None` where that cannot be tested.
    pub test: Option<Test>,
    /// What to mind.
    pub warnings: Vec<Warning>,
}

/// Pearson's test of independence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Chi-square. With weights: of the weighted shares at the effective number of respondents.
    pub chi_square: f64,
    /// Degrees of freedom, over rows and columns that anybody chose.
    pub df: usize,
    /// Probability of such a table or a stranger one if the two had nothing to do with each other.
    pub p: f64,
    /// Cramér's V: 0 nothing to do with each other … 1 one follows from the other.
    pub cramers_v: f64,
    /// Smallest count expected in a cell.
    pub least_expected: f64,
}

/// What to mind about a cross table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// More than a fifth of the expected counts are below 5, or one is below 1 (Cochran): the test is not to be trusted.
    SmallExpected,
    /// All gave the same answer to one of the questions: there is nothing to compare.
    NoVariance,
    /// Nobody answered both.
    Nobody,
    /// Several answers a respondent: cells overlap, so that there is no chi-square.
    SeveralAnswers,
    /// Weighted: the test is an approximation (Kish's effective number, no Rao–Scott correction).
    Weighted,
}

/// Crosses two questions; those with words or numbers have no choices and give an empty table.
pub fn cross(row: &Column, column: &Column, sample: Sample<'_>) -> Cross {
    let mut table = match (row, column, sample.weights) {
        (Column::One { codes: a, choices: rows }, Column::One { codes: b, choices: columns }, None) => {
            counted(a, b, *rows, *columns, sample.rows)
        }
        _ => walked(row, column, sample),
    };
    let several = matches!(row, Column::Many { .. }) || matches!(column, Column::Many { .. });
    if table.n == 0 {
        table.warnings.push(Warning::Nobody);
    } else if several {
        table.warnings.push(Warning::SeveralAnswers);
    } else {
        table.test = tested(&table);
        match table.test {
            None => table.warnings.push(Warning::NoVariance),
            Some(_) if too_small(&table) => table.warnings.push(Warning::SmallExpected),
            Some(_) => {}
        }
    }
    if sample.weights.is_some() && table.test.is_some() {
        table.warnings.push(Warning::Weighted);
    }
    table
}

/// The common case: two questions with one answer each and no weights. One pass, one addition a respondent: the last row and
/// column of the working table are for answers that were not given.
fn counted(a: &[u16], b: &[u16], rows: usize, columns: usize, sample: &[u32]) -> Cross {
    let width = columns + 1;
    let mut cells = vec![0_u32; (rows + 1) * width];
    let place = |code: u16, choices: usize| if code == MISSING { choices } else { code as usize };
    // Rows are named once each: as many as there are, are all.
    if sample.len() == a.len() {
        for (&one, &other) in a.iter().zip(b) {
            cells[place(one, rows) * width + place(other, columns)] += 1;
        }
    } else {
        for &at in sample {
            cells[place(a[at as usize], rows) * width + place(b[at as usize], columns)] += 1;
        }
    }
    let line = |row: usize| cells[row * width..row * width + columns].iter().map(|n| u64::from(*n)).collect::<Vec<_>>();
    let counts: Vec<Vec<u64>> = (0..rows).map(line).collect();
    let n = counts.iter().flatten().sum::<u64>();
    let weighted = counts.iter().map(|line| line.iter().map(|n| *n as f64).collect()).collect();
    let missing = sample.len() as u64 - n;
    Cross { counts, weighted, n, missing, effective: n as f64, test: None, warnings: Vec::new() }
}

fn walked(row: &Column, column: &Column, sample: Sample<'_>) -> Cross {
    let (rows, columns) = (row.choices(), column.choices());
    let mut counts = vec![vec![0_u64; columns]; rows];
    let mut weighted = vec![vec![0.0; columns]; rows];
    let (mut n, mut missing, mut mass) = (0, 0, Mass::default());
    for (at, weight) in sample.each() {
        let (ones, others) = (row.chosen(at), column.chosen(at));
        if ones.is_empty() || others.is_empty() {
            missing += 1;
            continue;
        }
        n += 1;
        mass.add(weight);
        for &one in ones {
            for &other in others {
                counts[one as usize][other as usize] += 1;
                weighted[one as usize][other as usize] += weight;
            }
        }
    }
    Cross { counts, weighted, n, missing, effective: mass.effective(), test: None, warnings: Vec::new() }
}

/// Sums of rows and of columns.
fn margins(table: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let columns = table.first().map_or(0, Vec::len);
    let down = (0..columns).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    (table.iter().map(|row| row.iter().sum()).collect(), down)
}

/// Every cell's weighted count and what independence would expect there, at the effective number of respondents; rows and
/// columns nobody chose are left out.
fn expected(table: &Cross) -> impl Iterator<Item = (f64, f64)> {
    let (across, down) = margins(&table.weighted);
    let total: f64 = across.iter().sum();
    let scale = if total > 0.0 { table.effective / total } else { 0.0 };
    let mut cells = Vec::new();
    for (line, row) in table.weighted.iter().zip(&across) {
        for (cell, column) in line.iter().zip(&down) {
            if *row > 0.0 && *column > 0.0 {
                cells.push((cell * scale, row * column / total * scale));
            }
        }
    }
    cells.into_iter()
}

fn tested(table: &Cross) -> Option<Test> {
    let (across, down) = margins(&table.weighted);
    let used = |sums: &[f64]| sums.iter().filter(|sum| **sum > 0.0).count();
    let (rows, columns) = (used(&across), used(&down));
    if rows < 2 || columns < 2 {
        return None;
    }
    let chi_square: f64 = expected(table).map(|(seen, due)| (seen - due) * (seen - due) / due).sum();
    let df = (rows - 1) * (columns - 1);
    let least_expected = expected(table).map(|(_, due)| due).fold(f64::INFINITY, f64::min);
    let most = table.effective * (rows.min(columns) - 1) as f64;
    let cramers_v = (chi_square / most).max(0.0).sqrt().min(1.0);
    Some(Test { chi_square, df, p: chi_square_tail(chi_square, df), cramers_v, least_expected })
}

fn too_small(table: &Cross) -> bool {
    let (mut cells, mut small, mut tiny) = (0_u32, 0_u32, false);
    for (_, due) in expected(table) {
        cells += 1;
        small += u32::from(due < 5.0);
        tiny |= due < 1.0;
    }
    tiny || small * 5 > cells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Columns whose cross table is `cells`.
    fn columns(cells: &[&[u64]]) -> (Column, Column, Vec<u32>) {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for (row, line) in cells.iter().enumerate() {
            for (column, count) in line.iter().enumerate() {
                for _ in 0..*count {
                    a.push(row as u16);
                    b.push(column as u16);
                }
            }
        }
        let rows = (0..a.len() as u32).collect();
        (Column::One { codes: a, choices: cells.len() }, Column::One { codes: b, choices: cells[0].len() }, rows)
    }

    #[test]
    fn the_test_is_pearsons_and_the_effect_cramers() {
        // scipy.stats.chi2_contingency(table, correction=False), scipy.stats.contingency.association(table, 'cramer')
        let (a, b, rows) = columns(&[&[20, 30, 10], &[30, 10, 25]]);
        let found = cross(&a, &b, Sample::of(&rows));
        let test = found.test.unwrap();
        assert!((test.chi_square - 18.257_783_882_783_887).abs() < 1e-10, "{test:?}");
        assert!((test.p - 0.000_108_485_727_068_580_53).abs() < 1e-14, "{test:?}");
        assert!((test.cramers_v - 0.382_180_940_213_233_4).abs() < 1e-12, "{test:?}");
        assert!((test.least_expected - 16.8).abs() < 1e-12);
        assert_eq!((test.df, found.n, found.warnings.as_slice()), (2, 125, [].as_slice()));
        assert_eq!(found.counts, [[20, 30, 10], [30, 10, 25]]);
    }

    #[test]
    fn small_expected_counts_are_told() {
        let (a, b, rows) = columns(&[&[3, 1], &[2, 9]]);
        let found = cross(&a, &b, Sample::of(&rows));
        assert!((found.test.unwrap().p - 0.038_988_612_096_358_52).abs() < 1e-12);
        assert_eq!(found.warnings, [Warning::SmallExpected]);
    }

    #[test]
    fn where_all_say_the_same_there_is_no_test_instead_of_a_zero() {
        let (a, b, rows) = columns(&[&[12, 30], &[0, 0]]);
        let found = cross(&a, &b, Sample::of(&rows));
        assert_eq!((found.test, found.warnings.as_slice()), (None, [Warning::NoVariance].as_slice()));
        let nobody = cross(&a, &b, Sample::of(&[]));
        assert_eq!((nobody.n, nobody.test, nobody.warnings.as_slice()), (0, None, [Warning::Nobody].as_slice()));
    }

    #[test]
    fn a_choice_nobody_made_costs_no_degree_of_freedom() {
        let (a, b, rows) = columns(&[&[20, 10, 0], &[10, 20, 0]]);
        assert_eq!(cross(&a, &b, Sample::of(&rows)).test.unwrap().df, 1);
    }

    #[test]
    fn several_answers_are_counted_but_not_tested() {
        let one = Column::One { codes: vec![0, 1, MISSING], choices: 2 };
        let many = Column::Many { starts: vec![0, 2, 3, 4], codes: vec![0, 1, 1, 0], choices: 2 };
        let found = cross(&one, &many, Sample::of(&[0, 1, 2]));
        assert_eq!((found.counts, found.n, found.missing), (vec![vec![1, 1], vec![0, 1]], 2, 1));
        assert_eq!((found.test, found.warnings), (None, vec![Warning::SeveralAnswers]));
    }

    #[test]
    fn weighing_all_alike_changes_nothing() {
        let (a, b, rows) = columns(&[&[20, 30], &[30, 10]]);
        let plain = cross(&a, &b, Sample::of(&rows)).test.unwrap();
        let weights = vec![2.5; rows.len()];
        let weighted = cross(&a, &b, Sample { rows: &rows, weights: Some(&weights) });
        assert!((weighted.test.unwrap().chi_square - plain.chi_square).abs() < 1e-9);
        assert_eq!(weighted.warnings, [Warning::Weighted]);
    }

    proptest! {
        #[test]
        fn the_effect_is_between_nothing_and_all(cells in prop::collection::vec(prop::collection::vec(0_u64..30, 3), 2..5)) {
            let lines: Vec<&[u64]> = cells.iter().map(Vec::as_slice).collect();
            let (a, b, rows) = columns(&lines);
            let found = cross(&a, &b, Sample::of(&rows));
            prop_assert_eq!(found.n, rows.len() as u64);
            if let Some(test) = found.test {
                prop_assert!((0.0..=1.0).contains(&test.cramers_v));
                prop_assert!((0.0..=1.0).contains(&test.p));
                // Turning the table over changes neither.
                let turned = cross(&b, &a, Sample::of(&rows)).test.unwrap();
                prop_assert!((turned.chi_square - test.chi_square).abs() < 1e-9);
                // Nor does the order of the respondents, nor which way they are counted.
                let backwards: Vec<u32> = rows.iter().rev().copied().collect();
                let ones = vec![1.0; rows.len()];
                let again = cross(&a, &b, Sample { rows: &backwards, weights: Some(&ones) }).test.unwrap();
                prop_assert!((again.chi_square - test.chi_square).abs() < 1e-9);
            }
        }
    }
}
