//! XPath 1.0 with the ODK functions.
