//! What a workbook may cost before it is refused.

/// Upper bounds on one workbook. The defaults accept every honest office file and refuse what would exhaust a small server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub max_bytes: u64,
    /// Bytes of all parts together once inflated; counted while reading, not believed from the directory.
    pub max_inflated: u64,
    /// Inflated ÷ compressed of one part, looked at only once the part is over 32 MiB: small parts may be very regular.
    pub max_ratio: u64,
    /// Entries of the zip container.
    pub max_entries: usize,
    /// Rows of one sheet, counted to the last row that holds a value.
    pub max_rows: u32,
    /// Columns of one sheet, counted to the last column that holds a value.
    pub max_cols: u32,
    /// Cell slots of all sheets together (a row costs its width from first to last value).
    pub max_cells: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 100 << 20,
            max_inflated: 1 << 30,
            max_ratio: 250,
            max_entries: 4_000,
            max_rows: 1_048_576,
            max_cols: 2_048,
            max_cells: 12_000_000,
        }
    }
}
