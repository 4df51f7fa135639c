//! What a report is written from: readings of indicators for the area and for the areas below it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::insight::{Direction, Unit};

/// An area by code and name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// What is known of an indicator, in the report's language.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Label.
    pub label: String,
    /// The definition in one sentence.
    pub about: String,
    /// Unit.
    pub unit: Unit,
    /// Words after the number instead of the unit's, `户/人`.
    pub suffix: String,
    /// Digits after the point.
    pub decimals: u8,
    /// Which way is good.
    pub direction: Direction,
    /// Where it comes from: `register`, `answers`, `cases`, `areas`, `indicator`, `mixed`.
    pub basis: String,
    /// Whether areas may be ranked by it.
    pub rank: bool,
}

/// A reading of an indicator.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Its value in its unit; nothing when it cannot be given.
    pub value: Option<f64>,
    /// Why there is no value.
    pub reason: String,
    /// Numerator.
    pub numerator: Option<f64>,
    /// Denominator.
    pub denominator: Option<f64>,
    /// What is to be reached.
    pub target: Option<Target>,
    /// What it was on the base day.
    pub base: Option<Base>,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The value.
    pub value: f64,
    /// Until when.
    pub by: Option<Date>,
}

/// A reading on the base day.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The day.
    pub date: Date,
    /// The value then.
    pub value: Option<f64>,
}

/// A part of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What it is.
    pub label: String,
    /// How many.
    pub n: f64,
}

/// All that a report is written from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The area that it is about.
    pub place: Place,
    /// The day that it is about.
    pub as_of: Date,
    /// The earlier day that it is compared with.
    pub against: Option<Date>,
    /// Words set by the reader.
    pub params: BTreeMap<String, String>,
    /// Parameters of indicators that conditions compare with, by `pack/name`.
    pub thresholds: BTreeMap<String, f64>,
    /// Indicators by name.
    pub about: BTreeMap<String, About>,
    /// Readings for the area on the day.
    pub readings: BTreeMap<String, Reading>,
    /// Readings for the area on the earlier day.
    pub before: BTreeMap<String, Reading>,
    /// Readings for the areas of the report's level below the area.
    pub by: BTreeMap<String, Vec<(Place, Reading)>>,
    /// Distributions by indicator and field.
    pub spreads: BTreeMap<(String, String), Vec<Slice>>,
    /// Values over time.
    pub series: BTreeMap<String, Vec<(Date, Option<f64>)>>,
    /// Address of the page of an indicator's rows, to which `/pack/name?area=…` is added; nothing: no such links.
    pub pages: Option<String>,
}
