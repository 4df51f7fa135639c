//! Indicators (指标): what a pack declares, and what a value is once its measures are known. Pure: where the measures
//! come from (tables, roll-ups, answers) is the business of `engine::insight`.
//!
//! A **measure** counts, adds up or averages rows of one source under one filter; the same filter lists the rows, so a
//! figure opens to exactly what it counted. An **indicator** is arithmetic over measures, parameters and other
//! indicators. A value that cannot be given is not 0: it is nothing, with a [`Reason`].
//!
//! | module | what for |
//! |---|---|
//! | [`model`] | the declaration: [`Indicator`], [`Measure`], [`Param`], units, targets |
//! | [`formula`] | arithmetic over names, with nothing known and division by zero as "no value" |
//! | [`bind`] | parameters put into filters, so that SQL and evaluator see constants |
//! | [`compute`] | measures → value or reason |
//! | [`roll`] | measures that are kept as rows are written |

pub mod bind;
pub mod compute;
pub mod formula;
pub mod model;
pub mod roll;

pub use bind::{Params, scaled};
pub use compute::{Found, Measured, Outcome, Reason, contribution, outcome};
pub use formula::{Formula, FormulaError};
pub use model::{Direction, Indicator, Measure, PARAM_SCALE, Param, ParamKind, Target, Unit, What};
pub use roll::{Roll, RollMeasure};
