//! The crate as its users meet it.

mod support;
mod xpath_cases;
