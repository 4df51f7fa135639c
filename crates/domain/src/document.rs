//! A written document before it becomes a file: what a report says, in the order it says it. The crate `document` makes
//! Word files, pages and Markdown from it; nothing here knows a file format.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// A document: title, subtitle and blocks in reading order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Document {
    /// Language of its words; decides numbering and fonts.
    pub lang: Lang,
    /// Title, one line.
    pub title: String,
    /// What stands under the title: scope and date.
    pub subtitle: Option<String>,
    /// The rest.
    pub blocks: Vec<Block>,
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Heading(Heading),
    /// A paragraph.
    Paragraph {
        /// Its words.
        runs: Vec<Run>,
    },
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// Table of contents over the headings of the first two levels.
    Contents,
    /// The next heading begins on a new page.
    PageBreak,
}

/// A heading. Its number (一、 （一） 1. （1）) is made by the writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Level from 1 to 4.
    pub level: u8,
    /// Words, without number.
    pub text: String,
    /// Whether it is counted; an appendix is not.
    pub numbered: bool,
    /// Name to link to, unique in the document: letters, digits and `-`.
    pub anchor: String,
}

/// Words of one kind within a paragraph or cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "run", rename_all = "snake_case")]
pub enum Run {
    /// Plain words.
    Text {
        /// The words.
        text: String,
    },
    /// Words that stand out.
    Strong {
        /// The words.
        text: String,
    },
    /// Words that lead somewhere.
    Link {
        /// The words.
        text: String,
        /// Where they lead.
        to: Target,
    },
    /// A footnote at this place.
    Note {
        /// The note's words.
        text: String,
    },
}

impl Run {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The words of the run as a reader hears them; a note says nothing in the sentence.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { text } | Self::Strong { text } | Self::Link { text, .. } => text,
            Self::Note { .. } => "",
        }
    }
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// A place of the same document.
    Anchor {
        /// Its name.
        anchor: String,
    },
    /// A page elsewhere.
    Url {
        /// Its address.
        url: String,
    },
    /// A computed figure: its definition in this document, and in a page the rows behind it.
    Figure {
        /// Name of the definition's place in this document.
        anchor: String,
        /// Indicator, `party/coverage`.
        indicator: String,
        /// Code of the area that it was computed for.
        area: String,
    },
}

/// A table with one head row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Title above it, without number.
    pub caption: Option<String>,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Rows from top to bottom.
    pub rows: Vec<Row>,
    /// Where the data come from, below it.
    pub source: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Head.
    pub label: String,
    /// Whether it holds numbers, which stand at the right.
    pub number: bool,
    /// Share of the width relative to its neighbours.
    pub weight: u16,
}

impl Column {
    /// A column of words, `weight` wide.
    pub fn words(label: impl Into<String>, weight: u16) -> Self {
        Self { label: label.into(), number: false, weight }
    }

    /// A column of numbers, `weight` wide.
    pub fn numbers(label: impl Into<String>, weight: u16) -> Self {
        Self { label: label.into(), number: true, weight }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// Name to link to.
    pub anchor: Option<String>,
    /// Cells, one a column.
    pub cells: Vec<Vec<Run>>,
}

/// Form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Upright bars, for a few categories with short names.
    Column,
    /// Lying bars, for many categories or long names.
    Bar,
    /// A line over time.
    Line,
    /// A ring of parts of a whole.
    Ring,
}

/// A chart. A value that is not known is left out of the drawing, never drawn as 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Title below it, without number.
    pub caption: String,
    /// Form.
    pub kind: ChartKind,
    /// Categories.
    pub categories: Vec<String>,
    /// Series, each with one value a category.
    pub series: Vec<Series>,
    /// Unit that is written after values, `%` or `元`.
    pub unit: String,
    /// Digits after the point.
    pub decimals: u8,
    /// A line to compare with: its words and height.
    pub target: Option<(String, f64)>,
    /// Where the data come from.
    pub source: Option<String>,
}

/// One series of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// A value for each category.
    pub values: Vec<Option<f64>>,
}
