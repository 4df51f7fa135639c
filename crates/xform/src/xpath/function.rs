//! Every function of XPath 1.0 and of ODK XForms, with how many arguments it takes.

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal;)*) => {
        /// A function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "named as the functions are")]
        pub enum Func { $($variant,)* }

        const TABLE: &[(&str, Func, usize, usize)] = &[$(($name, Func::$variant, $least, $most),)*];
    };
}

const ANY: usize = usize::MAX;

functions! {
    // XPath 1.0 §4
    Last "last" 0 0;
    Position "position" 0 1;
    Count "count" 1 1;
    Id "id" 1 1;
    LocalName "local-name" 0 1;
    NamespaceUri "namespace-uri" 0 1;
    Name "name" 0 1;
    String "string" 0 1;
    Concat "concat" 1 99999;
    StartsWith "starts-with" 2 2;
    EndsWith "ends-with" 2 2;
    Contains "contains" 2 2;
    SubstringBefore "substring-before" 2 2;
    SubstringAfter "substring-after" 2 2;
    Substring "substring" 2 3;
    StringLength "string-length" 0 1;
    NormalizeSpace "normalize-space" 0 1;
    Translate "translate" 3 3;
    Boolean "boolean" 1 1;
    Not "not" 1 1;
    True "true" 0 0;
    False "false" 0 0;
    Lang "lang" 1 1;
    Number "number" 0 1;
    Sum "sum" 1 1;
    Floor "floor" 1 1;
    Ceiling "ceiling" 1 1;
    Round "round" 1 2;
    // XForms and ODK: logic and values
    If "if" 3 3;
    Coalesce "coalesce" 1 99999;
    Once "once" 1 1;
    BooleanFromString "boolean-from-string" 1 1;
    Regex "regex" 2 2;
    Checklist "checklist" 2 99999;
    WeightedChecklist "weighted-checklist" 4 99999;
    // text
    Join "join" 1 99999;
    Substr "substr" 2 3;
    Uuid "uuid" 0 1;
    Digest "digest" 2 3;
    Base64Decode "base64-decode" 1 1;
    ExtractSigned "extract-signed" 2 2;
    Version "version" 0 0;
    Property "property" 1 1;
    // numbers
    Int "int" 1 1;
    Random "random" 0 0;
    Max "max" 1 99999;
    Min "min" 1 99999;
    Pow "pow" 2 2;
    Log "log" 1 1;
    Log10 "log10" 1 1;
    Abs "abs" 1 1;
    Sin "sin" 1 1;
    Cos "cos" 1 1;
    Tan "tan" 1 1;
    Asin "asin" 1 1;
    Acos "acos" 1 1;
    Atan "atan" 1 1;
    Atan2 "atan2" 2 2;
    Sqrt "sqrt" 1 1;
    Exp "exp" 1 1;
    Exp10 "exp10" 1 1;
    Pi "pi" 0 0;
    // nodes
    CountNonEmpty "count-non-empty" 1 1;
    Instance "instance" 1 1;
    Current "current" 0 0;
    Randomize "randomize" 1 2;
    IndexedRepeat "indexed-repeat" 3 99999;
    Pulldata "pulldata" 4 4;
    // dates
    Today "today" 0 0;
    Now "now" 0 0;
    Date "date" 1 1;
    DateTime "date-time" 1 1;
    DecimalDateTime "decimal-date-time" 1 1;
    DecimalTime "decimal-time" 1 1;
    FormatDate "format-date" 2 2;
    FormatDateTime "format-date-time" 2 2;
    // choices and translations
    Selected "selected" 2 2;
    SelectedAt "selected-at" 2 2;
    CountSelected "count-selected" 1 1;
    ChoiceName "jr:choice-name" 2 2;
    Itext "jr:itext" 1 1;
    // places
    Area "area" 1 1;
    EnclosedArea "enclosed-area" 1 1;
    Distance "distance" 1 99999;
    Geofence "geofence" 2 2;
    Intersects "intersects" 1 1;
}

impl Func {
    /// The function of this name and how many arguments it takes at least and at most.
    pub(super) fn find(name: &str) -> Option<(Self, usize, usize)> {
        let name = match name {
            "is-selected" => "selected",
            "pull-data" => "pulldata",
            "choice-name" => "jr:choice-name",
            "itext" => "jr:itext",
            name => name,
        };
        let found = TABLE.iter().find(|(known, ..)| *known == name)?;
        Some((found.1, found.2, if found.3 == 99_999 { ANY } else { found.3 }))
    }

    /// Whether two calls may differ though nothing in the form has changed.
    pub(super) fn is_volatile(self) -> bool {
        matches!(
            self,
            Self::Now | Self::Today | Self::Random | Self::Uuid | Self::Once | Self::Property | Self::Randomize
        )
    }

    /// Whether the value depends on the node at hand when an argument is left out.
    pub(super) fn reads_context(self, args: usize) -> bool {
        match self {
            Self::Last | Self::Once | Self::Lang => true,
            Self::Position
            | Self::LocalName
            | Self::NamespaceUri
            | Self::Name
            | Self::String
            | Self::StringLength
            | Self::NormalizeSpace
            | Self::Number => args == 0,
            _ => false,
        }
    }
}

/// The names of all functions, for help and suggestions.
pub fn known_functions() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, ..)| *name)
}
