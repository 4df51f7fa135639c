//! Rules of a record (being written).
