//! Statistics of surveys: what a table of answers says, how sure one may be of it, whom to ask, what to leave out.
//!
//! Answers are columns ([`Column`]), one entry a respondent, so that a cross table of a hundred thousand answers is one pass
//! over two short arrays. Everything here is a pure function of columns, weights and a seed: the same input gives the same
//! figure, whatever the order of the rows.
//!
//! | module | what for | standard |
//! |---|---|---|
//! | [`column`] | answers as columns, respondents as a sample of rows | |
//! | [`frequency`] | counts and shares with intervals, several answers a question too | Wilson score interval |
//! | [`cross`] | cross tables with chi-square and effect size | Pearson, Cramér |
//! | [`scale`] | mean, spread, median, the two best points | |
//! | [`weight`] | raking to margins that are known, what that costs | Deming and Stephan; Kish |
//! | [`quota`] | how many to ask in each stratum, and whom | largest remainder |
//! | [`disposition`] | what became of each call, and the rates | AAPOR Standard Definitions |
//! | [`quality`] | answers given too fast, all alike, or twice | |
//! | [`words`] | words and groups of open answers | TF-IDF, cosine |
//! | [`special`] | the gamma function and what follows from it | |

pub mod column;
pub mod cross;
pub mod disposition;
pub mod frequency;
pub mod quality;
pub mod quota;
pub mod scale;
pub mod special;
pub mod weight;
pub mod words;

pub use column::{Column, MISSING, Sample};
