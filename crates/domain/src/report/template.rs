//! The parsed template.

/// A template: what is written, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Template {
    /// From top to bottom.
    pub nodes: Vec<Node>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Words as they stand.
    Text(String),
    /// A tag that becomes words or a block.
    Tag {
        /// What it is.
        tag: Tag,
        /// Line in the file.
        line: u32,
    },
    /// `{{#if …}} … {{else if …}} … {{else}} … {{/if}}`
    If {
        /// Conditions with what they choose.
        arms: Vec<(Condition, Vec<Node>)>,
        /// What stands when none holds.
        otherwise: Vec<Node>,
        /// Line in the file.
        line: u32,
    },
    /// `{{#each lowest "x" 3}} … {{/each}}`
    Each {
        /// Which areas.
        pick: Pick,
        /// What stands between two.
        separator: String,
        /// What is written for each.
        body: Vec<Node>,
        /// Line in the file.
        line: u32,
    },
    /// `{{#finding name when CONDITION}} … {{/finding}}`: written when it holds, and then it calls for advice.
    Finding {
        /// Name.
        name: String,
        /// When it holds.
        when: Condition,
        /// What it says.
        body: Vec<Node>,
        /// Line in the file.
        line: u32,
    },
    /// `{{#advice finding …}} … {{/advice}}`: written when one of the findings holds.
    Advice {
        /// Findings that call for it.
        on: Vec<String>,
        /// What it says.
        body: Vec<Node>,
        /// Line in the file.
        line: u32,
    },
    /// `{{#note}} … {{/note}}`: a footnote.
    Note {
        /// What it says.
        body: Vec<Node>,
    },
}

/// A tag without a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Tag {
    /// A figure.
    Figure {
        /// Indicator.
        id: String,
        /// What of it.
        part: Part,
        /// Without unit.
        bare: bool,
    },
    /// "rose by 3.1 percentage points".
    Trend {
        /// Indicator.
        id: String,
        /// Since when.
        since: Since,
    },
    /// Names of areas with their values.
    Names {
        /// Which.
        pick: Pick,
        /// With values.
        values: bool,
    },
    /// How many areas.
    Count(Pick),
    /// How many indicators changed so.
    CountChanged(Changed),
    /// How many findings hold.
    CountFindings,
    /// Words that a reader may set.
    Param(String),
    /// Name of the area; within `each`, of that area.
    Name,
    /// Name of the area that the report is about.
    Place,
    /// The day.
    AsOf,
    /// The earlier day.
    Against,
    /// A table.
    Table(TableSpec),
    /// A chart.
    Chart(ChartSpec),
    /// Indicators that changed so since the earlier day, as a table.
    Changes(Changed),
    /// Definitions of all figures of the report.
    Definitions,
    /// Shares with what they are shares of, such as how questionnaires came back.
    Responses(Vec<String>),
    /// Table of contents.
    Contents,
    /// The next heading begins on a new page.
    PageBreak,
}

/// What of a reading is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its value.
    Value,
    /// Numerator.
    Numerator,
    /// Denominator.
    Denominator,
    /// What is to be reached.
    Target,
    /// How far from the target, without sign.
    Gap,
    /// The value on the base day.
    Base,
    /// How much it changed since the base day, without sign.
    Change,
    /// The value on the earlier day.
    Before,
    /// How much it changed since the earlier day, without sign.
    Moved,
}

impl Part {
    /// All of them with their names in templates.
    pub const ALL: [(&'static str, Self); 9] = [
        ("value", Self::Value),
        ("numerator", Self::Numerator),
        ("denominator", Self::Denominator),
        ("target", Self::Target),
        ("gap", Self::Gap),
        ("base", Self::Base),
        ("change", Self::Change),
        ("before", Self::Before),
        ("moved", Self::Moved),
    ];
}

/// Since when something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The indicator's base day.
    Base,
    /// The earlier day.
    Against,
}

/// How an indicator changed since the earlier day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Changed, and neither is better.
    Moved,
    /// Not at all.
    Same,
    /// One of the two days has no value.
    Unknown,
}

impl Changed {
    /// All of them with their names in templates.
    pub const ALL: [(&'static str, Self); 5] = [
        ("better", Self::Better),
        ("worse", Self::Worse),
        ("moved", Self::Moved),
        ("same", Self::Same),
        ("unknown", Self::Unknown),
    ];
}

/// A choice of areas by an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// Which.
    pub which: Which,
    /// Indicator; empty for all areas.
    pub id: String,
    /// What is compared with; the target when nothing is written.
    pub than: Operand,
    /// At most so many; nothing: all.
    pub limit: Option<usize>,
}

/// Which areas are chosen. Areas without a value are never among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those with the least values.
    Lowest,
    /// Those with the greatest values.
    Highest,
    /// Those that have not reached the target.
    Behind,
    /// Those below a number.
    Below,
    /// Those above a number.
    Above,
}

impl Which {
    /// All of them with their names in templates.
    pub const ALL: [(&'static str, Self); 6] = [
        ("areas", Self::All),
        ("lowest", Self::Lowest),
        ("highest", Self::Highest),
        ("behind", Self::Behind),
        ("below", Self::Below),
        ("above", Self::Above),
    ];
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// The indicator's target.
    Target,
    /// A number.
    Number(f64),
    /// A parameter of the indicators, `workforce/households_bad`.
    Threshold(String),
    /// Another indicator's value.
    Figure(String),
}

/// A condition. What is not known makes it neither true nor false, and then its text is not written.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The figure has a value.
    Known(String),
    /// The value stands so to a number.
    Compare {
        /// Indicator.
        id: String,
        /// How.
        how: Comparison,
        /// To what.
        than: Operand,
    },
    /// The value changed so.
    Changed {
        /// Indicator.
        id: String,
        /// How.
        how: Movement,
        /// Since when.
        since: Since,
    },
    /// There are such areas.
    Some(Pick),
    /// There are indicators that changed so.
    AnyChanged(Changed),
    /// Two days are compared.
    Against,
    /// A finding holds.
    Finding(String),
    /// Not.
    Not(Box<Self>),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// One of them.
    Or(Box<Self>, Box<Self>),
}

/// How a value stands to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Less.
    Below,
    /// More.
    Above,
    /// Short of it, in the direction that is good.
    Behind,
    /// At it or beyond, in the direction that is good.
    Reached,
}

/// How a value changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Went up.
    Rose,
    /// Went down.
    Fell,
    /// In the direction that is good.
    Better,
    /// In the other.
    Worse,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSpec {
    /// Whether rows are areas (columns are indicators) or indicators.
    pub by_area: bool,
    /// Indicators.
    pub ids: Vec<String>,
    /// Title.
    pub caption: String,
    /// At most so many rows, the worst of the first indicator.
    pub limit: Option<usize>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSpec {
    /// What it shows.
    pub shows: Shows,
    /// Indicators.
    pub ids: Vec<String>,
    /// Form; nothing: the one that fits.
    pub kind: Option<crate::document::ChartKind>,
    /// Title.
    pub caption: String,
    /// At most so many areas.
    pub limit: Option<usize>,
}

/// What a chart shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    /// Areas beside each other.
    Areas,
    /// Indicators beside each other.
    Figures,
    /// Base day and now beside each other.
    Base,
    /// A distribution by a field.
    Spread(String),
    /// Values over the last months.
    Months(u8),
}
