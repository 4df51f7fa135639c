//! The crate as its users meet it.

mod form_model;
mod forms_corpus;
mod submissions;
mod support;
mod xpath_cases;
mod xpath_properties;
